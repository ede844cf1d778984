// What a figure asks of its host beside an element, where no kernel runs: as a model of ipywidgets.

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
      for (const listener of of("msg:custom")) listener(message);
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
