// The fold-out of the live figure and the buttons that open it, on a page without a browser.
// Run by test_terms.py; alone: node tests/unit/terms.test.mjs

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  add,
  decimal,
  divide,
  exact,
  mean,
  multiply,
  nearest,
  root,
  subtract,
} from "../../web/widget/mathematics/exact.js";
import { descend, descendBy } from "../../web/widget/mathematics/descents.js";
import { meanSquaredError } from "../../web/widget/mathematics/losses.js";
import { formatDecimal, formatNumber } from "../../web/widget/messages.js";
import { isPlain, methodOf } from "../../web/widget/outcome.js";
import { DEFAULTS } from "../../web/widget/settings.js";
import { terms } from "../../web/widget/terms.js";
import { page } from "./page.mjs";

const { document, body } = page();
const ARTICLE = [[2, 45], [3, 65], [4, 85], [5, 105]]; // prettier-ignore

/** What a figure hands to the fold-out. */
function shown(changes = {}) {
  const state = { ...DEFAULTS, points: ARTICLE, start: [0, 0], max_epochs: 100, ...changes };
  const loss = meanSquaredError(state.points);
  const run = isPlain(state)
    ? descend(loss, state.start, state.learning_rate, state.max_epochs)
    : descendBy(loss, state.points, methodOf(state), state.start, state.max_epochs);
  return { loss, run, state, seen: { points: state.points } };
}

function opened() {
  body.replaceChildren();
  const fold = terms(body);
  const details = body.querySelector("details");
  const focused = [];
  const watch = (cell) => Object.assign(cell, { focus: () => focused.push(cell), scrollIntoView() {} });
  const texts = (name) => [...details.querySelectorAll(`tr[data-name="${name}"] td`)].map((cell) => cell.textContent);
  return { fold, details, focused, watch, texts };
}

test("nothing is made before it is opened, and nothing is drawn while it is closed", () => {
  const { fold, details, texts } = opened();
  fold.draw(shown(), 0);
  assert.equal(details.children.length, 1);
  details.open = true;
  details.dispatchEvent(new document.defaultView.Event("toggle"));
  assert.deepEqual(texts("next"), ["0.575", "0.15"]);
  fold.draw(shown({ learning_rate: 0.01 }), 0);
  assert.deepEqual(texts("next"), ["5.75", "1.5"]);
  details.open = false;
  fold.draw(shown({ learning_rate: 0.1 }), 0);
  assert.deepEqual(texts("next"), ["5.75", "1.5"]);
});

test("it follows points that are moved, added and removed", () => {
  const { fold, details, texts } = opened();
  details.open = true;
  fold.draw(shown(), 0);
  assert.deepEqual(texts("means"), ["6125", "−575", "−150"]);
  fold.draw(shown({ points: [...ARTICLE, [10, 10]] }), 0);
  assert.deepEqual(texts("point 5"), ["10", "10", "0", "−10", "100", "−200", "−20"]);
  fold.draw(shown({ points: ARTICLE.slice(0, 2) }), 0);
  assert.deepEqual(texts("point 3"), []);
  assert.deepEqual(texts("point 2"), ["3", "65", "0", "−65", "4225", "−390", "−130"]);
});

test("what has not changed is not drawn again", () => {
  const { fold, details } = opened();
  details.open = true;
  const same = shown();
  fold.draw(same, 3);
  details.querySelector("tr[data-name=next] td").firstChild.data = "untouched";
  fold.draw({ ...same, state: { ...same.state } }, 3);
  assert.equal(details.querySelector("tr[data-name=next] td").textContent, "untouched");
});

test("what is beyond the range of a float is said", () => {
  const { fold, details, texts } = opened();
  details.open = true;
  const fate = () => details.querySelector(".gd-fate").textContent;
  const isShown = () => !details.querySelectorAll("table")[1].hidden;
  fold.draw(shown(), 100); // the last epoch: the step that would follow
  assert.deepEqual([fate(), isShown()], ["", true]);
  const away = shown({ learning_rate: 1e100 });
  assert.equal(away.run.epochs, 1);
  fold.draw(away, 1);
  assert.match(fate(), /^The next epoch leads beyond the range/);
  assert.match(texts("next")[0], /^−1\.6575 × 10²⁰⁴$/);
  fold.draw(shown({ learning_rate: 1e100, max_epochs: 1 }), 1);
  assert.match(fate(), /^The next epoch leads beyond the range/);
  const adam = shown({ start: [8e153, 0], rule: "adam" });
  fold.draw(adam, 0);
  assert.deepEqual([fate(), isShown()], ["", true]);
  fold.draw(adam, 1); // the square of the gradient
  assert.deepEqual([fate(), isShown()], ["A number that the rule remembers is beyond the range of a float.", false]);
  fold.draw(shown(), 1);
  assert.deepEqual([fate(), isShown()], ["", true]);
});

test("a number opens it at the place that it comes from", () => {
  const { fold, details, focused, watch } = opened();
  fold.draw(shown(), 7);
  details.open = true;
  fold.draw(shown(), 7);
  details.querySelectorAll("tbody td, tfoot td").forEach(watch);
  details.open = false;
  const place = (cell) => [cell.parentElement.dataset.name, [...cell.parentElement.children].indexOf(cell)];
  const wanted = {
    slope: ["now", 1],
    intercept: ["now", 2],
    loss: ["means", 1],
    slopeGradient: ["means", 2],
    interceptGradient: ["means", 3],
    rawSlope: ["now", 1],
    rawIntercept: ["now", 2],
  };
  for (const name of Object.keys(wanted)) fold.show(name, body);
  assert.ok(details.open);
  assert.deepEqual(focused.map(place), Object.values(wanted));
});

test("every cell of a head says what it is the head of", () => {
  const { fold, details } = opened();
  details.open = true;
  fold.draw(shown(), 1);
  for (const table of details.querySelectorAll("table")) {
    assert.ok(table.querySelector("caption").textContent);
    for (const head of table.querySelectorAll("thead th")) assert.equal(head.scope, "col");
    for (const row of table.querySelectorAll("tbody tr, tfoot tr")) {
      assert.equal(row.firstChild.scope, "row");
      assert.ok(row.firstChild.textContent);
      const [head, columns] = [row.firstChild.colSpan, table.querySelectorAll("thead tr > *").length];
      assert.equal(head + row.querySelectorAll("td").length, columns);
    }
  }
});

test("exact numbers are added, multiplied and divided without an error", () => {
  const [tenth, fifth] = [exact(0.1), exact(0.2)];
  assert.notEqual(0.1 + 0.2 - 0.3, 0);
  assert.deepEqual(decimal(subtract(add(tenth, fifth), exact(0.3)), 3), {
    negative: false,
    digits: "278",
    exponent: -17,
  });
  assert.equal(nearest(divide(multiply(exact(7), exact(-3)), exact(-4))), 5.25);
  assert.equal(nearest(mean([1, 2, 6].map(exact))), 3);
  for (const number of [0, 1, -2.5, 5e-324, 1e-310, Number.MAX_VALUE, 1 / 3, 2 ** -1074 * 3]) {
    assert.equal(nearest(exact(number)), number);
    assert.equal(nearest(root(multiply(exact(number), exact(number)))), Math.abs(number));
  }
  assert.equal(nearest(root(exact(2))), Math.SQRT2);
  assert.equal(nearest(multiply(exact(1e300), exact(1e300))), Infinity);
});

test("a decimal has the digits that JavaScript gives a float, and is written as other numbers are", () => {
  let seed = 1;
  const next = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (let i = 0; i < 3000; i++) {
    const number = (next() - 0.5) * 10 ** Math.floor(600 * next() - 300);
    const [digits, exponent] = Math.abs(number).toExponential(5).split("e");
    const found = { negative: number < 0, digits: digits.replace(".", ""), exponent: Number(exponent) };
    assert.deepEqual(decimal(exact(number), 6), found, `${number}`);
  }
  for (const number of [1234, 999999, 12.34, 0.0001234, -0.05678, 1.23e6, -1.23e-5, 4.56e200]) {
    assert.equal(formatDecimal(decimal(exact(number), 6)), formatNumber(number));
  }
  const halves = [[0.625, "63"], [2.25, "23"], [-0.125, "13"], [99.5, "10"], [995, "10"]]; // prettier-ignore
  for (const [number, digits] of halves) assert.equal(decimal(exact(number), 2).digits, digits);
});
