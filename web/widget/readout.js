// The numbers and the verdict in text. What changes is said politely once it has come to rest.

import { changingText, html, numberButton, setText } from "./drawing.js";
import { formatNumber, sourceOf, spoken, spokenRaw, TABLE } from "./messages.js";
import { aboutRate, course, longest, outcome } from "./outcome.js";

const REST = 700; // ms without a change

/** Whether the table has rows for the line of the raw x: where it may be another one. */
const withRaw = ({ standardised, switches }) => standardised || switches.includes("standardised");

/** @param {(name: string, button: HTMLElement) => void} open shows where a number comes from, by its name */
export function readout(parent, open) {
  const table = html("table", { className: "gd-numbers" }, parent);
  const head = html("tr", {}, html("thead", {}, table));
  html("td", {}, head);
  for (const name of ["value", "gradient"]) html("th", { scope: "col", textContent: TABLE[name] }, head);
  const body = html("tbody", {}, table);
  const row = (name, className = "") => {
    const found = html("tr", { className });
    html("th", { scope: "row", textContent: TABLE[name] }, found);
    return found;
  };
  const rows = { slope: row("slope"), intercept: row("intercept"), loss: row("loss") };
  const raw = { slope: row("rawSlope", "gd-raw"), intercept: row("rawIntercept", "gd-raw") }; // there only where needed
  body.append(...Object.values(rows));
  const writer = (row, name) => {
    const [cell, button] = numberButton(row);
    button.addEventListener("click", () => open(name, button));
    let last;
    return (number) => {
      const text = formatNumber(number);
      if (text === last) return;
      setText(cell, (last = text));
      button.ariaLabel = sourceOf(name, text);
    };
  };
  const write = {
    slope: writer(rows.slope, "slope"),
    slopeGradient: writer(rows.slope, "slopeGradient"),
    intercept: writer(rows.intercept, "intercept"),
    interceptGradient: writer(rows.intercept, "interceptGradient"),
    loss: writer(rows.loss, "loss"),
    rawSlope: writer(raw.slope, "rawSlope"),
    rawIntercept: writer(raw.intercept, "rawIntercept"),
  };

  const sentences = ["gd-how", "gd-when", "gd-rates"].map((name) => changingText("p", name, parent));
  const [how, when, rates] = sentences.map(([element]) => element);
  const said = html("p", { className: "gd-said", role: "status" }, parent);
  let timer, news, changed;
  const announce = () => {
    const rested = performance.now() - changed;
    timer = rested < REST ? setTimeout(announce, REST - rested) : undefined;
    if (!timer) said.textContent = news();
  };

  return {
    keepRoom: (state, panel) => longest(state, panel).forEach((texts, i) => sentences[i][1](texts)),
    /** @param {[number, number]} line for the x as they are */
    draw({ loss, run, state, panel }, epochs, line) {
      const theta = [run.intercepts[epochs], run.slopes[epochs]];
      const gradient = loss.gradient(...theta);
      write.slope(theta[1]);
      write.intercept(theta[0]);
      write.loss(run.losses[epochs]);
      write.slopeGradient(gradient[1]);
      write.interceptGradient(gradient[0]);
      if (withRaw(state)) {
        if (!raw.slope.parentElement) body.append(raw.slope, raw.intercept);
        write.rawSlope(line[1]);
        write.rawIntercept(line[0]);
      } else {
        raw.slope.remove();
        raw.intercept.remove();
      }
      const [goes, arrives] = outcome(loss, run, state);
      const note = panel.note?.(loss, theta, state);
      setText(how, goes);
      setText(when, arrives);
      setText(rates, note ?? aboutRate(state, epochs));
      [how.dataset.regime] = course(loss, run, state);
      news = () => {
        const numbers = spoken(state.learning_rate, epochs, theta, run.losses[epochs]);
        return [numbers, goes, arrives, state.standardised && spokenRaw(line), note].filter(Boolean).join(" ");
      };
      changed = performance.now();
      timer ??= setTimeout(announce, REST);
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
