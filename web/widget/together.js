// What settings make no sense together, as `_refuse_together` of gdlib/widgets/explorer.py; and what takes too long.

import { LOSSES } from "./mathematics/losses.js";
import { RULES } from "./mathematics/rules.js";
import { LINK } from "./messages.js";
import { problem } from "./problems.js";

const NEED_QUADRATIC = ["directions"]; // of the panels
const MOST_WITH_VALLEYS = 100; // points, from each pair of which a valley is sought: half a second
/**
 * What makes no sense in a figure whose settings make sense by themselves: the settings that take part in it, beginning
 * with the one that had best be left aside, and what is wrong; null if nothing is.
 * @returns {[string[], string] | null}
 */
export function clash(settings) {
  const { points, start, epochs, max_epochs, rule, rules, batch_size, half_life, switches } = settings;
  const { loss, loss_scale, panel, standardised } = settings;
  if (problem({ points, start: [0, 0] })) return [["points"], LINK.outOfRange];
  if (problem({ points, start, standardised })) return [["start", "points"], LINK.outOfRange];
  if (epochs > max_epochs) return [["epochs", "max_epochs"], LINK.beyondLast(epochs, max_epochs)];
  if (rules.length && !rules.includes(rule)) return [["rule", "rules"], LINK.notOffered(rule, rules)];
  if (batch_size > points.length) return [["batch_size"], LINK.fewer(points.length)];
  if (switches.includes("shrinking") && !half_life) return [["switches"], LINK.neverShrinks];
  if (LOSSES[loss].quadratic) return null;
  const square = loss_scale ** 2;
  if (!(square > 0 && square < Infinity)) return [["loss_scale"], LINK.outOfRange];
  if (points.length > MOST_WITH_VALLEYS) return [["loss"], LINK.slow(loss, MOST_WITH_VALLEYS)];
  const needing = [rule, ...rules].find((each) => RULES[each].needsQuadratic);
  const what = needing ?? (NEED_QUADRATIC.includes(panel) ? panel : null);
  return what && [["loss"], LINK.notQuadratic(loss, what)];
}
