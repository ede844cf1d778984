// How far it is to the minimum along either eigenvector, over the epochs, on a logarithmic axis.

import { axes, curve, powerTicks, ring } from "../axes.js";
import { epochsByPointer } from "../dragging.js";
import { svg, trace } from "../drawing.js";
import { legend } from "../legend.js";
import { eigenComponents } from "../mathematics/spectrum.js";
import { PANELS } from "../messages.js";

export const marksDirections = true; // the surface shows the eigenvectors, too

export function create(parent, goTo) {
  const plot = axes(parent, "losses gd-directions", PANELS.directions);
  legend(plot, ["flat", "steep", "here"]);
  epochsByPointer(plot, goTo);
  const curves = ["gd-solid", "gd-dashed"].map((kind) => ({
    ahead: svg("polyline", { class: `${kind} gd-faintly` }, plot.area),
    behind: svg("polyline", { class: kind }, plot.area),
    here: ring(plot.area),
  }));
  let distances = [];

  return {
    plot,
    fit(loss, start, { max_epochs, tolerance }) {
      const farthest = Math.max(...eigenComponents(loss, start).map((component) => Math.hypot(...component))) || 1;
      const high = Math.log10(farthest) + 1;
      plot.fit([0, Math.max(max_epochs, 1)], [Math.min(Math.log10(tolerance) - 1, high - 4), high], powerTicks);
    },
    run({ loss, run, smooth }) {
      const { minimum, steep: [cos, sin] } = loss; // prettier-ignore
      const off = (k) => [run.intercepts[k] - minimum[0], run.slopes[k] - minimum[1]];
      const height = (distance) => plot.up(distance ? Math.log10(Math.abs(distance)) : -400);
      distances = [(k) => height(cos * off(k)[1] - sin * off(k)[0]), (k) => height(cos * off(k)[0] + sin * off(k)[1])];
      curves.forEach(({ ahead }, i) => trace(ahead, curve(plot, distances[i], run.epochs, smooth)));
    },
    draw({ smooth }, epochs) {
      curves.forEach(({ behind, here }, i) => {
        trace(behind, curve(plot, distances[i], epochs, smooth));
        here(plot.across(epochs), distances[i](epochs));
      });
    },
  };
}
