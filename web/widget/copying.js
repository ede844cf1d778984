// Texts that a reader takes along: through the clipboard, or from a box where the browser keeps the figure from it.

import { html } from "./drawing.js";
import { TEXT } from "./messages.js";

/** Put a text on the clipboard. @returns {Promise<boolean>} whether the browser has let it */
export async function copy(text) {
  // Where the page that frames this one forbids it, Chromium complains of whoever tries.
  if (document.featurePolicy?.allowsFeature("clipboard-write") === false) return false;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // not asked for by the reader's hand, forbidden, or a page without a clipboard
  }
}

/** Show a text in a box that can be folded away, selected; it takes the place of the one before. */
export function showText(parent, text) {
  parent.querySelector(".gd-text")?.remove();
  const fold = html("details", { className: "gd-text", open: true }, parent);
  html("summary", { textContent: TEXT.fold }, fold);
  const rows = text.trimEnd().split("\n").length;
  const box = html("textarea", { value: text, readOnly: true, rows, ariaLabel: TEXT.box, wrap: "off" }, fold);
  box.addEventListener("keydown", (event) => event.stopPropagation()); // a notebook and the figure have keys, too
  box.focus();
  box.select();
  box.scrollTop = 0; // the end of what is selected would be in sight
}
