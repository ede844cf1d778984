// Makes a page's figures live, each from the settings that stand beside its picture: what an anywidget asks of its host is
// a model and an element. A figure comes to life when its reader is near it, or follows a link to a state of it. Somebody
// who searches the page or goes from control to control never comes near, so five seconds are the longest that it takes.
import figure, { isLink } from "../../gdlib/widgets/static/explorer.js";
import { modelOnPage } from "./model.js";

const NEAR = "100% 0px";
const LONGEST = 5000; // ms
const SETTINGS = "script[type='application/json']";
const whole_page = new URL("../../figure.html", document.currentScript.src).href;

function bringToLife(place) {
  const settings = { ...JSON.parse(place.querySelector(SETTINGS).textContent), whole_page };
  const el = document.createElement("div");
  place.replaceChildren(el);
  const model = modelOnPage(settings, place);
  figure.render({ model, el, signal: new AbortController().signal });
}

const waiting = new Set(document.querySelectorAll(".live-place"));
const comes = new IntersectionObserver((seen) => seen.filter((each) => each.isIntersecting).forEach(begin), {
  rootMargin: NEAR,
});
function begin({ target }) {
  comes.unobserve(target);
  if (waiting.delete(target)) bringToLife(target);
}
for (const place of waiting) comes.observe(place);

const beginAll = () => {
  for (const target of waiting) begin({ target });
};
setTimeout(beginAll, LONGEST);

const askedFor = () => {
  if (isLink(location.hash)) beginAll();
};
addEventListener("hashchange", askedFor);
askedFor();
