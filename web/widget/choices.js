// A radio group for the rule and a box to check for every switch, as far as the figure has them.

import { MOVES } from "./dragging.js";
import { html } from "./drawing.js";
import { RULE_CHOICE, ruleLabel, SWITCHES } from "./messages.js";

let groups = 0; // radio buttons of one group share a name that no other group on the page has

export function choices(parent, assign) {
  const line = html("div", { className: "gd-choices" }, parent);
  let offered = "";
  let [radios, boxes] = [[], []];
  const input = (within, type, name, setting, label) => {
    const found = html("input", { type, name, value: setting }, html("label", {}, within));
    found.parentElement.append(label);
    return found;
  };
  return ({ rule, rules, switches, ...state }) => {
    const now = JSON.stringify([rules, switches]);
    if (now !== offered) {
      offered = now;
      line.replaceChildren();
      line.hidden = !rules.length && !switches.length;
      radios = [];
      if (rules.length) {
        const group = html("div", { className: "gd-rules", role: "group", ariaLabel: RULE_CHOICE }, line);
        // A notebook has commands of its own on the arrow keys, and would keep them from choosing.
        group.addEventListener("keydown", (event) => event.key in MOVES && event.stopPropagation());
        html("span", { textContent: RULE_CHOICE, ariaHidden: "true" }, group);
        const name = `gd-rule-${++groups}`;
        radios = rules.map((each) => input(group, "radio", name, each, ruleLabel(each)));
        for (const radio of radios) radio.addEventListener("change", () => assign({ rule: radio.value }));
      }
      boxes = switches.map((each) => input(line, "checkbox", "", each, SWITCHES[each]));
      for (const box of boxes) box.addEventListener("change", () => assign({ [box.value]: box.checked }));
    }
    for (const radio of radios) radio.checked = radio.value === rule;
    for (const box of boxes) box.checked = state[box.value];
  };
}
