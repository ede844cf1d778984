// The live figure: a descent on a line's loss, run and drawn in the browser.
//
// First words and links; then the panels, each a closure over its own SVG; last the widget. What is computed stands in
// mathematics.js, and the orders of mini-batches in numpy_random.js. gdlib.widgets joins the three texts into one.

import {
  bestLearningRate,
  bestWithMomentum,
  contour,
  descend,
  descendBy,
  differenceError,
  ellipse,
  epochsCounted,
  epochsToTolerance,
  gemanMcClure,
  gradient,
  maxLearningRate,
  meanSquaredError,
  MOMENTUM_RULES,
  parts,
  regime,
  RULES,
  standardize,
  stepsPerEpoch,
  stops,
  valleys,
  value,
} from "./mathematics.js";

// ------------------------------------------------------------------------------------------ what came, in words

const MAX_MOVABLE = 30; // more points than that are drawn, but cannot be dragged

const NOTICES = {
  full: `There is room for ${MAX_MOVABLE} points.`,
  least: "A line takes two points at least.",
  stacked: "There is no link to points of (nearly) the same x.",
  copied: "The link is copied, and in the address bar.",
  written: "The link is in the address bar.",
};

/** What a figure has that says nothing else: plain descent at a constant rate, on all points and their squares. */
const DEFAULTS = {
  rule: "plain",
  rules: [],
  momentum: 0.9,
  batch_size: 0,
  seed: 0,
  half: 0,
  shrinking: true,
  standardised: false,
  scale: 0,
  switches: [],
  panel: "loss",
  difference: 0.1,
  stop_tolerance: 0,
};

const SWITCHES = { standardised: "standardised x", shrinking: "shrinking rate" };
const NOT_REACHED = "not reached";
const STOPPING_RULES = ["gradient", "step", "gain"];
const PANELS = ["loss", "directions", "differences"];

/**
 * What keeps a state from being drawn, as a sentence; null if nothing does.
 * @returns {string | null}
 */
export function problem(state) {
  const { points, start, learning_rate, epochs, max_epochs, tolerance, standardised, scale } = {
    ...DEFAULTS,
    ...state,
  };
  const pair = (entry) => Array.isArray(entry) && entry.length === 2 && entry.every(Number.isFinite);
  if (!Array.isArray(points) || !points.length) return "There are no points to fit a line to.";
  const odd = points.findIndex((point) => !pair(point));
  if (odd >= 0) return `Point ${odd + 1} is not a pair of finite numbers.`;
  if (!pair(start)) return "The start is not a pair of finite numbers, intercept and slope.";
  if (!(learning_rate > 0 && Number.isFinite(learning_rate)))
    return `The learning rate must be positive and finite, but it is ${learning_rate}.`;
  if (!Number.isInteger(epochs) || !(epochs >= 0 && epochs <= max_epochs))
    return `The epochs must be a whole number from 0 to ${max_epochs}, but they are ${epochs}.`;
  if (!(tolerance > 0 && Number.isFinite(tolerance)))
    return `The tolerance must be positive and finite, but it is ${tolerance}.`;
  const choice = problemOfChoice({ ...DEFAULTS, ...state });
  if (choice) return choice;
  const raw = meanSquaredError(points);
  const loss = raw && standardised ? meanSquaredError(standardize(points).points) : raw;
  const squares = points.reduce((sum, [x, y]) => sum + x * x + y * y, 0);
  const tooLarge = "The points or the start are too large: their squares leave the range of a float.";
  if (!Number.isFinite(2 * squares)) return tooLarge;
  if (raw && isTooSmall(raw, points))
    return "The points are too small or too near to one another: products of their x and y leave the range of a float.";
  if (loss && !Number.isFinite(value(loss, ...start))) return tooLarge;
  if (scale && !(scale ** 2 > 0)) return "The scale is too small: its square leaves the range of a float.";
  return null;
}

/** Whether the sums that make the best line lose their digits because a float does not hold anything so small. */
function isTooSmall({ eigenvalues: [smallest, largest] }, points) {
  const [deviation, far] = [Math.sqrt(smallest * largest) / 2, Math.max(...points.map(([, y]) => Math.abs(y)))];
  return smallest < 1e-290 || (far > 0 && deviation * far < 1e-290);
}

/** The same of what beside points, start, rate and epochs makes a figure. */
function problemOfChoice(state) {
  const { rule, rules, momentum, batch_size, seed, half, scale, switches, panel, difference, stop_tolerance } = state;
  const among = (found, known) => known.includes(found);
  const list = (found, known) => Array.isArray(found) && found.every((each) => among(each, known));
  const whole = (found) => Number.isSafeInteger(found) && found >= 0;
  const quoted = (known) => known.map((each) => `“${each}”`).join(", ");
  if (!among(rule, RULES)) return `The rule must be one of ${quoted(RULES)}, but it is “${rule}”.`;
  if (!list(rules, RULES)) return `The rules to choose from must be some of ${quoted(RULES)}.`;
  if (rules.length && !among(rule, rules)) return `The rule, “${rule}”, is none of those to choose from.`;
  if (!(Number.isFinite(momentum) && momentum >= 0 && momentum < 1))
    return `The momentum must be from 0 to below 1, but it is ${momentum}.`;
  if (!whole(batch_size)) return `The batch size must be a whole number, 0 or more, but it is ${batch_size}.`;
  if (!whole(seed)) return `The seed must be a whole number, 0 or more, but it is ${seed}.`;
  if (!whole(half)) return `The steps to half the rate must be a whole number, 0 or more, but they are ${half}.`;
  for (const name of ["shrinking", "standardised"]) {
    if (typeof state[name] !== "boolean")
      return `Whether it is ${name} must be true or false, but it is ${state[name]}.`;
  }
  if (!(scale >= 0 && Number.isFinite(scale))) return `The scale must be finite, 0 or more, but it is ${scale}.`;
  if (!list(switches, Object.keys(SWITCHES))) return `The switches must be some of ${quoted(Object.keys(SWITCHES))}.`;
  if (!among(panel, PANELS)) return `The panel must be one of ${quoted(PANELS)}, but it is “${panel}”.`;
  if (!(difference > 0 && Number.isFinite(difference)))
    return `The step of the differences must be positive and finite, but it is ${difference}.`;
  if (!(stop_tolerance >= 0 && Number.isFinite(stop_tolerance)))
    return `The stopping rules' tolerance must be finite, 0 or more, but it is ${stop_tolerance}.`;
  if (scale && [rule, ...rules].includes("exact line search"))
    return "An exact line search needs a quadratic loss: the scale must be 0.";
  if (scale && panel === "directions") return "The panel of directions needs a quadratic loss: the scale must be 0.";
  return null;
}

/** A number for people: four digits, or a power of ten. */
export function words(number) {
  const size = Math.abs(number);
  if (size !== 0 && (size >= 1e6 || size < 1e-4)) {
    const [digits, exponent] = number.toExponential(2).split("e");
    return `${digits} × 10${superscript(Number(exponent))}`.replace("-", "−");
  }
  const short = size >= 1000 ? number.toFixed(0) : number.toPrecision(4);
  return (Number(short) === 0 ? "0" : short).replace("-", "−");
}

function superscript(exponent) {
  return [...String(exponent)].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign])).join("");
}

const MANY = 1e15; // from here on a float no longer tells neighbours apart for long
const grouped = new Intl.NumberFormat("en-US").format;

/** A whole number for people. */
const count = (number) => (number < MANY ? grouped(number) : words(number));

/** What mathematics.js calls a method. */
const methodOf = ({ rule, learning_rate, momentum, half, shrinking, batch_size, seed }) => ({
  rule,
  learning_rate,
  momentum,
  half: shrinking ? half : 0,
  batch_size,
  seed,
});

/** Whether curvature alone says how the descent goes. */
const hasRegime = ({ rule, half, shrinking, batch_size, scale }) =>
  (rule === "plain" || MOMENTUM_RULES.includes(rule)) && !(half && shrinking) && !batch_size && !scale;

/** Plain descent at a constant rate, on all points and their squares: what is fastest to run, and all of it is known. */
const isPlain = (state) => state.rule === "plain" && hasRegime(state);

const PLAIN = {
  CONVERGES: "Converges: no step overshoots the valley.",
  OSCILLATES: "Oscillates, and converges: steps overshoot the valley, each by less.",
  DIVERGES: "Diverges: steps overshoot the valley, each by more. Try a smaller rate.",
};
const WITH_MOMENTUM = {
  CONVERGES: "Converges: the path does not swing.",
  OSCILLATES: "Oscillates, and converges: the path swings, each time by less.",
  DIVERGES: "Diverges: the path swings wider and wider. Try a smaller rate.",
};
const ENDLESS = "The loss rises without end. Try a smaller rate.";
const LEVEL = "The loss stays what it is at the start.";
const ENDS = ["lower than it began", "no lower than it began"];
const WAYS = ["still rises and falls", "no longer rises and falls", "never rises on the way"];
const ended = (end, way) => `The loss ends ${end}, and ${way}.`;

/** How the descent goes: its regime where it has one, else what the run does; a word and a sentence. */
function course(loss, run, state) {
  const { rule, momentum, learning_rate, max_epochs } = state;
  if (hasRegime(state)) {
    const kind = regime(loss, learning_rate, rule, momentum);
    return [kind, (rule === "plain" ? PLAIN : WITH_MOMENTUM)[kind]];
  }
  if (run.epochs < max_epochs) return ["RISES", ENDLESS];
  const { losses, epochs } = run;
  const rises = (k) => losses[k] - losses[k - 1] > 1e-9 * losses[k - 1] + 1e-12 * losses[0]; // less may be rounding
  let last = epochs;
  while (last > 0 && !rises(last)) last--;
  const wavers = last > 0.9 * epochs;
  const way = WAYS[wavers ? 0 : last > 0 ? 1 : 2];
  if (losses[epochs] < losses[0]) return [wavers ? "WAVERS" : "FALLS", ended(ENDS[0], way)];
  if (losses[epochs] === losses[0] && last === 0) return ["FALLS", LEVEL];
  return ["RISES", ended(ENDS[1], way)];
}

const beyond = (epoch) => `After epoch ${epoch} the numbers are beyond the range of a float.`;
const NO_FORMULA = "No formula gives the best line of this loss: only a descent finds one.";
const never = (tolerance) => `It will never stay within ${tolerance} of the best line.`;
const notWithin = (epochs, tolerance) =>
  `Not within ${epochs} epochs does it stay within ${tolerance} of the best line.`;
const arrives = (tolerance, epoch, counted, more) =>
  `Both parameters are within ${tolerance} of the best line from epoch ${epoch} on` +
  `${counted ? ", counted in the run" : ""}${more ? `: ${more} more` : ""}.`;

/** How the descent goes and how long it takes, in two sentences. */
export function outcome(loss, run, reached) {
  const state = { max_epochs: reached.epochs, ...DEFAULTS, ...reached };
  const { start, learning_rate, epochs, max_epochs, tolerance } = state;
  const [, how] = course(loss, run, state);
  if (run.epochs < epochs) return [how, beyond(count(run.epochs))];
  if (state.scale) return [how, NO_FORMULA];
  const predicted = isPlain(state);
  const needed = predicted
    ? epochsToTolerance(loss, start, learning_rate, tolerance)
    : epochsCounted(run, loss.minimum, tolerance);
  if (needed === Infinity) return [how, predicted ? never(tolerance) : notWithin(count(max_epochs), tolerance)];
  return [how, arrives(tolerance, count(needed), !predicted, needed > epochs && count(needed - epochs))];
}

const stable = (limit, best, momentum) =>
  `Largest stable rate ${limit}, best ${best}${momentum ? ` with momentum ${momentum}` : ""}.`;
const perEpoch = (steps) => `${count(steps)} ${steps === 1 ? "step" : "steps"} an epoch.`;
const shrunk = (rate) => `The rate has shrunk to ${rate}.`;
const errorsAt = (forward, central) => `Relative error at this h: forward ${forward}, central ${central}.`;

/** What else there is to know of the rate. */
function aboutRate(loss, state, epochs) {
  const { rule, momentum, learning_rate, half, shrinking, batch_size, points } = state;
  if (hasRegime(state)) {
    const limit = words(maxLearningRate(loss, rule, momentum));
    if (rule === "plain") return stable(limit, words(bestLearningRate(loss)));
    const best = bestWithMomentum(loss, rule);
    return stable(limit, words(best.learning_rate), words(best.momentum));
  }
  const steps = stepsPerEpoch(points, state);
  const sentences = [];
  if (batch_size) sentences.push(perEpoch(steps));
  if (half && shrinking && !rule.endsWith("search") && rule !== "backtracking") {
    sentences.push(shrunk(words(learning_rate / (1 + (epochs * steps) / half))));
  }
  return sentences.join(" ");
}

const WIDEST = -8.88e-288; // no number takes more room in words

/** What may come in the place of a figure's sentences, at its longest: how it goes, how long it takes, and its rate. */
function longest({ rule, rules, batch_size, half, points, scale, panel, max_epochs, tolerance }) {
  const most = count(MANY - 1);
  const counted = count(max_epochs);
  const goes = [PLAIN, WITH_MOMENTUM].flatMap(Object.values);
  goes.push(ENDLESS, LEVEL, ...ENDS.flatMap((end) => WAYS.map((way) => ended(end, way))));
  const when = [beyond(counted), never(tolerance), notWithin(counted, tolerance)];
  when.push(arrives(tolerance, most, false, most), arrives(tolerance, counted, true, counted));
  const momentum = [rule, ...rules].some((each) => MOMENTUM_RULES.includes(each));
  // The longest number may be parted at a space, and a shorter one that may not can take a line more.
  const numbers = [words(-WIDEST), words(0.0008888)];
  const pairs = numbers.flatMap((one) => numbers.map((other) => [one, other]));
  const rates = pairs.map(([one, other]) => stable(one, other, momentum && words(0.0008888)));
  for (const number of batch_size || half ? numbers : [])
    rates.push(`${batch_size ? perEpoch(points.length) : ""} ${half ? shrunk(number) : ""}`);
  return [goes, scale ? [NO_FORMULA] : when, panel === "differences" ? pairs.map((pair) => errorsAt(...pair)) : rates];
}

/** What of the further settings the reader of a figure can change, each with what it may be, for links. */
function changeable(state) {
  const { rule, rules, batch_size, points, switches, panel, stop_tolerance } = state;
  const within = (low, high, wanted) => ({
    read: plainNumber,
    fits: (found) => found >= low && found <= high,
    wanted: wanted ?? `a number from ${low} to ${high}`,
  });
  const whole = (low, high) => ({
    ...within(low, high, `a whole number from ${low} to ${high}`),
    fits: (found) => Number.isInteger(found) && found >= low && found <= high,
  });
  const flag = {
    read: (text) => ({ true: true, false: false })[text],
    fits: (found) => found !== undefined,
    wanted: "true or false",
  };
  const offered = {};
  if (rules.length)
    offered.rule = { read: String, fits: (found) => rules.includes(found), wanted: `one of ${rules.join(", ")}` };
  if ([rule, ...rules].some((each) => MOMENTUM_RULES.includes(each))) offered.momentum = within(0, 0.99);
  if (batch_size) Object.assign(offered, { batch_size: whole(1, points.length), seed: whole(0, 20) });
  for (const name of switches) offered[name] = flag;
  if (panel === "differences") offered.difference = within(1e-14, 1);
  if (stop_tolerance) offered.stop_tolerance = within(1e-8, 1);
  return offered;
}

/** The part of an address that brings a page into this state. */
export function linkOf(state, home) {
  const { learning_rate, epochs, points, start, ...further } = state;
  const short = (number) => Number(number.toPrecision(12));
  const written = (setting) => (typeof setting === "number" ? short(setting) : JSON.stringify(setting));
  const moved = (name) => name in home && written(state[name]) !== written(home[name]);
  const link = [`learning_rate=${short(learning_rate)}`, `epochs=${epochs}`];
  const place = (pair) => pair.join(",").replaceAll("+", ""); // a plus, as in 1e+21, would be read as a space
  if (moved("points")) link.push(`points=${points.map(place).join(";")}`);
  if (moved("start")) link.push(`start=${place(start)}`);
  for (const name of Object.keys(home).filter((each) => each in further && moved(each))) {
    const setting = typeof state[name] === "number" ? short(state[name]) : state[name];
    link.push(`${name}=${encodeURIComponent(setting)}`);
  }
  return `#${link.join("&")}`;
}

const plainNumber = (text) => (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN);

/**
 * The state that an address asks for, and a sentence for everything in it that makes no sense; neither, if it speaks of a
 * place on the page.
 * @param {string} hash @param {{rate_range: [number, number], max_epochs: number}} limits and what else a figure is
 */
export function readLink(hash, limits) {
  const { rate_range: [low, high], max_epochs } = limits; // prettier-ignore
  const state = {};
  const complaints = [];
  if (!/=|%3d/i.test(hash)) return { state, complaints };
  const asked = [...new URLSearchParams(hash.replace(/^#/, ""))];
  const leave = (name, why) => complaints.push(`“${shortened(name)}” in the link was left aside: ${why}.`);
  const known = [];
  const take = (name, { read, fits, wanted }) => {
    known.push(name);
    for (const [, text] of asked.filter(([each]) => each === name)) {
      const found = read(text);
      if (name in state) leave(name, "it is there twice");
      else if (fits(found)) state[name] = found;
      else leave(name, `wanted is ${wanted}`);
    }
  };
  const numbers = (text) => text.split(",").map(plainNumber);
  const pair = (found) => found.length === 2 && found.every(Number.isFinite);
  take("learning_rate", {
    read: plainNumber,
    fits: (rate) => rate * (1 + 1e-9) >= low && rate <= high * (1 + 1e-9),
    wanted: `a number from ${low} to ${high}`,
  });
  take("epochs", {
    read: plainNumber,
    fits: (epochs) => Number.isInteger(epochs) && epochs >= 0 && epochs <= max_epochs,
    wanted: `a whole number from 0 to ${max_epochs}`,
  });
  take("points", {
    read: (text) => text.split(";").map(numbers),
    fits: (points) => points.length <= MAX_MOVABLE && points.every(pair) && meanSquaredError(points) !== null,
    wanted: "x,y;x,y;… with two x that differ",
  });
  take("start", { read: numbers, fits: pair, wanted: "intercept,slope" });
  for (const [name, setting] of Object.entries(changeable({ ...DEFAULTS, ...limits, ...state }))) take(name, setting);
  for (const [name] of asked) if (!known.includes(name)) leave(name, `what can be set is ${known.join(", ")}`);
  return { state, complaints };
}

const shortened = (text) => (text.length > 40 ? `${text.slice(0, 39)}…` : text);

// --------------------------------------------------------------------------------------------------- drawing

/** @returns {SVGElement} */
function svg(tag, attributes = {}, parent) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  set(element, attributes);
  parent?.append(element);
  return element;
}

function set(element, attributes) {
  for (const [name, setting] of Object.entries(attributes)) element.setAttribute(name, setting);
}

/** Change a text within its node, unless it is the same: what is not touched is not styled and laid out again. */
function say(element, text) {
  if (!element.firstChild) element.append("");
  if (element.firstChild.data !== text) element.firstChild.data = text;
}

function html(tag, properties = {}, parent) {
  const element = Object.assign(document.createElement(tag), properties);
  parent?.append(element);
  return element;
}

/**
 * Words that change, in room for the longest of what may come: that stands there too, unseen, so that nothing below
 * moves, whatever the letters and the place for them. Returns their element, and what says what may come.
 */
function changing(tag, className, parent) {
  const room = html("div", { className: `gd-room ${className}-room` }, parent);
  const element = html(tag, { className }, room);
  const unseen = html("div", { className: "gd-longest", ariaHidden: "true" }, room);
  let known = "";
  const mayBe = (texts) => {
    if (known !== (known = texts.join())) unseen.replaceChildren(...texts.map((text) => html("div", { textContent: text })));
  };
  return [element, mayBe];
}

/** A cell of a table for a number that changes, or for other words. */
function numberCell(row, ...others) {
  const [number, mayBe] = changing("span", "gd-number", html("td", {}, row));
  mayBe([words(WIDEST), words(-0.0008888), ...others]);
  return number;
}

/** A step of 1, 2 or 5 times a power of ten that divides `span` into at most `parts`. */
export function niceStep(span, parts) {
  const power = 10 ** Math.floor(Math.log10(span / parts));
  return power * [1, 2, 5, 10].find((factor) => factor * power * parts >= span * (1 - 1e-12));
}

/** Round numbers between two ends, and how many decimals they need. */
function ticks(low, high, parts) {
  const step = niceStep(high - low, parts);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(low / step - 1e-9);
  const many = Math.floor(high / step + 1e-9) - first + 1;
  const label = (at) => (step >= 1e5 || decimals > 5 ? words(at) : at.toFixed(decimals));
  return Array.from({ length: many }, (_, i) => {
    const at = (first + i) * step;
    return [at, label(at || 0).replace("-", "−")];
  });
}

/** Powers of ten, at most `parts` of them; positions are logarithms. */
function powerTicks(low, high, parts) {
  const step = Math.max(1, Math.ceil((high - low) / parts));
  const first = Math.ceil(low / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((high - first) / step) + 1) }, (_, i) => {
    const exponent = first + i * step;
    return [exponent, `10${superscript(exponent)}`];
  });
}

/** Set the points of a polyline: unlike the d of a path, they are no style, so that none is computed anew. */
const trace = (polyline, points) => polyline.setAttribute("points", points);

const FAR = 1e4; // pixels beyond which nothing is drawn any more, since a browser's own rounding begins there
const clamp = (at, low, high) => Math.min(Math.max(at, low), high);
/** A pixel's place, with no more digits than are seen: what is nearly 0 has an exponent that no drawing takes. */
const toPixel = (at) => Math.round(1000 * clamp(at, -FAR, FAR)) / 1000;

/**
 * Axes around a clipped drawing area that fills its panel; the panel is as high as the style sheet says.
 * `fit` places them for data from low to high; then `across` and `up` turn data into pixels.
 */
function axes(parent, { name, title, description, x, y, role = "img" }) {
  const panel = html("div", { className: `gd-panel gd-${name}` }, parent);
  html("p", { className: "gd-title", textContent: title }, panel);
  const root = svg("svg", { role, "aria-label": description }, panel);
  const scale = svg("g", { class: "gd-scale", "aria-hidden": "true" }, root);
  const area = svg("svg", { class: "gd-area" }, root);
  let [left, top] = [0, 0];
  let width = 1;
  let height = 1;
  let xs = [0, 1];
  let ys = [0, 1];
  let names = [x, y];
  const self = {
    root,
    area,
    em: 12, // the size of the text, in pixels
    across: (at) => toPixel((width * (at - xs[0])) / (xs[1] - xs[0])),
    up: (at) => toPixel((height * (ys[1] - at)) / (ys[1] - ys[0])),
    /** Where in the area an event is. Its own bounds are no help: in some browsers they are those of what is drawn in it. */
    pixel({ clientX, clientY }) {
      const box = root.getBoundingClientRect();
      const zoom = box.width / parseFloat(getComputedStyle(root).width);
      return [(clientX - box.left) / zoom - left, (clientY - box.top) / zoom - top];
    },
    /** Data at a pixel of the area. */
    at: (px, py) => [xs[0] + ((xs[1] - xs[0]) * px) / width, ys[1] - ((ys[1] - ys[0]) * py) / height],
    size: () => [width, height],
    ends: () => [xs, ys],
    /** What the axes are called from the next fit on. */
    call: (...newNames) => (names = newNames),
    fit(newXs, newYs, ticksY = ticks, ticksX = ticks) {
      [xs, ys] = [newXs, newYs];
      const em = (self.em = parseFloat(getComputedStyle(root).fontSize) || self.em); // none where nothing is laid out
      [left, top] = [4.6 * em, 0.5 * em];
      width = Math.max(root.clientWidth - left - 1.5 * em, 40);
      height = Math.max(root.clientHeight - top - 3.25 * em, 40);
      set(area, { x: left, y: top, width, height });
      scale.replaceChildren();
      svg("rect", { x: left, y: top, width, height, class: "gd-frame" }, scale);
      for (const [at, label] of ticksX(...xs, Math.max(width / (5.8 * em), 2))) {
        const px = left + self.across(at);
        svg("path", { d: `M${px} ${top}v${height + 4}`, class: "gd-rule" }, scale);
        svg("text", { x: px, y: top + height + 1.4 * em, "text-anchor": "middle" }, scale).textContent = label;
      }
      for (const [at, label] of ticksY(...ys, height / (3 * em))) {
        const py = top + self.up(at);
        svg("path", { d: `M${left - 4} ${py}h${width + 4}`, class: "gd-rule" }, scale);
        svg("text", { x: left - 7, y: py + em / 3, "text-anchor": "end" }, scale).textContent = label;
      }
      const title = svg("text", { x: left + width / 2, y: top + height + 2.75 * em, "text-anchor": "middle" }, scale);
      title.textContent = names[0];
      // Large text in little room: what does not fit below the axis ends at the edge, and is narrower if it must be.
      const [long, all] = [title.getComputedTextLength?.() ?? 0, root.clientWidth];
      if (long > width + 3 * em) set(title, { x: all, "text-anchor": "end" });
      if (long > all) set(title, { textLength: all, lengthAdjust: "spacingAndGlyphs" });
      svg(
        "text",
        { transform: `translate(${1.25 * em} ${top + height / 2}) rotate(-90)`, "text-anchor": "middle" },
        scale,
      ).textContent = names[1];
    },
  };
  return self;
}

/** A small ring that marks where the descent stands; returns what puts it somewhere. */
function ring(parent) {
  const [edge, inside] = ["gd-ring", "gd-ring-inside"].map((name) => svg("polyline", { class: name }, parent));
  return (x, y) => [edge, inside].forEach((dot) => trace(dot, `${x} ${y} ${x} ${y}`)); // a dot by its round ends
}

const TINY = 1e-300; // what is smaller is nothing to an axis, whose ticks are a small part of it

/** Ends that hold all numbers, with some room; a number on its own gets room too. */
function room(numbers, share) {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const span = [high - low, Math.abs(high), 1].find((each) => each > TINY);
  return [low - share * span, high + share * span];
}

/** The same numbers and 0, where that is not far: a line that is still flat is then in sight. */
function withZero(numbers) {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  return Math.min(Math.abs(low), Math.abs(high)) <= high - low ? [...numbers, 0] : numbers;
}

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * Let the children of a layer be moved by pointer and by keyboard, to round numbers: by keyboard a hundred from end to end
 * at most, under a pointer one a pixel at least.
 * @param {object} plot the axes @param {SVGElement} layer
 * @param {{place: (index: number) => [number, number], move: (index: number, place: [number, number]) => void,
 *     press?: (index: number, key: string) => boolean}} on `press` says whether it has taken another key
 */
function movable(plot, layer, { place, move, press = () => false }) {
  let held = null; // what a pointer holds, which one, where it was taken, and how far from its middle

  const step = (axis, parts = 100) => {
    const [low, high] = plot.ends()[axis];
    return niceStep(high - low, parts);
  };
  const rounded = (at, axis, unit = step(axis)) => {
    const [low, high] = plot.ends()[axis];
    return Number((Math.round(clamp(at, low, high) / unit) * unit).toPrecision(15));
  };
  const indexOf = (child) => [...layer.children].indexOf(child);
  const nearest = ([px, py]) => {
    const distance = (_, index) => {
      const [x, y] = place(index);
      return Math.hypot(px - plot.across(x), py - plot.up(y));
    };
    const distances = [...layer.children].map(distance);
    return layer.children[distances.indexOf(Math.min(...distances))];
  };
  // Of the steps of 1, 2 or 5 times a power of ten, the largest of a pixel at most.
  const under = (pixel) => plot.at(...pixel).map((at, axis) => rounded(at, axis, step(axis, 2.5 * plot.size()[axis])));
  const release = (event) => event.pointerId === held?.pointer && (held = null);

  layer.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || held) return;
    event.preventDefault(); // no text is selected on the way
    const [px, py] = plot.pixel(event);
    const child = nearest([px, py]); // which another may lie over
    child.focus();
    layer.setPointerCapture(event.pointerId);
    const [x, y] = place(indexOf(child));
    const off = [px - plot.across(x), py - plot.up(y)];
    held = { child, pointer: event.pointerId, from: [px, py], off, moved: false };
  });
  layer.addEventListener("pointermove", (event) => {
    if (event.pointerId !== held?.pointer) return;
    const [px, py] = plot.pixel(event);
    held.moved ||= Math.hypot(px - held.from[0], py - held.from[1]) > 1; // a press alone moves nothing
    if (held.moved) move(indexOf(held.child), under([px - held.off[0], py - held.off[1]]));
  });
  // A browser that ignores touch-action inside an SVG would take a finger's drag for a scroll of the page.
  layer.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  layer.addEventListener("pointerup", release);
  layer.addEventListener("pointercancel", release);
  layer.addEventListener("keydown", (event) => {
    const index = indexOf(event.target);
    const [x, y] = place(index);
    if (event.key in MOVES) {
      const far = event.shiftKey ? 10 : 1;
      const [right, up] = MOVES[event.key].map((sign) => sign * far);
      move(index, [right ? rounded(x + right * step(0), 0) : x, up ? rounded(y + up * step(1), 1) : y]);
    } else if (!press(index, event.key) && event.key !== " " && event.key !== "Enter") {
      return; // the space bar would scroll the page
    }
    event.preventDefault();
    event.stopPropagation(); // a notebook has commands of its own on these keys
  });
  return { step, rounded, under, drop: () => (held = null) };
}

/** The points with the current line and its residuals; the points can be moved by pointer and keyboard. */
function dataPanel(parent, { change, refuse }) {
  const plot = axes(parent, {
    name: "data",
    title: "Data (points can be moved) and line",
    description: "Data points with the current line. Points can be moved.",
    x: "x",
    y: "y",
    role: "group",
  });
  const residuals = svg("path", { class: "gd-residuals" }, plot.area);
  const line = svg("polyline", { class: "gd-line" }, plot.area);
  const dots = svg("g", {}, plot.area);
  const still = svg("path", { class: "gd-still" }, plot.area);
  let points = [];

  const replaced = (index, point) => points.map((old, i) => (i === index ? point : old));
  const add = (point) => {
    if (points.length >= MAX_MOVABLE) return refuse(NOTICES.full);
    change([...points, point]);
    dots.lastChild.focus();
  };
  const remove = (index) => {
    if (points.length <= 2) return refuse(NOTICES.least);
    grid.drop();
    change(points.filter((_, i) => i !== index));
    dots.children[Math.min(index, points.length - 1)].focus();
  };
  const grid = movable(plot, dots, {
    place: (index) => points[index],
    move: (index, point) => change(replaced(index, point)),
    press(index, key) {
      if (key !== "Delete" && key !== "Backspace") return false;
      remove(index);
      return true;
    },
  });
  plot.root.addEventListener("dblclick", (event) => {
    const pixel = plot.pixel(event);
    const inside = pixel.every((at, axis) => at >= 0 && at <= plot.size()[axis]);
    if (inside && !event.target.closest(".gd-dot")) add(grid.under(pixel));
  });

  function drawDots() {
    const movable = points.length <= MAX_MOVABLE;
    still.setAttribute("d", movable ? "" : points.map(([x, y]) => `M${plot.across(x)} ${plot.up(y)}h0`).join(""));
    const wanted = movable ? points.length : 0;
    while (dots.children.length > wanted) dots.lastChild.remove();
    while (dots.children.length < wanted) {
      const dot = svg(
        "g",
        { class: "gd-dot", tabindex: 0, role: "button", "aria-roledescription": "movable point" },
        dots,
      );
      svg("circle", { r: 14, class: "gd-grip" }, dot);
      svg("circle", { r: 5 }, dot);
    }
    points.slice(0, wanted).forEach(([x, y], i) => {
      set(dots.children[i], {
        transform: `translate(${plot.across(x)} ${plot.up(y)})`,
        "aria-label": `Point ${i + 1}: x ${words(x)}, y ${words(y)}. Arrow keys move it, Delete removes it.`,
      });
    });
  }

  let ends = null;
  return {
    show(newPoints, { fit, resized }) {
      points = newPoints;
      if (fit || !ends)
        ends = [
          room(
            points.map(([x]) => x),
            0.12,
          ),
          room(withZero(points.map(([, y]) => y)), 0.12),
        ];
      if (fit || resized) plot.fit(...ends);
      drawDots();
    },
    draw(intercept, slope) {
      const [[left, right]] = plot.ends();
      const up = (x) => plot.up(intercept + slope * x);
      trace(line, `${plot.across(left)} ${up(left)} ${plot.across(right)} ${up(right)}`);
      residuals.setAttribute("d", points.map(([x, y]) => `M${plot.across(x)} ${plot.up(y)}V${up(x)}`).join(""));
    },
    clear() {
      trace(line, "");
      residuals.setAttribute("d", "");
    },
    /** A new point in the middle of the widest gap between two others, a little above the line through them. */
    addPoint() {
      const sorted = [...points].sort(([a], [b]) => a - b);
      const gaps = sorted.slice(1).map(([x], i) => x - sorted[i][0]);
      const widest = Math.max(gaps.indexOf(Math.max(...gaps)), 0);
      const [[x0, y0], [x1, y1]] = [sorted[widest], sorted[widest + 1] ?? sorted[widest]];
      add([grid.rounded((x0 + x1) / 2, 0), grid.rounded((y0 + y1) / 2 + 10 * grid.step(1), 1)]);
    },
    removePoint() {
      remove(points.length - 1);
    },
  };
}

/**
 * Ends of the surface's axes, around the minimum of a quadratic; no plain descent that converges leaves them.
 * @param {boolean} square for Adam, which goes equally far in both parameters
 */
function boxAround(loss, start, square) {
  const { minimum } = loss;
  const [steep, flat] = parts(loss, start);
  const reaches = [0, 1].map((i) => {
    const farthest = 1.15 * (Math.abs(steep[i]) + Math.abs(flat[i]));
    if (farthest > Math.max(1e-9 * Math.abs(minimum[i]), TINY)) return farthest; // less is rounding
    return Math.abs(minimum[i]) > TINY ? Math.abs(minimum[i]) : 1;
  });
  return minimum.map((best, i) => {
    const reach = square ? Math.max(...reaches) : reaches[i];
    return [best - reach, best + reach];
  });
}

const RINGS = 7;

/** The loss from above: lines of equal loss, the path so far, and the gradient where it stands; the start is movable. */
function surfacePanel(parent, { change }) {
  const plot = axes(parent, {
    name: "surface",
    title: "Loss from above (movable start)",
    description:
      "Lines of equal loss over intercept and slope, with the path of the descent and the minimum. The start can be moved.",
    x: "intercept",
    y: "slope",
    role: "group",
  });
  const rings = svg("g", { class: "gd-rings" }, plot.area);
  const directions = svg("g", { class: "gd-axes" }, plot.area);
  const best = svg("path", { class: "gd-best" }, plot.area);
  const path = svg("polyline", { class: "gd-path" }, plot.area);
  const steps = svg("path", { class: "gd-steps" }, plot.area);
  const arrow = svg("polyline", { class: "gd-arrow" }, plot.area);
  const layer = svg("g", { class: "gd-starts" }, plot.area);
  const here = ring(plot.area);
  const handle = svg(
    "g",
    { class: "gd-start", tabindex: 0, role: "button", "aria-roledescription": "movable point" },
    layer,
  );
  svg("circle", { r: 14, class: "gd-grip" }, handle);
  svg("path", { d: "M-5 -5h10v10h-10z" }, handle);
  let spread = 1;
  let from = [0, 0];
  let ends = null;
  movable(plot, layer, { place: () => from, move: (_, place) => change(place) });

  /** Exact ellipses of equal loss, each with half the radius of the next; the largest goes through a corner. */
  function drawEllipses(loss) {
    const [halfX, halfY] = plot.size().map((size) => size / 2);
    const { steep: [cos, sin], short, long } = ellipse(loss, ends.map(([low, high]) => (high - low) / 2)); // prettier-ignore
    const centre = [plot.across(loss.minimum[0]), plot.up(loss.minimum[1])];
    for (let ring = 1; ring <= RINGS; ring++) {
      const r = 2 ** -(RINGS - ring);
      const [i, j] = [r * short, Math.min(r * long, 100)]; // what is longer looks the same, within the panel
      const turned = [halfX * cos * i, -halfY * sin * i, -halfX * sin * j, -halfY * cos * j].map(toPixel);
      const transform = `matrix(${[...turned, ...centre].join(" ")})`;
      svg("circle", { r: 1, transform, "vector-effect": "non-scaling-stroke" }, rings);
    }
  }

  /** Lines of equal loss where there is no formula for them, at even steps of the loss's logarithm. */
  function drawContours(loss) {
    const [width, height] = plot.size();
    const [columns, rows] = [width, height].map((size) => Math.ceil(size / 5) + 1);
    const grid = new Float64Array(columns * rows);
    for (let i = 0; i < grid.length; i++) {
      const [px, py] = [((i % columns) * width) / (columns - 1), (Math.floor(i / columns) * height) / (rows - 1)];
      grid[i] = Math.log(value(loss, ...plot.at(px, py)) || Number.MIN_VALUE);
    }
    const [low, high] = [grid.reduce((a, b) => Math.min(a, b)), grid.reduce((a, b) => Math.max(a, b))];
    const [unitX, unitY] = [width / (columns - 1), height / (rows - 1)];
    for (let ring = 1; ring <= 2 * RINGS; ring++) {
      const pieces = contour(grid, columns, low + ((high - low) * ring) / (2 * RINGS + 1));
      const at = ([x, y]) => `${(x * unitX).toFixed(1)} ${(y * unitY).toFixed(1)}`;
      svg("path", { d: pieces.map(([one, other]) => `M${at(one)}L${at(other)}`).join("") }, rings);
    }
  }

  /** The two eigenvectors through the minimum, from edge to edge, each with its name at one end. */
  function drawDirections({ minimum, steep: [cos, sin] }) {
    const { em } = plot;
    const [width, height] = plot.size();
    const [x, y] = [plot.across(minimum[0]), plot.up(minimum[1])];
    const [[xLow, xHigh], [yLow, yHigh]] = ends;
    for (const [name, u, v] of [
      ["steep", cos, sin],
      ["flat", sin, -cos],
    ]) {
      const [dx, dy] = [(u * width) / (xHigh - xLow), (-v * height) / (yHigh - yLow)];
      const far = Math.min(width / 2 / Math.abs(dx), height / 2 / Math.abs(dy)); // the minimum is in the middle
      svg(
        "path",
        { class: `gd-${name}`, d: `M${x - far * dx} ${y - far * dy}L${x + far * dx} ${y + far * dy}` },
        directions,
      );
      const sign = dx < 0 || (dx === 0 && dy < 0) ? -1 : 1; // to the right; the start is most often on the left
      const [tipX, tipY] = [x + sign * far * dx, y + sign * far * dy];
      const steeply = Math.abs(dy) > Math.abs(dx);
      const label = steeply
        ? {
            x: tipX + (tipX > width - 4 * em ? -8 : 8),
            y: clamp(tipY, 1.3 * em, height - 8),
            "text-anchor": tipX > width - 4 * em ? "end" : "start",
          }
        : {
            x: Math.min(tipX, width) - 8,
            y: clamp(tipY + (tipY > y ? -0.8 : 1.5) * em, 1.2 * em, height - 8),
            "text-anchor": "end",
          };
      svg("text", { class: "gd-over", ...label }, directions).textContent = name;
    }
  }

  return {
    /** @param {boolean} keep the ends: a reader who moves the start moves it within them */
    fit(loss, start, { keep, bottoms, standardised, withDirections, square }) {
      if (!keep || !ends) {
        ends = loss.scale
          ? [0, 1].map((i) => room([start[i], ...bottoms.map((bottom) => bottom[i])], 0.25))
          : boxAround(loss, start, square);
      }
      plot.call(...["intercept", "slope"].map((name) => (standardised ? `${name} (standardised)` : name)));
      plot.fit(...ends);
      const [width, height] = plot.size();
      spread = Math.hypot(width, height);
      rings.replaceChildren();
      directions.replaceChildren();
      if (loss.scale) drawContours(loss);
      else drawEllipses(loss);
      if (withDirections) drawDirections(loss);
      const cross = ([x, y]) => `M${x - 6} ${y}h12M${x} ${y - 6}v12M${x - 4} ${y - 4}l8 8M${x - 4} ${y + 4}l8 -8`;
      best.setAttribute("d", bottoms.map(([x, y]) => cross([plot.across(x), plot.up(y)])).join(""));
      from = start;
      set(handle, {
        transform: `translate(${plot.across(start[0])} ${plot.up(start[1])})`,
        "aria-label": `Start: intercept ${words(start[0])}, slope ${words(start[1])}. Arrow keys move it.`,
      });
    },
    draw(loss, run, epochs) {
      const line = [];
      const dots = [];
      const dotted = new Set(); // squares of 4 pixels: a path that swings on and on comes to each of them many times
      let [lastX, lastY] = [NaN, NaN];
      for (let k = 0; k <= epochs; k++) {
        const [x, y] = [plot.across(run.intercepts[k]), plot.up(run.slopes[k])];
        // Steps smaller than a pixel are not seen; NaN, at the first, is never smaller.
        if (!(Math.abs(x - lastX) + Math.abs(y - lastY) < 1)) {
          line.push(`${x.toFixed(1)} ${y.toFixed(1)}`);
          [lastX, lastY] = [x, y];
          const square = Math.round(x / 4) * 1e5 + Math.round(y / 4);
          if (!dotted.has(square)) {
            dotted.add(square);
            dots.push(`M${x.toFixed(1)} ${y.toFixed(1)}h0`);
          }
        }
        if (Math.abs(x) + Math.abs(y) > 5 * spread) break; // a diverging path is far out and stays there
      }
      trace(path, line.join(" "));
      steps.setAttribute("d", dots.join(""));

      const [x, y] = [plot.across(run.intercepts[epochs]), plot.up(run.slopes[epochs])];
      here(x, y);
      const [g0, g1] = gradient(loss, run.intercepts[epochs], run.slopes[epochs]);
      const [[xLow, xHigh], [yLow, yHigh]] = plot.ends();
      const [width, height] = plot.size();
      // A direction in the panel: along each axis as many pixels as the panel has for a unit of it.
      const [dx, dy] = [(g0 * width) / (xHigh - xLow), (-g1 * height) / (yHigh - yLow)];
      const length = Math.hypot(dx, dy);
      const shown =
        length > 0 && Number.isFinite(length) ? 16 + 6 * clamp(Math.log10(Math.hypot(g0, g1)) + 3, 0, 6) : 0;
      const [ux, uy] = shown ? [dx / length, dy / length] : [0, 0];
      const [tipX, tipY] = [x + ux * shown, y + uy * shown];
      const barb = (side) => `${tipX - 7 * ux - side * 4 * uy} ${tipY - 7 * uy + side * 4 * ux}`;
      trace(arrow, shown ? `${x} ${y} ${tipX} ${tipY} ${barb(1)} ${tipX} ${tipY} ${barb(-1)}` : "");
    },
  };
}

/**
 * A curve over the epochs up to one of them. A smooth one in pieces of two pixels at least: the loss of plain descent on
 * a quadratic has no corners to miss. One with corners shows in every pixel how low and how high it gets.
 */
function curve(plot, height, epochs, smooth) {
  const line = [];
  const add = (k, up) => line.push(`${plot.across(k).toFixed(1)} ${up.toFixed(1)}`);
  if (smooth) {
    const pieces = Math.min(epochs, Math.ceil(plot.across(epochs) / 2));
    for (let i = 0; i <= pieces; i++) {
      const k = Math.round((epochs * i) / (pieces || 1));
      add(k, height(k));
    }
    return line.join(" ");
  }
  for (let k = 0; k <= epochs;) {
    const pixel = Math.floor(plot.across(k));
    const first = k;
    const begin = height(first);
    let [low, high, last] = [begin, begin, begin];
    for (k++; k <= epochs && Math.floor(plot.across(k)) === pixel; k++) {
      last = height(k);
      if (last < low) low = last;
      if (last > high) high = last;
    }
    add(first, begin);
    if (low < Math.min(begin, last)) add(first, low);
    if (high > Math.max(begin, last)) add(first, high);
    if (k > first + 1) add(k - 1, last);
  }
  return line.join(" ");
}

/** Names of curves below one another, each behind a piece of its line; x and y are the middle of the first piece. */
function legend(parent, { em }, x, y, names) {
  parent.replaceChildren();
  names.forEach(([name, kind], row) => {
    const at = y + (4 / 3) * em * row;
    svg("path", { class: kind, d: `M${x - 10} ${at}h20` }, parent);
    svg("text", { class: "gd-over", x: x + 16, y: at + em / 3 }, parent).textContent = name;
  });
}

/** Where the stopping rules would stop, each with its name on a line of its own; returns what moves them there. */
function stopMarks(plot) {
  const layer = svg("g", { class: "gd-stop" }, plot.area);
  const marks = STOPPING_RULES.map((name, row) => {
    const mark = svg("g", {}, layer);
    const line = svg("polyline", {}, mark);
    const label = svg("text", { class: "gd-over", y: `${1.4 + (4 / 3) * row}em` }, mark);
    label.textContent = name;
    return { name, mark, line, label, top: 0.5 + (4 / 3) * row };
  });
  return (found) => {
    const [width, height] = plot.size();
    for (const { name, mark, line, label, top } of marks) {
      const stop = found?.[name];
      mark.style.display = stop ? "" : "none";
      if (!stop) continue;
      const x = plot.across(stop.epoch);
      const side = x > width - 6 * plot.em ? -1 : 1;
      trace(line, `${x} ${top * plot.em} ${x} ${height}`);
      label.setAttribute("x", x + 5 * side);
      label.style.textAnchor = side > 0 ? "start" : "end";
    }
  };
}

/** The loss of every epoch on a logarithmic axis; what is still to come is drawn faintly. */
function lossPanel(parent) {
  const plot = axes(parent, {
    name: "losses",
    title: "Loss over the epochs",
    description: "The loss of every epoch on a logarithmic axis, with the current epoch marked.",
    x: "epochs",
    y: "loss",
  });
  const lowest = svg("path", { class: "gd-lowest" }, plot.area);
  const ahead = svg("polyline", { class: "gd-ahead" }, plot.area);
  const behind = svg("polyline", { class: "gd-path" }, plot.area);
  const markStops = stopMarks(plot);
  const here = ring(plot.area);
  const height = (loss) => plot.up(loss > 0 ? Math.log10(loss) : -400);
  const curveUpTo = (epochs, { losses }, smooth) => curve(plot, (k) => height(losses[k]), epochs, smooth);
  let ends = null;
  let whole = "";

  return {
    plot,
    fit(loss, start, { keep, bottoms, max_epochs }) {
      const bottom = value(loss, ...bottoms[0]);
      if (!keep || !ends) {
        const first = value(loss, ...start) || loss.scale ** 2 || 1;
        const floor = Math.max(bottom / 3, first * 1e-12, Number.MIN_VALUE);
        ends = [Math.log10(floor), Math.log10(first) + 2];
        // A loss that forgives outliers is nowhere above the square of its scale.
        if (loss.scale) ends = [Math.floor(ends[0]), Math.ceil(2 * Math.log10(loss.scale))];
      }
      plot.fit([0, Math.max(max_epochs, 1)], ends, powerTicks);
      lowest.setAttribute("d", Math.log10(bottom) > ends[0] ? `M0 ${height(bottom)}h${plot.size()[0]}` : "");
    },
    run({ run, smooth, stopped }) {
      whole = curveUpTo(run.epochs, run, smooth);
      trace(ahead, whole);
      markStops(stopped);
    },
    draw({ run, smooth }, epochs) {
      trace(behind, epochs === run.epochs ? whole : curveUpTo(epochs, run, smooth));
      here(plot.across(epochs), height(run.losses[epochs]));
    },
  };
}

/** How far it is to the minimum along either eigenvector, over the epochs, on a logarithmic axis. */
function directionsPanel(parent) {
  const plot = axes(parent, {
    name: "losses gd-directions",
    title: "Distance along two directions",
    description:
      "The distance from the minimum along the flat and the steep direction, over the epochs, on a logarithmic axis.",
    x: "epochs",
    y: "distance",
  });
  const curves = ["flat", "steep"].map((name) => ({
    ahead: svg("polyline", { class: `gd-${name} gd-faintly` }, plot.area),
    behind: svg("polyline", { class: `gd-${name}` }, plot.area),
    here: ring(plot.area),
  }));
  const names = svg("g", {}, plot.area);
  let distances = [];

  return {
    plot,
    fit(loss, start, { max_epochs, tolerance }) {
      const farthest = Math.max(...parts(loss, start).map((part) => Math.hypot(...part))) || 1;
      const high = Math.log10(farthest) + 1;
      plot.fit([0, Math.max(max_epochs, 1)], [Math.min(Math.log10(tolerance) - 1, high - 4), high], powerTicks);
      legend(names, plot, plot.size()[0] - 20 - 3 * plot.em, 1.2 * plot.em, [["flat", "gd-flat"], ["steep", "gd-steep"]]); // prettier-ignore
    },
    run({
      loss: {
        minimum,
        steep: [cos, sin],
      },
      run,
      smooth,
    }) {
      // prettier-ignore
      const off = (k) => [run.intercepts[k] - minimum[0], run.slopes[k] - minimum[1]];
      const height = (distance) => plot.up(distance ? Math.log10(Math.abs(distance)) : -400);
      distances = [(k) => height(cos * off(k)[1] - sin * off(k)[0]), (k) => height(cos * off(k)[0] + sin * off(k)[1])];
      curves.forEach(({ ahead }, i) => trace(ahead, curve(plot, distances[i], run.epochs, smooth)));
    },
    draw({ smooth }, epochs) {
      curves.forEach(({ behind, here }, i) => {
        trace(behind, curve(plot, distances[i], epochs, smooth));
        here(plot.across(epochs), distances[i](epochs));
      });
    },
  };
}

const SCHEMES = ["forward", "central"];

/** How wrong finite differences of the loss are where the descent stands, over their step, on logarithmic axes. */
function differencesPanel(parent) {
  const plot = axes(parent, {
    name: "losses gd-differences",
    title: "Error of finite differences",
    description:
      "The relative error of forward and central differences of the loss over their step, on logarithmic axes, with the chosen step marked.",
    x: "step h",
    y: "relative error",
  });
  const [low, high] = [-14, 0];
  const chosen = svg("path", { class: "gd-chosen" }, plot.area);
  const curves = SCHEMES.map((name) => ({
    line: svg("polyline", { class: `gd-${name}` }, plot.area),
    here: ring(plot.area),
  }));
  const names = svg("g", {}, plot.area);
  const height = (error) => clamp(plot.up(error > 0 ? Math.log10(error) : -400), -FAR, plot.size()[1]);

  return {
    plot,
    fit() {
      plot.fit([low, high], [-17, 2], powerTicks, powerTicks);
      legend(names, plot, 20, plot.size()[1] - 2.5 * plot.em, SCHEMES.map((name) => [name, `gd-${name}`])); // prettier-ignore
    },
    run() {},
    draw({ loss, run, difference }, epochs) {
      const theta = [run.intercepts[epochs], run.slopes[epochs]];
      const x = plot.across(Math.log10(difference));
      chosen.setAttribute("d", `M${x} 0V${plot.size()[1]}`);
      curves.forEach(({ line, here }, i) => {
        const up = (step) => height(differenceError(loss, theta, step, SCHEMES[i]));
        const points = [];
        for (let at = low; at <= high; at += 0.25)
          points.push(`${plot.across(at).toFixed(1)} ${up(10 ** at).toFixed(1)}`);
        trace(line, points.join(" "));
        here(x, up(difference));
      });
    },
  };
}

const PANEL_OF = { loss: lossPanel, directions: directionsPanel, differences: differencesPanel };

/** Where on the learning rate's slider the best rate and the limit lie, and from where on descent diverges. */
function marks(parent) {
  const strip = html("div", { className: "gd-marks", ariaHidden: "true" }, parent);
  const danger = html("div", { className: "gd-danger" }, strip);
  const best = html("div", { className: "gd-mark gd-mark-best" }, strip);
  const limit = html("div", { className: "gd-mark gd-mark-limit" }, strip);
  const [label, unseen] = ["gd-label", "gd-label gd-longest"].map((className) => html("div", { className }, strip));
  const write = (parent, ...rates) =>
    ["best", "diverges from"].forEach((name, i) => say(parent.children[i], `${name} ${words(rates[i])}`));
  for (const each of [label, unseen]) each.append(html("span"), html("span"));
  label.lastChild.className = "gd-label-limit";
  write(unseen, -WIDEST, -WIDEST);
  return {
    draw(loss, state) {
      strip.dataset.known = hasRegime(state); // if not, there are no marks, and their room stays empty
      if (!hasRegime(state)) return;
      const { rule, momentum, rate_range: [low, high] } = state; // prettier-ignore
      const share = (rate) => (Math.log(rate) - Math.log(low)) / (Math.log(high) - Math.log(low));
      const position = (rate) => clamp(100 * share(rate), 0, 100);
      const outside = (rate) => rate < low || rate > high;
      const bestRate = rule === "plain" ? bestLearningRate(loss) : bestWithMomentum(loss, rule).learning_rate;
      const limitRate = maxLearningRate(loss, rule, momentum);
      best.hidden = outside(bestRate);
      limit.hidden = outside(limitRate);
      const at = position(limitRate);
      danger.style.left = limit.style.left = `${at}%`;
      best.style.left = `${position(bestRate)}%`;
      write(label, bestRate, limitRate);
      Object.assign(label.style, { left: `${at}%`, transform: `translateX(-${at}%)` }); // never beyond an end
    },
    show: (shown) => (strip.hidden = !shown),
  };
}

let groups = 0; // radio buttons of one group share a name that no other group on the page has

/** A radio group for the rule and a box to check for every switch, as far as the figure has them. */
function choices(parent, assign) {
  const line = html("div", { className: "gd-choices" }, parent);
  let offered = "";
  let [radios, boxes] = [[], []];
  const input = (within, type, name, setting, label) => {
    const found = html("input", { type, name, value: setting }, html("label", {}, within));
    found.parentElement.append(label);
    return found;
  };
  return ({ rule, rules, switches, ...state }) => {
    const now = JSON.stringify([rules, switches]);
    if (now !== offered) {
      offered = now;
      line.replaceChildren();
      line.hidden = !rules.length && !switches.length;
      radios = [];
      if (rules.length) {
        const group = html("div", { className: "gd-rules", role: "group", ariaLabel: "rule" }, line);
        // A notebook has commands of its own on the arrow keys, and would keep them from choosing.
        group.addEventListener("keydown", (event) => event.key in MOVES && event.stopPropagation());
        html("span", { textContent: "rule", ariaHidden: "true" }, group);
        const name = `gd-rule-${++groups}`;
        radios = rules.map((each) => input(group, "radio", name, each, each));
        for (const radio of radios) radio.addEventListener("change", () => assign({ rule: radio.value }));
      }
      boxes = switches.map((each) => input(line, "checkbox", "", each, SWITCHES[each]));
      for (const box of boxes) box.addEventListener("change", () => assign({ [box.value]: box.checked }));
    }
    for (const radio of radios) radio.checked = radio.value === rule;
    for (const box of boxes) box.checked = state[box.value];
  };
}

/** Where each of the stopping rules would stop, as a table. */
function stopTable(parent) {
  const table = html("table", { className: "gd-stops" });
  html("caption", { textContent: "Where a rule would stop, and how far from the minimum" }, table);
  const head = html("tr", {}, html("thead", {}, table));
  for (const name of ["rule", "epoch", "distance"]) html("th", { scope: "col", textContent: name }, head);
  const body = html("tbody", {}, table);
  const rows = Object.fromEntries(
    STOPPING_RULES.map((name) => {
      const row = html("tr", {}, body);
      html("th", { scope: "row", textContent: name }, row);
      return [name, [numberCell(row, NOT_REACHED), numberCell(row)]];
    }),
  );
  return (found, loss) => {
    if (!found) return table.remove();
    if (!table.parentElement) parent.append(table);
    for (const [name, stop] of Object.entries(found)) {
      say(rows[name][0], stop ? count(stop.epoch) : NOT_REACHED);
      const known = stop && loss.minimum;
      say(rows[name][1], known ? words(Math.hypot(...loss.minimum.map((best, i) => stop.theta[i] - best))) : "–");
    }
  };
}

/** The numbers and the verdict in text. What changes is said politely once it has come to rest. */
function reading(parent) {
  const table = html("table", { className: "gd-numbers" }, parent);
  const cells = {};
  const raw = []; // rows for the line of x as they are, there only where it is another one
  const head = html("tr", {}, html("thead", {}, table));
  html("td", {}, head);
  for (const name of ["value", "gradient"]) html("th", { scope: "col", textContent: name }, head);
  const body = html("tbody", {}, table);
  for (const name of ["slope", "intercept", "loss", "raw slope", "raw intercept"]) {
    const row = html("tr", { className: name.startsWith("raw") ? "gd-raw" : "" });
    if (row.className) raw.push(row);
    else body.append(row);
    html("th", { scope: "row", textContent: name }, row);
    cells[name] = numberCell(row);
    if (["slope", "intercept"].includes(name)) cells[`gradient ${name}`] = numberCell(row);
  }
  const sentences = ["gd-how", "gd-when", "gd-rates"].map((name) => changing("p", name, parent));
  const [how, when, rates] = sentences.map(([element]) => element);
  const said = html("p", { className: "gd-said", role: "status" }, parent);
  const REST = 700; // ms without a change
  let timer, news, changed;
  const announce = () => {
    const rested = performance.now() - changed;
    timer = rested < REST ? setTimeout(announce, REST - rested) : undefined;
    if (!timer) said.textContent = news();
  };

  return {
    keepRoom: (state) => longest(state).forEach((texts, i) => sentences[i][1](texts)),
    /** @param {[number, number]} line for the x as they are */
    draw(loss, run, state, epochs, line) {
      const [intercept, slope] = [run.intercepts[epochs], run.slopes[epochs]];
      const [gradientIntercept, gradientSlope] = gradient(loss, intercept, slope);
      say(cells.slope, words(slope));
      say(cells.intercept, words(intercept));
      say(cells.loss, words(run.losses[epochs]));
      say(cells["gradient slope"], words(gradientSlope));
      say(cells["gradient intercept"], words(gradientIntercept));
      const [goes, arrives] = outcome(loss, run, state);
      say(how, goes);
      say(when, arrives);
      [how.dataset.regime] = course(loss, run, state);
      let more = "";
      if (withRaw(state) !== Boolean(raw[0].parentElement))
        raw.forEach((row) => (withRaw(state) ? body.append(row) : row.remove()));
      if (withRaw(state)) {
        say(cells["raw slope"], words(line[1]));
        say(cells["raw intercept"], words(line[0]));
        if (state.standardised) more = ` For x as they are: slope ${words(line[1])}, intercept ${words(line[0])}.`;
      }
      if (state.panel === "differences") {
        const [forward, central] = SCHEMES.map((scheme) =>
          words(differenceError(loss, [intercept, slope], state.difference, scheme)),
        );
        const errors = errorsAt(forward, central);
        say(rates, errors);
        more += ` ${errors}`;
      } else {
        say(rates, aboutRate(loss, state, epochs));
      }
      news = () =>
        `Rate ${words(state.learning_rate)}, ${count(epochs)} epochs: slope ${words(slope)}, ` +
        `intercept ${words(intercept)}, loss ${words(run.losses[epochs])}. ${goes} ${arrives}${more}`;
      changed = performance.now();
      timer ??= setTimeout(announce, REST);
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

// ---------------------------------------------------------------------------------------------------- widget

const INPUTS = [
  ...["points", "start", "learning_rate", "epochs", "max_epochs", "tolerance", "rate_range"],
  ...Object.keys(DEFAULTS),
];
const stateOf = (model) => Object.fromEntries(INPUTS.map((name) => [name, model.get(name) ?? DEFAULTS[name]]));

/** Whether the table has rows for the line of the raw x: where it may be another one. */
const withRaw = ({ standardised, switches }) => standardised || switches.includes("standardised");

const KEYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };

/**
 * What ipywidgets leaves to be wished of the controls around the figure: names for a screen reader, and for the
 * learning rate, whose slider has no step so that it never rounds a rate, arrow keys that move it by 1 in 100 of a
 * power of ten.
 */
function lookAfter(box, signal) {
  const observers = [];
  box.querySelector(".gd-rate")?.addEventListener(
    "keydown",
    (event) => {
      const slider = event.target.closest(".noUi-target")?.noUiSlider;
      if (!slider || !(event.key in KEYS)) return;
      event.preventDefault();
      event.stopPropagation();
      slider.set(Number(slider.get()) + KEYS[event.key] / 100);
    },
    { capture: true, signal },
  );
  for (const slider of box.querySelectorAll(".widget-hslider")) {
    const handle = slider.querySelector(".noUi-handle");
    const readout = slider.querySelector(".widget-readout");
    if (!handle || !readout || handle.ariaLabel) continue;
    handle.ariaLabel = slider.querySelector(".widget-label").textContent;
    readout.ariaLabel = `${handle.ariaLabel}, typed`;
    readout.setAttribute("role", "textbox");
    const tell = () => handle.setAttribute("aria-valuetext", readout.textContent);
    const observer = new MutationObserver(tell);
    observer.observe(readout, { childList: true, characterData: true, subtree: true });
    observer.observe(handle, { attributeFilter: ["aria-valuenow"] });
    observers.push(observer);
    tell();
  }
  box.querySelectorAll(".widget-play button").forEach((button, i) => {
    button.ariaLabel = ["Play or pause the epochs", "Back to epoch 0", "Repeat"][i];
  });
  return observers;
}

function render({ model, el, signal }) {
  const home = model.get("home"); // what Reset returns to
  el.classList.add("gd-figure");
  const strip = marks(el);
  const choose = choices(el, (changes) => assign(changes));
  const buttons = html("div", { className: "gd-buttons" }, el);
  const grid = html("div", { className: "gd-grid" }, el);
  const message = html("p", { className: "gd-message", role: "alert" }, grid);
  const numbers = reading(html("div", { className: "gd-reading" }, grid));
  const [notice, mayBeNoticed] = changing("p", "gd-notice", el);
  notice.role = "status";
  mayBeNoticed(Object.values(NOTICES));

  let edited = ""; // the points as the reader left them, within axes that stay as they are
  let stacked = null; // points above one another are the view's own: no loss, and no gdlib, takes them
  const data = dataPanel(grid, {
    change(points) {
      edited = JSON.stringify(points);
      stacked = meanSquaredError(points) ? null : points;
      if (!stacked) assign({ points });
      drawNow();
    },
    refuse: (why) => say(notice, why),
  });
  let movedStart = ""; // the start as the reader left it, within axes that stay as they are
  const surface = surfacePanel(grid, {
    change(start) {
      movedStart = JSON.stringify(start);
      assign({ start });
      drawNow();
    },
  });
  const listStops = stopTable(grid);
  let third = null; // the panel, and which it is
  let shown = "";

  const jumps = html("span", { className: "gd-jumps", role: "group", ariaLabel: "Jump to an epoch" }, buttons);
  html("span", { textContent: "epoch", ariaHidden: "true" }, jumps);
  const press = (parent, name, label, act) => {
    const button = html("button", { type: "button", textContent: name, ariaLabel: label }, parent);
    button.addEventListener("click", act);
  };
  const assign = (changes) => {
    for (const [name, setting] of Object.entries(changes)) model.set(name, setting);
    model.save_changes();
  };
  const asked = () => {
    const { state, complaints } = readLink(location.hash, { ...stateOf(model), ...home });
    return { state, complaints, any: Object.keys(state).length + complaints.length > 0 };
  };
  for (const stop of model.get("stops"))
    press(jumps, count(stop), `Epoch ${count(stop)}`, () => assign({ epochs: stop }));
  press(buttons, "Add a point", null, () => data.addPoint());
  press(buttons, "Remove a point", null, () => data.removePoint());
  press(buttons, "Reset", null, () => {
    say(notice, "");
    stacked = null;
    edited = movedStart = "";
    assign(home);
    drawNow();
    if (asked().any) history.replaceState(history.state, "", location.pathname + location.search);
  });
  if (model.get("linkable")) {
    press(buttons, "Link to this", null, async () => {
      if (stacked) return say(notice, NOTICES.stacked);
      history.replaceState(history.state, "", linkOf(stateOf(model), home));
      const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false); // prettier-ignore
      say(notice, copied ? NOTICES.copied : NOTICES.written);
    });
  }

  // Each part is drawn anew only when what it shows has changed, so that a move of a slider moves the line, the path
  // and the numbers, and nothing else.
  let drawn = {};
  let size = ""; // asking for it in every frame would make the browser lay out everything twice
  let loss;
  let run;
  let stopped;
  let bottoms; // where the loss is lowest: its minimum, or the two deepest of its valleys
  let seen; // the points of the loss: their x may be standardised
  let translate; // from its line to that of the x as they are
  function draw() {
    const state = { ...stateOf(model), ...(stacked && { points: stacked }) };
    const { start, learning_rate, epochs, max_epochs, rate_range, tolerance, scale, standardised, panel } = state;
    const method = methodOf(state);
    const square = [state.rule, ...state.rules].includes("adam");
    const now = {
      points: JSON.stringify(state.points),
      problem: JSON.stringify([standardised, scale]),
      start: JSON.stringify(start),
      rest: JSON.stringify([max_epochs, rate_range, tolerance, panel, square]),
      method: JSON.stringify(method),
      marks: JSON.stringify([method.rule, method.momentum, hasRegime(state)]),
      stop: state.stop_tolerance,
      size,
    };
    const same = (...names) => names.every((name) => drawn[name] === now[name]);
    const wrong = problem(state);
    const newProblem = !same("points", "problem");
    if (!wrong && newProblem) {
      loss = meanSquaredError(state.points);
      const scaling = standardised && loss ? standardize(state.points) : null;
      translate = scaling ? scaling.translate : (...line) => line;
      seen = scaling?.points ?? state.points;
      if (loss) loss = scale ? gemanMcClure(seen, scale) : meanSquaredError(seen);
      if (loss) bottoms = scale ? valleys(loss) : [loss.minimum];
    }
    say(
      message,
      wrong ?? (!loss ? "No single line is best: all points have (nearly) the same x. Move one aside." : ""),
    );
    el.dataset.broken = wrong ? "all" : !loss ? "fit" : "";
    if (wrong) {
      numbers.stop();
      drawn = {};
      return;
    }
    choose(state);
    numbers.keepRoom(state);
    if (!same("points", "size")) data.show(state.points, { fit: now.points !== edited, resized: !same("size") });
    if (!loss) {
      data.clear();
      numbers.stop();
      drawn = { points: now.points, size: now.size };
      return;
    }
    if (shown !== panel) {
      third?.plot.root.parentElement.remove();
      third = PANEL_OF[panel](grid);
      shown = panel;
    }
    const newRun = newProblem || !same("start", "rest", "method");
    const plain = isPlain(state);
    if (newRun) {
      run = plain ? descend(loss, start, learning_rate, max_epochs) : descendBy(loss, seen, method, start, max_epochs);
    }
    if (newRun || !same("stop")) {
      stopped = now.stop ? stops(loss, seen, method, start, max_epochs, now.stop) : null;
      listStops(stopped, loss);
    }
    const newAxes = newProblem || !same("start", "rest", "size");
    if (newAxes) {
      const keep = !newProblem && now.start === movedStart;
      surface.fit(loss, start, { keep, bottoms, standardised, withDirections: panel === "directions", square });
      third.fit(loss, start, { keep, bottoms, max_epochs, tolerance });
    }
    if (newAxes || !same("marks")) strip.draw(loss, state);
    const all = { loss, run, stopped, smooth: plain, difference: state.difference };
    if (newAxes || newRun || !same("stop")) third.run(all);
    const here = Math.min(epochs, run.epochs);
    const line = translate(run.intercepts[here], run.slopes[here]);
    data.draw(...line);
    surface.draw(loss, run, here);
    third.draw(all, here);
    numbers.draw(loss, run, state, here, line);
    drawn = now;
  }

  let frame = 0;
  const drawNow = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    draw();
  };
  const drawSoon = () => (frame ||= requestAnimationFrame(drawNow));
  for (const name of INPUTS) model.on(`change:${name}`, drawSoon);
  model.on("change:points", () => (stacked = null));

  let sought = false; // by a link
  const goThere = () => {
    if (sought) (el.closest(".gd-box") ?? el).scrollIntoView({ block: "nearest" });
    sought = false;
  };
  const openLink = () => {
    const { state, complaints, any } = asked();
    say(notice, complaints.join(" "));
    if (!any) return;
    edited = movedStart = "";
    assign({ ...home, ...state }); // what a link does not name is as at home
    sought = true;
    if (el.isConnected) goThere();
  };
  if (model.get("linkable")) {
    openLink();
    window.addEventListener("hashchange", openLink, { signal });
  }

  // Whether a figure is rendered before it is in its page or after is left to chance, so what needs the page waits for the
  // first of these calls that finds it there: then the controls around the figure are there too. What is observed is as
  // wide as the figure and as high as its letters, neither of which changes with what is drawn.
  let named;
  const resized = new ResizeObserver(([entry]) => {
    if (!el.isConnected) return;
    size = `${entry.contentRect.width} ${entry.contentRect.height}`;
    const box = el.closest(".gd-box");
    if (box && !named) named = lookAfter(box, signal);
    strip.show(Boolean(box));
    draw();
    goThere();
  });
  resized.observe(html("div", { className: "gd-ruler" }, el));

  return () => {
    cancelAnimationFrame(frame);
    resized.disconnect();
    named?.forEach((observer) => observer.disconnect());
    numbers.stop();
  };
}

export default { render };
