// The worker in which a page's Python runs, so that the page never waits for it. It is told to start, with the sizes of the
// files that make Python, and then to run cells, one at a time; it says how far it has come, what is printed, and the end.
import matplotlibrc from "../../chapters/matplotlibrc";
import anywidget from "./anywidget.py";
import runner from "./runner.py";

const here = new URL(".", self.location.href);
let python;
let cells;

let packages; // beside the core: the file of each, its bytes, what it depends on and what it is imported as
let expected = {}; // what is being loaded, and the bytes of each file
let loaded = {};
let what = []; // what that is beside Python itself, as it is imported
let anew = false; // whether the cache may hold what was broken once

/** Ask for all that is expected at once, so that the line is never idle; count what comes, and refuse what is not whole. */
function load() {
  const plain = self.fetch;
  const ask = (asked, options) => plain(asked, anew ? { ...options, cache: "reload" } : options);
  const coming = new Map();
  for (const name of Object.keys(expected)) {
    const { href } = new URL(name, here);
    coming.set(href, ask(href));
    coming.get(href).catch(() => {}); // who waits for it is told
  }
  self.fetch = async (asked, options) => {
    const url = String(asked.url ?? asked).split("?")[0];
    const name = Object.keys(expected).find((each) => url.endsWith(`/${each}`));
    const response = await (coming.get(url) ?? ask(asked, options));
    coming.delete(url);
    if (!name) return response;
    if (!response.ok) return fail(`${name}: ${response.status}`);
    loaded[name] = 0;
    const count = new TransformStream({
      transform(piece, out) {
        loaded[name] += piece.length;
        postMessage({ loaded: sum(loaded), all: sum(expected), what });
        out.enqueue(piece);
      },
      flush() {
        if (loaded[name] !== expected[name]) fail(`${name} is not whole`);
      },
    });
    return new Response(response.body.pipeThrough(count), response);
  };
}

const sum = (sizes) => Object.values(sizes).reduce((one, other) => one + other, 0);

/** Say that Python cannot come. Pyodide would not: it waits for ever if its WebAssembly is broken. */
function fail(reason) {
  if (!cells) postMessage({ broken: reason });
  throw new Error(reason);
}

async function start({ files, packages: others, again }) {
  [expected, packages, anew] = [files, others, again];
  load();
  const names = Object.keys(files);
  const scripts = names.filter((name) => name.endsWith(".mjs"));
  // Through the cache, so that they are counted and known to be whole before they are run.
  const [wheels] = await Promise.all([
    Promise.all(names.filter((name) => name.endsWith(".whl")).map(async (name) => (await read(name)).arrayBuffer())),
    ...scripts.map(async (name) => (await read(name)).arrayBuffer()),
  ]);
  const { loadPyodide } = await import(new URL("core/pyodide.mjs", here).href);
  python = await loadPyodide({ indexURL: new URL("core/", here).href });
  for (const wheel of wheels) python.unpackArchive(wheel, "wheel", { extractDir: "/book" });
  python.runPython("import sys; sys.path.insert(0, '/book')");
  for (const [name, text] of Object.entries({ "page_runner.py": runner, "anywidget.py": anywidget, matplotlibrc })) {
    python.FS.writeFile(`/book/${name}`, text);
  }
  cells = python.pyimport("page_runner");
  postMessage({ ready: true });
}

function path({ own, ask }) {
  postMessage({ done: JSON.parse(cells.path(own, ask)) });
}

const read = (name) => fetch(new URL(name, here));

/** Load what is imported by these names, and all that it depends on. What does not come is missed by the cell itself. */
async function bring(needs) {
  const wanted = Object.keys(packages).filter((name) => packages[name].imports.some((each) => needs.includes(each)));
  for (const name of wanted) wanted.push(...packages[name].depends.filter((each) => !wanted.includes(each)));
  const lacking = wanted.filter((name) => !(name in python.loadedPackages));
  if (!lacking.length) return;
  expected = Object.fromEntries(lacking.map((name) => [packages[name].file, packages[name].size]));
  loaded = {};
  what = wanted.flatMap((name) => packages[name].imports);
  try {
    await python.loadPackage(lacking, { messageCallback() {}, errorCallback() {} });
    anew = false;
  } catch {
    anew = true;
  }
  cells.renew();
}

async function run({ name, source, prelude, anew: first, needs }) {
  await bring(needs);
  postMessage({ runs: true });
  const emit = (text) => postMessage({ printed: text });
  postMessage({ done: JSON.parse(cells.run(name, source, prelude, first, emit)) });
}

self.onmessage = async ({ data }) => {
  try {
    if (data.start) await start(data.start);
    else if (data.path) path(data.path);
    else await run(data.run);
  } catch (problem) {
    postMessage({ broken: String(problem?.message ?? problem) });
  }
};
