// What the live figure says, reads and computes, apart from what test_parity.py compares with gdlib.
// Run by that file; alone: node tests/unit/figure.test.mjs

import assert from "node:assert/strict";
import { test } from "node:test";

import { grown, niceStep, roomFromZero, ticks, within } from "../../web/widget/axes.js";
import { linkOf, readLink, readWhole, wholeLinkOf } from "../../web/widget/links.js";
import { contour, ellipse, quadraticAt } from "../../web/widget/mathematics/contours.js";
import { descend, descendBy, epochsCounted } from "../../web/widget/mathematics/descents.js";
import { differenceError, finiteDifferences } from "../../web/widget/mathematics/differences.js";
import { LOSSES, meanSquaredError } from "../../web/widget/mathematics/losses.js";
import { permutations } from "../../web/widget/mathematics/numpy_random.js";
import { RULES } from "../../web/widget/mathematics/rules.js";
import { standardize } from "../../web/widget/mathematics/scaling.js";
import { bestSettings, epochsToTolerance, maxLearningRate, regime } from "../../web/widget/mathematics/spectrum.js";
import { stops } from "../../web/widget/mathematics/stopping.js";
import { formatNumber, OWN } from "../../web/widget/messages.js";
import { outcome as outcomeOf } from "../../web/widget/outcome.js";
import { problem } from "../../web/widget/problems.js";
import { CHOICES, DEFAULTS } from "../../web/widget/settings.js";
import { rounded } from "../../web/widget/zooming.js";

const gemanMcClure = LOSSES["geman-mcclure"].make;
const value = (loss, ...theta) => loss.value(...theta);
const gradient = (loss, ...theta) => loss.gradient(...theta);
const valleys = (loss) => loss.bottoms();
const outcome = (loss, run, state) => outcomeOf(loss, run, { ...DEFAULTS, ...state });

/** Numbers from 0 to 1, the same at every run: mulberry32. */
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const ARTICLE = [[2, 45], [3, 65], [4, 85], [5, 105]]; // prettier-ignore
const NOT_A_WORD = /NaN|Infinity|undefined|null|\[object/;

test("there is no loss without a single best line", () => {
  assert.equal(meanSquaredError([[2, 45]]), null);
  assert.equal(meanSquaredError([[2, 45], [2, 65]]), null); // prettier-ignore
  assert.equal(meanSquaredError([0.1, 0.1, 0.1, 0.1, 0.1, 0.1].map((x, y) => [x, y])), null);
  assert.equal(meanSquaredError([0, 0, 0].map((x, y) => [x, y])), null);
  assert.notEqual(meanSquaredError([[2, 45], [2.001, 65]]), null); // prettier-ignore
  for (const unit of [1e-320, 5.9e-161, 1e-100, 1e100, 1e300]) {
    assert.equal(meanSquaredError([[2 * unit, 45], [2 * unit, 65]]), null); // prettier-ignore
    assert.notEqual(meanSquaredError([[2 * unit, 45], [3 * unit, 65]]), null); // prettier-ignore
  }
});

test("the largest whole line of equal loss touches its box, and others are so many times as wide", () => {
  const next = random(6);
  const between = (low, high) => low + (high - low) * next();
  const made = (points, halves) => ellipse(meanSquaredError(points), halves);
  for (let i = 0; i < 20; i++) {
    const points = Array.from({ length: 3 }, () => [between(-3, 7), between(-5, 5)]);
    const halves = [10 ** between(-2, 2), 10 ** between(-2, 2)];
    const loss = meanSquaredError(points);
    const { steep: [cos, sin], short, long, radius } = made(points, halves); // prettier-ignore
    const above = (s, t) => value(loss, loss.minimum[0] + s * halves[0], loss.minimum[1] + t * halves[1]) - loss.lowest;
    const place = (turn, r = 1) => {
      const [u, v] = [r * short * Math.cos(turn), r * long * Math.sin(turn)];
      return [cos * u - sin * v, sin * u + cos * v];
    };
    const level = above(...place(0));
    let farthest = 0;
    for (let turn = 0; turn < 2 * Math.PI; turn += 0.003) {
      farthest = Math.max(farthest, ...place(turn).map(Math.abs));
      assert.ok(Math.abs(above(...place(turn)) / level - 1) < 1e-6);
    }
    assert.ok(farthest < 1 + 1e-9 && farthest > 1 - 1e-5, `${farthest}`);
    for (const r of [0.25, 1, 8]) assert.ok(Math.abs(radius(...place(i, r)) / r - 1) < 1e-6);
    const [unitX, unitY] = [2 ** Math.floor(between(-450, 450)), 2 ** Math.floor(between(-40, 40))];
    const other = made(
      points.map(([x, y]) => [unitX * x, unitY * y]),
      [unitY * halves[0], (unitY / unitX) * halves[1]],
    );
    const [numbers, others] = [made(points, halves), other].map(({ steep, short, long }) => [...steep, short, long]);
    numbers.forEach((number, k) => assert.ok(Math.abs(others[k] - number) <= 1e-7 * Math.abs(number) + 1e-12));
  }
});

test("near its bottom a loss that forgives outliers is the quadratic that it is said to be", () => {
  const loss = gemanMcClure(TWO_LINES, 10);
  const [bottom] = valleys(loss);
  const { hessian: [a, b, c], eigenvalues: [smallest, largest] } = quadraticAt(loss, bottom, [1e-3, 1e-3]); // prettier-ignore
  assert.ok(Math.abs(smallest + largest - a - c) < 1e-9 * largest);
  assert.ok(Math.abs(smallest * largest - a * c + b * b) < 1e-9);
  for (const [u, v] of [[0.1, 0], [0, 0.03], [-0.1, 0.02]]) {
    const risen = value(loss, bottom[0] + u, bottom[1] + v) - value(loss, ...bottom);
    const wanted = (a * u * u + 2 * b * u * v + c * v * v) / 2;
    assert.ok(Math.abs(risen / wanted - 1) < 0.02, `${risen} ${wanted}`);
  }
  assert.equal(quadraticAt(loss, [300, 300], [1, 1]), null); // no valley
}); // prettier-ignore

test("the smaller eigenvalue does not cancel", () => {
  const { eigenvalues } = meanSquaredError([[9999, 0], [10001, 0]]); // prettier-ignore
  // Their sum is 2 + 2 * (1e8 + 1), their product 4.
  const wanted = 4 / (200_000_004 - 4 / 200_000_004);
  assert.ok(Math.abs(eigenvalues[0] - wanted) <= 1e-9 * wanted);
});

test("the epochs to the tolerance are found, or there are none, however slow the descent", () => {
  for (let exponent = -20; exponent < 0; exponent += 0.2) {
    const loss = meanSquaredError([[-1, 1], [1, 3]]); // prettier-ignore
    const needed = epochsToTolerance(loss, [0, 0], 10 ** exponent, 1e-5);
    assert.ok(needed > 0, `${needed} at 10 ** ${exponent}`);
  }
});

const PLAIN = { rule: "plain", learning_rate: 0.01, momentum: 0.9, half_life: 0, batch_size: 0, seed: 0 };

test("any kind of descent is the plain one where it is given nothing to differ in", () => {
  const loss = meanSquaredError(ARTICLE);
  for (const learning_rate of [0.01, 0.06, 1]) {
    const wanted = descend(loss, [0, 0], learning_rate, 1000);
    assert.deepEqual(descendBy(loss, ARTICLE, { ...PLAIN, learning_rate }, [0, 0], 1000), wanted);
  }
});

test("every rule is cut before the first number that is not finite, and has only finite ones", () => {
  const loss = meanSquaredError(ARTICLE);
  for (const rule of Object.keys(RULES)) {
    for (const batch_size of [0, 3]) {
      const run = descendBy(loss, ARTICLE, { ...PLAIN, rule, batch_size, learning_rate: 1e200 }, [0, 0], 100);
      for (const numbers of [run.intercepts, run.slopes, run.losses]) {
        assert.equal(numbers.length, 101);
        assert.ok(numbers.every(Number.isFinite), rule);
      }
      assert.ok(run.epochs === 100 || !rule.includes("search"), rule);
    }
  }
});

test("a search that finds no lower place stands still", () => {
  const loss = meanSquaredError(ARTICLE);
  for (const rule of ["exact line search", "backtracking"]) {
    for (const batch_size of [0, 3]) {
      const run = descendBy(loss, ARTICLE, { ...PLAIN, rule, batch_size }, loss.minimum, 10);
      assert.equal(run.epochs, 10);
      assert.ok(run.intercepts.every((intercept) => Math.abs(intercept - loss.minimum[0]) < 1e-9));
      assert.ok(run.losses.every((each) => each < 1e-20));
    }
  }
});

test("the line of standardised points says the same of the points as they were", () => {
  const { points, translate } = standardize(ARTICLE);
  const [intercept, slope] = translate(...meanSquaredError(points).minimum);
  assert.ok(Math.abs(intercept - 5) < 1e-12 && Math.abs(slope - 20) < 1e-12);
});

const TWO_LINES = [
  ...[[0.5, 17], [1, 23], [1.5, 36], [2, 44], [3, 66], [3.5, 74], [4, 86], [5, 104]],
  ...[[1, 88], [2, 81], [3, 68.5], [4, 61], [5, 49]],
]; // prettier-ignore

test("the two deepest valleys of a loss that forgives outliers are the two lines, and flat there", () => {
  const loss = gemanMcClure(TWO_LINES, 10);
  const found = valleys(loss);
  assert.equal(found.length, 2);
  assert.ok(Math.abs(found[0][1] - 20) < 1 && Math.abs(found[1][1] + 10) < 1, `${found}`);
  assert.ok(value(loss, ...found[0]) < value(loss, ...found[1]));
  for (const theta of found) assert.ok(Math.hypot(...gradient(loss, ...theta)) < 1e-2);
  assert.equal(valleys(gemanMcClure(ARTICLE, 10)).length, 1);
});

test("a contour has its level, and closes around what is higher", () => {
  const [columns, rows] = [41, 31];
  const height = (x, y) => Math.hypot(x - 20, y - 15);
  const grid = Float64Array.from({ length: columns * rows }, (_, i) => height(i % columns, Math.floor(i / columns)));
  const pieces = contour(grid, columns, 9.7);
  const ends = new Map();
  for (const piece of pieces) {
    for (const [x, y] of piece) {
      assert.ok(Math.abs(height(x, y) - 9.7) < 0.05);
      const key = `${x.toFixed(9)} ${y.toFixed(9)}`;
      ends.set(key, (ends.get(key) ?? 0) + 1);
    }
  }
  assert.ok(pieces.length > 60);
  assert.deepEqual([...new Set(ends.values())], [2]); // every end of a piece is the beginning of another
  assert.deepEqual(contour(grid, columns, 100), []);
  // On a saddle the two lines keep what belongs together on one side.
  const saddle = (middle) =>
    contour(
      Float64Array.from([1, 0, 0, 1]).map((corner) => corner + middle),
      2,
      0.5,
    ).length;
  assert.deepEqual([saddle(0.1), saddle(-0.1)], [2, 2]);
});

test("central differences are better than forward ones, and a step can be too small", () => {
  const loss = gemanMcClure(TWO_LINES, 10);
  const error = (step, scheme) => differenceError(loss, [60, 0], step, scheme);
  assert.ok(error(1e-5, "central") < error(1e-5, "forward") / 100);
  assert.ok(error(1e-6, "central") < 1e-6 && error(1e-13, "central") > error(1e-6, "central"));
  assert.equal(differenceError(meanSquaredError([[-1, 0], [1, 0]]), [0, 0], 1, "central"), 0); // prettier-ignore
});

test("what keeps a state from being drawn is said", () => {
  const good = { points: ARTICLE, start: [0, 0], standardised: false };
  assert.equal(problem(good), null);
  assert.equal(problem({ ...good, points: [[1, 1], [1, 2]] }), null, "the figure has its own words for these"); // prettier-ignore
  const bad = [
    [{ points: [[1, 1e200], [2, 0]] }, /too large/], // prettier-ignore
    [{ points: [[1e200, 1], [0, 0]] }, /too large/], // prettier-ignore
    [{ start: [1e200, 0] }, /too large/],
    [{ points: [[1e308, 1], [-1e308, 0]] }, /too large/], // prettier-ignore
    ...[1e-320, 1e-170, 5.9e-161].map((x) => [{ points: [[x, 1], [3 * x, 2]] }, /too small/]), // prettier-ignore
    [{ points: [[1e-320, 1], [3e-320, 2]], standardised: true }, /too small/], // prettier-ignore
    [{ points: [[1e-100, 1e-200], [2e-100, 3e-200]] }, /too small/], // prettier-ignore
  ];
  for (const [change, says] of bad) assert.match(problem({ ...good, ...change }), says, JSON.stringify(change));
});

test("a number is put into words", () => {
  const said = [
    [0, "0"],
    [-0, "0"],
    [1, "1.000"],
    [0.001, "0.001000"],
    [12345.6, "12346"],
    [1e-5, "1.00 × 10⁻⁵"],
    [-2.5e-7, "−2.50 × 10⁻⁷"],
    [1e150, "1.00 × 10¹⁵⁰"],
    [Number.MAX_VALUE, "1.80 × 10³⁰⁸"],
  ];
  for (const [number, text] of said) assert.equal(formatNumber(number), text);
  const next = random(2);
  for (let i = 0; i < 2000; i++) {
    const number = (next() - 0.5) * 10 ** Math.floor(620 * next() - 311);
    assert.match(formatNumber(number), /^(0|−?\d+(\.\d+)?( × 10⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?)$/, `${number}`);
  }
});

test("how a descent goes is said", () => {
  const unchanged = { ...PLAIN, start: [0, 0], epochs: 1000, tolerance: 0.01, shrinking: true };
  const said = (changes, points = ARTICLE) => {
    const state = { ...unchanged, loss: "mean squared error", ...changes };
    const [loss, most] = [LOSSES[state.loss].make(points, 10), Math.max(1000, state.epochs)];
    const method = { ...state, half_life: state.shrinking ? state.half_life : 0 };
    return outcome(loss, descendBy(loss, points, method, state.start, most), { ...state, max_epochs: most });
  };
  const noisy = [[2, 40], [3, 70], [4, 80], [5, 105]]; // prettier-ignore
  const counted = /within 0\.01 of the best line from epoch \d+ on, counted in the run\.$/;
  const expected = [
    [{ learning_rate: 0.01 }, /^Converges:/, /from epoch [\d,]+ on: [\d,]+ more\.$/],
    [{ learning_rate: 0.03, epochs: 10_000 }, /^Converges:/, /within 0\.01 of the best line from epoch [\d,]+ on\.$/],
    [{ learning_rate: 0.06, epochs: 10_000 }, /^Oscillates, and converges:/, /from epoch [\d,]+ on\.$/],
    [{ learning_rate: 0.07, epochs: 10 }, /^Diverges:/, /will never stay within 0\.01 of/],
    [{ learning_rate: 1 }, /^Diverges:/, /^After epoch \d+ the numbers are beyond the range/],
    [{ learning_rate: 1e-300 }, /^Converges:/, /will never stay within/],
    [{ rule: "heavy ball", learning_rate: 0.02 }, /^Oscillates, and converges: the path swings/, counted],
    [{ rule: "heavy ball", learning_rate: 0.02, momentum: 0 }, /^Converges: the path does not swing/, counted],
    [{ rule: "heavy ball", learning_rate: 0.2, epochs: 10 }, /^Diverges: the path swings wider/, /^In [\d,]+ epochs? it does not/],
    [{ rule: "nesterov", learning_rate: 0.04, epochs: 10 }, /^Oscillates/, /counted in the run: \d+ more\.$/],
    [{ rule: "nesterov", learning_rate: 0.2 }, /^Diverges/, /^After epoch \d+ the numbers are beyond/],
    [{ rule: "adam", learning_rate: 0.1 }, /^The loss ends lower than it began, and/, /^(In|Both)/],
    [{ rule: "exact line search" }, /ends lower than it began, and never rises on the way/, counted],
    [{ batch_size: 1 }, /and still rises and falls: at a constant rate it stays in a ball/, /^In [\d,]+ epochs it does not/, noisy],
    [
      { batch_size: 1, half_life: 500 },
      /rises and falls less and less: the noise dies out with the rate\.$/,
      /^In [\d,]+ epochs it does not/,
      noisy,
    ],
    [{ batch_size: 1, half_life: 500, shrinking: false }, /it stays in a ball around the minimum\.$/, /^In [\d,]+ epochs it does not/, noisy],
    [{ batch_size: 1, half_life: 1e6 }, /and still rises and falls\.$/, /^In [\d,]+ epochs it does not/, noisy],
    [{ batch_size: 1, rule: "backtracking", start: [0, 0] }, /and still rises and falls\.$/, /^In [\d,]+ epochs it does not/, noisy],
    [{ batch_size: 1, learning_rate: 1 }, /^The loss rises without end/, /^After epoch \d+ the numbers/],
    [{ isOwn: true, learning_rate: -0.001 }, /no lower than it began, and rises in every epoch\.$/, /^In [\d,]+ epochs? it does not/],
    [{ half_life: 100 }, /never rises on the way/, /^In 1,000 epochs it does not/],
    [{ half_life: 100, shrinking: false }, /^Converges: no step overshoots/, /from epoch [\d,]+ on: [\d,]+ more\.$/],
    [
      { loss: "geman-mcclure", start: [60, 0] },
      /ends lower than it began/,
      /^No formula gives the best line/,
      TWO_LINES,
    ],
    [{ rule: "exact line search", start: [5, 20] }, /stays what it is at the start/, /from epoch 0 on/],
  ];
  for (const [changes, how, when, points] of expected) {
    const [first, second] = said(changes, points);
    assert.match(first, how, JSON.stringify(changes));
    assert.match(second, when, JSON.stringify(changes));
    for (const sentence of [first, second]) assert.doesNotMatch(sentence, NOT_A_WORD);
  }
});

const LIMITS = { rate_range: [1e-4, 1], max_epochs: 1000 };

test("a link's good values are read", () => {
  const read = [
    ["", {}],
    ["#", {}],
    ["#summary", {}],
    ["#a%20place%E9", {}],
    ["#&epochs=7&", { epochs: 7 }],
    ["#learning_rate=0.01", { learning_rate: 0.01 }],
    ["#learning_rate=1e-3&epochs=0", { learning_rate: 0.001, epochs: 0 }],
    ["learning_rate=.5&epochs=1000", { learning_rate: 0.5, epochs: 1000 }],
    ["#learning_rate=1", { learning_rate: 1 }],
    ["#points=2,45;3,65;-4,-8.5e1", { points: [[2, 45], [3, 65], [-4, -85]] }], // prettier-ignore
    ["#zoom=0.1", { zoom: 0.1 }],
    ["#zoom=1e6", { zoom: 1e6 }],
    ["#points=2%2C45%3B3%2C65", { points: [[2, 45], [3, 65]] }], // prettier-ignore
  ];
  for (const [hash, state] of read) assert.deepEqual(readLink(hash, LIMITS), { state, complaints: [] }, hash);
});

test("what of a link is not understood is said, and what is understood is taken", () => {
  const unknown = (name) => [name, /what can be set is learning_rate, epochs, points, start, zoom\.$/];
  const links = [
    ["#learning_rate=0.01&amp;epochs=300", { learning_rate: 0.01 }, [unknown("amp;epochs")]],
    ["#learning_rate=0.01&#38;epochs=300", { learning_rate: 0.01 }, [unknown("#38;epochs")]],
    ["#color=red&epochs=3&home=1", { epochs: 3 }, [unknown("color"), unknown("home")]],
    ["#summary&epochs=3", { epochs: 3 }, [unknown("summary")]],
    ["#?epochs=3", { epochs: 3 }, []],
    ["#=3&epochs=4", { epochs: 4 }, [unknown("")]],
    ["#constructor=1&__proto__=2", {}, [unknown("constructor"), unknown("__proto__")]],
    ["#rule=adam&momentum=2", {}, [unknown("rule"), unknown("momentum")]], // this figure has no such choice
    ["#epochs=3&epochs=300", { epochs: 3 }, [["epochs", /it is there twice/]]],
    ["#epochs=x&epochs=300", { epochs: 300 }, [["epochs", /a whole number/]]],
    ["#learning_rate=0.01;epochs=300", {}, [["learning_rate", /a number from/]]],
    ["#learning_rate&epochs=3", { epochs: 3 }, [["learning_rate", /a number from/]]],
    ["#learning_rate%3D0.01%26epochs%3D300", {}, [unknown("learning_rate=0.01&epochs=300")]],
    ["#epochs=%zz&%E0%A4%A=1&learning_rate=0.0%31", { learning_rate: 0.01 }, [["epochs", /whole/], unknown("\ufffd")]],
    [`#${"x".repeat(9999)}=1`, {}, [unknown(`${"x".repeat(39)}…`)]],
  ];
  for (const [hash, state, said] of links) {
    const found = readLink(hash, LIMITS);
    assert.deepEqual(found.state, state, hash);
    assert.equal(found.complaints.length, said.length, hash);
    said.forEach(([name, why], i) => {
      assert.ok(found.complaints[i].startsWith(`“${name}`), found.complaints[i]);
      assert.match(found.complaints[i], why);
      assert.ok(found.complaints[i].length < 200);
    });
  }
});

test("a link brings back the state it was made of", () => {
  const home = { points: ARTICLE };
  const unmoved = { learning_rate: 0.01, epochs: 100, points: ARTICLE };
  assert.equal(linkOf(unmoved, home), "#learning_rate=0.01&epochs=100");
  const next = random(3);
  const wide = () => next() * 10 ** (12 * next() - 6);
  for (let i = 0; i < 500; i++) {
    const state = {
      learning_rate: Number((10 ** (-4 * next())).toPrecision(12)),
      epochs: Math.floor(1001 * next()),
      points: Array.from({ length: 2 + (i % 29) }, () => [wide(), -wide()]),
    };
    assert.deepEqual(readLink(linkOf(state, home), LIMITS), { state, complaints: [] });
  }
  const third = linkOf({ ...unmoved, learning_rate: 1 / 3 }, home);
  assert.deepEqual(readLink(third, LIMITS).state, { learning_rate: 0.333333333333, epochs: 100 });
});

const HOME = {
  ...{ points: ARTICLE, start: [0, 0], learning_rate: 0.01, epochs: 100, rule: "plain", momentum: 0.9, batch_size: 2 },
  ...{ seed: 0, shrinking: true, standardised: false, difference: 0.1, stop_tolerance: 0.01 },
};
const OFFERED = {
  ...{ ...LIMITS, ...HOME, half_life: 9, rules: ["plain", "heavy ball"], switches: ["standardised", "shrinking"] },
  panel: "differences",
};

test("a link carries what else the reader has changed, and only that", () => {
  assert.equal(linkOf(HOME, HOME), "#learning_rate=0.01&epochs=100");
  const changes = {
    ...{ start: [1.5, -2], rule: "heavy ball", momentum: 0.55, batch_size: 3, seed: 7, shrinking: false },
    ...{ standardised: true, difference: 1e-7, stop_tolerance: 1e-4 },
  };
  for (const [name, setting] of Object.entries(changes)) {
    const link = linkOf({ ...HOME, [name]: setting }, HOME);
    assert.ok(link.startsWith(`#learning_rate=0.01&epochs=100&${name}=`), link);
    const wanted = { learning_rate: 0.01, epochs: 100, [name]: setting };
    assert.deepEqual(readLink(link, OFFERED), { state: wanted, complaints: [] });
  }
  const { points: _, ...unmoved } = { ...HOME, ...changes };
  assert.deepEqual(readLink(linkOf({ ...HOME, ...changes }, HOME), OFFERED), { state: unmoved, complaints: [] });
});

test("a link's bad values are left aside, each with its complaint, and so is what a figure does not offer", () => {
  const many = (n) => Array.from({ length: n }, (_, i) => `${i},${i}`).join(";");
  const rates = ["", "abc", "-0.1", "0", "NaN", "Infinity", "1e999", "1.01", "9e-5", "0x1", "0,1"];
  const epochs = ["", "ten", "-1", "1.5", "NaN", "Infinity", "1001", "0x10", "1e-1", "true"];
  const points = [
    "", ";", "2,45", "2,45;2,65", "2,45;3", "2,45;3,65,1", "2,45;3,", "2,45;3,abc", "2,45;3,NaN",
    "2,45;3,1e999", "2,45;0x3,65", "2,45;3,65;", "[[2,45],[3,65]]", many(31),
  ]; // prettier-ignore
  const bad = [
    ...rates.map((text) => ["learning_rate", text, "a number from 0.0001 to 1"]),
    ...epochs.map((text) => ["epochs", text, "a whole number from 0 to 1000"]),
    ...points.map((text) => ["points", text, "two x that differ"]),
    ...["", "1", "1,2,3", "1,x", "NaN,1"].map((text) => ["start", text, "intercept,slope"]),
    ...["", "0", "-1", "0.0999", "1000001", "1e999"].map((text) => ["zoom", text, "a number from 0.1 to 1000000"]),
    ...["", "adam", "newton"].map((text) => ["rule", text, "one of plain, heavy ball"]),
    ...["", "-1", "1", "x"].map((text) => ["momentum", text, "a number from 0 to 0.99"]),
    ...["0", "5", "1.5"].map((text) => ["batch_size", text, "a whole number from 1 to 4"]),
    ...["-1", "21", "x"].map((text) => ["seed", text, "a whole number from 0 to 20"]),
    ...["", "1", "yes"].flatMap((text) => ["shrinking", "standardised"].map((name) => [name, text, "true or false"])),
    ...["0", "2"].map((text) => ["difference", text, "a number from 1e-14 to 1"]),
    ...["0", "2"].map((text) => ["stop_tolerance", text, "a number from 1e-8 to 1"]),
  ];
  for (const [name, text, wanted] of bad) {
    const { state, complaints } = readLink(`#${name}=${text}`, OFFERED);
    assert.deepEqual(state, {}, `${name}=${text}`);
    assert.equal(complaints.length, 1, `${name}=${text}`);
    assert.ok(complaints[0].includes(name) && complaints[0].includes(wanted), complaints[0]);
    assert.doesNotMatch(complaints[0], NOT_A_WORD);
  }
  assert.deepEqual(readLink(`#points=${many(30)}`, LIMITS).complaints, []);
  const others = "#rule=adam&momentum=2&batch_size=0&seed=x&shrinking=3&standardised=&difference=0&stop_tolerance=0";
  const mixed = readLink(`${others}&points=1,2;2,3`, LIMITS);
  assert.deepEqual(mixed.state, { points: [[1, 2], [2, 3]] }); // prettier-ignore
  assert.equal(mixed.complaints.length, 8);
});

const THREE = { ...DEFAULTS, points: [[2, 45], [4, 85], [5, 105]], start: [0, 0] }; // prettier-ignore

test("a whole link says every setting that is not as without it, to the last digit", () => {
  assert.equal(wholeLinkOf(THREE), "#points=2,45;4,85;5,105&start=0,0");
  const next = random(7);
  const one = (words) => words[Math.floor(words.length * next())];
  const some = (words) => words.filter(() => next() < 0.5);
  const wide = () => (next() - 0.5) * 10 ** (12 * next() - 6);
  const positive = () => 10 ** (20 * next() - 10);
  const whole = (below) => Math.floor(below * next());
  for (let i = 0; i < 80; i++) {
    const max_epochs = whole(100_001);
    const loss = one(CHOICES.losses);
    const takes = (rule) => LOSSES[loss].quadratic || !RULES[rule].needsQuadratic;
    const rules = some(CHOICES.rules.filter(takes));
    const half_life = whole(2) * whole(1000);
    const state = {
      ...{ learning_rate: positive(), epochs: whole(max_epochs + 1), start: [wide(), 1e21], zoom: 0.1 + 1e5 * next() },
      points: Array.from({ length: 3 + ((7 * i) % (LOSSES[loss].quadratic ? 498 : 98)) }, (_, k) => [k + next(), wide()]),
      ...{ max_epochs, tolerance: positive(), rate_range: [1e-11 * next(), positive()], rules, momentum: next() },
      stops: Array.from({ length: whole(4) }, () => whole(max_epochs + 1)),
      rule: one(rules.length ? rules : CHOICES.rules.filter(takes)),
      ...{ batch_size: whole(4), seed: whole(2 ** 53), standardised: next() < 0.5, half_life, shrinking: next() < 0.5 },
      ...{ loss, loss_scale: positive(), switches: some(half_life ? CHOICES.switches : ["standardised"]) },
      panel: one(CHOICES.panels.filter((panel) => LOSSES[loss].quadratic || panel !== "directions")),
      ...{ difference: positive(), stop_tolerance: whole(2) * positive() },
    };
    assert.deepEqual(Object.keys(state).sort(), Object.keys(DEFAULTS).sort());
    const link = wholeLinkOf(state);
    assert.deepEqual(readWhole(link), { settings: state, complaints: [] }, link);
    const mailed = link.replaceAll(",", "%2C").replaceAll(";", "%3B"); // as some programs write it
    assert.deepEqual(readWhole(mailed), { settings: state, complaints: [] }, link);
  }
});

test("a page that is asked for nothing shows the article's points, and a batch has at most the points that are left", () => {
  for (const hash of ["", "#", "#summary"]) assert.deepEqual(readWhole(hash), { settings: THREE, complaints: [] });
  assert.deepEqual(readWhole("#max_epochs=150").settings, { ...THREE, max_epochs: 150, stops: [100] });
  assert.deepEqual(readWhole("#stops=").settings, { ...THREE, stops: [] });
  assert.equal(readWhole(wholeLinkOf({ ...THREE, batch_size: 9 })).settings.batch_size, 3);
  // A reader's link asks for what it says.
  const { settings, complaints } = readWhole("#learning_rate=0.01&epochs=30&points=1,2;2,3&rule=adam&seed=4");
  assert.deepEqual(complaints, []);
  const asked = { learning_rate: 0.01, epochs: 30, points: [[1, 2], [2, 3]], rule: "adam", seed: 4 }; // prettier-ignore
  assert.deepEqual(settings, { ...THREE, ...asked });
});

test("what of a whole link makes no sense, by itself or together, is left aside with a sentence", () => {
  const many = (n) => Array.from({ length: n }, (_, i) => `${i},${i}`).join(";");
  const bad = [
    ...["", "-1", "0", "NaN", "1e999"].map((text) => ["learning_rate", text, "a number above 0"]),
    ...["2,45", "2,45;2,65", many(501)].map((text) => ["points", text, "at most 500 points"]),
    ...["1e200,1;2,3", "1,1e200;2,3"].map((text) => ["points", text, "range of a float"]),
    ...["", "1", "1,x"].map((text) => ["start", text, "intercept,slope"]),
    ["start", "1e200,0", "range of a float"],
    ...["0.09", "1e7"].map((text) => ["zoom", text, "a number from 0.1 to 1000000"]),
    ...["-1", "1.5", "100001"].map((text) => ["max_epochs", text, "a whole number from 0 to 100000"]),
    ["max_epochs", "99", "epochs, 100, go beyond max_epochs, 99"],
    ["epochs", "1001", "epochs, 1001, go beyond max_epochs, 1000"],
    ...["", "1", "1,0.1", "0,1", "1,2,3"].map((text) => ["rate_range", text, "the smaller first"]),
    ...["x", "1.5", "1,-1", ","].map((text) => ["stops", text, "as whole numbers"]),
    ...["", "newton", "constructor"].map((text) => ["rule", text, "one of plain, heavy ball, nesterov"]),
    ...["newton", "plain,plain", "plain,"].map((text) => ["rules", text, "each once"]),
    ["rules", "adam", "rule, plain, is not one of rules, adam"],
    ...["-0.1", "1", "x"].map((text) => ["momentum", text, "a number from 0 to below 1"]),
    ...["1.5", "-1", "9007199254740992"].map((text) => ["seed", text, "a whole number from 0 to"]),
    ["batch_size", "4", "at most all 3 points"],
    ...["", "1", "yes"].map((text) => ["shrinking", text, "true or false"]),
    ["switches", "shrinking", "half_life"],
    ["loss", "huber", "one of mean squared error, geman-mcclure"],
    ["panel", "surface", "one of loss, directions, differences"],
    ["stop_tolerance", "-1", "a number of 0 or more"],
  ];
  for (const [name, text, why] of bad) {
    const { settings, complaints } = readWhole(`#${name}=${text}`);
    assert.deepEqual(settings, THREE, `${name}=${text}`);
    assert.equal(complaints.length, 1, `${name}=${text}`);
    assert.ok(complaints[0].startsWith(`“${name}” in the link was left aside: `), complaints[0]);
    assert.ok(complaints[0].includes(why), complaints[0]);
    assert.doesNotMatch(complaints[0], NOT_A_WORD);
  }
  const robust = "loss=geman-mcclure";
  const together = [
    [`#${robust}&rule=exact line search`, ["loss"], { rule: "exact line search" }],
    [`#${robust}&rules=plain,exact line search`, ["loss"], { rules: ["plain", "exact line search"] }],
    [`#${robust}&panel=directions`, ["loss"], { panel: "directions" }],
    [`#${robust}&loss_scale=1e-200`, ["loss_scale"], { loss: "geman-mcclure" }],
    ["#epochs=400&max_epochs=300", ["epochs"], { max_epochs: 300, stops: [100, 200] }],
    ["#epochs=60&max_epochs=50", ["epochs", "max_epochs"], {}],
    ["#batch_size=3&points=1,2;2,3", ["batch_size"], { points: [[1, 2], [2, 3]] }], // prettier-ignore
    ["#color=red&epochs=3&epochs=4", ["epochs", "color"], { epochs: 3 }],
  ];
  for (const [hash, left, kept] of together) {
    const { settings, complaints } = readWhole(hash);
    assert.deepEqual(settings, { ...THREE, ...kept }, hash);
    const said = complaints.map((each) => /^“(.*)” in the link/.exec(each)[1]);
    assert.deepEqual(said, left, hash);
  }
  const hundred = (n) => `#${robust}&points=${Array.from({ length: n }, (_, i) => `${i},${i % 7}`).join(";")}`;
  assert.deepEqual([100, 101].map((n) => readWhole(hundred(n)).settings.loss), ["geman-mcclure", "mean squared error"]); // prettier-ignore
});

test("a scale's step is the smallest of 1, 2 or 5 times a power of ten that gives no more parts than asked for", () => {
  const spans = [[10, 5], [9, 5], [11, 5], [1, 3], [100, 1]]; // prettier-ignore
  assert.deepEqual(spans.map(([span, parts]) => niceStep(span, parts)), [2, 2, 5, 0.5, 100]); // prettier-ignore
  const next = random(4);
  for (let i = 0; i < 5000; i++) {
    const span = next() * 10 ** Math.floor(40 * next() - 20);
    const parts = 1 + Math.floor(10 * next());
    const step = niceStep(span, parts);
    const [digit, exponent] = step.toExponential(6).split("e").map(Number);
    assert.ok([1, 2, 5].includes(digit), `${step}`);
    assert.ok(step * parts >= span * (1 - 1e-9));
    const smaller = { 1: 0.5, 2: 1, 5: 2 }[digit] * 10 ** exponent;
    assert.ok(smaller * parts < span, `${smaller} would do for ${span} in ${parts}`);
  }
});

test("neighbours on a scale differ in what is written at them, however near they are", () => {
  const labels = (low, high, parts = 5) => ticks(low, high, parts).map(([, label]) => label);
  const written = [
    [[0, 5.4], ["0", "2", "4"], 4],
    [
      [19.99998, 20.00002],
      ["19.99998", "19.99999", "20.00000", "20.00001", "20.00002"],
    ],
    [
      [-2e-7, 2e-7],
      ["−2.00 × 10⁻⁷", "−1.00 × 10⁻⁷", "0", "1.00 × 10⁻⁷", "2.00 × 10⁻⁷"],
    ],
    [[1e6, 1.00002e6], ["1000000", "1000010", "1000020"], 3],
    [[1e9, 1.0004e9], ["1.0000 × 10⁹", "1.0002 × 10⁹", "1.0004 × 10⁹"], 3],
  ];
  for (const [ends, wanted, parts] of written) assert.deepEqual(labels(...ends, parts), wanted);
  const next = random(8);
  for (let i = 0; i < 2000; i++) {
    const middle = (next() - 0.5) * 10 ** Math.floor(12 * next() - 5);
    const half = Math.abs(middle) * 10 ** (-9 * next()) + 1e-9;
    const found = labels(middle - half, middle + half);
    assert.equal(new Set(found).size, found.length, `${found}`);
  }
});

test("axes begin at 0 where 0 is not far, unless something is below it", () => {
  const low = (numbers) => roomFromZero(numbers, 0.1)[0];
  assert.deepEqual(roomFromZero([2, 3, 4, 5], 0.1), [0, 5.5]);
  assert.deepEqual(roomFromZero([0, 1], 0.1), [0, 1.1]);
  assert.ok(low([172, 231]) > 160);
  assert.ok(low([-1, 5]) < -1);
  assert.deepEqual(roomFromZero([-5, -2], 0.1), [-5.5, 0.5]);
});

test("axes grow to hold a place, by a share of their length at most", () => {
  const cases = [[5, [0, 10]], [-0.5, [-0.5, 10]], [-100, [-1, 10]], [10.2, [0, 10.2]], [1e300, [0, 11]]]; // prettier-ignore
  for (const [at, wanted] of cases) assert.deepEqual(grown([0, 10], at, 0.1), wanted);
});

test("a path that leaves the panel is the same within it, and is never drawn where it does not lead", () => {
  const [size, margin] = [[100, 60], 10];
  const isInside = ([x, y]) => x > -margin && x < size[0] + margin && y > -margin && y < size[1] + margin;
  const offLine = ([x0, y0], [x1, y1], [x, y]) =>
    Math.abs((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)) / Math.hypot(x1 - x0, y1 - y0);
  const next = random(9);
  for (let i = 0; i < 300; i++) {
    const far = 10 ** (4 * next());
    const [from, to] = [0, 1].map(() => [far * (next() - 0.5) + 50, far * (next() - 0.5) + 30]);
    const start = from.map((at, axis) => Math.min(Math.max(at, -margin), size[axis] + margin));
    const path = [start, ...within(size, margin, from, to)];
    for (let k = 1; k < path.length; k++) {
      for (let share = 0.05; share < 1; share += 0.1) {
        const at = path[k].map((end, axis) => path[k - 1][axis] + share * (end - path[k - 1][axis]));
        if (isInside(at) && at.every((each, axis) => each > -9 && each < size[axis] + 9))
          assert.ok(offLine(from, to, at) < 1e-6);
      }
    }
    for (let share = 0; share <= 1; share += 0.05) {
      const at = from.map((begin, axis) => begin + share * (to[axis] - begin));
      if (!isInside(at)) continue;
      const nearest = path.slice(1).map((end, k) => {
        const [u, v] = end.map((each, axis) => each - path[k][axis]);
        const along = Math.min(
          Math.max(((at[0] - path[k][0]) * u + (at[1] - path[k][1]) * v) / (u * u + v * v || 1), 0),
          1,
        );
        return Math.hypot(path[k][0] + along * u - at[0], path[k][1] + along * v - at[1]);
      });
      assert.ok(Math.min(...nearest) < 1e-6);
    }
  }
  assert.ok(within(size, margin, [50, 30], [1e100, -1e100]).flat().every(Number.isFinite));
});

test("steps of magnification lead back to where they began, within its ends", () => {
  let zoom = 1;
  for (let i = 0; i < 21; i++) zoom = rounded(zoom * Math.SQRT2);
  assert.equal(zoom, 1448.15); // 2 to the power 10.5, in six digits
  for (let i = 0; i < 21; i++) zoom = rounded(zoom / Math.SQRT2);
  assert.equal(zoom, 1);
  assert.deepEqual([0.01, 1.2345678, 1e9].map(rounded), [0.1, 1.23457, 1e6]);
});

test("what is said of a step of the reader's own", () => {
  const said = (compared, problem = null, rate = 0.01) =>
    OWN.said("mine", { path: [0, 0, 0], compared, problem }, 4, rate);
  const factor = (factor, rate) => said({ kind: "factor", factor }, null, rate);
  const ofFactors = [
    [0, "Your line never moves: does the step return what it was given?"],
    [-1, "Your steps go uphill: a sign?"],
    [-0.5, "Your steps go uphill, half as long as gdlib's: a sign?"],
    [0.5000001, "Your steps are half as long as gdlib's: a 2?"],
    [2, "Your steps are twice as long as gdlib's: a 2?"],
    [4, "Your steps are 4.000 times as long as gdlib's: the sum over the points instead of their mean?"],
    [0.25, "Your steps are 0.2500 times as long as gdlib's: divided by the number of points twice?"],
    [100, "Your steps are 100.0 times as long as gdlib's: is the learning rate left out?"],
    [0.01, "Your steps are 0.01000 times as long as gdlib's: is the learning rate there twice?"],
    [0.9, "Your steps are 0.9000 times as long as gdlib's."],
  ];
  for (const [number, sentence] of ofFactors) assert.equal(factor(number), sentence);
  const two = "a 2? Or: is the learning rate left out?";
  assert.equal(factor(2, 0.5), `Your steps are twice as long as gdlib's: ${two}`);
  const factors = (...factors) => said({ kind: "factors", factors });
  assert.equal(factors(0, 1), "The slope never moves. The intercept moves as gdlib's.");
  assert.equal(factors(-1, 0.5), "The slope goes uphill: a sign? The intercept moves half as far as gdlib's.");
  const other = { kind: "other", step: 1234, led: [1, -2], wanted: [3, 4] };
  const sentence =
    "Your step 1,234 leads to slope 1.000, intercept −2.000; " +
    "gdlib's from there would lead to slope 3.000, intercept 4.000.";
  assert.equal(said(other), sentence);
  assert.equal(said({ ...other, kind: "uphill" }), `Your steps go uphill: a sign? ${sentence}`);
  for (const kind of ["same", "swapped", "no x", "point", "in turn"]) assert.doesNotMatch(said({ kind, point: 2 }), NOT_A_WORD);
  const problems = [
    [{ kind: "raised", error: "KeyError: 1", where: "a, line 3" }, "mine stopped in step 3 (a, line 3) with KeyError: 1."],
    [{ kind: "raised", error: "KeyError: 1", where: "" }, "mine stopped in step 3 with KeyError: 1."],
    [{ kind: "late", seconds: 3 }, "mine was stopped after 3 seconds, in step 3: is there a loop that never ends?"],
    [{ kind: "ended" }, "mine ended the Python that ran it."],
    [{ kind: "nothing" }, "mine returned nothing in step 3: is there a return?"],
    [{ kind: "shape", shown: "[1]" }, "mine returned [1] in step 3; wanted are two numbers, [slope, intercept]."],
    [{ kind: "not a number" }, "mine returned nan in step 3, which is not a number."],
    [{ kind: "beyond" }, "mine diverges: in step 3 its numbers leave the range of a float."],
  ];
  for (const [problem, words] of problems) {
    assert.equal(said(null, problem), words);
    assert.equal(said({ kind: "same" }, problem), `Your steps are gdlib's, to rounding. ${words}`);
  }
});
