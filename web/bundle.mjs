// Bundle what the pages load, and print what it was made of: node bundle.mjs FOLDER NAME=ENTRY ...
import { build } from "esbuild";

const here = import.meta.dirname;
const [folder, ...entries] = process.argv.slice(2);

const made = await build({
  entryPoints: Object.fromEntries(entries.map((entry) => entry.split(/=(.*)/s, 2))),
  absWorkingDir: here,
  inject: ["./live/anywidget.js"],
  outdir: folder,
  bundle: true,
  minify: true,
  format: "iife", // a module would not load from a file: address
  target: "es2022",
  loader: { ".svg": "dataurl", ".png": "dataurl" },
  external: ["*.woff2", "*.woff", "*.ttf"], // stay where they are
  legalComments: "linked",
  logLevel: "warning",
  metafile: true,
});
console.log(JSON.stringify(Object.keys(made.metafile.inputs)));
