// The loss of every epoch on a logarithmic axis; what is still to come is drawn faintly.

import { axes, curve, powerTicks, ring } from "../axes.js";
import { epochsByPointer } from "../dragging.js";
import { svg, trace } from "../drawing.js";
import { legend } from "../legend.js";
import { STOPPING_RULES } from "../mathematics/stopping.js";
import { PANELS, STOPS } from "../messages.js";

/** Where the stopping rules would stop, each with its name on a line of its own; returns what moves them there. */
function stopMarks(plot) {
  const layer = svg("g", { class: "gd-stop" }, plot.area);
  const marks = STOPPING_RULES.map((name, row) => {
    const mark = svg("g", {}, layer);
    const line = svg("polyline", {}, mark);
    const label = svg("text", { class: "gd-over", y: `${1.4 + (4 / 3) * row}em` }, mark);
    label.textContent = STOPS.rules[name];
    return { name, mark, line, label, top: 0.5 + (4 / 3) * row };
  });
  return (found) => {
    const [width, height] = plot.size();
    for (const { name, mark, line, label, top } of marks) {
      const stop = found?.[name];
      mark.style.display = stop ? "" : "none";
      if (!stop) continue;
      const x = plot.across(stop.epoch);
      const side = x > width - 6 * plot.em ? -1 : 1;
      trace(line, `${x} ${top * plot.em} ${x} ${height}`);
      label.setAttribute("x", x + 5 * side);
      label.style.textAnchor = side > 0 ? "start" : "end";
    }
  };
}

export function create(parent, goTo, hasOwn) {
  const plot = axes(parent, "losses", PANELS.loss);
  const show = legend(plot, ["behind", "ahead", "here", ...(hasOwn ? ["reference"] : []), "lowest"]);
  epochsByPointer(plot, goTo);
  const lowest = svg("path", { class: "gd-lowest" }, plot.area);
  const other = svg("polyline", { class: "gd-reference" }, plot.area);
  const ahead = svg("polyline", { class: "gd-ahead" }, plot.area);
  const behind = svg("polyline", { class: "gd-path" }, plot.area);
  const markStops = stopMarks(plot);
  const here = ring(plot.area);
  const height = (loss) => plot.up(loss > 0 ? Math.log10(loss) : -400);
  const curveUpTo = (epochs, { losses }, smooth) => curve(plot, (k) => height(losses[k]), epochs, smooth);
  let ends = null;
  let whole = "";

  return {
    plot,
    fit(loss, start, { keep, bottoms, max_epochs }) {
      const bottom = loss.value(...bottoms[0]);
      if (!keep || !ends) {
        const first = loss.value(...start) || loss.ceiling || 1;
        const floor = Math.max(bottom / 3, first * 1e-12, Number.MIN_VALUE);
        ends = [Math.log10(floor), Math.log10(first) + 2];
        if (loss.ceiling) ends = [Math.floor(ends[0]), Math.ceil(Math.log10(loss.ceiling))];
      }
      plot.fit([0, Math.max(max_epochs, 1)], ends, powerTicks);
      const isSeen = Math.log10(bottom) > ends[0];
      lowest.setAttribute("d", isSeen ? `M0 ${height(bottom)}h${plot.size()[0]}` : "");
      show("lowest", isSeen);
    },
    run({ run, smooth, stopped, reference }) {
      whole = curveUpTo(run.epochs, run, smooth);
      trace(ahead, whole);
      trace(other, reference ? curveUpTo(reference.epochs, reference, true) : "");
      if (hasOwn) show("reference", Boolean(reference));
      markStops(stopped);
    },
    draw({ run, smooth }, epochs) {
      trace(behind, epochs === run.epochs ? whole : curveUpTo(epochs, run, smooth));
      here(plot.across(epochs), height(run.losses[epochs]));
    },
  };
}
