// Bundle what the pages load, and print what it was made of: node bundle.mjs FOLDER FORMAT NAME=ENTRY ...
import { resolve } from "node:path";
import { build } from "esbuild";

const here = import.meta.dirname;
const [folder, format, ...given] = process.argv.slice(2);
const entries = Object.fromEntries(given.map((entry) => entry.split(/=(.*)/s, 2)));
const common = { bundle: true, minify: true, target: "es2022", logLevel: "warning" };

// esbuild takes a path with a * in it for a pattern, and so is told of names alone.
const entriesByName = {
  name: "entries-by-name",
  setup({ onResolve }) {
    onResolve({ filter: /^/ }, ({ kind, path }) =>
      kind === "entry-point" && path in entries ? { path: resolve(here, entries[path]) } : undefined,
    );
  },
};

const made = await build({
  ...common,
  entryPoints: Object.fromEntries(Object.keys(entries).map((name) => [name, name])),
  absWorkingDir: here,
  outdir: folder,
  format,
  loader: { ".svg": "dataurl", ".png": "dataurl", ".py": "text", "": "text" },
  external: ["*.woff2", "*.woff", "*.ttf"], // stay where they are
  legalComments: "none", // licences.txt has them all
  metafile: true,
  plugins: [entriesByName],
});
console.log(JSON.stringify(Object.keys(made.metafile.inputs)));
