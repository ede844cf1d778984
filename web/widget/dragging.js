// What can be moved in a drawing, by pointer and by keyboard.

import { clamp, niceStep } from "./axes.js";

export const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const PULLED = 0.03; // the share by which axes grow at one move of a pointer that is beyond them: they do not run away

/**
 * Let the children of a layer be moved by pointer and by keyboard, to round numbers: by keyboard a hundred from end to
 * end at most, under a pointer one a pixel at least. What is moved beyond the axes has them grow.
 * @param {object} plot its axes @param {SVGElement} layer
 * @param {{place: (index: number) => [number, number], move: (index: number, place: [number, number]) => void,
 *     grow: (place: [number, number], share: number) => void, press?: (index: number, key: string) => boolean}} on
 *     `grow` makes the axes hold a place, growing by a share of their length at most; `press` says whether it has taken
 *     another key
 */
export function movable(plot, layer, { place, move, grow, press = () => false }) {
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
  const snapped = (place) => place.map((at, axis) => rounded(at, axis, step(axis, 2.5 * plot.size()[axis])));
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
    if (!held.moved) return;
    const wanted = [px - held.off[0], py - held.off[1]];
    const there = plot.at(...wanted);
    if (!plot.isInside(wanted)) grow(there, PULLED);
    move(indexOf(held.child), snapped(there));
  });
  // A browser that ignores touch-action inside an SVG would take a finger's drag for a scroll of the page.
  layer.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  layer.addEventListener("pointerup", release);
  layer.addEventListener("pointercancel", release);
  layer.addEventListener("keydown", (event) => {
    const index = indexOf(event.target);
    const there = place(index);
    if (event.key in MOVES) {
      const far = event.shiftKey ? 10 : 1;
      const signs = MOVES[event.key];
      const wanted = there.map((at, axis) => at + signs[axis] * far * step(axis));
      const unit = [step(0), step(1)];
      if (!plot.isInside(plot.pixelOf(...wanted))) grow(wanted, 1);
      move(
        index,
        there.map((at, axis) => (signs[axis] ? rounded(wanted[axis], axis, unit[axis]) : at)),
      );
    } else if (!press(index, event.key) && event.key !== " " && event.key !== "Enter") {
      return; // the space bar would scroll the page
    }
    event.preventDefault();
    event.stopPropagation(); // a notebook has commands of its own on these keys
  });
  return { step, rounded, under: (pixel) => snapped(plot.at(...pixel)), drop: () => (held = null) };
}

/**
 * Let a click on a drawing over the epochs, or a drag along it, go to an epoch. A finger that scrolls the page goes to
 * none.
 * @param {object} plot its axes @param {(epoch: number) => void} go
 */
export function epochsByPointer(plot, go) {
  let held = null;
  const follow = (event) => go(Math.max(Math.round(plot.at(...plot.pixel(event))[0]), 0));
  const isHeld = (event) => event.pointerId === held?.pointer;
  plot.root.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || held || !plot.isInside(plot.pixel(event))) return;
    event.preventDefault();
    plot.root.setPointerCapture(event.pointerId);
    held = { pointer: event.pointerId, from: event.clientX, follows: event.pointerType === "mouse" };
    if (held.follows) follow(event);
  });
  plot.root.addEventListener("pointermove", (event) => {
    if (!isHeld(event)) return;
    held.follows ||= Math.abs(event.clientX - held.from) > 4;
    if (held.follows) follow(event);
  });
  plot.root.addEventListener("pointerup", (event) => {
    if (!isHeld(event)) return;
    held = null;
    follow(event);
  });
  plot.root.addEventListener("pointercancel", (event) => isHeld(event) && (held = null));
}
