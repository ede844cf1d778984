// What can be moved in a drawing, by pointer and by keyboard.

import { clamp, niceStep } from "./axes.js";

export const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * Let the children of a layer be moved by pointer and by keyboard, to round numbers: by keyboard a hundred from end to
 * end at most, under a pointer one a pixel at least.
 * @param {object} plot its axes @param {SVGElement} layer
 * @param {{place: (index: number) => [number, number], move: (index: number, place: [number, number]) => void,
 *     press?: (index: number, key: string) => boolean}} on `press` says whether it has taken another key
 */
export function movable(plot, layer, { place, move, press = () => false }) {
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
