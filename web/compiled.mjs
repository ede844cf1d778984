// Write Python's standard library with those of its modules compiled that a page needs to begin with: to compile them takes
// four fifths of a start, and gives the same in every browser. node compiled.mjs FILE
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide";

const library = fileURLToPath(import.meta.resolve("pyodide/python_stdlib.zip"));
const python = await loadPyodide({ env: { PYTHONHASHSEED: "0" } }); // or no two compilers make the same bytes
python.FS.writeFile("/library.zip", await readFile(library));
python.runPython(await readFile(new URL("python/runner.py", import.meta.url), "utf8")); // for what it imports
python.runPython(`
import csv, dataclasses, difflib, inspect, multiprocessing.connection, random, statistics  # by gdlib without NumPy
import importlib.resources, pkgutil
import sys
from importlib.util import source_hash
from importlib._bootstrap_external import _code_to_hash_pyc
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

needed = {getattr(module.__spec__, "origin", None) for module in [*sys.modules.values()] if hasattr(module, "__spec__")}
place = next(path for path in sys.path if path.endswith(".zip"))
with ZipFile("/library.zip") as sources, ZipFile("/compiled.zip", "w", ZIP_DEFLATED, compresslevel=9) as compiled:
    for name in sources.namelist():
        content = sources.read(name)
        if f"{place}/{name}" in needed:
            code = compile(content, f"{place}/{name}", "exec", dont_inherit=True)
            name, content = name + "c", _code_to_hash_pyc(code, source_hash(content), False)
        compiled.writestr(ZipInfo(name), content, ZIP_DEFLATED)
`);
await writeFile(process.argv[2], python.FS.readFile("/compiled.zip"));
process.exit(); // its streams would keep it
