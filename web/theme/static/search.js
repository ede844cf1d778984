// Sphinx's search, put right. This runs before the index comes.
{
  const { query, setIndex } = Search;

  // Words are looked up in objects, which have a "constructor" even if no page does.
  const bare = Object.create(null, { hasOwnProperty: { value: Object.prototype.hasOwnProperty } });
  Search.setIndex = (index) => {
    for (const words of [index.terms, index.titleterms]) Object.setPrototypeOf(words, bare);
    setIndex(index);
  };

  // The words to mark were stored for whatever page is opened next. They go along with each link instead.
  const name = "sphinx_highlight_terms";
  Search.query = (asked) => {
    query(asked);
    const words = localStorage.getItem(name);
    localStorage.removeItem(name);
    const lead = () => {
      for (const link of Search.output.querySelectorAll("li > a")) {
        const address = new URL(link.href);
        address.searchParams.set("highlight", words);
        link.href = address;
      }
    };
    new MutationObserver(lead).observe(Search.output, { childList: true });
    lead();
  };

  if (new URLSearchParams(location.search).get("q") === "")
    document.getElementById("search-results").textContent = "Type a word, or several, that a page should have.";
}
