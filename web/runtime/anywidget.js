// anywidget's front end is written for require.js: it calls define(names, factory). The bundle calls this instead.
export let anywidget;

export function define(names, factory) {
  anywidget = factory;
}

// It gives a figure two seconds to get ready and then says in the console that it failed, though it only takes longer on
// a slow phone. What the bundle calls AbortSignal is this one, for which no time runs out.
export const AbortSignal = {
  any: (signals) => globalThis.AbortSignal.any(signals),
  timeout: () => new AbortController().signal,
};
