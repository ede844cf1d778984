// Where each of the stopping rules would stop, as a table.

import { html, numberCell, setText } from "./drawing.js";
import { STOPPING_RULES } from "./mathematics/stopping.js";
import { formatCount, formatNumber, STOPS } from "./messages.js";

export function stopTable(parent) {
  const table = html("table", { className: "gd-stops" });
  html("caption", { textContent: STOPS.caption }, table);
  const head = html("tr", {}, html("thead", {}, table));
  for (const name of STOPS.columns) html("th", { scope: "col", textContent: name }, head);
  const body = html("tbody", {}, table);
  const rows = Object.fromEntries(
    STOPPING_RULES.map((name) => {
      const row = html("tr", {}, body);
      html("th", { scope: "row", textContent: STOPS.rules[name] }, row);
      return [name, [numberCell(row, STOPS.notReached), numberCell(row)]];
    }),
  );
  return (found, loss) => {
    if (!found) return table.remove();
    if (!table.parentElement) parent.append(table);
    for (const [name, stop] of Object.entries(found)) {
      setText(rows[name][0], stop ? formatCount(stop.epoch) : STOPS.notReached);
      const distance = ({ theta }) => Math.hypot(...loss.minimum.map((best, i) => theta[i] - best));
      setText(rows[name][1], stop && loss.quadratic ? formatNumber(distance(stop)) : STOPS.unknown);
    }
  };
}
