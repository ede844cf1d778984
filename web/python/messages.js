// Every word that a reader of a page with code sees or hears from it.

// Those that a reader may know, the most usual first.
const PACKAGES = {
  numpy: "NumPy",
  matplotlib: "Matplotlib",
  sklearn: "scikit-learn",
  pandas: "pandas",
  dask: "Dask",
  scipy: "SciPy",
  ipywidgets: "ipywidgets",
};

/** The first two of some packages; what brings others along stands for them. */
const packages = (names) => {
  const known = Object.keys(PACKAGES).filter((name) => names.includes(name));
  return (known.length ? known : names)
    .slice(0, 2)
    .map((name) => PACKAGES[name] ?? name)
    .join(" and ");
};

// Those of a page as it comes.
export const words = {
  // Buttons
  run: "Run",
  check: "Check",
  edit: "Edit",
  stop: "Stop",
  back: "Back to the book's",
  forget: "Forget what I wrote",
  recompute: "Recompute this page",

  // Names for who does not see where they stand
  code: "Code, in Python. Escape, then Tab, leaves it.",
  answer: "Your answer, in Python. Escape, then Tab, leaves it.",

  // What cannot run
  needs: (names) => `Cells with a button run on this page. The others need ${packages(names)}; there are `,
  ways: "other ways to run the book",
  fromDisk:
    "Python runs in these pages once a server brings them: python -m http.server in the book's folder, " +
    "then http://localhost:8000 in the browser. From a disk, browsers start no Python.",
  noScript: "The script that runs code could not be loaded. Try again when the connection is back.",

  // What was written before
  remembered: "As you left it.",
};

const cells = (count) => (count === 1 ? "the cell above" : `the ${count} cells above`);
const lines = (count) => `${count.toLocaleString("en")} more line${count === 1 ? "" : "s"}`;

// Those that come with the first click.
export const later = {
  keys: "Shift+Enter runs it. Escape, then Tab, leaves it.",

  result: "What your run gave",
  drawn: "What your run drew.",
  bookDrew: (text) => `What your run drew. Of the book's own picture: ${text}`,

  // On the way
  waits: "Waits for the cell that is running.",
  coming: (part, what) =>
    `${what.length ? packages(what) : "Python"} ${what.length > 1 ? "are" : "is"} coming: ${Math.floor(part * 100)} %`,
  begins: "Python is starting.",
  above: (number, count) => `Running ${cells(count)} first${count > 1 ? `: ${number}` : ""}.`,
  running: "Running.",
  long: "This has been running for 10 seconds. Stop ends it.",

  // In the end
  done: (seconds) => `Done in ${seconds < 0.1 ? "less than 0.1" : seconds.toFixed(1)} seconds.`,
  failed: (kind) => `Ended with ${kind}.`,
  stopped: "Stopped. The cells above will run again when they are needed.",
  aboveStopped: (kind) => `A cell above ended with ${kind}, so this one did not run.`,
  toThatCell: "Go to that cell",
  ended: (code) => `exit() ended this cell${code && code !== "0" ? ` with ${code}` : ""}. Python is still there.`,
  crashed: "Python broke down, perhaps for want of memory. Run starts a new one.",
  absent: "Python could not be loaded: the connection may be down, or a file is missing. Run tries again.",
  cut: (count) => `… and ${lines(count)}, which are not shown.`,

  // Errors
  inLine: (line, name) => `Line ${line}${name ? `, in ${name}` : ""}:`,
  inLineAbove: (line, name) => `Line ${line} of another cell${name ? `, in ${name}` : ""}:`,
  input: "input() cannot ask anybody here. Write the value into the code instead.",
  madeBelow: (name) => `A cell further down makes ${name}: run that one first.`,
  madeWith: (name, needs) => `${name} is made by a cell that needs ${packages(needs)}, which this page does not have.`,
  notCome: (name) =>
    `${packages([name])} could not be loaded: the connection may be down, or a file is missing. Run tries again.`,
  noPackage: (name) => `This page does not have ${packages([name])}.`,
  prompts: "The lines begin with >>> or ..., as when they are copied from a terminal. Leave those out.",
  quotes: "There are curly quotation marks in it, as in printed text. Python wants straight ones: ' or \".",
  tabs: "Tabs and spaces are mixed at the beginnings of its lines. Take spaces.",

  // The page recomputed
  recomputing: (number, count) => `Recomputing the book's code: cell ${number} of ${count}.`,
  same: "Recomputed: the same, character for character.",
  differs: "Recomputed: not what is printed here.",
  stored: "Printed in the book",
  now: "Now",
  recomputed: (same, different, left) =>
    `${same} output${same === 1 ? " is" : "s are"} the same, character for character` +
    `${different ? `, ${different} ${different === 1 ? "differs" : "differ"}` : ""}` +
    `${left ? `; ${left} cell${left === 1 ? "" : "s"} cannot run here` : ""}.`,
};
