// The live figure: a descent on a line's loss, run and drawn in the browser. A module for anywidget, whose model has
// the settings of settings.json. `python tools/widget.py` bundles all of this folder for gdlib.

import { improveControls } from "./controls.js";
import { html } from "./drawing.js";
import { figure } from "./figure.js";
import { linkOf, readLink } from "./links.js";
import { kept } from "./memo.js";
import { BUTTONS, formatCount, JUMPS, jumpTo, NOTICES } from "./messages.js";
import { DEFAULTS, NAMES } from "./settings.js";

function render({ model, el, signal }) {
  const home = model.get("home"); // what Reset returns to
  const linkable = model.get("linkable");
  const keep = kept();
  const settings = () => Object.fromEntries(NAMES.map((name) => [name, keep(name, model.get(name) ?? DEFAULTS[name])]));
  const assign = (changes) => {
    for (const [name, setting] of Object.entries(changes)) model.set(name, setting);
    model.save_changes();
  };

  let size = ""; // asking for it in every frame would make the browser lay out everything twice
  let frame = 0;
  const drawNow = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    shown.draw(settings(), size);
  };
  const drawSoon = () => (frame ||= requestAnimationFrame(drawNow));
  const shown = figure(el, assign, drawNow);

  const press = (parent, name, label, act) => {
    const button = html("button", { type: "button", textContent: name, ariaLabel: label }, parent);
    button.addEventListener("click", act);
  };
  const asked = () => {
    const { state, complaints } = readLink(location.hash, { ...settings(), ...home });
    return { state, complaints, any: Object.keys(state).length + complaints.length > 0 };
  };
  const jumps = html("span", { className: "gd-jumps", role: "group", ariaLabel: JUMPS.label }, shown.buttons);
  html("span", { textContent: JUMPS.short, ariaHidden: "true" }, jumps);
  for (const stop of model.get("stops")) press(jumps, formatCount(stop), jumpTo(stop), () => assign({ epochs: stop }));
  press(shown.buttons, BUTTONS.add, null, shown.addPoint);
  press(shown.buttons, BUTTONS.remove, null, shown.removePoint);
  press(shown.buttons, BUTTONS.reset, null, () => {
    shown.notify("");
    shown.unstack();
    shown.forgetMoves();
    assign(home);
    drawNow();
    if (asked().any) history.replaceState(history.state, "", location.pathname + location.search);
  });
  if (linkable) {
    press(shown.buttons, BUTTONS.link, null, async () => {
      if (shown.isStacked()) return shown.notify(NOTICES.stacked);
      history.replaceState(history.state, "", linkOf(settings(), home));
      const copied = await navigator.clipboard?.writeText(location.href).then(
        () => true,
        () => false,
      );
      shown.notify(copied ? NOTICES.copied : NOTICES.written);
    });
  }

  for (const name of NAMES) model.on(`change:${name}`, drawSoon);
  model.on("change:points", shown.unstack);

  let sought = false; // by a link
  const goThere = () => {
    if (sought) (el.closest(".gd-box") ?? el).scrollIntoView({ block: "nearest" });
    sought = false;
  };
  const openLink = () => {
    const { state, complaints, any } = asked();
    shown.notify(complaints.join(" "));
    if (!any) return;
    shown.forgetMoves();
    assign({ ...home, ...state }); // what a link does not name is as at home
    sought = true;
    if (el.isConnected) goThere();
  };
  if (linkable) {
    openLink();
    window.addEventListener("hashchange", openLink, { signal });
  }

  // Whether a figure is rendered before or after it is in its page is left to chance. So what needs the page waits for
  // the first of these calls that finds the figure there; then the controls around it are there, too. What is observed
  // is as wide as the figure and as high as its letters, neither of which changes with what is drawn.
  let improved;
  const resized = new ResizeObserver(([entry]) => {
    if (!el.isConnected) return;
    size = `${entry.contentRect.width} ${entry.contentRect.height}`;
    const box = el.closest(".gd-box");
    if (box && !improved) improved = improveControls(box, signal);
    shown.showStrip(Boolean(box));
    drawNow();
    goThere();
  });
  resized.observe(html("div", { className: "gd-ruler" }, el));

  return () => {
    cancelAnimationFrame(frame);
    resized.disconnect();
    improved?.forEach((observer) => observer.disconnect());
    shown.stop();
  };
}

export default { render };
