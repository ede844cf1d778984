// Everything that a reader of the live figure sees or hears in words, and how its numbers are written.
//
// For the figure in another language this file changes and no other; `python tools/widget.py` puts it into the bundle.

// ---------------------------------------------------------------------------------------------------- numbers

const MANY = 1e15; // from here on a float no longer tells neighbours apart for long
const grouped = new Intl.NumberFormat("en-US").format;
const withMinus = (text) => text.replace("-", "−");
const superscript = (exponent) =>
  [...String(exponent)].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign])).join("");

/** A number: four digits, or a power of ten with so many behind its point. */
export function formatNumber(number, digitsOfPower = 2) {
  const size = Math.abs(number);
  if (size !== 0 && (size >= 1e6 || size < 1e-4)) {
    const [digits, exponent] = number.toExponential(digitsOfPower).split("e");
    return withMinus(`${digits} × 10${superscript(Number(exponent))}`);
  }
  const short = size >= 1000 ? number.toFixed(0) : number.toPrecision(4);
  return withMinus(Number(short) === 0 ? "0" : short);
}

/** A whole number. */
export const formatCount = (number) => (number < MANY ? grouped(number) : formatNumber(number));

/** A number on an axis, with so many decimals. */
export const formatTick = (number, decimals) => withMinus(number.toFixed(decimals));

/** A power of ten on an axis. */
export const formatPower = (exponent) => `10${superscript(exponent)}`;

// Numbers that take as much room as any, and the whole number that does: texts with these keep the room of all others.
export const WIDEST = { positive: 8.88e-288, negative: -8.88e-288, short: 0.0008888, negativeShort: -0.0008888 };
export const WIDEST_COUNT = MANY - 1;

// ----------------------------------------------------------------------------------------- names and controls

/** The sliders around the figure, by their setting. */
export const SLIDERS = {
  learning_rate: "learning rate",
  epochs: "epochs",
  momentum: "momentum",
  batch_size: "batch size",
  seed: "seed",
  difference: "step h",
  stop_tolerance: "stopping tolerance",
};
export const PLAYER = ["Play or pause the epochs", "Back to epoch 0", "Repeat"];
export const typed = (label) => `${label}, typed`;

/** What a rule is called; one that is not here, by its name. */
const RULES = {
  plain: "plain",
  "heavy ball": "heavy ball",
  nesterov: "nesterov",
  adam: "adam",
  "exact line search": "exact line search",
  backtracking: "backtracking",
};
export const ruleLabel = (name) => RULES[name] ?? name;
export const RULE_CHOICE = "rule";
export const SWITCHES = { standardised: "standardised x", shrinking: "shrinking rate" };

export const BUTTONS = { add: "Add a point", remove: "Remove a point", reset: "Reset", link: "Link to this" };
export const JUMPS = { label: "Jump to an epoch", short: "epoch" };
export const jumpTo = (epoch) => `Epoch ${formatCount(epoch)}`;

export const NOTICES = {
  full: (most) => `There is room for ${most} points.`,
  least: "A line takes two points at least.",
  stacked: "There is no link to points of (nearly) the same x.",
  copied: "The link is copied, and in the address bar.",
  written: "The link is in the address bar.",
};

// ---------------------------------------------------------------------------------------------------- panels

export const PANELS = {
  data: {
    title: "Data and line",
    description: "Data points with the current line. Points can be moved.",
    x: "x",
    y: "y",
  },
  surface: {
    title: "Loss from above",
    description:
      "Lines of equal loss over intercept and slope, with the path of the descent, its next step and the minimum. " +
      "The start can be moved.",
    x: "intercept",
    y: "slope",
  },
  loss: {
    title: "Loss over the epochs",
    description:
      "The loss of every epoch on a logarithmic axis, with the current epoch marked. A click goes to an epoch.",
    x: "epochs",
    y: "loss",
  },
  directions: {
    title: "Distance along two directions",
    description:
      "The distance from the minimum along the flat and the steep direction, over the epochs, on a logarithmic axis.",
    x: "epochs",
    y: "distance",
  },
  differences: {
    title: "Error of finite differences",
    description:
      "The relative error of forward and central differences of the loss over their step, on logarithmic axes, " +
      "with the chosen step marked.",
    x: "step h",
    y: "relative error",
  },
};
export const standardised = (name) => `${name} (standardised)`;
export const DIRECTIONS = { steep: "steep", flat: "flat" };
export const FLOOR = "valley floor";
/** What is drawn, panel by panel, behind a small drawing of it. */
export const LEGEND = {
  point: "point",
  line: "line",
  error: "error",
  crossing: "intercept",
  start: "start",
  here: "here",
  minimum: "minimum",
  floor: FLOOR,
  step: "next step",
  flat: DIRECTIONS.flat,
  steep: DIRECTIONS.steep,
  behind: "up to now",
  ahead: "still to come",
  lowest: "lowest possible",
  chosen: "this h",
};
export const LEGEND_NOTES = { point: "(movable)", start: "(movable)", step: "(drawn longer)" };
export const crossing = (intercept, raw) => `${raw ? "raw intercept" : "intercept"} ${formatNumber(intercept)}`;
export const ZOOM = { label: "Zoom around the minimum", out: "Zoom out", in: "Zoom in" };
export const SCHEMES = { forward: "forward", central: "central" };
export const MOVABLE = "movable point";
export const point = (number, x, y) =>
  `Point ${number}: x ${formatNumber(x)}, y ${formatNumber(y)}. Arrow keys move it, Delete removes it.`;
export const start = (intercept, slope) =>
  `Start: intercept ${formatNumber(intercept)}, slope ${formatNumber(slope)}. Arrow keys move it.`;

// ----------------------------------------------------------------------------------------- the marks and tables

export const MARKS = {
  best: (rate) => `best ${formatNumber(rate)}`,
  limit: (rate) => `diverges from ${formatNumber(rate)}`,
};

export const TABLE = {
  value: "value",
  gradient: "gradient",
  slope: "slope",
  intercept: "intercept",
  loss: "loss",
  rawSlope: "raw slope",
  rawIntercept: "raw intercept",
};

export const STOPS = {
  caption: "Where a rule would stop, and how far from the minimum",
  columns: ["rule", "epoch", "distance"],
  rules: { gradient: "gradient", step: "step", gain: "gain" },
  notReached: "not reached",
  unknown: "–",
};

// --------------------------------------------------------------------------------------- how the descent goes

/** With a rule that has a regime: plain descent, and one with momentum. */
export const REGIMES = {
  plain: {
    CONVERGES: "Converges: no step overshoots the valley.",
    OSCILLATES: "Oscillates, and converges: steps overshoot the valley, each by less.",
    DIVERGES: "Diverges: steps overshoot the valley, each by more. Try a smaller rate.",
  },
  momentum: {
    CONVERGES: "Converges: the path does not swing.",
    OSCILLATES: "Oscillates, and converges: the path swings, each time by less.",
    DIVERGES: "Diverges: the path swings wider and wider. Try a smaller rate.",
  },
};
export const ENDLESS = "The loss rises without end. Try a smaller rate.";
export const LEVEL = "The loss stays what it is at the start.";
export const ENDS = { lower: "lower than it began", higher: "no lower than it began" };
export const WAYS = {
  wavers: "still rises and falls",
  staysInBall: "still rises and falls: at a constant rate it stays in a ball around the minimum",
  diesOut: "rises and falls less and less: the noise dies out with the rate",
  wavered: "no longer rises and falls",
  falls: "never rises on the way",
};
export const ended = (end, way) => `The loss ends ${end}, and ${way}.`;

export const beyond = (epoch) => `After epoch ${formatCount(epoch)} the numbers are beyond the range of a float.`;
export const NO_FORMULA = "No formula gives the best line of this loss: only a descent finds one.";
export const never = (tolerance) => `It will never stay within ${tolerance} of the best line.`;
export const notWithin = (epochs, tolerance) =>
  `Not within ${formatCount(epochs)} epochs does it stay within ${tolerance} of the best line.`;
export const arrives = (tolerance, epoch, counted, more) =>
  `Both parameters are within ${tolerance} of the best line from epoch ${formatCount(epoch)} on` +
  `${counted ? ", counted in the run" : ""}${more > 0 ? `: ${formatCount(more)} more` : ""}.`;

export const stable = (limit, { learning_rate, momentum }) =>
  `Largest stable rate ${formatNumber(limit)}, best ${formatNumber(learning_rate)}` +
  `${momentum === undefined ? "" : ` with momentum ${formatNumber(momentum)}`}.`;
export const perEpoch = (steps) => `${formatCount(steps)} ${steps === 1 ? "step" : "steps"} an epoch.`;
export const shrunk = (rate) => `The rate has shrunk to ${formatNumber(rate)}.`;
export const errors = (forward, central) =>
  `Relative error at this h: forward ${formatNumber(forward)}, central ${formatNumber(central)}.`;

/** What a screen reader says once the figure has come to rest. */
export const spoken = (rate, epochs, [intercept, slope], loss) =>
  `Rate ${formatNumber(rate)}, ${formatCount(epochs)} epochs: slope ${formatNumber(slope)}, ` +
  `intercept ${formatNumber(intercept)}, loss ${formatNumber(loss)}.`;
export const spokenRaw = ([intercept, slope]) =>
  `For x as they are: slope ${formatNumber(slope)}, intercept ${formatNumber(intercept)}.`;

// ---------------------------------------------------------------------------------- what cannot be drawn or read

export const PROBLEMS = {
  large: "The points or the start are too large: their squares leave the range of a float.",
  small: "The points are too small or too near to one another: products of their x and y leave the range of a float.",
  stacked: "No single line is best: all points have (nearly) the same x. Move one aside.",
};

const shortened = (text) => (text.length > 40 ? `${text.slice(0, 39)}…` : text);

/** About links. */
export const LINK = {
  left: (name, why) => `“${shortened(name)}” in the link was left aside: ${why}.`,
  twice: "it is there twice",
  wanted: (what) => `wanted is ${what}`,
  unknown: (known) => `what can be set is ${known.join(", ")}`,
  number: (low, high) => `a number from ${low} to ${high}`,
  whole: (low, high) => `a whole number from ${low} to ${high}`,
  flag: "true or false",
  among: (known) => `one of ${known.join(", ")}`,
  points: "x,y;x,y;… with two x that differ",
  pair: "intercept,slope",
};
