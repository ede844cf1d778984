// Write the memory of a Python that has just started, which is laid out in a fraction of the time that a start takes:
// node image.mjs FILE
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { loadPyodide } from "pyodide";

const [file] = process.argv.slice(2);
const python = await loadPyodide({ _makeSnapshot: true });
await writeFile(file, await promisify(gzip)(python.makeMemorySnapshot(), { level: 9 }));
process.exit(); // its streams would keep it
