// The theme's buttons and a link of Sphinx's name what they call in an attribute, which is a script that no page allows. It
// is called here instead.
document.addEventListener("click", (event) => {
  const on = (button) => event.target.closest(button);
  if (on(".btn-download-pdf-button")) print();
  if (on(".btn-fullscreen-button")) toggleFullScreen();
  if (on(".highlight-link a")) {
    event.preventDefault();
    SphinxHighlight.hideSearchWords();
  }
});
