// The loss from above: lines of equal loss, the path so far, and the gradient where it stands; the start is movable.

import { axes, clamp, ring, room, TINY, toPixel } from "../axes.js";
import { movable } from "../dragging.js";
import { set, svg, trace } from "../drawing.js";
import { contour, ellipse } from "../mathematics/contours.js";
import { eigenComponents } from "../mathematics/spectrum.js";
import * as messages from "../messages.js";

/**
 * Ends of the surface's axes, around the minimum of a quadratic; no plain descent that converges leaves them.
 * @param {boolean} equalAxes for a rule that goes equally far in both parameters
 */
function boxAround(loss, start, equalAxes) {
  const { minimum } = loss;
  const [steep, flat] = eigenComponents(loss, start);
  const reaches = [0, 1].map((i) => {
    const farthest = 1.15 * (Math.abs(steep[i]) + Math.abs(flat[i]));
    if (farthest > Math.max(1e-9 * Math.abs(minimum[i]), TINY)) return farthest; // less is rounding
    return Math.abs(minimum[i]) > TINY ? Math.abs(minimum[i]) : 1;
  });
  return minimum.map((best, i) => {
    const reach = equalAxes ? Math.max(...reaches) : reaches[i];
    return [best - reach, best + reach];
  });
}

const RINGS = 7;

export function create(parent, { change }) {
  const plot = axes(parent, "surface", messages.PANELS.surface, "group");
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
    { class: "gd-start", tabindex: 0, role: "button", "aria-roledescription": messages.MOVABLE },
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
      grid[i] = Math.log(loss.value(...plot.at(px, py)) || Number.MIN_VALUE);
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
    for (const [name, kind, u, v] of [
      [messages.DIRECTIONS.steep, "gd-dashed", cos, sin],
      [messages.DIRECTIONS.flat, "gd-solid", sin, -cos],
    ]) {
      const [dx, dy] = [(u * width) / (xHigh - xLow), (-v * height) / (yHigh - yLow)];
      const far = Math.min(width / 2 / Math.abs(dx), height / 2 / Math.abs(dy)); // the minimum is in the middle
      svg("path", { class: kind, d: `M${x - far * dx} ${y - far * dy}L${x + far * dx} ${y + far * dy}` }, directions);
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
    fit(loss, start, { keep, bottoms, standardised, withDirections, equalAxes }) {
      if (!keep || !ends) {
        ends = loss.quadratic
          ? boxAround(loss, start, equalAxes)
          : [0, 1].map((i) => room([start[i], ...bottoms.map((bottom) => bottom[i])], 0.25));
      }
      const { x, y } = messages.PANELS.surface;
      plot.call(...[x, y].map((name) => (standardised ? messages.standardised(name) : name)));
      plot.fit(...ends);
      const [width, height] = plot.size();
      spread = Math.hypot(width, height);
      rings.replaceChildren();
      directions.replaceChildren();
      if (loss.quadratic) drawEllipses(loss);
      else drawContours(loss);
      if (withDirections) drawDirections(loss);
      const cross = ([x, y]) => `M${x - 6} ${y}h12M${x} ${y - 6}v12M${x - 4} ${y - 4}l8 8M${x - 4} ${y + 4}l8 -8`;
      best.setAttribute("d", bottoms.map(([x, y]) => cross([plot.across(x), plot.up(y)])).join(""));
      from = start;
      set(handle, {
        transform: `translate(${plot.across(start[0])} ${plot.up(start[1])})`,
        "aria-label": messages.start(...start),
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
      const [g0, g1] = loss.gradient(run.intercepts[epochs], run.slopes[epochs]);
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
