// Starts the deck of a page. Slides are as large as a projector's window, so that a live figure has there what it has in a
// window of its own; in another window all of it grows or shrinks.
import Reveal from "reveal.js";

const deck = new Reveal({
  width: 1024,
  height: 768,
  margin: 0,
  minScale: 0.1,
  maxScale: 8,
  center: false,
  hash: true,
  slideNumber: "c/t",
  controlsTutorial: false,
  navigationMode: "linear", // the keys of a presenter go through all slides
  transition: "none",
  backgroundTransition: "none",
  scrollActivationWidth: null,
  pdfMaxPagesPerSlide: 1,
  pdfSeparateFragments: false,
});

/** Make the letters of a wide formula so small that it stays on one line; what is not shown has no width. */
function fitFormulas() {
  for (const formula of document.querySelectorAll(".formula")) {
    formula.style.removeProperty("--fit");
    const { clientWidth, scrollWidth } = formula.querySelector(".katex-html");
    if (scrollWidth > clientWidth) formula.style.setProperty("--fit", (clientWidth - 2) / scrollWidth);
  }
}

deck.on("slidechanged", fitFormulas);
deck.on("pdf-ready", fitFormulas);
deck
  .initialize()
  .then(() => Promise.all([...document.fonts].map((font) => font.load())))
  .then(fitFormulas);
