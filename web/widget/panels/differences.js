// How wrong finite differences of the loss are where the descent stands, over their step, on logarithmic axes.

import { axes, clamp, FAR, powerTicks, ring } from "../axes.js";
import { svg, trace } from "../drawing.js";
import { legend } from "../legend.js";
import { differenceError } from "../mathematics/differences.js";
import { errors, LEGEND, PANELS, SCHEMES } from "../messages.js";

const NAMES = ["forward", "central"];
const KINDS = ["gd-dashed", "gd-solid"];

/** What is said in the place of what there is to know of the rate, and the longest that this may be. */
export const note = (loss, theta, { difference }) =>
  errors(...NAMES.map((scheme) => differenceError(loss, theta, difference, scheme)));
export const longestNotes = (pairs) => pairs.map((pair) => errors(...pair));

export function create(parent) {
  const plot = axes(parent, "losses gd-differences", PANELS.differences);
  legend(plot, [...NAMES, "chosen"], { ...LEGEND, ...SCHEMES });
  const [low, high] = [-14, 0];
  const chosen = svg("path", { class: "gd-chosen" }, plot.area);
  const curves = KINDS.map((kind) => ({
    line: svg("polyline", { class: kind }, plot.area),
    here: ring(plot.area),
  }));
  const height = (error) => clamp(plot.up(error > 0 ? Math.log10(error) : -400), -FAR, plot.size()[1]);

  return {
    plot,
    fit() {
      plot.fit([low, high], [-17, 2], powerTicks, powerTicks);
    },
    run() {},
    draw({ loss, run, difference }, epochs) {
      const theta = [run.intercepts[epochs], run.slopes[epochs]];
      const x = plot.across(Math.log10(difference));
      chosen.setAttribute("d", `M${x} 0V${plot.size()[1]}`);
      curves.forEach(({ line, here }, i) => {
        const up = (step) => height(differenceError(loss, theta, step, NAMES[i]));
        const points = [];
        for (let at = low; at <= high; at += 0.25)
          points.push(`${plot.across(at).toFixed(1)} ${up(10 ** at).toFixed(1)}`);
        trace(line, points.join(" "));
        here(x, up(difference));
      });
    },
  };
}
