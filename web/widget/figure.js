// The parts of the figure, and the steps that draw a state of it. Each step is taken anew only when what it shows has
// changed.

import { choices } from "./choices.js";
import { controls } from "./controls.js";
import { changingText, html, setText } from "./drawing.js";
import { marks } from "./marks.js";
import { descend, descendBy } from "./mathematics/descents.js";
import { LOSSES, meanSquaredError } from "./mathematics/losses.js";
import { RULES } from "./mathematics/rules.js";
import { standardize } from "./mathematics/scaling.js";
import { stops } from "./mathematics/stopping.js";
import { kept, memo } from "./memo.js";
import { NOTICES, PROBLEMS } from "./messages.js";
import { hasRegime, isPlain, methodOf } from "./outcome.js";
import * as PANELS from "./panels/*.js"; // every module of the folder, by its name: see ../widget.mjs
import { problem } from "./problems.js";
import { readout } from "./readout.js";
import { MAX_MOVABLE } from "./settings.js";
import { stopTable } from "./stops.js";
import { terms } from "./terms.js";

/**
 * Where the next epoch ends: as the run has it; after its end, where plain descent would step to.
 * @param {number | false} rate of plain descent
 */
function nextOf(loss, run, epochs, rate) {
  const here = [run.intercepts[epochs], run.slopes[epochs]];
  if (epochs < run.epochs) return [run.intercepts[epochs + 1], run.slopes[epochs + 1]];
  const next = rate && loss.gradient(...here).map((slope, i) => here[i] - rate * slope);
  return next && next.every(Number.isFinite) ? next : null;
}

/**
 * @param {HTMLElement} el
 * @param {(changes: object) => void} assign changes settings
 * @param {() => void} redraw
 * @param {object | null} own the descent that the caller's own step makes, as theirs.js has it
 */
export function figure(el, assign, redraw, own) {
  el.classList.add("gd-figure");
  const head = html("div", { className: "gd-controls" }, el);
  const known = marks(assign);
  const played = html("div");
  own?.mount(el);
  const grid = html("div", { className: "gd-grid" }, el);
  const buttons = html("div", { className: "gd-buttons" }, el);
  const message = html("p", { className: "gd-message", role: "alert" }, grid);
  const step = terms(el);
  const numbers = readout(html("div", { className: "gd-reading" }, grid), step.show);
  const [notice, mayBeNoticed] = changingText("p", "gd-notice", el);
  notice.role = "status";
  mayBeNoticed([NOTICES.full(MAX_MOVABLE), NOTICES.least, NOTICES.stacked, NOTICES.copied, NOTICES.written, NOTICES.shown]);
  const notify = (text) => setText(notice, text);
  const control = controls(head, { assign, refuse: notify }, { known, played });
  const choose = choices(head, assign);

  const moved = { points: null, start: null }; // as the reader left them, within axes that stay as they are
  const isMoved = (name, now) => JSON.stringify(moved[name]) === JSON.stringify(now);
  let stacked = null; // points above one another are the view's own: no loss, and no gdlib, takes them
  const data = PANELS.data.create(grid, {
    change(points) {
      moved.points = points;
      stacked = meanSquaredError(points) ? null : points;
      if (!stacked) assign({ points });
      redraw();
    },
    refuse: notify,
  });
  const surface = PANELS.surface.create(grid, {
    change(start) {
      moved.start = start;
      assign({ start });
      redraw();
    },
    magnify: (zoom) => assign({ zoom }),
    hasOwn: Boolean(own),
  });
  const listStops = memo(stopTable(grid));

  const seenOf = memo((points, standardised) => {
    if (!meanSquaredError(points)) return null;
    return standardised ? standardize(points) : { points, translate: (...line) => line };
  });
  const lossOf = memo((name, scale, points) => LOSSES[name].make(points, scale));
  const bottomsOf = memo((loss) => loss.bottoms());
  const problemOf = memo((points, start, standardised) => problem({ points, start, standardised }));
  const runOf = memo((loss, points, start, max_epochs, method, plain) =>
    plain ? descend(loss, start, method.learning_rate, max_epochs) : descendBy(loss, points, method, start, max_epochs),
  );
  const stopsOf = memo((loss, points, start, max_epochs, method, tolerance) =>
    tolerance ? stops(loss, points, method, start, max_epochs, tolerance) : null,
  );
  let current = null; // the third panel
  let mostEpochs = 0;
  const thirdOf = memo((name) => {
    current?.plot.panel.remove();
    const goTo = (epoch) => assign({ epochs: Math.min(epoch, mostEpochs) });
    return (current = PANELS[name].create(grid, goTo, Boolean(own)));
  });
  let lastSize, lastLoss;
  const showData = memo((points, held, size) => {
    data.show(points, { fit: !held, resized: size !== lastSize });
    lastSize = size;
  });
  // What it returns is another axis each time, for the steps that draw on it.
  const fitAxes = memo(
    (third, loss, start, held, zoom, max_epochs, tolerance, standardised, withDirections, equalAxes) => {
      const keep = loss === lastLoss && held;
      lastLoss = loss;
      const bottoms = bottomsOf(loss);
      surface.fit(loss, start, { keep, bottoms, standardised, withDirections, equalAxes, zoom });
      third.fit(loss, start, { keep, bottoms, max_epochs, tolerance });
      return {};
    },
  );
  const markRates = memo((loss, hasRegime, start, epochs, rule, momentum, rate_range) =>
    known.draw(hasRegime, loss, { start, epochs, rule, momentum, rate_range }),
  );
  const keepRoom = memo((panel, loss, points, rule, rules, max_epochs, tolerance, batch_size, half_life) => {
    numbers.keepRoom({ loss, points, max_epochs, tolerance, batch_size, half_life }, panel);
    known.keepRoom({ rule, rules, max_epochs });
  });
  const traceRun = memo((axes, third, loss, run, smooth, stopped, reference) => {
    surface.refer(reference);
    third.run({ loss, run, smooth, stopped, reference });
  });
  const keep = kept();

  function fitData(points, size) {
    if (size !== lastSize) for (const each of [data, surface, current]) each?.plot.resize();
    showData(points, isMoved("points", points), size);
  }

  /** Draw a state in a place of this size. */
  function draw(settings, size) {
    const state = stacked ? { ...settings, points: stacked } : settings;
    const { points, start, epochs, max_epochs, tolerance, standardised, rule, rules } = state;
    const wrong = problemOf(points, start, standardised);
    const seen = wrong ? null : seenOf(points, standardised);
    setText(message, wrong ?? (seen ? "" : PROBLEMS.stacked));
    el.dataset.broken = wrong ? "all" : seen ? "" : "fit";
    control(state);
    if (wrong) return numbers.stop();
    mostEpochs = max_epochs;
    const panel = PANELS[state.panel];
    choose(state);
    keepRoom(panel, state.loss, points, rule, rules, max_epochs, tolerance, state.batch_size, state.half_life);
    if (!seen) {
      fitData(points, size);
      data.clear();
      return numbers.stop();
    }
    const loss = lossOf(state.loss, state.loss_scale, seen.points);
    const third = thirdOf(state.panel);
    const [method, plain] = [keep("method", methodOf(state)), isPlain(state)];
    const ours = runOf(loss, seen.points, start, max_epochs, method, plain);
    const mine = own?.show(loss, state);
    const run = mine ?? ours;
    const smooth = plain && !mine;
    const stopped = stopsOf(loss, seen.points, start, max_epochs, method, state.stop_tolerance);
    listStops(stopped, loss);
    fitData(points, size); // once nothing more comes that may take of its height
    const equalAxes = [rule, ...rules].some((each) => RULES[each].equalAxes);
    const marksDirections = Boolean(panel.marksDirections);
    const view = [isMoved("start", start), state.zoom, max_epochs, tolerance, standardised, marksDirections, equalAxes];
    const axes = fitAxes(third, loss, start, ...view, size);
    markRates(loss, hasRegime(state) && (!mine || mine.isSame), start, epochs, rule, state.momentum, state.rate_range);
    traceRun(axes, third, loss, run, smooth, stopped, mine && ours);
    const here = Math.min(epochs, run.epochs);
    const told = mine ? { ...state, ...mine.told(here) } : state;
    const line = seen.translate(run.intercepts[here], run.slopes[here]);
    data.draw(...line, standardised);
    surface.draw(run, here, nextOf(loss, run, here, smooth && state.learning_rate));
    third.draw({ loss, run, smooth, difference: state.difference }, here);
    numbers.draw({ loss, run, state: told, panel }, here, line);
    step.draw({ loss, run, state: told, seen }, here);
  }

  return {
    buttons,
    played,
    notices: notice.parentElement,
    draw,
    notify,
    addPoint: data.addPoint,
    removePoint: data.removePoint,
    isStacked: () => Boolean(stacked),
    /** The points are the model's again. */
    unstack: () => (stacked = null),
    /** Whatever the reader has moved is what the model says, and the axes are to fit it. */
    forgetMoves: () => (moved.points = moved.start = stacked = null),
    stop: numbers.stop,
  };
}
