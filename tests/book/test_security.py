"""What a page may load and run: the policy in each page, and that everything still works under it."""

import base64
import hashlib
import re

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import expect

MADE_BY_SPHINX = ["search", "genindex", "py-modindex", "404"]


def policy_of(soup):
    """The policy of a page as its directives and their sources."""
    text = soup.select_one('meta[http-equiv="Content-Security-Policy"]')["content"]
    return {kind: sources for kind, *sources in (directive.split() for directive in text.split(";"))}


def hashes(elements):
    digests = (hashlib.sha256(element.string.encode()).digest() for element in elements)
    return {f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests}


@pytest.fixture(scope="module")
def pages(book):
    """Every page of the book, those that Sphinx makes included."""
    paths = [path.relative_to(book) for path in book.rglob("*.html") if "_static" not in path.parts]
    assert {f"{name}.html" for name in MADE_BY_SPHINX} < set(map(str, paths))
    read_page = {path: (book / path).read_text(encoding="utf-8") for path in paths}
    return {path.as_posix()[:-5]: BeautifulSoup(text, "html.parser") for path, text in read_page.items()}


# The policy


def test_the_policy_comes_before_all_that_loads_or_runs_and_the_character_set_in_the_first_kilobyte(pages, book):
    for name, soup in pages.items():
        policy = soup.select_one('head > meta[http-equiv="Content-Security-Policy"]')
        assert (name, {tag.name for tag in policy.find_previous_siblings()}) == (name, {"meta"})
        assert b'charset="utf-8"' in (book / f"{name}.html").read_bytes()[:1024]


def test_a_page_may_load_its_own_files_and_run_the_scripts_that_it_was_built_with(pages):
    for soup in pages.values():
        policy = policy_of(soup)
        python = {"'wasm-unsafe-eval'"} if soup.select("script[data-cells]") else set()
        assert policy.pop("worker-src", ["'none'"]) == (["'self'"] if python else ["'none'"])
        for kind in ("base-uri", "child-src", "media-src", "object-src"):
            assert policy.pop(kind) == ["'none'"]
        for kind in ("connect-src", "default-src", "form-action"):
            assert policy.pop(kind) == ["'self'", "file:"]
        assert policy.pop("img-src") == policy.pop("font-src") == ["'self'", "file:", "data:"]
        assert policy.pop("style-src-attr") == ["'unsafe-inline'"]
        assert set(policy.pop("style-src")) == {"'self'", "file:"} | hashes(soup.select("style"))
        inline = [script for script in soup.select("script:not([src])") if not script.get("type")]
        assert set(policy.pop("script-src")) == {"'self'", "file:"} | python | hashes(inline)
        assert policy == {}


def test_what_is_no_script_says_so(pages):
    types = {script["type"] for soup in pages.values() for script in soup.select("script[type]")}
    assert [kind for kind in types if not re.fullmatch(r"application/(?!javascript|ecmascript)[\w.+-]+", kind)] == []


def test_no_attribute_is_a_script(pages):
    for name, soup in pages.items():
        tags = [tag for tag in soup.find_all(True) if any(attribute.startswith("on") for attribute in tag.attrs)]
        tags += soup.select('[href^="javascript:" i], [src^="javascript:" i], [action^="javascript:" i], [srcdoc]')
        assert (name, tags) == (name, [])


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
