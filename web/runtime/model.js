// What a figure asks of its host beside an element, where no kernel runs: as a model of ipywidgets.

/**
 * The model of a figure on a page, whose Python runs the step of its reader's own, if it has one and Python is there.
 * @param {object} settings @param {Element} place the figure's, in its cell @param {AbortSignal} [signal] what ends it
 */
export function modelOnPage(settings, place, signal) {
  const model = modelOf(settings, ({ ask }) => {
    const answer = (told) => model.tell({ ...told, asked: ask });
    const detail = { ask, own: settings.own, answer };
    const asking = new CustomEvent("figure-asks", { detail, bubbles: true, cancelable: true });
    if (place.dispatchEvent(asking)) answer({}); // no Python has taken it
  });
  document.addEventListener("python-ran", () => model.tell({ again: true }), { signal });
  return model;
}

/**
 * Settings that tell who listens of every change.
 * @param {object} settings @param {(message: object) => void} [send] takes what the figure says to its host
 */
export function modelOf(settings, send) {
  const listeners = new Map();
  const of = (event) => listeners.get(event) ?? listeners.set(event, new Set()).get(event);
  return {
    send,
    /** Say something to the figure. */
    tell(message) {
      of("msg:custom").forEach((listener) => listener(message));
    },
    get: (name) => settings[name],
    set(name, value) {
      settings[name] = value;
      for (const listener of of(`change:${name}`)) listener();
    },
    on: (event, listener) => of(event).add(listener),
    save_changes() {},
  };
}
