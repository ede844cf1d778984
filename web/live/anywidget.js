// anywidget's front end is written for require.js: it calls define(names, factory). The bundle calls this instead.
export let anywidget;

export function define(names, factory) {
  anywidget = factory;
}
