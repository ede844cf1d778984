// Magnifying a drawing: by the wheel, by two fingers, by buttons and by keys.

import { clamp } from "./axes.js";
import { html } from "./drawing.js";
import { ZOOM } from "./messages.js";
import { SETTINGS } from "./settings.js";

const { least, most } = SETTINGS.zoom;
const KEYS = { "+": 2, "=": 2, "-": 1 / 2, "−": 1 / 2 };
const WHEEL = Math.log(Math.SQRT2); // of a notch, as a logarithm

/** A magnification within its ends; a power of the root of 2 that it is nearly, in few digits else. */
export function rounded(zoom) {
  const power = Math.round(2 * Math.log2(zoom)) / 2;
  const near = Math.abs(Math.log2(zoom) - power) < 1e-3 ? 2 ** power : zoom;
  return clamp(Number(near.toPrecision(6)), least, most);
}

/**
 * @param {object} plot the axes of the drawing @param {(zoom: number) => void} change
 * @returns {{show: (zoom: number) => void, press: (key: string) => boolean}} what tells it of a magnification, and what
 *   takes a key and says whether it has
 */
export function zoomable(plot, change) {
  let zoom = 1;
  const by = (factor) => {
    const next = rounded(zoom * factor);
    if (next === zoom) return;
    zoom = next; // before it is drawn: two keys may come in one frame
    change(next);
  };
  const group = html("span", { className: "gd-zoom", role: "group", ariaLabel: ZOOM.label }, plot.head);
  const button = (textContent, ariaLabel, factor) => {
    const made = html("button", { type: "button", textContent, ariaLabel }, group);
    made.addEventListener("click", () => by(factor));
    return made;
  };
  html("span", { textContent: ZOOM.short, ariaHidden: "true" }, group);
  const out = button("−", ZOOM.out, 1 / 2);
  const into = button("+", ZOOM.in, 2);
  const press = (key) => {
    if (key === "0") by(1 / zoom);
    else if (key in KEYS) by(KEYS[key]);
    else return false;
    return true;
  };
  group.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !press(event.key)) return;
    event.preventDefault();
    event.stopPropagation(); // a notebook has commands of its own on these keys
  });

  plot.root.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !plot.panel.matches(":focus-within")) return; // the page scrolls
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode ? 33 : 1);
      by(Math.exp(-clamp(0.01 * pixels, -WHEEL, WHEEL)));
    },
    { passive: false },
  );

  const fingers = new Map(); // where each is, by the id of its pointer
  let pinch = null; // how far two fingers were from each other at first, and how large all was
  const apart = () => {
    const [[x0, y0], [x1, y1]] = fingers.values();
    return Math.max(Math.hypot(x1 - x0, y1 - y0), 1);
  };
  const lift = (event) => {
    fingers.delete(event.pointerId);
    pinch = null;
  };
  plot.root.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch" || event.target.closest(".gd-start")) return;
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    plot.root.setPointerCapture(event.pointerId);
    pinch = fingers.size === 2 ? { apart: apart(), zoom } : null;
  });
  plot.root.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    if (pinch) by(((apart() / pinch.apart) * pinch.zoom) / zoom);
  });
  for (const name of ["pointerup", "pointercancel"]) plot.root.addEventListener(name, lift);
  // Two fingers would scroll the page, one may.
  for (const name of ["touchstart", "touchmove"])
    plot.root.addEventListener(name, (event) => event.touches.length > 1 && event.preventDefault(), { passive: false });

  return {
    show(now) {
      zoom = now;
      // Not disabled: a button that is would lose the focus, and with it the keys.
      out.ariaDisabled = String(zoom <= least);
      into.ariaDisabled = String(zoom >= most);
    },
    press,
  };
}
