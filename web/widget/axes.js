// Axes around a drawing, and what is drawn on them.

import { html, set, svg, trace } from "./drawing.js";
import { formatNumber, formatPower, formatTick } from "./messages.js";

/** A step of 1, 2 or 5 times a power of ten that divides `span` into at most `parts`. */
export function niceStep(span, parts) {
  const power = 10 ** Math.floor(Math.log10(span / parts));
  return power * [1, 2, 5, 10].find((factor) => factor * power * parts >= span * (1 - 1e-12));
}

/** Round numbers between two ends, each with as many digits as tell it from its neighbours. */
export function ticks(low, high, parts) {
  const step = niceStep(high - low, parts);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(low / step - 1e-9);
  const many = Math.floor(high / step + 1e-9) - first + 1;
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const isPlain = step < 1e5 && (decimals <= 5 || (decimals <= 16 && largest >= 1e-4));
  const digits = clamp(Math.ceil(Math.log10(largest / step)), 2, 15);
  const label = (at) => (isPlain ? formatTick(at, decimals) : formatNumber(at, digits));
  return Array.from({ length: many }, (_, i) => {
    const at = (first + i) * step;
    return [at, label(at || 0)];
  });
}

/** Powers of ten, at most `parts` of them; positions are logarithms. */
export function powerTicks(low, high, parts) {
  const step = Math.max(1, Math.ceil((high - low) / parts));
  const first = Math.ceil(low / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((high - first) / step) + 1) }, (_, i) => {
    const exponent = first + i * step;
    return [exponent, formatPower(exponent)];
  });
}
export const FAR = 1e4; // pixels beyond which nothing is drawn any more, since a browser's own rounding begins there
export const clamp = (at, low, high) => Math.min(Math.max(at, low), high);
/** A pixel's place, with no more digits than are seen: what is nearly 0 has an exponent that no drawing takes. */
export const toPixel = (at) => Math.round(1000 * clamp(at, -FAR, FAR)) / 1000;

const longest = (marks) => Math.max(0, ...marks.map(([, label]) => label.length));

/**
 * Axes around a clipped drawing area that fills its panel; the panel is as high as the style sheet says.
 * `fit` places them for data from low to high; then `across` and `up` turn data into pixels.
 */
export function axes(parent, name, { title, description, x, y }, role = "img") {
  const panel = html("div", { className: `gd-panel gd-${name}` }, parent);
  const head = html("div", { className: "gd-head" }, panel);
  html("p", { className: "gd-title", textContent: title }, head);
  const root = svg("svg", { role, "aria-label": description }, html("div", { className: "gd-drawing" }, panel));
  const scale = svg("g", { class: "gd-scale", "aria-hidden": "true" }, root);
  const area = svg("svg", { class: "gd-area" }, root);
  const over = svg("svg", { class: "gd-uncut" }, root);
  let [left, top] = [0, 0];
  let [fullWidth, fullHeight] = [0, 0];
  let width = 1;
  let height = 1;
  let xs = [0, 1];
  let ys = [0, 1];
  let names = [x, y];
  let measured = false;
  let titleLength = 0;
  const far = 1e100; // a float takes any product with what is less
  const self = {
    panel,
    head,
    root,
    area,
    over, // what no edge of the area cuts
    em: 12, // the size of the text, in pixels
    across: (at) => toPixel((width * (at - xs[0])) / (xs[1] - xs[0])),
    up: (at) => toPixel((height * (ys[1] - at)) / (ys[1] - ys[0])),
    /** The pixel of a place, however far outside it is. */
    pixelOf: (x, y) => [
      clamp((width * (x - xs[0])) / (xs[1] - xs[0]), -far, far),
      clamp((height * (ys[1] - y)) / (ys[1] - ys[0]), -far, far),
    ],
    /** Where in the area an event is. The area's own bounds are those of what is drawn in it, in some browsers. */
    pixel({ clientX, clientY }) {
      const box = root.getBoundingClientRect();
      const zoom = box.width / parseFloat(getComputedStyle(root).width);
      return [(clientX - box.left) / zoom - left, (clientY - box.top) / zoom - top];
    },
    /** Data at a pixel of the area. */
    at: (px, py) => [xs[0] + ((xs[1] - xs[0]) * px) / width, ys[1] - ((ys[1] - ys[0]) * py) / height],
    isInside: ([px, py]) => px >= 0 && px <= width && py >= 0 && py <= height,
    size: () => [width, height],
    ends: () => [xs, ys],
    /** What the axes are called from the next fit on. */
    call(...newNames) {
      measured &&= newNames.join() === names.join();
      names = newNames;
    },
    /** The panel has another size: the next fit asks for it. To ask in every frame would have all laid out twice. */
    resize: () => (measured = false),
    fit(newXs, newYs, ticksY = ticks, ticksX = ticks) {
      [xs, ys] = [newXs, newYs];
      const isNew = !measured;
      if (isNew) {
        measured = true;
        self.em = parseFloat(getComputedStyle(root).fontSize) || self.em; // none where nothing is laid out
        [fullWidth, fullHeight] = [root.clientWidth, root.clientHeight];
      }
      const { em } = self;
      top = 0.5 * em;
      height = Math.max(fullHeight - top - 3.25 * em, 40);
      const marksY = ticksY(...ys, height / (3 * em));
      left = Math.max(5.2, 2.2 + 0.58 * longest(marksY)) * em;
      width = Math.max(fullWidth - left - 1.5 * em, 40);
      let marksX = ticksX(...xs, Math.max(width / (5.8 * em), 2));
      const wide = 0.6 * longest(marksX) + 1.5;
      if (wide > 5.8) marksX = ticksX(...xs, Math.max(width / (wide * em), 2));
      for (const each of [area, over]) set(each, { x: left, y: top, width, height });
      scale.replaceChildren();
      svg("rect", { x: left, y: top, width, height, class: "gd-frame" }, scale);
      for (const [at, label] of marksX) {
        const px = left + self.across(at);
        svg("path", { d: `M${px} ${top}v${height + 4}`, class: "gd-rule" }, scale);
        const middle = Math.min(px, fullWidth - 0.3 * em * label.length); // a long one ends at the panel's edge
        svg("text", { x: middle, y: top + height + 1.4 * em, "text-anchor": "middle" }, scale).textContent = label;
      }
      for (const [at, label] of marksY) {
        const py = top + self.up(at);
        svg("path", { d: `M${left - 4} ${py}h${width + 4}`, class: "gd-rule" }, scale);
        svg("text", { x: left - 7, y: py + em / 3, "text-anchor": "end" }, scale).textContent = label;
      }
      const title = svg("text", { x: left + width / 2, y: top + height + 2.75 * em, "text-anchor": "middle" }, scale);
      title.textContent = names[0];
      // Large text in little room: what does not fit below the axis ends at the edge, and is narrower if it must be.
      if (isNew) titleLength = title.getComputedTextLength?.() ?? 0;
      if (titleLength > width + 3 * em) set(title, { x: fullWidth, "text-anchor": "end" });
      if (titleLength > fullWidth) set(title, { textLength: fullWidth, lengthAdjust: "spacingAndGlyphs" });
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
export function ring(parent) {
  const dots = ["gd-ring-rim", "gd-ring", "gd-ring-inside"].map((name) => svg("polyline", { class: name }, parent));
  return (x, y) => dots.forEach((dot) => trace(dot, `${x} ${y} ${x} ${y}`)); // a dot by its round ends
}

export const TINY = 1e-300; // what is smaller is nothing to an axis, whose ticks are a small part of it

/** Ends that hold all numbers, with some room; a number on its own gets room too. */
export function room(numbers, share) {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const span = [high - low, Math.abs(high), 1].find((each) => each > TINY);
  return [low - share * span, high + share * span];
}

/** The same numbers and 0, where that is not far: a line that is still flat is then in sight. */
export function withZero(numbers) {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  return Math.min(Math.abs(low), Math.abs(high)) <= high - low ? [...numbers, 0] : numbers;
}

/** Ends with room for all numbers that begin at 0 exactly, where 0 is not far and no number is below it. */
export function roomFromZero(numbers, share) {
  const [low, high] = room(withZero(numbers), share);
  return [low < 0 && Math.min(...numbers) >= 0 ? 0 : low, high];
}

/** Ends that hold a number, too; they grow by no more than a share of what lies between them. */
export function grown([low, high], at, share) {
  const most = share * (high - low);
  return [Math.min(low, Math.max(at, low - most)), Math.max(high, Math.min(at, high + most))];
}

/**
 * A piece of a path, between two pixels of which either may be far outside, as the points to be drawn after its first:
 * what is beyond a margin around the panel runs along that margin, unseen.
 */
export function within([width, height], margin, [x0, y0], [x1, y1]) {
  const [left, top, right, bottom] = [-margin, -margin, width + margin, height + margin];
  const crossings = [
    (left - x0) / (x1 - x0),
    (right - x0) / (x1 - x0),
    (top - y0) / (y1 - y0),
    (bottom - y0) / (y1 - y0),
  ];
  const shares = [...crossings.filter((share) => share > 0 && share < 1).sort((a, b) => a - b), 1];
  return shares.map((share) => [
    clamp(x0 + share * (x1 - x0), left, right),
    clamp(y0 + share * (y1 - y0), top, bottom),
  ]);
}

/**
 * A curve over the epochs up to one of them. A smooth one in pieces of two pixels at least: the loss of plain descent
 * on a quadratic has no corners to miss. One with corners shows in every pixel how low and how high it gets.
 */
export function curve(plot, height, epochs, smooth) {
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
