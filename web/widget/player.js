// Goes through the epochs: one at a time, or by itself from here to the last.

import { clamp } from "./axes.js";
import { html } from "./drawing.js";
import { formatCount, JUMPS, jumpTo, PLAYER } from "./messages.js";

const FRAMES = 200; // so many steps take a descent from its start to its end
const INTERVAL = 40; // ms

/**
 * @param {HTMLElement} parent @param {number[]} stops epochs to jump to
 * @param {() => {epochs: number, max_epochs: number}} settings as they are
 * @param {(epochs: number, how: string) => void} goTo
 */
export function player(parent, stops, settings, goTo) {
  const button = (within, kind, label, act) => {
    const found = html("button", { type: "button", className: `gd-${kind}`, ariaLabel: label, title: label }, within);
    found.addEventListener("click", act);
    return found;
  };
  const step = (by) => {
    const { epochs, max_epochs } = settings();
    const next = clamp(epochs + by, 0, max_epochs);
    if (next !== epochs) goTo(next, "step");
  };
  let timer;
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    play.classList.remove("gd-playing");
    play.ariaLabel = play.title = PLAYER.play;
  };
  const toggle = () => {
    if (timer) return stop();
    const { epochs, max_epochs } = settings();
    if (epochs >= max_epochs) goTo(0, "play");
    play.classList.add("gd-playing");
    play.ariaLabel = play.title = PLAYER.pause;
    timer = setInterval(() => {
      const now = settings();
      const next = now.epochs + Math.max(1, Math.floor(now.max_epochs / FRAMES));
      goTo(Math.min(next, now.max_epochs), "play");
      if (next >= now.max_epochs) stop();
    }, INTERVAL);
  };
  /** To the nearest stop on one side of where it stands. */
  const go = (side) => {
    const { epochs, max_epochs } = settings();
    const wanted = [0, ...stops, max_epochs].filter((stop) => side * (stop - epochs) > 0);
    if (wanted.length) goTo(side > 0 ? Math.min(...wanted) : Math.max(...wanted), "jump");
  };

  const line = html("div", { className: "gd-player" }, parent);
  button(line, "back", PLAYER.back, () => step(-1));
  const play = button(line, "play", PLAYER.play, toggle);
  button(line, "on", PLAYER.on, () => step(1));
  const jumps = html("span", { className: "gd-jumps", role: "group", ariaLabel: JUMPS.label }, line);
  html("span", { textContent: JUMPS.short, ariaHidden: "true" }, jumps);
  for (const epoch of [0, ...stops]) {
    const found = html("button", { type: "button", textContent: formatCount(epoch), ariaLabel: jumpTo(epoch) }, jumps);
    found.addEventListener("click", () => goTo(epoch, "jump"));
  }
  return { step, toggle, go, stop };
}
