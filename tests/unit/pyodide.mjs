// Runs what it is given in the Python of the pages, with the book's package, and prints what that prints. It starts from
// an image of its memory, if the path of one is told.
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { loadPyodide } from "../../web/node_modules/pyodide/pyodide.mjs";

const code = await text(process.stdin);
const [image] = process.argv.slice(2);
const python = await loadPyodide({ _loadSnapshot: image && gunzipSync(await readFile(image)) });
python.mountNodeFS("/book", fileURLToPath(new URL("../..", import.meta.url)));
python.runPython("import sys; sys.path.insert(0, '/book'); sys.dont_write_bytecode = True");
python.runPython(code);
