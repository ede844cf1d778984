// A state of the figure as some lines of gdlib, which compute the numbers that are seen.

import { LOSSES } from "./mathematics/losses.js";
import { RULES } from "./mathematics/rules.js";

const WIDTH = 78; // of a line of code in the book
const INDENT = "    ";

/** A number as Python reads it back to the last digit, as short as that can be. */
const number = (value) =>
  Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);

/** What stands in brackets: on the line of the brackets or on one of its own, as far as it fits there. */
function bracketed(before, items, after, rowsOf) {
  const row = items.join(", ");
  if (before.length + row.length + after.length <= WIDTH) return `${before}${row}${after}`;
  const rows = INDENT.length + row.length <= WIDTH ? [row] : rowsOf(items);
  return [before, ...rows.map((each) => INDENT + each), after].join("\n");
}

/** A call, with an argument a line where they do not fit on one. */
const call = (before, ...items) => bracketed(`${before}(`, items, ")", () => items.map((item) => `${item},`));

/** A list of numbers, with as many on a line as it holds. */
const list = (before, numbers, after = "") =>
  bracketed(`${before}[`, numbers, `]${after}`, () => {
    const rows = [""];
    for (const each of numbers) {
      const longer = `${rows.at(-1)} ${each},`.trimStart();
      if (INDENT.length + longer.length > WIDTH) rows.push(`${each},`);
      else rows[rows.length - 1] = longer;
    }
    return rows;
  });

/**
 * The Python code of a state: the data, the loss, the descent, and where it ends.
 * @param {object} state the settings of a figure
 */
export function asPython(state) {
  const { points, start, learning_rate, epochs, batch_size, seed, half_life, standardised } = state;
  const imports = { descent: "descend" };
  /** Import what a line of code begins with. */
  const using = (module, code) => {
    [imports[module]] = code.split(/[.(]/, 1);
    return code;
  };
  const [rule, cost] = [RULES[state.rule], LOSSES[state.loss].python];
  const written = (...names) => Object.fromEntries(names.map((name) => [name, number(state[name])]));

  const [xs, ys] = [0, 1].map((i) => points.map((point) => number(point[i])));
  const both = `x, y = [${xs.join(", ")}], [${ys.join(", ")}]`;
  const apart = [standardised ? list("x = np.array(", xs, ")") : list("x = ", xs), list("y = ", ys)];
  const lines = standardised || both.length > WIDTH ? apart : [both];

  let X = using("regression", `design_matrix(${standardised ? "Z" : "x"})`);
  if (standardised)
    lines.push(`Z, scaling = ${using("scaling", "standardize(x[:, None])")}  # a table: one row a point`);
  if (batch_size) {
    lines.push(`X = ${X}`);
    X = "X";
  }
  if (cost) {
    lines.push(`cost = ${using("costs", cost(written("loss_scale")))}`);
    lines.push(`loss = ${using("losses", `RobustLoss(${X}, y, cost)`)}`);
  } else lines.push(`loss = ${using("losses", `MeanSquaredError.from_data(${X}, y)`)}`);

  const given = { start: `[${start.map(number).join(", ")}]`, learning_rate: number(learning_rate), epochs };
  const made = rule.python?.(written("learning_rate", "momentum"));
  if (rule.search) given.learning_rate = using("rates", made);
  else if (made) given.rule = using("rules", made);
  if (half_life && state.shrinking && !rule.search)
    given.learning_rate = using("rates", `InverseTime(first=${given.learning_rate}, half_life=${half_life})`);
  if (batch_size) {
    const size = Math.min(batch_size, points.length); // points may have been removed
    const choices = [`size=${size}`, `seed=${seed}`, ...(cost ? ["of=lambda X, y: RobustLoss(X, y, cost)"] : [])];
    lines.push(call(`batches = ${using("batches", "MiniBatches")}`, "X", "y", ...choices));
    given.batches = "batches";
  }
  lines.push(call("run = descend", "loss", ...Object.entries(given).map(([name, value]) => `${name}=${value}`)));
  lines.push(`intercept, slope = ${standardised ? "scaling.translate(run.theta)" : "run.theta"}`);
  lines.push('print(f"intercept {intercept}, slope {slope}, loss {run.losses[-1]}")');

  const imported = Object.keys(imports).sort();
  const head = imported.map((module) => `from gdlib.${module} import ${imports[module]}`);
  return `${[...(standardised ? ["import numpy as np"] : []), ...head, "", ...lines].join("\n")}\n`;
}
