// The points with the current line and its residuals; the points can be moved by pointer and keyboard.

import { axes, clamp, grown, room, roomFromZero, withZero } from "../axes.js";
import { movable } from "../dragging.js";
import { set, setText, svg, trace } from "../drawing.js";
import { legend } from "../legend.js";
import { meanSquaredError } from "../mathematics/losses.js";
import * as messages from "../messages.js";
import { MAX_MOVABLE } from "../settings.js";

/** Ends of both axes; where x = 0 is in sight, so is the place where the best line meets it, if that is not far. */
function endsOf(points) {
  const xs = roomFromZero(points.map(([x]) => x), 0.12); // prettier-ignore
  const ys = withZero(points.map(([, y]) => y));
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const best = meanSquaredError(points)?.minimum[0];
  const isNear = xs[0] <= 0 && xs[1] >= 0 && best >= 2 * low - high && best <= 2 * high - low;
  return [xs, room(isNear ? [...ys, best] : ys, 0.12)];
}

export function create(parent, { change, refuse }) {
  const plot = axes(parent, "data", messages.PANELS.data, "group");
  const show = legend(plot, ["point", "line", "error", "crossing"]);
  const residuals = svg("path", { class: "gd-residuals" }, plot.area);
  const line = svg("polyline", { class: "gd-line" }, plot.area);
  const still = svg("path", { class: "gd-still" }, plot.area);
  const crossing = svg("polygon", { class: "gd-crossing", "aria-hidden": "true" }, plot.over);
  const label = svg("text", { class: "gd-over", "aria-hidden": "true" }, plot.over);
  const dots = svg("g", {}, plot.over);
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
    grow(place, share) {
      plot.fit(...plot.ends().map((ends, axis) => grown(ends, place[axis], share)));
      drawDots();
    },
    press(index, key) {
      if (key !== "Delete" && key !== "Backspace") return false;
      remove(index);
      return true;
    },
  });
  plot.root.addEventListener("dblclick", (event) => {
    const pixel = plot.pixel(event);
    if (plot.isInside(pixel) && !event.target.closest(".gd-dot")) add(grid.under(pixel));
  });

  function drawDots() {
    const movable = points.length <= MAX_MOVABLE;
    still.setAttribute("d", movable ? "" : points.map(([x, y]) => `M${plot.across(x)} ${plot.up(y)}h0`).join(""));
    show("point", true, movable);
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

  /** Mark where the line meets x = 0, and write the intercept beside it: over no point, if there is such a place. */
  function markCrossing(intercept, slope, raw) {
    const [width, height] = plot.size();
    const [x, y] = [plot.across(0), plot.up(intercept)];
    const isSeen = plot.isInside([x, y]);
    const beyond = x >= 0 && x <= width && !isSeen; // above or below the panel
    show("crossing", isSeen || beyond);
    trace(crossing, isSeen ? `${x} ${y - 6} ${x + 6} ${y} ${x} ${y + 6} ${x - 6} ${y}` : "");
    const { em } = plot;
    const words = messages.crossing(intercept, raw) + (beyond ? ` ${messages.BEYOND[y < 0 ? "above" : "below"]}` : "");
    const [long, high] = [0.58 * em * words.length, 1.3 * em];
    const fits = (isSeen || beyond) && long < width - 4; // if not, the table has it
    setText(label, fits ? words : "");
    if (!fits) return;
    const centres = points.map(([px, py]) => [plot.across(px), plot.up(py)]);
    const below = slope >= 0 ? 1 : -1; // on the side that the line leaves free, to the right
    const sides = [10, -10 - long].flatMap((side) =>
      [below, -below, 2.4 * below, -2.4 * below].map((far) => [side, far]),
    );
    const places = sides.map(([side, far], order) => {
      const [left, middle] = [
        clamp(x + side, 2, width - long - 2),
        clamp(y + 1.1 * em * far, em, height - em),
      ];
      const hits = (px, py, reach) =>
        px > left - reach && px < left + long + reach && Math.abs(py - middle) < high / 2 + reach;
      const covered = centres.filter(([px, py]) => hits(px, py, 5)).length;
      const atLine = plot.up(intercept + slope * plot.at(left + long / 2, 0)[0]);
      const crossed = Math.abs(atLine - middle) < high / 2 ? 1 : 0;
      return { left, middle, cost: 100 * covered + 50 * hits(x, y, 5) + 10 * crossed + order };
    });
    const { left, middle } = places.reduce((best, each) => (each.cost < best.cost ? each : best));
    set(label, { x: left.toFixed(1), y: (middle + em / 3).toFixed(1) });
  }

  let fitted = false;
  return {
    plot,
    show(newPoints, { fit, resized }) {
      points = newPoints;
      if (fit || !fitted) plot.fit(...endsOf(points));
      else if (resized) plot.fit(...plot.ends());
      fitted = true;
      drawDots();
    },
    /** @param {boolean} raw the line is not the one that the descent is about */
    draw(intercept, slope, raw) {
      const [[left, right]] = plot.ends();
      const up = (x) => plot.up(intercept + slope * x);
      trace(line, `${plot.across(left)} ${up(left)} ${plot.across(right)} ${up(right)}`);
      residuals.setAttribute("d", points.map(([x, y]) => `M${plot.across(x)} ${plot.up(y)}V${up(x)}`).join(""));
      markCrossing(intercept, slope, raw);
    },
    clear() {
      for (const each of [line, crossing]) trace(each, "");
      setText(label, "");
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
