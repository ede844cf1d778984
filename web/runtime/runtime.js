// What makes a page's figures live: the widgets whose state the page carries, with no kernel behind them.
import * as base from "@jupyter-widgets/base";
import * as box from "@jupyter-widgets/controls/lib/widget_box";
import * as description from "@jupyter-widgets/controls/lib/widget_description";
import * as float from "@jupyter-widgets/controls/lib/widget_float";
import * as int from "@jupyter-widgets/controls/lib/widget_int";
import * as link from "@jupyter-widgets/controls/lib/widget_link";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import { Widget } from "@lumino/widgets";
import "anywidget";
import { anywidget } from "./anywidget.js";
import explorer from "../../gdlib/widgets/static/explorer.js" with { type: "text" };

const MODULES = {
  "@jupyter-widgets/base": base,
  "@jupyter-widgets/controls": { ...box, ...description, ...float, ...int, ...link }, // what the figures have
  anywidget: anywidget(base),
};

/** Lets the page answer a reader who scrolls or types meanwhile. */
const pause = () => globalThis.scheduler?.yield?.() ?? new Promise((done) => setTimeout(done));

/** A widget manager for a page that has nothing but the state of its widgets. */
class PageManager extends ManagerBase {
  async loadClass(name, module) {
    const found = MODULES[module]?.[name];
    if (!found) throw new Error(`this page has no ${name} of ${module}`);
    await pause();
    return found;
  }
  _get_comm_info() {
    return Promise.resolve({}); // no kernel, no comms
  }
  _create_comm() {
    return Promise.reject(new Error("this page has no kernel"));
  }
}

/** Waits for all views inside a view: shown one after another, they would push one another about. */
async function whole(view) {
  for (const inside of await Promise.all(view.children_views?.views ?? [])) await whole(inside);
}

/** Waits for an element inside another. */
function has(element, selector) {
  return new Promise((done) => {
    const observer = new MutationObserver(() => look());
    const look = () => {
      if (!element.querySelector(selector)) return;
      observer.disconnect();
      done();
    };
    observer.observe(element, { childList: true, subtree: true });
    look();
  });
}

async function bringToLife() {
  await pause();
  const data = document.querySelector('script[type="application/vnd.jupyter.widget-state+json"]');
  const saved = JSON.parse(data.textContent);
  for (const { model_module: module, state: figure } of Object.values(saved.state))
    if (module === "anywidget") figure._esm = explorer; // which all pages share
  const manager = new PageManager();
  await manager.set_state(saved);
  for (const picture of document.querySelectorAll("img.live")) {
    const id = [...picture.classList].find((name) => name.startsWith("live-")).slice("live-".length);
    const view = await manager.create_view(await manager.get_model(id));
    await whole(view);
    Widget.attach(view.luminoWidget, picture.parentElement, picture); // tells all views inside that they are shown
    // anywidget calls the figure's script some time after its view is there, and that draws once it knows its width.
    await has(view.el, ":is(.gd-how, .gd-message):not(:empty)");
    picture.nextElementSibling.remove(); // the skeleton
    picture.remove();
  }
}

bringToLife();
