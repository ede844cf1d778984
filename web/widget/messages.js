// Everything that a reader of the live figure sees or hears in words, and how its numbers are written.
//
// For the figure in another language this file changes and no other; `python tools/widget.py` puts it into the bundle.

// ---------------------------------------------------------------------------------------------------- numbers

const MANY = 1e15; // from here on a float no longer tells neighbours apart for long
const grouped = new Intl.NumberFormat("en-US").format;
const withMinus = (text) => text.replace("-", "−");
const superscript = (exponent) =>
  [...String(exponent)].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign])).join("");

const power = (digits, exponent) => `${digits} × 10${superscript(exponent)}`;

/** A number: four digits, or a power of ten with so many behind its point. */
export function formatNumber(number, digitsOfPower = 2) {
  const size = Math.abs(number);
  if (size !== 0 && (size >= 1e6 || size < 1e-4)) {
    const [digits, exponent] = number.toExponential(digitsOfPower).split("e");
    return withMinus(power(digits, Number(exponent)));
  }
  const short = size >= 1000 ? number.toFixed(0) : number.toPrecision(4);
  return withMinus(Number(short) === 0 ? "0" : short);
}

/**
 * A number of which so many digits are known, as mathematics/exact.js rounds one; zeros at its end are not written.
 * @param {{negative: boolean, digits: string, exponent: number}} number
 */
export function formatDecimal({ negative, digits, exponent }) {
  const [sign, known] = [negative ? "−" : "", digits.replace(/0+$/, "") || "0"];
  const behind = (whole) => (known.length > whole ? `.${known.slice(whole)}` : "");
  const pointed = (whole) => known.slice(0, whole).padEnd(whole, "0") + behind(whole);
  if (exponent >= 6 || exponent < -4) return sign + power(pointed(1), exponent);
  return sign + (exponent < 0 ? `0.${"0".repeat(-exponent - 1)}${known}` : pointed(exponent + 1));
}

/** A whole number. */
export const formatCount = (number) => (number < MANY ? grouped(number) : formatNumber(number));

/** A number of a few digits, all of them. */
export function formatFew(number) {
  if (number >= 1e-4 && number < 1e6) return formatExactly(number);
  const [digits, exponent] = number.toExponential().split("e");
  return power(digits, Number(exponent));
}

/** A number as it is, to the last digit: what is read back is the same number. */
export const formatExactly = (number) => withMinus(String(number));

/** The number that a text is, in digits alone, or NaN. */
export const plainNumber = (text) => (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN);

/** What somebody has typed or pasted, or NaN. */
export const readNumber = (text) => plainNumber(text.trim().replace(/^[−–]/, "-"));

/** A number on an axis, with so many decimals. */
export const formatTick = (number, decimals) => withMinus(number.toFixed(decimals));

/** A power of ten on an axis. */
export const formatPower = (exponent) => `10${superscript(exponent)}`;

// Numbers that take as much room as any, and the whole number that does: texts with these keep the room of all others.
export const WIDEST = {
  positive: 8.88e-288,
  few: 8.888e-288,
  negative: -8.88e-288,
  short: 0.0008888,
  negativeShort: -0.0008888,
};
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
export const PLAYER = {
  play: "Play the epochs",
  pause: "Pause the epochs",
  back: "One epoch back",
  on: "One epoch on",
};
export const typed = (label) => `${label}, typed`;

/** What a rule is called; one that is not here, by its name. */
const RULES = {
  plain: "plain",
  "heavy ball": "heavy ball",
  nesterov: "nesterov",
  adagrad: "adagrad",
  rmsprop: "rmsprop",
  adam: "adam",
  adamw: "adamw",
  "exact line search": "exact line search",
  backtracking: "backtracking",
};
export const ruleLabel = (name) => RULES[name] ?? name;
export const RULE_CHOICE = "rule";
export const SWITCHES = { standardised: "standardised x", shrinking: "shrinking rate" };

export const BUTTONS = {
  undo: "Undo",
  add: "Add a point",
  remove: "Remove a point",
  reset: "Reset",
  link: "Link to this",
  python: "Copy as Python",
  whole: "Fill a window",
  embed: "Copy for a page of yours",
};
/** The keys of a figure that fills its window. */
export const KEYS = (lecture) =>
  `Keys (not on a slider): → ← one epoch, Space plays or pauses, Page Down or Up to ${lecture ? "the next or previous state" : "a stop"}, Home resets.`;
/** What other people's pages call the figure. */
export const FRAME_TITLE = "A live figure of gradient descent";
export const TEXT = { fold: "To copy by hand", box: "Text to copy" };
export const JUMPS = { label: "Jump to an epoch", short: "epoch" };
export const jumpTo = (epoch) => `Epoch ${formatCount(epoch)}`;

const shortened = (text, most = 40) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

export const NOTICES = {
  state: (at, count) => `State ${at} of ${count}.`,
  full: (most) => `There is room for ${most} points.`,
  least: "A line takes two points at least.",
  stacked: "There is no link to points of (nearly) the same x.",
  copied: "The link is copied, and in the address bar.",
  written: "The link is in the address bar.",
  notOnSlider: (label, text, [low, high], whole) =>
    `“${shortened(text)}” is no ${label} here: wanted is a${whole ? " whole" : ""} number from ${formatExactly(low)} to ` +
    `${formatExactly(high)}.`,
  codeCopied: "The Python code of this state is copied.",
  frameCopied: "The <iframe> for a page of yours is copied.",
  shown: "The browser does not let the figure copy: what you asked for is in the box below, selected.",
  withoutOwn: (name) => `It has gdlib's steps: your ${name} is not in it.`,
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
/** Where something is that a panel does not reach. */
export const BEYOND = { above: "↑", below: "↓" };
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
  yours: "your steps",
  reference: "gdlib's",
};
export const LEGEND_NOTES = { point: "(movable)", start: "(movable)", step: "(drawn longer)" };
export const crossing = (intercept, raw) => `${raw ? "raw intercept" : "intercept"} ${formatNumber(intercept)}`;
export const ZOOM = { label: "Zoom around the minimum", short: "zoom", out: "Zoom out", in: "Zoom in" };
export const SCHEMES = { forward: "forward", central: "central" };
export const MOVABLE = "movable point";
export const point = (number, x, y) =>
  `Point ${number}: x ${formatNumber(x)}, y ${formatNumber(y)}. Arrow keys move it, Delete removes it.`;
export const start = (intercept, slope) =>
  `Start: intercept ${formatNumber(intercept)}, slope ${formatNumber(slope)}. Arrow keys move it.`;

// ----------------------------------------------------------------------------------------- the marks and tables

/** What is known of the learning rate, on buttons that set it; and why, where a pointer rests on them. */
export const MARKS = {
  label: "Learning rates to try",
  now: ({ learning_rate }, epochs) =>
    `${learning_rate ? formatFew(learning_rate) : "any"}: lowest loss after ` +
    `${epochs === 1 ? "1 epoch" : `${formatCount(epochs)} epochs`}`,
  best: ({ learning_rate, momentum }) =>
    `${formatFew(learning_rate)}${momentum === undefined ? "" : ` with momentum ${formatFew(momentum)}`}: ` +
    "fastest in the long run",
  limit: ({ learning_rate }) => `${formatFew(learning_rate)}: from here on it diverges`,
};
export const MARKS_WHY = {
  now: "From this start, after the epochs that are set.",
  best: "From any start, the slower of the two directions shrinks fastest here, epoch by epoch.",
  limit: "Steps overshoot the valley, each by more.",
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

/** Numbers that open to where they come from, as a screen reader says them. */
const SOURCES = {
  slope: "slope",
  intercept: "intercept",
  loss: "loss",
  slopeGradient: "gradient, slope",
  interceptGradient: "gradient, intercept",
  rawSlope: "raw slope",
  rawIntercept: "raw intercept",
};
export const sourceOf = (name, number) => `${SOURCES[name]} ${number}: where it comes from`;

/** The step, term by term. A formula stands below what it is of. */
export const TERMS = {
  summary: "This step, term by term",
  points: "What each point adds to the loss and the gradient",
  why:
    "An error counts for the slope x times as much as for the intercept, since a change of the slope moves the line x times " +
    "as far there. The 2 is that of the square's derivative.",
  step: "What the step makes of them",
  point: "point",
  x: "x",
  y: "y",
  prediction: ["prediction", "slope · x + intercept"],
  error: ["error", "prediction − y"],
  losses: {
    "mean squared error": () => ({
      cost: ["error²", "for the loss"],
      slope: ["2 · error · x", "for the slope"],
      intercept: ["2 · error", "for the intercept"],
    }),
    "geman-mcclure": (scale) => ({
      cost: ["cost", `error² ÷ (1 + (error ÷ ${scale})²)`],
      weight: ["weight", `1 ÷ (1 + (error ÷ ${scale})²)²`],
      slope: ["2 · weight · error · x", "for the slope"],
      intercept: ["2 · weight · error", "for the intercept"],
    }),
  },
  seen: (number) => [`${number} ●`, `${number}, which this step sees`],
  means: ["means", "the loss and the gradient"],
  allMeans: ["means of all", "the loss and the gradient"],
  seenMeans: ["means of ●", "the gradient of this step"],
  slope: "slope",
  intercept: "intercept",
  // The rows of the step, those of the rules among them.
  before: ["one step before"],
  taken: ["the last step", "as it was taken"],
  now: ["now", "one step before − the last step"],
  start: ["now", "the start"],
  gradient: ["gradient", "the means of the points"],
  momentum: ["momentum"],
  velocity: ["velocity", "before this step"],
  newVelocity: ["new velocity", "momentum · velocity + gradient"],
  ahead: ["direction", "gradient + momentum · new velocity"],
  sum: ["sum of squares", "of the gradients so far"],
  newSum: ["new sum of squares", "sum of squares + gradient²"],
  sumSize: ["size", "√new sum of squares"],
  overSum: ["direction", "gradient ÷ (size + 10⁻¹⁰)"],
  newRecent: ["new mean square", "0.99 · mean square + 0.01 · gradient²"],
  recentSize: ["size", "√new mean square"],
  overRecent: ["direction", "gradient ÷ (size + 10⁻⁸)"],
  mean: ["mean", "of the gradients so far"],
  newMean: ["new mean", "0.9 · mean + 0.1 · gradient"],
  square: ["mean square", "of the gradients so far"],
  newSquare: ["new mean square", "0.999 · mean square + 0.001 · gradient²"],
  share1: ["share of the mean", "1 − 0.9ᵏ at step k"],
  share2: ["share of the mean square", "1 − 0.999ᵏ"],
  size: ["size", "√(new mean square ÷ its share)"],
  scaled: ["direction", "new mean ÷ its share ÷ (size + 10⁻⁸)"],
  adams: ["Adam’s direction", "new mean ÷ its share ÷ (size + 10⁻⁸)"],
  decayed: ["direction", "Adam’s direction + 0.01 · now"],
  rate: ["rate"],
  change: (direction) => ["this step", `rate · ${direction}`],
  next: ["new", "now − this step"],
  xMean: ["mean of x", "as they were"],
  xDeviation: ["deviation of x", "as they were"],
  raw: ["now, for x as they were", "slope ÷ deviation; intercept − that · mean"],
  // Sentences.
  at: (epoch, steps, isOwn) =>
    steps === 1
      ? `At epoch ${formatCount(epoch)}, the step to epoch ${formatCount(epoch + 1)}` +
        `${isOwn ? ", as gdlib takes it" : ""}.`
      : `At epoch ${formatCount(epoch)}, step 1 of ${formatCount(steps)} of the next epoch, on the points with a ●.`,
  rounded: "Every number is computed exactly, then rounded to six digits.",
  beyond: "The next epoch leads beyond the range of a float: there the descent ends.",
  infinite: "A number that the rule remembers is beyond the range of a float.",
  still: "The search finds no lower place, so the line stays where it is.",
  floats: "The figure itself computes in floats, and here their rounding shows: its loss or gradient is another one.",
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
  climbs: "rises in every epoch",
};
export const ended = (end, way) => `The loss ends ${end}, and ${way}.`;

export const beyond = (epoch) => `After epoch ${formatCount(epoch)} the numbers are beyond the range of a float.`;
export const NO_FORMULA = "No formula gives the best line of this loss: only a descent finds one.";
export const never = (tolerance) => `It will never stay within ${tolerance} of the best line.`;
export const notWithin = (epochs, tolerance) =>
  `In ${formatCount(epochs)} epochs it does not come to stay within ${tolerance} of the best line.`;
export const arrives = (tolerance, epoch, counted, more) =>
  `Both parameters are within ${tolerance} of the best line from epoch ${formatCount(epoch)} on` +
  `${counted ? ", counted in the run" : ""}${more > 0 ? `: ${formatCount(more)} more` : ""}.`;

export const perEpoch = (steps) => `${formatCount(steps)} ${steps === 1 ? "step" : "steps"} an epoch.`;
export const shrunk = (rate) => `The rate has shrunk to ${formatNumber(rate)}.`;
export const errors = (forward, central) =>
  `Relative error at this h: forward ${formatNumber(forward)}, central ${formatNumber(central)}.`;

// ------------------------------------------------------------------------------------ a step of the reader's own

const isNear = (number, wanted) => Math.abs(number - wanted) <= 1e-5 * Math.abs(wanted);
const line = ([slope, intercept]) => `slope ${formatNumber(slope)}, intercept ${formatNumber(intercept)}`;
const times = (factor, what = "long") => {
  const many = isNear(factor, 0.5) ? "half" : isNear(factor, 2) ? "twice" : `${formatNumber(factor)} times`;
  return `${many} as ${what} as gdlib's`;
};

/** What could make steps so many times as long. */
function guess(factor, points, rate) {
  const guesses = [
    [points, "the sum over the points instead of their mean?"],
    [1 / points, "divided by the number of points twice?"],
    [2, "a 2?"],
    [0.5, "a 2?"],
    [1 / rate, "is the learning rate left out?"],
    [rate, "is the learning rate there twice?"],
  ];
  const found = guesses.filter(([wanted]) => isNear(factor, wanted)).map(([, why]) => why);
  return found.length ? `: ${found.join(" Or: ")}` : ".";
}

const COMPARED = {
  same: () => "Your steps are gdlib's, to rounding.",
  factor({ factor }, points, rate) {
    if (!factor) return "Your line never moves: does the step return what it was given?";
    if (factor > 0) return `Your steps are ${times(factor)}${guess(factor, points, rate)}`;
    return `Your steps go uphill${isNear(factor, -1) ? "" : `, ${times(-factor)}`}: a sign?`;
  },
  factors: ({ factors }) =>
    factors
      .map((factor, i) => {
        const how = factor ? (factor < 0 ? "goes uphill: a sign?" : `moves ${times(factor, "far")}.`) : "never moves.";
        return `The ${i ? "intercept" : "slope"} ${isNear(factor, 1) ? "moves as gdlib's." : how}`;
      })
      .join(" "),
  swapped: () => "Slope and intercept are swapped: theta and the gradient have the slope first.",
  "no x": () => "The slope takes the intercept's steps: is an x missing?",
  point: ({ point }) => `Your steps follow point ${point} alone, not the mean of all.`,
  "in turn": () => "Your epochs take a step for each point in turn, and not one for the mean of all.",
  uphill: (found) => `Your steps go uphill: a sign? ${COMPARED.other(found)}`,
  other: ({ step, led, wanted }) =>
    `Your step ${formatCount(step)} leads to ${line(led)}; gdlib's from there would lead to ${line(wanted)}.`,
};

/** What ended the descent early. */
const ENDED_BY = {
  raised: ({ error, where }, step) =>
    `stopped in ${step}${where && ` (${shortened(where)})`} with ${shortened(error, 120)}.`,
  late: ({ seconds }, step) => `was stopped after ${seconds} seconds, in ${step}: is there a loop that never ends?`,
  ended: () => "ended the Python that ran it.",
  nothing: (_, step) => `returned nothing in ${step}: is there a return?`,
  shape: ({ shown }, step) => `returned ${shown} in ${step}; wanted are two numbers, [slope, intercept].`,
  "not a number": (_, step) => `returned nan in ${step}, which is not a number.`,
  beyond: (_, step) => `diverges: in ${step} its numbers leave the range of a float.`,
};

/** What there is to say of a descent by the reader's own step, a function of this name. */
export const OWN = {
  notYet: (name) => `This is gdlib's descent. Run the cell that makes ${name}, and yours is drawn beside it.`,
  late: (name) => `${name} has not answered yet: Python may be busy, or not be there.`,
  said(name, { path, problem, compared }, points, rate) {
    const how = compared ? `${COMPARED[compared.kind](compared, points, rate)} ` : "";
    const end = problem && `${name} ${ENDED_BY[problem.kind](problem, `step ${formatCount(path.length)}`)}`;
    return `${how}${end ?? ""}`.trim();
  },
  longest(name) {
    const widest = [WIDEST.negative, WIDEST.negative];
    return [OWN.notYet(name), COMPARED.uphill({ step: 9999, led: widest, wanted: widest })];
  },
};

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

/** About links. */
export const LINK = {
  left: (name, why) => `“${shortened(name)}” in the link was left aside: ${why}.`,
  twice: "it is there twice",
  wanted: (what) => `wanted is ${what}`,
  unknown: (known) => `what can be set is ${known.join(", ")}`,
  number: (low, high) => `a number from ${low} to ${high}`,
  positive: "a number above 0",
  notNegative: "a number of 0 or more",
  share: "a number from 0 to below 1",
  whole: (low, high) => `a whole number from ${low} to ${high}`,
  epochs: "epoch,epoch,… as whole numbers",
  range: "two numbers above 0, the smaller first",
  flag: "true or false",
  among: (known) => `one of ${known.join(", ")}`,
  some: (known) => `some of ${known.join(", ")}, each once`,
  points: (most) => `x,y;x,y;… with two x that differ, and at most ${most} points`,
  pair: "intercept,slope",
  beyondLast: (epochs, last) => `epochs, ${epochs}, go beyond max_epochs, ${last}`,
  notOffered: (rule, rules) => `rule, ${rule}, is not one of rules, ${rules.join(", ")}`,
  neverShrinks: "what does not shrink has no half_life",
  slow: (loss, most) => `${loss} takes too long with more than ${most} points`,
  notQuadratic: (loss, what) => `${what} is not for ${loss}`,
  fewer: (points) => `a batch may have at most all ${points} points`,
  outOfRange: "squares of it leave the range of a float",
};
