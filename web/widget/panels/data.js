// The points with the current line and its residuals; the points can be moved by pointer and keyboard.

import { axes, room, withZero } from "../axes.js";
import { movable } from "../dragging.js";
import { set, svg, trace } from "../drawing.js";
import * as messages from "../messages.js";
import { MAX_MOVABLE } from "../settings.js";

export function create(parent, { change, refuse }) {
  const plot = axes(parent, "data", messages.PANELS.data, "group");
  const residuals = svg("path", { class: "gd-residuals" }, plot.area);
  const line = svg("polyline", { class: "gd-line" }, plot.area);
  const dots = svg("g", {}, plot.area);
  const still = svg("path", { class: "gd-still" }, plot.area);
  let points = [];

  const replaced = (index, point) => points.map((old, i) => (i === index ? point : old));
  const add = (point) => {
    if (points.length >= MAX_MOVABLE) return refuse(messages.NOTICES.full(MAX_MOVABLE));
    change([...points, point]);
    dots.lastChild.focus();
  };
  const remove = (index) => {
    if (points.length <= 2) return refuse(messages.NOTICES.least);
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
        { class: "gd-dot", tabindex: 0, role: "button", "aria-roledescription": messages.MOVABLE },
        dots,
      );
      svg("circle", { r: 14, class: "gd-grip" }, dot);
      svg("circle", { r: 5 }, dot);
    }
    points.slice(0, wanted).forEach(([x, y], i) => {
      set(dots.children[i], {
        transform: `translate(${plot.across(x)} ${plot.up(y)})`,
        "aria-label": messages.point(i + 1, x, y),
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
