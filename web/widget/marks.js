// What is known of the learning rate before any step is taken: marks on its slider, and buttons that set it so.

import { clamp } from "./axes.js";
import { changingText, html, setText } from "./drawing.js";
import { RULES } from "./mathematics/rules.js";
import { bestRateAfter, bestSettings, maxLearningRate } from "./mathematics/spectrum.js";
import { MARKS, MARKS_WHY, WIDEST } from "./messages.js";

const KINDS = ["now", "best", "limit"];
const DIGITS = 4; // of a rate that a button sets, all of which it shows

const rounded = (number) => Number(number.toPrecision(DIGITS));
const unit = (number) => 10 ** (Math.floor(Math.log10(number)) - DIGITS + 1);
/** No less than it was, since only from there on descent diverges. */
function roundedUp(rate) {
  const near = rounded(rate);
  return near >= rate ? near : rounded(near + unit(rate));
}
/** Below a limit, as the number itself is. */
function roundedWithin(number, limit) {
  const near = rounded(number);
  return near < limit ? near : rounded(near - unit(number));
}

/** @param {(changes: object) => void} assign */
export function marks(assign) {
  const track = html("div", { className: "gd-marks", ariaHidden: "true" });
  const danger = html("div", { className: "gd-danger" }, track);
  const ticks = Object.fromEntries(KINDS.map((kind) => [kind, html("div", { className: `gd-mark gd-${kind}` }, track)]));
  const list = html("div", { className: "gd-rates-known", role: "group", ariaLabel: MARKS.label });
  const buttons = {};
  for (const kind of KINDS) {
    const button = html("button", { type: "button", title: MARKS_WHY[kind] }, list);
    html("span", { className: `gd-mark gd-${kind}`, ariaHidden: "true" }, button);
    const [words, mayBe] = changingText("span", "gd-rate-known", button);
    buttons[kind] = { button, words, mayBe, settings: null };
    button.addEventListener("click", () => assign(buttons[kind].settings));
  }

  /** @param {boolean} known whether the loss and the rule have a limit; if not, the room of the marks stays empty */
  function draw(known, loss, { start, epochs, rule, momentum, rate_range: [low, high] }) {
    track.dataset.known = list.dataset.known = known;
    if (!known) return;
    const place = (rate) => (100 * (Math.log(rate) - Math.log(low))) / (Math.log(high) - Math.log(low));
    const best = bestSettings(loss, rule);
    const limit = maxLearningRate(loss, rule, momentum);
    const least = low < limit ? low : limit / 1000; // below the slider, where every rate on it diverges
    const now = bestRateAfter(loss, start, epochs, rule, momentum, [least, Math.min(high, limit)]);
    const settings = {
      now: now && { learning_rate: roundedWithin(now, limit) },
      best: {
        ...(best.momentum === undefined ? {} : { momentum: roundedWithin(best.momentum, 1) }),
        learning_rate: roundedWithin(best.learning_rate, maxLearningRate(loss, rule, best.momentum)),
      },
      limit: { learning_rate: roundedUp(limit) },
    };
    for (const kind of KINDS) {
      const { button, words } = buttons[kind];
      const rate = settings[kind]?.learning_rate;
      const inside = rate >= low && rate <= high;
      buttons[kind].settings = settings[kind];
      button.disabled = !inside;
      ticks[kind].hidden = !inside;
      ticks[kind].style.translate = `${place(rate)}cqi`; // what is moved so is not laid out again
      setText(words, MARKS[kind](settings[kind] ?? {}, epochs));
    }
    danger.style.left = `${clamp(place(limit), 0, 100)}%`;
  }

  return {
    track,
    list,
    draw,
    /** Keep room for the longest that may come. */
    keepRoom({ rules, rule, max_epochs }) {
      const momentum = [rule, ...rules].some((each) => RULES[each].momentum) ? WIDEST.short : undefined;
      const longest = { learning_rate: WIDEST.few, momentum };
      for (const kind of KINDS) buttons[kind].mayBe([MARKS[kind](longest, max_epochs)]);
    },
  };
}
