// The live figure that a cell's value is, loaded when there is one: the same that the book's pages have.
import figure from "../../gdlib/widgets/static/explorer.js";
import table from "../../gdlib/widgets/settings.json";
import { modelOnPage } from "../runtime/model.js";

/**
 * @param {Element} el where
 * @param {object} told the settings that are not their defaults
 * @param {AbortSignal} signal what ends it
 * @param {URL} here the folder of this script
 */
export async function draw(el, told, signal, here) {
  const style = new URL("../live/style.css", here).href;
  if (![...document.styleSheets].some(({ href }) => href?.split("?")[0] === style)) {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: style });
    const comes = new Promise((resolve) => link.addEventListener("load", resolve));
    document.head.append(link);
    await comes;
  }
  const settings = Object.fromEntries(Object.entries(table).map(([name, each]) => [name, told[name] ?? each.default]));
  const home = Object.fromEntries(Object.entries(settings).filter(([name]) => table[name].changeable));
  const whole_page = new URL("../../figure.html", here).href;
  const state = { ...settings, home, linkable: false, whole_page, own: told.own ?? "" };
  figure.render({ model: modelOnPage(state, el, signal), el, signal });
}
