// The live figure: a descent on a line's loss, run and drawn in the browser. A module for anywidget, whose model has
// the settings of settings.json. `python tools/widget.py` bundles all of this folder for gdlib.

import { copy, showText } from "./copying.js";
import { html } from "./drawing.js";
import { figure } from "./figure.js";
import { isLink, linkOf, readLink, readWhole, wholeLinkOf } from "./links.js";
import { kept } from "./memo.js";
import { BUTTONS, FRAME_TITLE, KEYS, NOTICES } from "./messages.js";
import { player } from "./player.js";
import { asPython } from "./python.js";
import { CHANGEABLE, DEFAULTS, NAMES } from "./settings.js";
import { theirs } from "./theirs.js";
import { changes } from "./undo.js";

/** What a key belongs to before it belongs to the window. */
const OF_THEIR_OWN = { " ": "input, button, summary, [tabindex]" };

function render({ model, el, signal }) {
  const home = model.get("home"); // what Reset returns to
  const linkable = model.get("linkable"); // the page's address can carry the reader's changes
  const whole = model.get("whole"); // there is nothing else on the page, whose address carries all settings
  const lecture = model.get("lecture"); // the place of this state among those of a lecture, on such a page
  const wholePage = model.get("whole_page"); // the address of such a page, where there is one
  const keep = kept();
  const now = (names) => Object.fromEntries(names.map((name) => [name, keep(name, model.get(name) ?? DEFAULTS[name])]));
  const settings = () => now(NAMES);
  const set = (settings) => {
    for (const [name, setting] of Object.entries(settings)) model.set(name, setting);
    model.save_changes();
  };
  const past = changes(() => now(CHANGEABLE), (settings) => {
    shown.forgetMoves();
    set(settings);
    drawNow();
  });
  /** Change settings as the reader does, who may want them back. */
  const assign = (settings, kind = Object.keys(settings).join()) => {
    past.remember(kind);
    set(settings);
  };

  el.addEventListener("pointerdown", past.hold, { capture: true });
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, past.letGo, { signal });

  let size = ""; // asking for it in every frame would make the browser lay out everything twice
  let frame = 0;
  const drawNow = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    shown.draw(settings(), size);
    undo.disabled = past.isEmpty();
  };
  const drawSoon = () => (frame ||= requestAnimationFrame(drawNow));
  const own = theirs(model, drawSoon);
  const shown = figure(el, assign, drawNow, own);
  const play = player(shown.played, model.get("stops"), settings, (epochs, how) => assign({ epochs }, how));

  const press = (name, act) => {
    const button = html("button", { type: "button", textContent: name }, shown.buttons);
    button.addEventListener("click", act);
    return button;
  };
  const asked = () => {
    const { state, complaints } = readLink(location.hash, { ...settings(), ...home });
    return { state, complaints, any: Object.keys(state).length + complaints.length > 0 };
  };
  const undo = press(BUTTONS.undo, () => past.undo());
  press(BUTTONS.add, shown.addPoint);
  press(BUTTONS.remove, shown.removePoint);
  const reset = () => {
    play.stop();
    shown.notify("");
    shown.forgetMoves();
    assign(home, "reset");
    drawNow();
    if (asked().any) history.replaceState(history.state, "", location.pathname + location.search);
  };
  press(BUTTONS.reset, reset);
  /** A button for what takes a state along, which points above one another are none of. */
  const pressToTake = (name, act) =>
    press(name, () => (shown.isStacked() ? shown.notify(NOTICES.stacked) : act(settings())));
  /** Say what has been taken along, and that the reader's own step has not. */
  const tell = (notice) => shown.notify(own ? `${notice} ${NOTICES.withoutOwn(model.get("own"))}`.trim() : notice);
  const give = async (text, copied) => {
    if (await copy(text)) return tell(copied);
    showText(el, text);
    tell(NOTICES.shown);
  };
  if (linkable || whole) {
    pressToTake(BUTTONS.link, async (state) => {
      history.replaceState(history.state, "", whole ? wholeLinkOf(state) : linkOf(state, home));
      tell((await copy(location.href)) ? NOTICES.copied : NOTICES.written);
    });
  }
  pressToTake(BUTTONS.python, (state) => give(asPython(state), NOTICES.codeCopied));
  if (wholePage) {
    const address = (state) => wholePage + wholeLinkOf(state);
    const openWhole = (state) => {
      open(address(state), "_blank", "noopener");
      tell("");
    };
    if (!whole) pressToTake(BUTTONS.whole, openWhole);
    pressToTake(BUTTONS.embed, (state) => {
      const source = address(state).replaceAll("&", "&amp;");
      const frame =
        `<iframe src="${source}" title="${FRAME_TITLE}" sandbox="allow-scripts" loading="lazy" ` +
        'style="width: 100%; aspect-ratio: 4 / 3; border: 0"></iframe>';
      give(frame, NOTICES.frameCopied);
    });
  }

  // Keys that count wherever the focus is within the figure, but for a box in which is typed.
  const keys = { ",": () => play.step(-1), ".": () => play.step(1) };
  const keysOfWindow = {
    ArrowLeft: () => play.step(-1),
    ArrowRight: () => play.step(1),
    PageUp: () => (lecture ?? play).go(-1),
    PageDown: () => (lecture ?? play).go(1),
    Home: reset,
    " ": play.toggle,
  };
  const takeKey = (event) => {
    if (event.altKey || event.target.closest("input[type=text], textarea")) return;
    const command = event.ctrlKey || event.metaKey;
    const letter = event.key.toLowerCase();
    if (command && letter === "z" && !event.shiftKey) past.undo();
    else if (command && (letter === "y" || letter === "z")) past.redo();
    else if (!command && event.key in keys) keys[event.key]();
    else if (!command && whole && event.key in keysOfWindow && !event.target.closest(OF_THEIR_OWN[event.key] ?? "input"))
      keysOfWindow[event.key]();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  (whole ? document : el).addEventListener("keydown", takeKey, { signal });
  if (whole) {
    el.classList.add("gd-whole");
    html("p", { className: "gd-keys", textContent: KEYS(lecture) }, shown.notices);
    shown.notify([lecture && NOTICES.state(lecture.at + 1, lecture.count), model.get("notice")].filter(Boolean).join(" "));
  }

  for (const name of NAMES) model.on(`change:${name}`, drawSoon);
  model.on("change:points", shown.unstack);

  let sought = false; // by a link
  const goThere = () => {
    if (sought) el.scrollIntoView({ block: "nearest" });
    sought = false;
  };
  const openLink = () => {
    const { state, complaints, any } = asked();
    shown.notify(complaints.join(" "));
    if (!any) return;
    shown.forgetMoves();
    assign({ ...home, ...state }, "link"); // what a link does not name is as at home
    sought = true;
    if (size) goThere(); // else it has not been drawn yet
  };
  if (linkable) {
    openLink();
    window.addEventListener("hashchange", openLink, { signal });
  }

  // Whether a figure is rendered before or after it is in its page is left to chance; what needs the page waits for the
  // first of these calls that finds the figure there. What is observed is as wide as the figure and as high as its
  // letters, neither of which changes with what is drawn.
  const ruler = html("div", { className: "gd-ruler" }, el);
  const fit = () => {
    if (!el.isConnected) return;
    const { width, height } = ruler.getBoundingClientRect();
    const found = `${width} ${height}`;
    if (found === size) return;
    size = found;
    drawNow();
    goThere();
  };
  const resized = new ResizeObserver(fit);
  resized.observe(ruler);
  fit(); // at once, so that the page is never laid out around an empty figure

  return () => {
    cancelAnimationFrame(frame);
    play.stop();
    resized.disconnect();
    shown.stop();
    own?.stop();
  };
}

export { isLink, readWhole };
export default { render };
