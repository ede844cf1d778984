// The worker in which a page's Python runs, so that the page never waits for it. It is told to start, with the sizes of the
// files that make Python, and then to run cells, one at a time; it says how far it has come, what is printed, and the end.
import runner from "./runner.py";

const here = new URL(".", self.location.href);
let cells;

/** Count what is loaded, and refuse a file that is not whole; what was broken once is not taken from the cache again. */
function countLoading(files, again) {
  const loaded = {};
  const all = Object.values(files).reduce((sum, size) => sum + size, 0);
  const load = self.fetch;
  self.fetch = async (asked, options) => {
    const url = String(asked.url ?? asked);
    const name = Object.keys(files).find((each) => url.split("?")[0].endsWith(`/${each}`));
    const response = await load(asked, again ? { ...options, cache: "reload" } : options);
    if (!name) return response;
    if (!response.ok) return fail(`${name}: ${response.status}`);
    loaded[name] = 0;
    const count = new TransformStream({
      transform(piece, out) {
        loaded[name] += piece.length;
        postMessage({ loaded: Object.values(loaded).reduce((sum, size) => sum + size, 0), all });
        out.enqueue(piece);
      },
      flush() {
        if (loaded[name] !== files[name]) fail(`${name} is not whole`);
      },
    });
    return new Response(response.body.pipeThrough(count), response);
  };
}

/** Say that Python cannot come. Pyodide would not: it waits for ever if its WebAssembly is broken. */
function fail(reason) {
  postMessage({ broken: reason });
  throw new Error(reason);
}

async function start({ files, again }) {
  countLoading(files, again);
  const names = Object.keys(files);
  const scripts = names.filter((name) => name.endsWith(".mjs"));
  // Through the cache, so that they are counted and known to be whole before they are run.
  const [wheels] = await Promise.all([
    Promise.all(names.filter((name) => name.endsWith(".whl")).map(async (name) => (await read(name)).arrayBuffer())),
    ...scripts.map(async (name) => (await read(name)).arrayBuffer()),
  ]);
  const { loadPyodide } = await import(new URL("core/pyodide.mjs", here).href);
  const python = await loadPyodide({ indexURL: new URL("core/", here).href });
  for (const wheel of wheels) python.unpackArchive(wheel, "wheel", { extractDir: "/book" });
  python.runPython("import sys; sys.path.insert(0, '/book')");
  python.FS.writeFile("/book/page_runner.py", runner);
  cells = python.pyimport("page_runner");
  postMessage({ ready: true });
}

const read = (name) => fetch(new URL(name, here));

function run({ name, source, prelude, anew }) {
  const emit = (text) => postMessage({ printed: text });
  postMessage({ done: JSON.parse(cells.run(name, source, prelude, anew, emit)) });
}

self.onmessage = async ({ data }) => {
  try {
    if (data.start) await start(data.start);
    else run(data.run);
  } catch (problem) {
    postMessage({ broken: String(problem?.message ?? problem) });
  }
};
