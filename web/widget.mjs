// Bundle the live figure for gdlib, and print what goes into gdlib/widgets/static as JSON: node widget.mjs
import { readdirSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { build } from "esbuild";

const HEADER = "Made by `python tools/widget.py` of the modules in web/widget, to which changes belong.";

// An import of *.js has every module of a folder, by its name.
const allOfFolder = {
  name: "all-of-folder",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\*\.js$/ }, ({ path, resolveDir }) => ({
      path: dirname(resolve(resolveDir, path)),
      namespace: "all-of-folder",
    }));
    onLoad({ filter: /^/, namespace: "all-of-folder" }, ({ path }) => {
      const files = readdirSync(path).filter((file) => file.endsWith(".js"));
      const exported = files.sort().map((file) => `export * as ${basename(file, ".js")} from "./${file}";`);
      return { contents: exported.join("\n"), resolveDir: path };
    });
  },
};

const { outputFiles } = await build({
  entryPoints: ["./widget/main.js", "./widget/explorer.css"],
  entryNames: "explorer",
  absWorkingDir: import.meta.dirname,
  outdir: "out", // nothing is written there
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  write: false,
  logLevel: "warning",
  banner: { js: `// ${HEADER}`, css: `/* ${HEADER} */` },
  plugins: [allOfFolder],
});
const made = Object.fromEntries(outputFiles.map(({ path, text }) => [basename(path), text]));
console.log(JSON.stringify(made));
