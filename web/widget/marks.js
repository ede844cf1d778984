// Where on the learning rate's slider the best rate and the limit lie, and from where on descent diverges.

import { clamp } from "./axes.js";
import { html, setText } from "./drawing.js";
import { bestSettings, maxLearningRate } from "./mathematics/spectrum.js";
import { MARKS, WIDEST } from "./messages.js";

export function marks(parent) {
  const strip = html("div", { className: "gd-marks", ariaHidden: "true" }, parent);
  const danger = html("div", { className: "gd-danger" }, strip);
  const best = html("div", { className: "gd-mark gd-mark-best" }, strip);
  const limit = html("div", { className: "gd-mark gd-mark-limit" }, strip);
  const [label, unseen] = ["gd-label", "gd-label gd-longest"].map((className) => html("div", { className }, strip));
  const write = (parent, ...rates) =>
    [MARKS.best, MARKS.limit].forEach((text, i) => setText(parent.children[i], text(rates[i])));
  for (const each of [label, unseen]) each.append(html("span"), html("span"));
  label.lastChild.className = "gd-label-limit";
  write(unseen, WIDEST.positive, WIDEST.positive);
  return {
    /** @param {boolean} known whether the loss and the rule have a limit; if not, the room of the marks stays empty */
    draw(known, loss, { rule, momentum, rate_range: [low, high] }) {
      strip.dataset.known = known;
      if (!known) return;
      const share = (rate) => (Math.log(rate) - Math.log(low)) / (Math.log(high) - Math.log(low));
      const position = (rate) => clamp(100 * share(rate), 0, 100);
      const outside = (rate) => rate < low || rate > high;
      const { learning_rate: bestRate } = bestSettings(loss, rule);
      const limitRate = maxLearningRate(loss, rule, momentum);
      best.hidden = outside(bestRate);
      limit.hidden = outside(limitRate);
      const at = position(limitRate);
      danger.style.left = limit.style.left = `${at}%`;
      best.style.left = `${position(bestRate)}%`;
      write(label, bestRate, limitRate);
      Object.assign(label.style, { left: `${at}%`, transform: `translateX(-${at}%)` }); // never beyond an end
    },
    show: (shown) => (strip.hidden = !shown),
  };
}
