// Runs what it is given in the Python of the pages, with the book's package, and prints what that prints: its path is that
// of the standard library.
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "../../web/node_modules/pyodide/pyodide.mjs";

const code = await text(process.stdin);
const python = await loadPyodide({ stdLibURL: process.argv[2] });
python.mountNodeFS("/book", fileURLToPath(new URL("../..", import.meta.url)));
python.runPython("import sys; sys.path.insert(0, '/book'); sys.dont_write_bytecode = True");
python.runPython(code);
