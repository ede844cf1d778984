// What ipywidgets does not do for the controls around the figure: names for a screen reader; and for the learning rate,
// whose slider has no step so that it never rounds a rate, arrow keys that move it by 1 in 100 of a power of ten.

import { PLAYER, typed } from "./messages.js";

const KEYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };

/** @returns {MutationObserver[]} what keeps the names true */
export function improveControls(box, signal) {
  const observers = [];
  box.querySelector(".gd-rate")?.addEventListener(
    "keydown",
    (event) => {
      const slider = event.target.closest(".noUi-target")?.noUiSlider;
      if (!slider || !(event.key in KEYS)) return;
      event.preventDefault();
      event.stopPropagation();
      slider.set(Number(slider.get()) + KEYS[event.key] / 100);
    },
    { capture: true, signal },
  );
  for (const slider of box.querySelectorAll(".widget-hslider")) {
    const handle = slider.querySelector(".noUi-handle");
    const readout = slider.querySelector(".widget-readout");
    if (!handle || !readout || handle.ariaLabel) continue;
    handle.ariaLabel = slider.querySelector(".widget-label").textContent;
    readout.ariaLabel = typed(handle.ariaLabel);
    readout.setAttribute("role", "textbox");
    const tell = () => handle.setAttribute("aria-valuetext", readout.textContent);
    const observer = new MutationObserver(tell);
    observer.observe(readout, { childList: true, characterData: true, subtree: true });
    observer.observe(handle, { attributeFilter: ["aria-valuenow"] });
    observers.push(observer);
    tell();
  }
  box.querySelectorAll(".widget-play button").forEach((button, i) => {
    button.ariaLabel = PLAYER[i];
  });
  return observers;
}
