// A browser may refuse a page its storage: in a frame without an origin, where somebody guards their privacy. The theme's
// scripts ask for it all the same, and would end there. Such a page remembers until it is left.
for (const name of ["localStorage", "sessionStorage"]) {
  try {
    window[name].setItem("asked", "");
    window[name].removeItem("asked");
  } catch {
    const kept = new Map();
    const value = {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, text) => kept.set(key, String(text)),
      removeItem: (key) => kept.delete(key),
    };
    Object.defineProperty(window, name, { value });
  }
}

// Which colours a reader wants is what the mode says, now. The theme would begin with those of the last visit.
{
  const { dataset } = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  dataset.mode = localStorage.getItem("mode") || "auto";
  dataset.theme = ["light", "dark"].includes(dataset.mode) ? dataset.mode : system;
}

// Words that were searched for are marked by two scripts of Sphinx's, which no other page needs.
if (new URLSearchParams(location.search).has("highlight"))
  for (const name of ["doctools", "sphinx_highlight"]) {
    const script = document.createElement("script");
    script.src = `${document.documentElement.dataset.content_root}_static/${name}.js`;
    script.async = false;
    document.head.append(script);
  }

// The theme's buttons and a link of Sphinx's name what they call in an attribute, which is a script that no page allows. It
// is called here instead. A menu closes when something else is chosen, or by Escape.
document.addEventListener("click", (event) => {
  const on = (button) => event.target.closest(button);
  if (on(".btn-download-pdf-button")) print();
  if (on(".btn-fullscreen-button")) toggleFullScreen();
  if (on(".highlight-link a")) {
    event.preventDefault();
    SphinxHighlight.hideSearchWords();
  }
  for (const menu of document.querySelectorAll("details.dropdown[open]")) menu.open = menu === on("details.dropdown");
});
document.addEventListener("keydown", ({ key }) => {
  const menu = document.querySelector("details.dropdown[open]");
  if (key !== "Escape" || !menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
