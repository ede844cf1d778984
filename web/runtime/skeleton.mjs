// The figures of a page as they will be laid out, without what is drawn in them: node runtime/skeleton.mjs PLACE ... < STATE
// STATE are the widgets of the page; each PLACE, a figure's id among them, gets a line of HTML. The figure's own script
// makes its part, in a document that is never shown.
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

const { state: widgets } = JSON.parse(await text(process.stdin));

/** What ipywidgets makes of a widget, as far as it takes room. */
const KINDS = {
  VBoxModel: ({ children }) => box("widget-box widget-vbox", children),
  HBoxModel: ({ children }) => box("widget-box widget-hbox", children),
  PlayModel: () => `<div class="widget-play">${'<button type="button"><i class="fa"></i></button>'.repeat(2)}</div>`,
  IntSliderModel: slider,
  FloatSliderModel: slider,
  FloatLogSliderModel: slider,
  AnyModel: (state) => {
    const box = document.body.appendChild(document.createElement("div"));
    box.className = "gd-box"; // in one, a figure shows the marks of the slider above it
    const el = box.appendChild(document.createElement("div"));
    const model = { get: (name) => state[name], set() {}, save_changes() {}, on() {} };
    figure.render({ model, el })();
    for (const each of el.querySelectorAll(".gd-room > :not(.gd-longest), .gd-message, .gd-said")) each.remove(); // takes no room
    for (const each of el.querySelectorAll(".gd-panel > svg")) each.replaceChildren();
    for (const input of el.querySelectorAll("input")) input.removeAttribute("name"); // it is no choice on the page
    return el.outerHTML;
  },
};

function widget(reference) {
  const { model_name: name, state } = widgets[reference.replace("IPY_MODEL_", "")];
  const classes = state._dom_classes.join(" ");
  return KINDS[name](state).replace('class="', `class="jupyter-widgets ${classes} `);
}

function box(name, children) {
  return `<div class="${name}">${children.map(widget).join("")}</div>`;
}

function slider({ description }) {
  const [label, track] = [`<label class="widget-label">${description}</label>`, '<div class="slider-container"></div>'];
  return `<div class="widget-hslider">${label}${track}<div class="widget-readout"></div></div>`;
}

for (const place of process.argv.slice(2)) console.log(widget(place));
