// The step from the epoch that is set, term by term: a fold-out that is drawn only while it is open.

import { changingText, html, setText } from "./drawing.js";
import { decimal, exact, nearest } from "./mathematics/exact.js";
import { meansOf, pointTerms, stepAfter, stepTerms } from "./mathematics/terms.js";
import { memo } from "./memo.js";
import { formatDecimal, formatNumber, standardised, TERMS, WIDEST_COUNT } from "./messages.js";
import { isPlain, methodOf } from "./outcome.js";

const written = (number) => formatDecimal(decimal(number, 6));

/** Where the numbers beside the drawings stand in these tables: the table, the row and the column. */
const PLACES = {
  slope: ["step", "now", "slope"],
  intercept: ["step", "now", "intercept"],
  loss: ["points", "means", "cost"],
  slopeGradient: ["points", "means", "slope"],
  interceptGradient: ["points", "means", "intercept"],
  rawSlope: ["step", "raw", "slope"],
  rawIntercept: ["step", "raw", "intercept"],
};

export function terms(parent) {
  const fold = html("details", { className: "gd-terms" }, parent);
  const summary = html("summary", { textContent: TERMS.summary }, fold);
  let given = null; // what the figure shows
  let parts = null; // made when they are first seen
  let opener = summary;

  const draw = memo((loss, run, epoch) => {
    parts ??= tables(fold);
    const { state, seen } = given;
    const { points } = seen;
    const method = methodOf(state);
    const plain = isPlain(state) || state.isOwn;
    const step = stepAfter(loss, points, run, method, state.max_epochs, epoch, plain);
    if (state.isOwn && step.last) step.last = lastOf(step);
    const each = pointTerms(points, step.theta, state.loss, state.loss_scale);
    const means = meansOf(each);
    const gradient = step.batch ? meansOf(step.batch.map((place) => each[place])).gradient : means.gradient;
    parts.points.write(...pointRows(each, means, gradient, step.batch, state));

    const { last } = step;
    const floats = [step.rate, ...step.memory.flat(), ...(last ? [last.rate, ...last.direction] : [])];
    const known = floats.every(Number.isFinite);
    parts.step.table.hidden = !known;
    const next = known ? stepTerms(step, gradient, method, state.standardised ? seen : null) : null;
    if (next) parts.step.write(...stepRows(next));

    const alike = [run.losses[epoch], ...loss.gradient(...step.theta)].every(
      (number, i) => formatNumber(number) === formatNumber(nearest([means.loss, ...means.gradient][i])),
    );
    const ends = epoch === run.epochs && epoch < state.max_epochs;
    const leaves = ends || (next && !Number.isFinite(loss.value(...next.next.map(nearest))));
    const fate = leaves ? TERMS.beyond : !known ? TERMS.infinite : step.rate ? "" : TERMS.still;
    parts.say(epoch, step.perEpoch, [fate, alike ? "" : TERMS.floats].filter(Boolean).join(" "), state.isOwn);
  });
  const drawIfOpen = () => fold.open && given && draw(given.loss, given.run, given.epoch);

  fold.addEventListener("toggle", () => {
    if (!fold.open) opener = summary;
    drawIfOpen();
  });
  fold.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !fold.open) return;
    event.stopPropagation(); // a notebook has a command of its own on this key
    fold.open = false;
    (fold.contains(document.activeElement) && opener.isConnected ? opener : summary).focus();
  });

  return {
    /** @param {{loss: object, run: object, state: object, seen: object}} shown */
    draw(shown, epoch) {
      given = { ...shown, epoch };
      drawIfOpen();
    },
    /** Open it, and go to where a number beside the drawings comes from. */
    show(name, button) {
      fold.open = true;
      drawIfOpen();
      opener = button;
      const [table, row, column] = PLACES[name];
      const cell = parts[table].cell(row, column) ?? parts[table].cell("now", column); // no x are standardised
      cell.tabIndex = -1;
      cell.focus({ preventScroll: true });
      cell.scrollIntoView({ block: "center", inline: "nearest" });
    },
  };
}

function tables(parent) {
  const [at, atMayBe] = changingText("p", "gd-at", parent);
  const points = sheet(parent, TERMS.points, "gd-sheet gd-many");
  const step = sheet(parent, TERMS.step, "gd-sheet");
  html("p", { className: "gd-rates", textContent: `${TERMS.why} ${TERMS.rounded}` }, parent);
  const [fate, fateMayBe] = changingText("p", "gd-fate", parent);
  fateMayBe([TERMS.beyond, TERMS.infinite, TERMS.still].map((sentence) => `${sentence} ${TERMS.floats}`));
  const say = (epoch, steps, what, isOwn) => {
    atMayBe([TERMS.at(WIDEST_COUNT, steps, isOwn)]);
    setText(at, TERMS.at(epoch, steps, isOwn));
    setText(fate, what);
  };
  return { points, step, say };
}

/** The last step as somebody's own function took it, whatever its rate is. */
function lastOf({ theta, last }) {
  return { theta: last.theta, rate: 1, direction: theta.map((each, i) => last.theta[i] - each) };
}

/** @typedef {[string, string?]} Label what something is called, and the formula for it */
/**
 * @typedef {object} Row
 * @property {string} name @property {Label} label @property {string} [aria] how it is said
 * @property {string[]} texts of its last columns; the label takes the others
 */

/** The columns of the points' table, a row for each point, and the rows at its end. */
function pointRows(each, means, gradient, batch, state) {
  const labels = TERMS.losses[state.loss](written(exact(state.loss_scale)));
  const columns = {
    x: [state.standardised ? standardised(TERMS.x) : TERMS.x],
    y: [TERMS.y],
    prediction: TERMS.prediction,
    error: TERMS.error,
    cost: labels.cost,
    ...(labels.weight ? { weight: labels.weight } : {}),
    slope: labels.slope,
    intercept: labels.intercept,
  };
  const rows = each.map((point, i) => {
    const { x, y, prediction, error, cost, weight, alongSlope, alongIntercept } = point;
    const numbers = [x, y, prediction, error, cost, ...(weight ? [weight] : []), alongSlope, alongIntercept];
    const [label, aria] = batch?.includes(i) ? TERMS.seen(i + 1) : [`${i + 1}`];
    return { name: `point ${i + 1}`, label: [label], aria, texts: numbers.map(written) };
  });
  const pair = ([intercept, slope]) => [written(slope), written(intercept)];
  const loss = [written(means.loss), ...(labels.weight ? [""] : [])];
  const label = batch ? TERMS.allMeans : TERMS.means;
  const feet = [{ name: "means", label, texts: [...loss, ...pair(means.gradient)] }];
  if (batch) feet.push({ name: "seen", label: TERMS.seenMeans, texts: pair(gradient) });
  return [[TERMS.point], columns, rows, feet];
}

/** The columns and the rows of the step's table. */
function stepRows(found) {
  const columns = { slope: [TERMS.slope], intercept: [TERMS.intercept] };
  const names = Object.keys(found);
  const [direction] = TERMS[names[names.indexOf("rate") - 1]]; // the last row of the rule's, or the gradient
  const labels = { ...TERMS, now: found.before ? TERMS.now : TERMS.start, change: TERMS.change(direction) };
  const rows = Object.entries(found).map(([name, [intercept, slope]]) => ({
    name,
    label: labels[name],
    texts: [written(slope), written(intercept)],
  }));
  return [[""], columns, rows, []];
}

/**
 * A table in a box of its own, which scrolls where there is little room. `write` changes what differs, and makes or
 * takes away rows and columns as it needs to.
 */
function sheet(parent, caption, className) {
  const box = html("div", { className, role: "region", ariaLabel: caption, tabIndex: 0 }, parent);
  const table = html("table", {}, box);
  html("span", { textContent: caption }, html("caption", {}, table));
  const head = html("tr", {}, html("thead", {}, table));
  const [body, foot] = ["tbody", "tfoot"].map((tag) => html(tag, {}, table));
  let names = [];

  const label = (cell, [name, formula]) => {
    while (cell.children.length < 2) html("span", {}, cell);
    setText(cell.children[0], name);
    setText(cell.children[1], formula ?? "");
    cell.children[1].className = "gd-formula";
  };
  const many = (within, wanted, make) => {
    while (within.children.length > wanted) within.lastChild.remove();
    while (within.children.length < wanted) make();
  };
  const fill = (within, rows) => {
    many(within, rows.length, () => html("th", { scope: "row" }, html("tr", {}, within)));
    rows.forEach(({ name, label: called, aria, texts }, i) => {
      const row = within.children[i];
      row.dataset.name = name;
      many(row, texts.length + 1, () => html("td", {}, row));
      row.firstChild.colSpan = names.length + 1 - texts.length;
      label(row.firstChild, called);
      if (row.firstChild.ariaLabel !== (aria ?? null)) row.firstChild.ariaLabel = aria ?? null;
      texts.forEach((text, k) => setText(row.children[k + 1], text));
    });
  };
  return {
    table,
    /** @param {Label} corner @param {Record<string, Label>} columns @param {Row[]} rows @param {Row[]} feet */
    write(corner, columns, rows, feet) {
      names = Object.keys(columns);
      many(head, names.length + 1, () => html(head.children.length ? "th" : "td", {}, head));
      [corner, ...Object.values(columns)].forEach((called, i) => label(head.children[i], called));
      for (const cell of head.querySelectorAll("th")) cell.scope = "col";
      fill(body, rows);
      fill(foot, feet);
    },
    cell(row, column) {
      const found = [...body.children, ...foot.children].find(({ dataset }) => dataset.name === row);
      return found && [...found.children].at(names.indexOf(column) - names.length);
    },
  };
}
