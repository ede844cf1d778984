// The live figure: gradient descent on the mean squared error of a line, run and drawn in the browser.
//
// First the mathematics, pure functions that agree with gdlib (tests/test_parity.py); then the panels, each a
// closure over its own SVG; last the widget. Parameters are [intercept, slope], as in gdlib's NumPy half.

// ---------------------------------------------------------------------------------------------- mathematics

/**
 * The mean squared error of a line on some points, as gdlib.losses.MeanSquaredError: a quadratic.
 * @typedef {object} Loss
 * @property {[number, number, number]} hessian entries [0][0], [0][1] and [1][1]
 * @property {[number, number]} offset the gradient is hessian * theta - offset
 * @property {[number, number]} minimum
 * @property {number} lowest the loss at the minimum
 * @property {[number, number]} eigenvalues of the Hessian, smallest first
 * @property {[number, number]} steep unit eigenvector of the largest
 */

/** @param {[number, number][]} points @returns {Loss | null} null where no single line is best: all x are equal. */
export function meanSquaredError(points) {
  const mean = (of) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const meanX = mean(([x]) => x);
  const meanY = mean(([, y]) => y);
  const square = mean(([x]) => x * x);
  const spread = mean(([x]) => (x - meanX) ** 2);
  if (!(spread > 2e-15 * square)) return null;
  const slope = mean(([x, y]) => (x - meanX) * (y - meanY)) / spread;
  const minimum = [meanY - slope * meanX, slope];
  const hessian = [2, 2 * meanX, 2 * square];
  const root = Math.hypot(1 - square, 2 * meanX);
  const largest = 1 + square + root;
  // The form of the eigenvector that does not cancel; on a diagonal Hessian it is exactly an axis.
  const [across, along] = square > 1 ? [2 * meanX, square - 1 + root] : [1 - square + (root || 1), 2 * meanX];
  const length = Math.hypot(across, along);
  return {
    hessian,
    offset: [2 * meanY, 2 * mean(([x, y]) => x * y)],
    minimum,
    lowest: mean(([x, y]) => (minimum[0] + slope * x - y) ** 2),
    eigenvalues: [(4 * spread) / largest, largest], // their product is the determinant, which does not cancel so
    steep: [across / length, along / length],
  };
}

/** @param {Loss} loss @param {number} intercept @param {number} slope */
export function value({ hessian: [a, b, c], minimum, lowest }, intercept, slope) {
  const u = intercept - minimum[0];
  const v = slope - minimum[1];
  return lowest + (u * (a * u + b * v) + v * (b * u + c * v)) / 2;
}

/** @param {Loss} loss @param {number} intercept @param {number} slope @returns {[number, number]} */
export function gradient({ hessian: [a, b, c], offset }, intercept, slope) {
  return [a * intercept + b * slope - offset[0], b * intercept + c * slope - offset[1]];
}

/**
 * Every epoch of constant-rate descent, the start first; cut after the last whose numbers are all finite.
 * @param {Loss} loss @param {[number, number]} start @param {number} learningRate @param {number} epochs
 */
export function descend(loss, start, learningRate, epochs) {
  const intercepts = new Float64Array(epochs + 1);
  const slopes = new Float64Array(epochs + 1);
  const losses = new Float64Array(epochs + 1);
  const [[a, b, c], [p, q]] = [loss.hessian, loss.offset];
  let [intercept, slope] = start;
  for (let epoch = 0; ; epoch++) {
    const here = value(loss, intercept, slope);
    if (!Number.isFinite(here)) return { intercepts, slopes, losses, epochs: epoch - 1 };
    intercepts[epoch] = intercept;
    slopes[epoch] = slope;
    losses[epoch] = here;
    if (epoch === epochs) return { intercepts, slopes, losses, epochs };
    const uphill = a * intercept + b * slope - p;
    slope -= learningRate * (b * intercept + c * slope - q);
    intercept -= learningRate * uphill;
  }
}

/** @param {Loss} loss @param {number} learningRate @returns {"CONVERGES" | "OSCILLATES" | "DIVERGES"} */
export function regime({ eigenvalues: [, largest] }, learningRate) {
  if (learningRate * largest >= 2) return "DIVERGES";
  return learningRate * largest > 1 ? "OSCILLATES" : "CONVERGES";
}

/** @param {Loss} loss */
export const maxLearningRate = ({ eigenvalues: [, largest] }) => 2 / largest;

/** @param {Loss} loss */
export const bestLearningRate = ({ eigenvalues: [smallest, largest] }) => 2 / (smallest + largest);

/**
 * How many epochs until both parameters stay within `tolerance` of the minimum: predicted, not run.
 * @param {Loss} loss @param {[number, number]} start @param {number} learningRate @param {number} tolerance
 */
export function epochsToTolerance(loss, start, learningRate, tolerance) {
  const [steep, flat] = parts(loss, start);
  const [shrinkFlat, shrinkSteep] = loss.eigenvalues.map((eigenvalue) => 1 - learningRate * eigenvalue);
  const moving = [...(steep.some(Boolean) ? [shrinkSteep] : []), ...(flat.some(Boolean) ? [shrinkFlat] : [])];
  if (moving.some((shrink) => Math.abs(shrink) > 1)) return Infinity; // even a start within it does not stay there
  if ([0, 1].every((i) => Math.abs(steep[i]) + Math.abs(flat[i]) <= tolerance)) return 0;
  if (moving.some((shrink) => Math.abs(shrink) === 1)) return Infinity;
  return Math.max(...[0, 1].map((i) => lastOutside(steep[i], shrinkSteep, flat[i], shrinkFlat, tolerance) + 1));
}

/** The distance of the start from the minimum along each eigenvector, as its share in both parameters. */
function parts({ minimum, steep: [cos, sin] }, start) {
  const [u, v] = [start[0] - minimum[0], start[1] - minimum[1]];
  const [steep, flat] = [cos * u + sin * v, cos * v - sin * u];
  return [
    [cos * steep, sin * steep],
    [-sin * flat, cos * flat],
  ];
}

/**
 * The last whole k >= 0 with |a p^k + b q^k| > tolerance, or -1; |p| and |q| are below 1.
 * Over the even k, and over the odd, both powers are positive, and such a sum turns at most once.
 */
function lastOutside(a, p, b, q, tolerance) {
  let last = -1;
  for (const odd of [0, 1]) {
    const [A, B, P, Q] = odd ? [a * p, b * q, p * p, q * q] : [a, b, p * p, q * q];
    const outside = (m) => Math.abs(A * P ** m + B * Q ** m) > tolerance;
    const ratio = -(A * Math.log(P)) / (B * Math.log(Q));
    const turn = ratio > 0 && P > 0 && Q > 0 && P !== Q ? Math.log(ratio) / Math.log(Q / P) : 0;
    // From the turn on the sum only nears 0, so being outside has one end; before it likewise.
    let low = turn > 0 && Number.isFinite(turn) ? Math.floor(turn) : 0;
    let high = low + 1;
    if (outside(high) || outside(low)) {
      if (outside(high)) {
        for (low = high; outside(high); ) [low, high] = [high, 2 * high];
      }
    } else {
      [low, high] = [0, low];
      if (!outside(0)) continue;
    }
    for (;;) {
      const middle = Math.floor((low + high) / 2);
      if (middle === low || middle === high) break; // beyond 2^53 whole numbers lie further apart than 1
      if (outside(middle)) low = middle;
      else high = middle;
    }
    last = Math.max(last, 2 * low + odd);
  }
  return last;
}

// ------------------------------------------------------------------------------------------ what came, in words

const MAX_MOVABLE = 30; // more points than that are drawn, but cannot be dragged

/**
 * What keeps a state from being drawn, as a sentence; null if nothing does.
 * @returns {string | null}
 */
export function problem({ points, start, learning_rate, epochs, max_epochs, tolerance }) {
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
  const loss = meanSquaredError(points);
  const squares = points.reduce((sum, [x, y]) => sum + x * x + y * y, 0);
  if (!Number.isFinite(2 * squares) || (loss && !Number.isFinite(value(loss, ...start))))
    return "The points or the start are too large: their squares leave the range of a float.";
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

const count = new Intl.NumberFormat("en-US").format;

/** How the descent goes and how long it takes, in two sentences. */
export function outcome(loss, run, { start, learning_rate, epochs, tolerance }) {
  const kind = regime(loss, learning_rate);
  const how = {
    CONVERGES: "Converges: no step overshoots the valley.",
    OSCILLATES: "Oscillates, and converges: steps overshoot the valley, each by less.",
    DIVERGES: "Diverges: steps overshoot the valley, each by more. Try a smaller rate.",
  }[kind];
  if (run.epochs < epochs) {
    return [how, `After epoch ${count(run.epochs)} the numbers are beyond the range of a float.`];
  }
  const needed = epochsToTolerance(loss, start, learning_rate, tolerance);
  if (needed === Infinity) return [how, `It will never stay within ${tolerance} of the best line.`];
  const arrival = `within ${tolerance} of the best line from epoch ${count(needed)} on`;
  if (needed > epochs) return [how, `Both parameters are ${arrival}: ${count(needed - epochs)} more.`];
  return [how, `Both parameters are ${arrival}.`];
}

/** The part of an address that brings a page into this state. */
export function linkOf({ learning_rate, epochs, points }, home) {
  const moved = JSON.stringify(points) !== JSON.stringify(home.points);
  const place = moved ? `&points=${points.map((point) => point.join(",")).join(";")}` : "";
  return `#learning_rate=${Number(learning_rate.toPrecision(12))}&epochs=${epochs}${place}`;
}

/**
 * The state that an address asks for, and a sentence for every value in it that makes no sense; neither, if it speaks
 * of a place on the page.
 * @param {string} hash @param {{rate_range: [number, number], max_epochs: number}} limits
 */
export function readLink(hash, { rate_range: [low, high], max_epochs }) {
  const asked = new URLSearchParams(hash.replace(/^#/, ""));
  const state = {};
  const complaints = [];
  const number = (text) => (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN);
  const take = (name, convert, fits, wanted) => {
    if (!asked.has(name)) return;
    const found = convert(asked.get(name));
    if (fits(found)) state[name] = found;
    else complaints.push(`“${name}” in the link was left aside: wanted is ${wanted}.`);
  };
  take("learning_rate", number, (rate) => rate * (1 + 1e-9) >= low && rate <= high * (1 + 1e-9), `a number from ${low} to ${high}`);
  take(
    "epochs",
    number,
    (epochs) => Number.isInteger(epochs) && epochs >= 0 && epochs <= max_epochs,
    `a whole number from 0 to ${max_epochs}`,
  );
  take(
    "points",
    (text) => text.split(";").map((point) => point.split(",").map(number)),
    (points) =>
      points.length <= MAX_MOVABLE &&
      points.every((point) => point.length === 2 && point.every(Number.isFinite)) &&
      meanSquaredError(points) !== null,
    "x,y;x,y;… with two x that differ",
  );
  return { state, complaints };
}

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
  const [left, right, top, bottom] = [52, 18, 6, 36];
  let width = 1;
  let height = 1;
  let xs = [0, 1];
  let ys = [0, 1];
  const self = {
    root,
    area,
    across: (at) => clamp((width * (at - xs[0])) / (xs[1] - xs[0]), -FAR, FAR),
    up: (at) => clamp((height * (ys[1] - at)) / (ys[1] - ys[0]), -FAR, FAR),
    /** Data at a pixel of the area. */
    at: (px, py) => [xs[0] + ((xs[1] - xs[0]) * px) / width, ys[1] - ((ys[1] - ys[0]) * py) / height],
    size: () => [width, height],
    ends: () => [xs, ys],
    fit(newXs, newYs, ticksY = ticks) {
      [xs, ys] = [newXs, newYs];
      width = Math.max(root.clientWidth - left - right, 40);
      height = Math.max(root.clientHeight - top - bottom, 40);
      set(area, { x: left, y: top, width, height });
      scale.replaceChildren();
      svg("rect", { x: left, y: top, width, height, class: "gd-frame" }, scale);
      for (const [at, label] of ticks(...xs, width / 70)) {
        const px = left + self.across(at);
        svg("path", { d: `M${px} ${top}v${height + 4}`, class: "gd-rule" }, scale);
        svg("text", { x: px, y: top + height + 17, "text-anchor": "middle" }, scale).textContent = label;
      }
      for (const [at, label] of ticksY(...ys, height / 36)) {
        const py = top + self.up(at);
        svg("path", { d: `M${left - 4} ${py}h${width + 4}`, class: "gd-rule" }, scale);
        svg("text", { x: left - 7, y: py + 4, "text-anchor": "end" }, scale).textContent = label;
      }
      svg("text", { x: left + width / 2, y: top + height + 33, "text-anchor": "middle" }, scale).textContent = x;
      svg(
        "text",
        { transform: `translate(12 ${top + height / 2}) rotate(-90)`, "text-anchor": "middle" },
        scale,
      ).textContent = y;
    },
  };
  return self;
}

/** A small ring that marks where the descent stands; returns what puts it somewhere. */
function ring(parent) {
  const [edge, inside] = ["gd-ring", "gd-ring-inside"].map((name) => svg("polyline", { class: name }, parent));
  return (x, y) => [edge, inside].forEach((dot) => trace(dot, `${x} ${y} ${x} ${y}`)); // a dot by its round ends
}

/** Ends that hold all numbers, with some room; a number on its own gets room too. */
function room(numbers, share) {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const span = high - low || Math.abs(high) || 1;
  return [low - share * span, high + share * span];
}

/** The same numbers and 0, where that is not far: a line that is still flat is then in sight. */
function withZero(numbers) {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  return Math.min(Math.abs(low), Math.abs(high)) <= high - low ? [...numbers, 0] : numbers;
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
  let dragged = null; // the dot that the pointer holds, where it was taken, and how far from its middle

  const step = (axis) => {
    const [low, high] = plot.ends()[axis];
    return niceStep(high - low, 100);
  };
  const rounded = (at, axis) => {
    const [low, high] = plot.ends()[axis];
    const unit = step(axis);
    return Number((Math.round(clamp(at, low, high) / unit) * unit).toPrecision(12));
  };
  const replaced = (index, point) => points.map((old, i) => (i === index ? point : old));
  const indexOf = (dot) => [...dots.children].indexOf(dot);
  const pixel = (event) => {
    const box = plot.area.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const under = ([px, py]) => plot.at(px, py).map(rounded);

  const add = (point) => {
    if (points.length >= MAX_MOVABLE) return refuse(`There is room for ${MAX_MOVABLE} points.`);
    change([...points, point]);
    dots.lastChild.focus();
  };
  const remove = (index) => {
    if (points.length <= 2) return refuse("A line takes two points at least.");
    dragged = null;
    change(points.filter((_, i) => i !== index));
    dots.children[Math.min(index, points.length - 1)].focus();
  };
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

  dots.addEventListener("pointerdown", (event) => {
    const dot = event.target.closest(".gd-dot");
    if (!dot || event.button !== 0) return;
    event.preventDefault(); // no text is selected on the way
    dot.focus();
    dots.setPointerCapture(event.pointerId);
    const [px, py] = pixel(event);
    const [x, y] = points[indexOf(dot)];
    dragged = { dot, from: [px, py], off: [px - plot.across(x), py - plot.up(y)], moved: false };
  });
  dots.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const [px, py] = pixel(event);
    dragged.moved ||= Math.hypot(px - dragged.from[0], py - dragged.from[1]) > 2; // a press alone moves nothing
    if (dragged.moved) change(replaced(indexOf(dragged.dot), under([px - dragged.off[0], py - dragged.off[1]])));
  });
  // A browser that ignores touch-action inside an SVG would take a finger's drag for a scroll of the page.
  const hold = (event) => event.target.closest(".gd-dot") && event.preventDefault();
  dots.addEventListener("touchstart", hold, { passive: false });
  const release = () => (dragged = null);
  dots.addEventListener("pointerup", release);
  dots.addEventListener("pointercancel", release);
  dots.addEventListener("keydown", (event) => {
    const index = indexOf(event.target);
    const [x, y] = points[index];
    if (event.key in moves) {
      const far = event.shiftKey ? 10 : 1;
      const [right, up] = moves[event.key].map((sign) => sign * far);
      change(replaced(index, [right ? rounded(x + right * step(0), 0) : x, up ? rounded(y + up * step(1), 1) : y]));
    } else if (event.key === "Delete" || event.key === "Backspace") {
      remove(index);
    } else if (event.key !== " " && event.key !== "Enter") {
      return; // the space bar would scroll the page
    }
    event.preventDefault();
    event.stopPropagation(); // a notebook has commands of its own on these keys
  });
  plot.root.addEventListener("dblclick", (event) => {
    if (!event.target.closest(".gd-dot")) add(under(pixel(event)));
  });

  function drawDots() {
    const movable = points.length <= MAX_MOVABLE;
    still.setAttribute("d", movable ? "" : points.map(([x, y]) => `M${plot.across(x)} ${plot.up(y)}h0`).join(""));
    const wanted = movable ? points.length : 0;
    while (dots.children.length > wanted) dots.lastChild.remove();
    while (dots.children.length < wanted) {
      const dot = svg("g", { class: "gd-dot", tabindex: 0, role: "button", "aria-roledescription": "movable point" }, dots);
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
      if (fit || !ends) ends = [room(points.map(([x]) => x), 0.12), room(withZero(points.map(([, y]) => y)), 0.12)];
      if (fit || resized) plot.fit(...ends);
      drawDots();
    },
    draw(intercept, slope) {
      const [[left, right]] = plot.ends();
      const up = (x) => plot.up(intercept + slope * x);
      trace(line, `${plot.across(left)} ${up(left)} ${plot.across(right)} ${up(right)}`);
      residuals.setAttribute(
        "d",
        points.map(([x, y]) => `M${plot.across(x)} ${plot.up(y)}V${up(x)}`).join(""),
      );
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
      add([rounded((x0 + x1) / 2, 0), rounded((y0 + y1) / 2 + 10 * step(1), 1)]);
    },
    removePoint() {
      remove(points.length - 1);
    },
  };
}

/** The loss seen from above: exact ellipses of equal loss, the path so far, and the gradient where it stands. */
function surfacePanel(parent) {
  const plot = axes(parent, {
    name: "surface",
    title: "Loss from above",
    description: "Ellipses of equal loss over intercept and slope, with the path of the descent and the minimum.",
    x: "intercept",
    y: "slope",
  });
  const rings = svg("g", { class: "gd-rings" }, plot.area);
  const best = svg("path", { class: "gd-best" }, plot.area);
  const path = svg("polyline", { class: "gd-path" }, plot.area);
  const steps = svg("path", { class: "gd-steps" }, plot.area);
  const arrow = svg("polyline", { class: "gd-arrow" }, plot.area);
  const here = ring(plot.area);
  let spread = 1;

  return {
    fit(loss, start) {
      const [steep, flat] = parts(loss, start);
      const { minimum, eigenvalues, steep: [cos, sin] } = loss; // prettier-ignore
      // No descent that converges leaves this box around the minimum.
      const reach = [0, 1].map((i) => {
        const farthest = 1.15 * (Math.abs(steep[i]) + Math.abs(flat[i]));
        return farthest > 1e-9 * Math.abs(minimum[i]) ? farthest : Math.abs(minimum[i]) || 1; // less is rounding
      });
      plot.fit(...[0, 1].map((i) => [minimum[i] - reach[i], minimum[i] + reach[i]]));
      const [width, height] = plot.size();
      spread = Math.hypot(width, height);
      // A unit circle becomes the ellipse where the loss is 1 above its lowest.
      const [px, py] = [width / (2 * reach[0]), -height / (2 * reach[1])];
      const [a, b] = [Math.sqrt(2 / eigenvalues[1]), Math.sqrt(2 / eigenvalues[0])];
      const centre = [plot.across(minimum[0]), plot.up(minimum[1])];
      const turned = [px * cos * a, py * sin * a, -px * sin * b, py * cos * b];
      const highest = Math.max(...[[1, 1], [1, -1]].map(([s, t]) => value(loss, minimum[0] + s * reach[0], minimum[1] + t * reach[1]))); // prettier-ignore
      rings.replaceChildren();
      for (let ring = 1; ring <= 7; ring++) {
        const r = Math.sqrt(Math.max(highest - loss.lowest, 0)) * 2 ** -(7 - ring);
        const transform = `matrix(${[...turned.map((entry) => r * entry), ...centre].join(" ")})`;
        svg("circle", { r: 1, transform, "vector-effect": "non-scaling-stroke" }, rings);
      }
      const [x, y] = centre;
      best.setAttribute("d", `M${x - 6} ${y}h12M${x} ${y - 6}v12M${x - 4} ${y - 4}l8 8M${x - 4} ${y + 4}l8 -8`);
    },
    draw(loss, run, epochs) {
      const line = [];
      const dots = [];
      let [lastX, lastY] = [NaN, NaN];
      let [dotX, dotY] = [NaN, NaN];
      for (let k = 0; k <= epochs; k++) {
        const [x, y] = [plot.across(run.intercepts[k]), plot.up(run.slopes[k])];
        // Steps smaller than a pixel are not seen; NaN, at the first, is never smaller.
        if (!(Math.abs(x - lastX) + Math.abs(y - lastY) < 1)) {
          line.push(`${x.toFixed(1)} ${y.toFixed(1)}`);
          [lastX, lastY] = [x, y];
          if (!(Math.abs(x - dotX) + Math.abs(y - dotY) < 5)) {
            dots.push(`M${x.toFixed(1)} ${y.toFixed(1)}h0`);
            [dotX, dotY] = [x, y];
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
      const shown = length > 0 && Number.isFinite(length) ? 16 + 6 * clamp(Math.log10(Math.hypot(g0, g1)) + 3, 0, 6) : 0;
      const [ux, uy] = shown ? [dx / length, dy / length] : [0, 0];
      const [tipX, tipY] = [x + ux * shown, y + uy * shown];
      const barb = (side) => `${tipX - 7 * ux - side * 4 * uy} ${tipY - 7 * uy + side * 4 * ux}`;
      trace(arrow, shown ? `${x} ${y} ${tipX} ${tipY} ${barb(1)} ${tipX} ${tipY} ${barb(-1)}` : "");
    },
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
  const here = ring(plot.area);
  const height = (loss) => plot.up(loss > 0 ? Math.log10(loss) : -400);

  /** The curve up to an epoch, in pieces of two pixels at least: a loss on a quadratic has no corners to miss. */
  function curve(run, epochs) {
    const pieces = Math.min(epochs, Math.ceil(plot.across(epochs) / 2));
    const at = Array.from({ length: pieces + 1 }, (_, i) => Math.round((epochs * i) / (pieces || 1)));
    return at.map((k) => `${plot.across(k).toFixed(1)} ${height(run.losses[k]).toFixed(1)}`).join(" ");
  }

  return {
    fit(loss, start, maxEpochs) {
      const first = value(loss, ...start) || 1;
      const floor = Math.max(loss.lowest / 3, first * 1e-12, Number.MIN_VALUE);
      plot.fit([0, Math.max(maxEpochs, 1)], [Math.log10(floor), Math.log10(first) + 2], powerTicks);
      lowest.setAttribute("d", loss.lowest > floor ? `M0 ${height(loss.lowest)}h${plot.size()[0]}` : "");
    },
    run(run) {
      trace(ahead, curve(run, run.epochs));
    },
    draw(run, epochs) {
      trace(behind, curve(run, epochs));
      here(plot.across(epochs), height(run.losses[epochs]));
    },
  };
}

/** Where on the learning rate's slider the best rate and the limit lie, and from where on descent diverges. */
function marks(parent) {
  const strip = html("div", { className: "gd-marks", ariaHidden: "true" }, parent);
  const danger = html("div", { className: "gd-danger" }, strip);
  const best = html("div", { className: "gd-mark gd-mark-best" }, strip);
  const limit = html("div", { className: "gd-mark gd-mark-limit" }, strip);
  const label = html("div", { className: "gd-label" }, strip);
  const bestWords = html("span", {}, label);
  const limitWords = html("span", { className: "gd-label-limit" }, label);
  return {
    draw(loss, [low, high]) {
      const place = (rate) => clamp((100 * Math.log(rate / low)) / Math.log(high / low), 0, 100);
      const outside = (rate) => rate < low || rate > high;
      const [bestRate, limitRate] = [bestLearningRate(loss), maxLearningRate(loss)];
      best.hidden = outside(bestRate);
      limit.hidden = outside(limitRate);
      const at = place(limitRate);
      danger.style.left = limit.style.left = `${at}%`;
      best.style.left = `${place(bestRate)}%`;
      bestWords.textContent = `best ${words(bestRate)}`;
      limitWords.textContent = `diverges from ${words(limitRate)}`;
      Object.assign(label.style, { left: `${at}%`, transform: `translateX(-${at}%)` }); // never beyond an end
    },
    show: (shown) => (strip.hidden = !shown),
  };
}

/** The numbers and the verdict in text. What changes is said politely once it has come to rest. */
function reading(parent) {
  const table = html("table", { className: "gd-numbers" }, parent);
  const cells = {};
  const head = html("tr", {}, html("thead", {}, table));
  html("td", {}, head);
  for (const name of ["value", "gradient"]) html("th", { scope: "col", textContent: name }, head);
  const body = html("tbody", {}, table);
  for (const name of ["slope", "intercept", "loss"]) {
    const row = html("tr", {}, body);
    html("th", { scope: "row", textContent: name }, row);
    const cell = () => html("span", { className: "gd-number" }, html("td", {}, row));
    cells[name] = cell();
    if (name !== "loss") cells[`gradient ${name}`] = cell();
  }
  const how = html("p", { className: "gd-how" }, parent);
  const when = html("p", { className: "gd-when" }, parent);
  const rates = html("p", { className: "gd-rates" }, parent);
  const said = html("p", { className: "gd-said", role: "status" }, parent);
  const REST = 700; // ms without a change
  let timer, news, changed;
  const announce = () => {
    const rested = performance.now() - changed;
    timer = rested < REST ? setTimeout(announce, REST - rested) : undefined;
    if (!timer) said.textContent = news();
  };

  return {
    draw(loss, run, state, epochs) {
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
      how.dataset.regime = regime(loss, state.learning_rate);
      say(rates, `Largest stable rate ${words(maxLearningRate(loss))}, best ${words(bestLearningRate(loss))}.`);
      news = () =>
        `Rate ${words(state.learning_rate)}, ${count(epochs)} epochs: slope ${words(slope)}, ` +
        `intercept ${words(intercept)}, loss ${words(run.losses[epochs])}. ${goes} ${arrives}`;
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

const INPUTS = ["points", "start", "learning_rate", "epochs", "max_epochs", "tolerance", "rate_range"];
const stateOf = (model) => Object.fromEntries(INPUTS.map((name) => [name, model.get(name)]));

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
  const buttons = html("div", { className: "gd-buttons" }, el);
  const grid = html("div", { className: "gd-grid" }, el);
  const message = html("p", { className: "gd-message", role: "alert" }, grid);
  const numbers = reading(html("div", { className: "gd-reading" }, grid));
  const notice = html("p", { className: "gd-notice", role: "status" }, el);

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
  const surface = surfacePanel(grid);
  const losses = lossPanel(grid);

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
    const { state, complaints } = readLink(location.hash, stateOf(model));
    return { state, complaints, any: Object.keys(state).length + complaints.length > 0 };
  };
  for (const stop of model.get("stops")) press(jumps, count(stop), `Epoch ${count(stop)}`, () => assign({ epochs: stop }));
  press(buttons, "Add a point", null, () => data.addPoint());
  press(buttons, "Remove a point", null, () => data.removePoint());
  press(buttons, "Reset", null, () => {
    say(notice, "");
    stacked = null;
    assign(home);
    drawNow();
    if (asked().any) history.replaceState(history.state, "", location.pathname + location.search);
  });
  if (model.get("linkable")) {
    press(buttons, "Link to this", null, async () => {
      if (stacked) return say(notice, "There is no link to points of (nearly) the same x.");
      history.replaceState(history.state, "", linkOf(stateOf(model), home));
      const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false); // prettier-ignore
      say(notice, copied ? "The link is copied, and in the address bar." : "The link is in the address bar.");
    });
  }

  // Each part is drawn anew only when what it shows has changed, so that a move of a slider moves the line, the path
  // and the numbers, and nothing else.
  let drawn = {};
  let width = 0; // asking for it in every frame would make the browser lay out everything twice
  let loss;
  let run;
  function draw() {
    const state = { ...stateOf(model), ...(stacked && { points: stacked }) };
    const { start, learning_rate, epochs, max_epochs, rate_range } = state;
    const now = {
      points: JSON.stringify(state.points),
      rest: JSON.stringify([start, max_epochs, rate_range]),
      width,
      learning_rate,
    };
    const same = (...names) => names.every((name) => drawn[name] === now[name]);
    const wrong = problem(state);
    if (!wrong && !same("points")) loss = meanSquaredError(state.points);
    say(message, wrong ?? (!loss ? "No single line is best: all points have (nearly) the same x. Move one aside." : ""));
    el.dataset.broken = wrong ? "all" : !loss ? "fit" : "";
    if (wrong) {
      numbers.stop();
      drawn = {};
      return;
    }
    if (!same("points", "width")) data.show(state.points, { fit: now.points !== edited, resized: !same("width") });
    if (!loss) {
      data.clear();
      numbers.stop();
      drawn = { points: now.points, width: now.width };
      return;
    }
    if (!same("points", "rest", "learning_rate")) run = descend(loss, start, learning_rate, max_epochs);
    if (!same("points", "rest", "width")) {
      surface.fit(loss, start);
      losses.fit(loss, start, max_epochs);
      strip.draw(loss, rate_range);
    }
    if (!same("points", "rest", "width", "learning_rate")) losses.run(run);
    const here = Math.min(epochs, run.epochs);
    data.draw(run.intercepts[here], run.slopes[here]);
    surface.draw(loss, run, here);
    losses.draw(run, here);
    numbers.draw(loss, run, state, here);
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

  const openLink = () => {
    const { state, complaints, any } = asked();
    say(notice, complaints.join(" "));
    if (!any) return;
    assign({ ...home, ...state }); // what a link does not name is as at home
    (el.closest(".gd-box") ?? el).scrollIntoView({ block: "nearest" });
  };
  if (model.get("linkable")) {
    openLink();
    window.addEventListener("hashchange", openLink, { signal });
  }

  // The first call comes once the figure is in its page; then the controls around it are there too.
  let named;
  const resized = new ResizeObserver(([entry]) => {
    width = entry.contentRect.width;
    const box = el.closest(".gd-box");
    if (box && !named) named = lookAfter(box, signal);
    strip.show(Boolean(box));
    draw();
  });
  resized.observe(el);
  width = el.clientWidth;
  if (el.isConnected) draw(); // else a first frame would show the marks where they do not belong

  return () => {
    cancelAnimationFrame(frame);
    resized.disconnect();
    named?.forEach((observer) => observer.disconnect());
    numbers.stop();
  };
}

export default { render };
