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
