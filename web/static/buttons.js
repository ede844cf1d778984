// The theme's buttons name what they call in an attribute, which is a script that no page allows. It is called here instead.
document.addEventListener("click", ({ target }) => {
  if (target.closest(".btn-download-pdf-button")) print();
  if (target.closest(".btn-fullscreen-button")) toggleFullScreen();
});
