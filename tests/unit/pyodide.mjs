// Runs programs, given by their names, one after the other in the Python of the pages, with the book's package, and says what
// each prints: its path is that of the standard library.
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "../../web/node_modules/pyodide/pyodide.mjs";

const programs = await json(process.stdin);
const lines = [];
const python = await loadPyodide({ stdLibURL: process.argv[2], stdout: (line) => lines.push(`${line}\n`) });
python.mountNodeFS("/book", fileURLToPath(new URL("../..", import.meta.url)));
python.runPython("import sys; sys.path.insert(0, '/book'); sys.dont_write_bytecode = True");
const printed = {};
for (const [name, program] of Object.entries(programs)) {
  python.runPython(program, { globals: python.toPy({}) });
  printed[name] = lines.splice(0).join("");
}
console.log(JSON.stringify(printed));
