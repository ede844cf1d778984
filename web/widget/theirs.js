// The descent that the caller's own step makes. Its host runs it where Python is: asked for one state at a time, the
// newest, so that no slider waits for it.

import { changingText, setText } from "./drawing.js";
import { memo } from "./memo.js";
import { OWN } from "./messages.js";

const PATIENCE = 1000; // ms without an answer, after which the reader is told

/** A run as the figure's other descents are. */
function runOf({ path, problem, compared }, loss) {
  const [slopes, intercepts] = [0, 1].map((i) => Float64Array.from(path, (theta) => theta[i]));
  const losses = intercepts.map((intercept, k) => loss.value(intercept, slopes[k]));
  const beyond = losses.findIndex((each) => !Number.isFinite(each));
  const epochs = (beyond < 0 ? path.length : beyond) - 1;
  /** How sentences take it: what an error has ended is not beyond the range of a float. */
  const told = (here) =>
    beyond > 0 || problem?.kind === "beyond" ? { isOwn: true } : { isOwn: true, max_epochs: epochs, epochs: here };
  return { intercepts, slopes, losses, epochs, told, isSame: compared?.kind === "same" };
}

/**
 * @param {object} model @param {() => void} changed there is something else to draw
 * @returns {object | null} null if the figure has no step of the caller's own
 */
export function theirs(model, changed) {
  const name = model.get("own");
  if (!name) return null;
  let [sentence, answer, asked, late, timer] = [null, null, "", false, 0];
  const rest = () => {
    clearTimeout(timer);
    [asked, late] = ["", false];
  };
  const ask = (state) => {
    asked = state;
    timer = setTimeout(() => {
      late = true;
      changed();
    }, PATIENCE);
    model.send({ ask: state });
  };
  model.on("msg:custom", (message) => {
    if (message.again) answer &&= { ...answer, asked: "" };
    else if (message.asked === asked) answer = message;
    else return;
    rest();
    changed();
  });
  const runFor = memo(runOf);

  return {
    /** Make the sentence's place. */
    mount(parent) {
      const [element, mayBe] = changingText("p", "gd-own", parent);
      mayBe(OWN.longest(name));
      element.role = "status";
      sentence = element;
      setText(sentence, OWN.notYet(name));
    },
    /** The run for a state, as far as it is known, if it has a step; it is asked for if it is not. */
    show(loss, { points, start: [intercept, slope], learning_rate, max_epochs }) {
      const state = JSON.stringify({ points, start: [slope, intercept], learning_rate, epochs: max_epochs });
      if (!asked && answer?.asked !== state) ask(state);
      if (late) setText(sentence, OWN.late(name));
      else if (!answer?.path) setText(sentence, OWN.notYet(name));
      else if (answer.asked === state) setText(sentence, OWN.said(name, answer, points.length, learning_rate));
      return !late && answer?.path?.length > 1 ? runFor(answer, loss) : null;
    },
    stop: rest,
  };
}
