// The loss from above: lines of equal loss, the valley's floor, the path so far and the next step. The start is movable,
// and what is near the minimum can be magnified.

import { axes, FAR, grown, ring, TINY, toPixel, within } from "../axes.js";
import { movable } from "../dragging.js";
import { set, svg, trace } from "../drawing.js";
import { legend } from "../legend.js";
import { contour, ellipse, quadraticAt } from "../mathematics/contours.js";
import { eigenComponents } from "../mathematics/spectrum.js";
import * as messages from "../messages.js";
import { zoomable } from "../zooming.js";

/**
 * The middle of the surface, and how far it reaches. Around the minimum of a quadratic it is of the shape of a line of
 * equal loss, which then is seen whole; no plain descent that converges leaves it.
 * @param {boolean} equalAxes for a rule that goes equally far in both parameters
 * @returns {{middle: [number, number], reach: [number, number]}}
 */
function boxOf(loss, start, bottoms, equalAxes) {
  const [best] = bottoms;
  if (!loss.quadratic) {
    const all = [start, ...bottoms];
    const ends = [0, 1].map((i) => [Math.min(...all.map((each) => each[i])), Math.max(...all.map((each) => each[i]))]);
    const middle = ends.map(([low, high]) => (low + high) / 2);
    return { middle, reach: ends.map(([low, high], i) => 0.75 * (high - low) || Math.abs(best[i]) || 1) };
  }
  const [a, , c] = loss.hessian;
  const shape = equalAxes ? [1, 1] : [Math.sqrt(c / a), 1];
  const [steep, flat] = eigenComponents(loss, start);
  const largest = Math.max(...shape.map((size, i) => Math.abs(best[i]) / size));
  const farthest = 1.15 * Math.max(...shape.map((size, i) => (Math.abs(steep[i]) + Math.abs(flat[i])) / size));
  const size = [farthest > 1e-9 * largest && farthest, largest, 1].find((each) => each > TINY); // less is rounding
  return { middle: best, reach: shape.map((each) => Math.max(each * size, TINY)) };
}

/** Ends of the axes for a box that is magnified around a place: that comes to lie in the middle, unless it is there. */
function magnified({ middle, reach }, [...best], zoom) {
  return best.map((at, i) => {
    const half = Math.max(reach[i] / zoom, 1e-12 * Math.abs(at)); // a float tells no places apart that are nearer
    const centre = at + (middle[i] - at) / (zoom * Math.max(zoom, 1));
    return [centre - half, centre + half];
  });
}

const RINGS = 7;
const MOST_BEYOND = 10; // rings outside the largest whole one
const NARROW = 4; // from this condition number on, a valley has a floor whose direction is seen
const SHORTEST = 15; // pixels of an arrow
const LATEST = 12; // places of the path that are not drawn faintly: where it swings, all of it would be one slab

export function create(parent, { change, magnify, hasOwn }) {
  const plot = axes(parent, "surface", messages.PANELS.surface, "group");
  const two = hasOwn ? ["yours", "reference"] : [];
  const show = legend(plot, ["start", "here", "minimum", "floor", "step", ...two]);
  const rings = svg("g", { class: "gd-rings" }, plot.area);
  const directions = svg("g", { class: "gd-axes" }, plot.area);
  const best = svg("path", { class: "gd-best" }, plot.area);
  const other = svg("polyline", { class: "gd-reference" }, plot.area);
  const path = svg("polyline", { class: "gd-path gd-earlier" }, plot.area);
  const latest = svg("polyline", { class: "gd-path" }, plot.area);
  const steps = svg("path", { class: "gd-steps" }, plot.area);
  const shaft = svg("polyline", { class: "gd-arrow" }, plot.area);
  const head = svg("polyline", { class: "gd-arrow" }, plot.area);
  const layer = svg("g", { class: "gd-starts" }, plot.area);
  const here = ring(plot.area);
  const handle = svg(
    "g",
    { class: "gd-start", tabindex: 0, role: "button", "aria-roledescription": messages.MOVABLE },
    layer,
  );
  svg("circle", { r: 14, class: "gd-grip" }, handle);
  svg("path", { d: "M-5 -5h10v10h-10z" }, handle);
  const zooming = zoomable(plot, magnify);
  let from = [0, 0];
  let box = null;
  let bottom = [0, 0];
  let drawAxes = () => {};
  movable(plot, layer, {
    place: () => from,
    move: (_, place) => change(place),
    /** On both sides, so that the minimum stays in the middle. */
    grow(place, share) {
      const factors = plot.ends().map(([low, high], i) => {
        const half = (high - low) / 2;
        return grown([0, half], Math.abs(place[i] - (low + half)), share)[1] / half;
      });
      box.reach = box.reach.map((each, i) => each * (box.equalAxes ? Math.max(...factors) : factors[i]));
      drawAxes();
    },
    press: (_, key) => zooming.press(key),
  });

  /**
   * Exact ellipses of equal loss, each with half the radius of the next: whole ones, and fainter ones that the panel
   * cuts, out to the start or to its corners.
   */
  function drawEllipses(quadratic, centre, zoom, start) {
    const [halfX, halfY] = plot.size().map((size) => size / 2);
    const halves = plot.ends().map(([low, high]) => (high - low) / 2);
    const { steep: [cos, sin], short, long, radius } = ellipse(quadratic, halves); // prettier-ignore
    const [px, py] = [plot.across(centre[0]), plot.up(centre[1])];
    const whole = zoom / 2 ** Math.ceil(Math.log2(zoom)); // a ring is of the same loss at every magnification
    const corner = Math.max(radius(1, 1), radius(1, -1));
    const far = Math.min(corner, Math.max(radius(...start.map((at, i) => (at - centre[i]) / halves[i])), 1));
    const beyond = Math.min(Math.ceil(Math.log2(far / whole) - 0.3), MOST_BEYOND);
    for (let step = 1 - RINGS; step <= beyond; step++) {
      const r = whole * 2 ** step;
      const [i, j] = [r * short, Math.min(r * long, FAR / Math.max(halfX, halfY))]; // what is longer looks the same
      const turned = [halfX * cos * i, -halfY * sin * i, -halfX * sin * j, -halfY * cos * j].map(toPixel);
      const transform = `matrix(${[...turned, px, py].join(" ")})`;
      const kind = step > 0 ? { class: "gd-cut" } : {};
      svg("circle", { r: 1, transform, "vector-effect": "non-scaling-stroke", ...kind }, rings);
    }
  }

  /**
   * Lines of equal loss where there is no formula for them: whole ones around the deepest bottom, each with half the
   * radius of the next, as far as it is round; and out to the highest place at even steps of the loss's logarithm.
   */
  function drawContours(loss, bottom) {
    const [width, height] = plot.size();
    const [columns, rows] = [width, height].map((size) => Math.ceil(size / 5) + 1);
    const [unitX, unitY] = [width / (columns - 1), height / (rows - 1)];
    const lowest = loss.value(...bottom);
    const grid = new Float64Array(columns * rows); // roots, which near a bottom are nearly linear
    let [edge, highest] = [Infinity, 0];
    for (let i = 0; i < grid.length; i++) {
      const [column, row] = [i % columns, Math.floor(i / columns)];
      const root = Math.sqrt(Math.max(loss.value(...plot.at(column * unitX, row * unitY)) - lowest, 0));
      grid[i] = root;
      highest = Math.max(highest, root);
      if (!column || !row || column === columns - 1 || row === rows - 1) edge = Math.min(edge, root);
    }
    const at = ([x, y]) => `${(x * unitX).toFixed(1)} ${(y * unitY).toFixed(1)}`;
    const draw = (level, kind) => {
      const d = contour(grid, columns, level).map(([one, other]) => `M${at(one)}L${at(other)}`).join(""); // prettier-ignore
      svg("path", { d, ...kind }, rings);
    };
    for (let ring = 0; ring < 5; ring++) draw(0.999 * edge * 2 ** -ring, {});
    const [low, high] = [edge, highest].map((root) => Math.log(lowest + root ** 2));
    for (let ring = 1; ring < RINGS; ring++)
      draw(Math.sqrt(Math.exp(low + ((high - low) * ring) / RINGS) - lowest), { class: "gd-cut" });
  }

  /** A direction through a place, from edge to edge: its ends, and its way in pixels. */
  function throughPanel([x, y], u, v) {
    const [width, height] = plot.size();
    const [[xLow, xHigh], [yLow, yHigh]] = plot.ends();
    const [dx, dy] = [(u * width) / (xHigh - xLow), (-v * height) / (yHigh - yLow)];
    const far = Math.min(width / 2 / Math.abs(dx), height / 2 / Math.abs(dy)); // the minimum is in the middle
    return { d: `M${x - far * dx} ${y - far * dy}L${x + far * dx} ${y + far * dy}`, dx: far * dx, dy: far * dy };
  }

  /** The two eigenvectors through the minimum, from edge to edge, each with its name along it. */
  function drawDirections({ steep: [cos, sin] }, centre) {
    for (const [name, kind, u, v] of [
      [messages.DIRECTIONS.steep, "gd-dashed", cos, sin],
      [messages.DIRECTIONS.flat, "gd-solid", sin, -cos],
    ])
      drawNamed(name, kind, centre, u, v, 1);
  }

  /** A line through the minimum, with its name along it: to the right, or on the other side, away from the start. */
  function drawNamed(name, kind, [x, y], u, v, side) {
    const { em } = plot;
    const line = throughPanel([x, y], u, v);
    svg("path", { class: kind, d: line.d }, directions);
    const far = Math.hypot(line.dx, line.dy);
    const sign = (line.dx < 0 ? -1 : 1) * side;
    const long = 0.56 * em * name.length;
    const [nearest, farthest] = [16 + long / 2, far - 1.3 * em - long / 2];
    if (farthest < nearest) return; // no room; the legend has it, too
    const along = Math.min(Math.max(0.66 * far, nearest), farthest);
    const [ux, uy] = [(sign * line.dx) / far, (sign * line.dy) / far];
    const angle = (Math.atan(uy / ux) * 180) / Math.PI;
    const place = `translate(${toPixel(x + along * ux)} ${toPixel(y + along * uy)}) rotate(${angle.toFixed(2)})`;
    const attributes = {
      class: "gd-over",
      transform: place,
      y: -0.5 * em,
      "text-anchor": "middle",
      "aria-hidden": "true",
    };
    svg("text", attributes, directions).textContent = name;
  }

  /** The pixels of a path: its corners, and its places as dots. */
  function pathOf(run, epochs) {
    const size = plot.size();
    const line = [];
    const dots = [];
    const dotted = new Set(); // squares of 4 pixels: a path that swings on and on comes to each of them many times
    const margin = 20;
    const add = ([x, y]) => line.push(`${x.toFixed(1)} ${y.toFixed(1)}`);
    const isNear = (x, y) => x > -margin && y > -margin && x < size[0] + margin && y < size[1] + margin;
    let last = null;
    let lastNear = true;
    for (let k = 0; k <= epochs; k++) {
      const there = plot.pixelOf(run.intercepts[k], run.slopes[k]);
      const [x, y] = there;
      if (last && Math.abs(x - last[0]) + Math.abs(y - last[1]) < 1) continue; // a smaller step is not seen
      const near = isNear(x, y);
      // A diverging path is far out and stays there, though its steps cross the panel.
      if (!near && run.losses[k] > run.losses[0] && Math.abs(x) + Math.abs(y) > 5 * (size[0] + size[1])) break;
      if (near && lastNear) add(there);
      else for (const each of within(size, margin, last ?? there, there)) add(each);
      [last, lastNear] = [there, near];
      const square = Math.round(x / 4) * 1e5 + Math.round(y / 4);
      if (near && !dotted.has(square)) {
        dotted.add(square);
        dots.push(`M${x.toFixed(1)} ${y.toFixed(1)}h0`);
      }
    }
    return { line, dots };
  }

  return {
    plot,
    /** A path to compare with, or null. */
    refer(run) {
      trace(other, run ? pathOf(run, run.epochs).line.join(" ") : "");
      for (const name of two) show(name, Boolean(run));
    },
    /** @param {boolean} keep the axes: a reader who moves the start moves it within them */
    fit(loss, start, { keep, bottoms, standardised, withDirections, equalAxes, zoom }) {
      [bottom] = bottoms;
      if (!keep || !box) box = { ...boxOf(loss, start, bottoms, equalAxes), equalAxes };
      const { x, y } = messages.PANELS.surface;
      plot.call(...[x, y].map((name) => (standardised ? messages.standardised(name) : name)));
      zooming.show(zoom);
      from = start;
      drawAxes = () => {
        plot.fit(...magnified(box, bottoms[0], zoom));
        rings.replaceChildren();
        directions.replaceChildren();
        const halves = plot.ends().map(([low, high]) => (high - low) / 2);
        const near = !loss.quadratic && zoom > 1000 && quadraticAt(loss, bottoms[0], halves); // else rounding is seen
        if (loss.quadratic || near) drawEllipses(near || loss, bottoms[0], zoom, start);
        else drawContours(loss, bottoms[0]);
        const centre = [plot.across(bottoms[0][0]), plot.up(bottoms[0][1])];
        const hasFloor = loss.quadratic && !withDirections && loss.eigenvalues[1] > NARROW * loss.eigenvalues[0];
        if (withDirections) drawDirections(loss, centre);
        if (hasFloor) {
          const [cos, sin] = loss.steep;
          const [flat] = eigenComponents(loss, start)[1];
          drawNamed(messages.FLOOR, "gd-floor", centre, sin, -cos, flat > 0 ? -1 : 1);
        }
        show("floor", hasFloor);
        const cross = ([x, y]) => `M${x - 6} ${y}h12M${x} ${y - 6}v12M${x - 4} ${y - 4}l8 8M${x - 4} ${y + 4}l8 -8`;
        best.setAttribute("d", bottoms.map(([x, y]) => cross([plot.across(x), plot.up(y)])).join(""));
        set(handle, { transform: `translate(${plot.across(start[0])} ${plot.up(start[1])})` });
        set(handle, { "aria-label": messages.start(...start) });
      };
      drawAxes();
    },
    /** @param {[number, number] | null} next where the next epoch ends, if that is known */
    draw(run, epochs, next) {
      const { line, dots } = pathOf(run, epochs);
      trace(path, line.join(" "));
      trace(latest, line.slice(-LATEST).join(" "));
      steps.setAttribute("d", dots.join(""));

      const [x, y] = [plot.across(run.intercepts[epochs]), plot.up(run.slopes[epochs])];
      here(x, y);
      drawArrow(plot.pixelOf(run.intercepts[epochs], run.slopes[epochs]), next && plot.pixelOf(...next));
    },
  };

  /** The next step in its own length; one that is too short to be seen is longer, and has an open head. */
  function drawArrow(from, to) {
    const size = plot.size();
    const length = to ? Math.hypot(to[0] - from[0], to[1] - from[1]) : 0;
    const isLong = length >= SHORTEST;
    // A longer arrow than the step would hide that there is no way left to go.
    const arrived = !isLong && Math.hypot(...plot.pixelOf(...bottom).map((at, i) => at - from[i])) < 2 * SHORTEST;
    const isShown = length > 0 && plot.isInside(from) && !arrived;
    show("step", isShown, !isLong);
    if (!isShown) return [shaft, head].forEach((each) => trace(each, ""));
    const [ux, uy] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
    const tip = isLong ? to : [from[0] + SHORTEST * ux, from[1] + SHORTEST * uy];
    const [[x, y]] = within(size, 20, from, tip); // the panel cuts it
    const text = (...pixels) => pixels.map((each) => each.toFixed(1)).join(" ");
    const barb = (side) => [x - 9 * ux - side * 4.5 * uy, y - 9 * uy + side * 4.5 * ux];
    trace(shaft, text(...from, ...(isLong ? [x - 7 * ux, y - 7 * uy] : [x, y])));
    trace(head, text(...barb(1), x, y, ...barb(-1), ...(isLong ? barb(1) : [])));
    head.classList.toggle("gd-tip", isLong);
  }
}
