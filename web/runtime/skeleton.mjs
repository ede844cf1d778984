// The figures of a page as they will be laid out, without what is drawn in them: node runtime/skeleton.mjs < SETTINGS
// SETTINGS is a list; each figure gets a line of HTML. The figure's own script makes it, in a document that is never shown.
import { text } from "node:stream/consumers";
import { parseHTML } from "linkedom";
import figure from "../../gdlib/widgets/static/explorer.js";

const { window, document, Element } = parseHTML("<body></body>");
Object.defineProperties(Element.prototype, { clientWidth: { value: 100 }, clientHeight: { value: 100 } });
class ResizeObserver {
  constructor(callback) {
    this.observe = () => callback([{ contentRect: { width: 100, height: 12 } }]);
  }
  disconnect() {}
}
Object.assign(globalThis, { window, document, ResizeObserver, location: { hash: "" } });
Object.assign(globalThis, { getComputedStyle: () => ({ fontSize: "12px" }), cancelAnimationFrame() {} });

const NO_ROOM = ".gd-room > :not(.gd-longest), .gd-message, .gd-said, .gd-marks > *";

function skeleton(told) {
  const settings = { ...told, whole_page: "figure.html" }; // as live.js tells it
  const el = document.body.appendChild(document.createElement("div"));
  const model = { get: (name) => settings[name], set() {}, save_changes() {}, on() {}, send() {} };
  figure.render({ model, el })();
  for (const each of el.querySelectorAll(NO_ROOM)) each.remove();
  for (const each of el.querySelectorAll(".gd-drawing > svg")) each.replaceChildren();
  for (const input of el.querySelectorAll("input")) input.removeAttribute("name"); // it is no choice on the page
  return el.outerHTML;
}

for (const settings of JSON.parse(await text(process.stdin))) console.log(skeleton(settings));
