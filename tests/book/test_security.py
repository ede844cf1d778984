"""What a page may load and run: the policy in each page, and that everything still works under it."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from playwright.sync_api import expect

POLICY = "Content-Security-Policy"
MADE_BY_SPHINX = ["search", "genindex", "py-modindex", "404"]


class Page(HTMLParser):
    """The tags of a page in their order, each with its attributes and, of scripts and styles, what stands in it."""

    def __init__(self, path):
        super().__init__()
        self.tags = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs), []))

    def handle_data(self, data):
        if self.cdata_elem:
            self.tags[-1][2].append(data)

    def all(self, name):
        return [(attributes, "".join(text)) for tag, attributes, text in self.tags if tag == name]

    @property
    def policy(self):
        """The directives of its policy, and their sources."""
        (text,) = [told["content"] for told, _ in self.all("meta") if told.get("http-equiv") == POLICY]
        return {kind: sources for kind, *sources in (directive.split() for directive in text.split(";"))}


def hashes(texts):
    return {f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in texts}


@pytest.fixture(scope="module")
def pages(book):
    """Every page of the book, those that Sphinx makes included."""
    paths = [path.relative_to(book) for path in book.rglob("*.html") if "_static" not in path.parts]
    assert {f"{name}.html" for name in MADE_BY_SPHINX} < set(map(str, paths))
    return {path.as_posix(): Page(book / path) for path in paths}


# The policy


def test_the_policy_comes_before_all_that_loads_or_runs_and_the_character_set_in_the_first_kilobyte(pages, book):
    for name, page in pages.items():
        tags = [(tag, told.get("http-equiv")) for tag, told, _ in page.tags]
        before = tags[: tags.index(("meta", POLICY))]
        assert (name, {tag for tag, _ in before}) == (name, {"html", "head", "meta"})
        assert b'charset="utf-8"' in (book / name).read_bytes()[:1024]


def test_a_page_may_load_its_own_files_and_run_the_scripts_that_it_was_built_with(pages):
    for page in pages.values():
        policy, scripts = page.policy, page.all("script")
        python = {"'wasm-unsafe-eval'"} if any("data-cells" in told for told, _ in scripts) else set()
        assert policy.pop("worker-src", ["'none'"]) == (["'self'"] if python else ["'none'"])
        for kind in ("base-uri", "child-src", "media-src", "object-src"):
            assert policy.pop(kind) == ["'none'"]
        for kind in ("connect-src", "default-src", "form-action"):
            assert policy.pop(kind) == ["'self'", "file:"]
        assert policy.pop("img-src") == policy.pop("font-src") == ["'self'", "file:", "data:"]
        assert policy.pop("style-src-attr") == ["'unsafe-inline'"]
        assert set(policy.pop("style-src")) == {"'self'", "file:"} | hashes(text for _, text in page.all("style"))
        inline = [text for told, text in scripts if "src" not in told and not told.get("type")]
        assert set(policy.pop("script-src")) == {"'self'", "file:"} | python | hashes(inline)
        assert policy == {}


def test_what_is_no_script_says_so(pages):
    types = {told["type"] for page in pages.values() for told, _ in page.all("script") if "type" in told}
    assert [kind for kind in types if not re.fullmatch(r"application/(?!javascript|ecmascript)[\w.+-]+", kind)] == []


def test_no_attribute_is_a_script(pages):
    for name, page in pages.items():
        told = [pair for _, attributes, _ in page.tags for pair in attributes.items()]
        found = [pair for pair in told if pair[0].startswith("on") or pair[0] == "srcdoc"]
        places = [pair for pair in told if pair[0] in ("href", "src", "action")]
        found += [pair for pair in places if (pair[1] or "").strip().lower().startswith("javascript:")]
        assert (name, found) == (name, [])


# The pages under it; tests/browser opens those of the table of contents and reads the console


@pytest.mark.parametrize("name", MADE_BY_SPHINX)
def test_the_pages_that_sphinx_makes_break_no_rule(open_page, name):
    page = open_page(f"{name}.html")
    expect(page.locator("h1").last).to_be_visible()


def test_the_search_fetches_its_excerpts(open_page):
    page = open_page("search.html?q=momentum")
    expect(page.locator("#search-results p.context").first).not_to_be_empty()


def test_the_search_dialog_leads_to_the_results(open_page):
    page = open_page("index.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("momentum")
    page.keyboard.press("Enter")
    expect(page.locator("#search-results li").first).to_be_visible()


def test_a_button_fills_the_screen(open_page):
    page = open_page("index.html")
    page.locator(".btn-fullscreen-button").click()
    page.evaluate(
        "new Promise(done => document.fullscreenElement ? done() : addEventListener('fullscreenchange', done))"
    )
    page.locator(".btn-fullscreen-button").click()


INJECT = """() => new Promise((done) => {
  const refused = [];
  document.addEventListener("securitypolicyviolation", (event) => {
    refused.push(event.effectiveDirective);
    if (refused.length === 6) done(refused.sort());
  });
  for (const given of [{ textContent: "window.ran = 1" }, { src: "https://example.org/script.js" }])
    document.body.append(Object.assign(document.createElement("script"), given));
  const markup = '<img src="data:," onerror="window.ran = 2"><img src="https://example.org/"><object data="https://example.org/">';
  document.body.insertAdjacentHTML("beforeend", markup);
  setTimeout("window.ran = 3");
})"""


def test_what_somebody_puts_into_a_page_does_not_run_and_is_not_fetched(context, book_url):
    page, asked = context.new_page(), []
    page.route("https://example.org/**", lambda route: (asked.append(route.request.url), route.abort()))
    page.goto(f"{book_url}index.html", wait_until="load")
    refused = page.evaluate(INJECT)
    script = ["script-src", "script-src-attr", "script-src-elem", "script-src-elem"]
    assert refused == ["img-src", "object-src", *script]
    assert page.evaluate("window.ran") is None
    assert asked == []
    page.close()
