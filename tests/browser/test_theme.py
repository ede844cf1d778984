"""What the theme's scripts do for a reader, whatever a browser refuses them and whichever of them fails."""

import re
from itertools import product

import pytest
from figure import come
from playwright.sync_api import expect

CHAPTER = "chapters/the-loop.html"

# Colours

COLOURS = """([mode, theme]) => {
  for (const [name, value] of [["mode", mode], ["theme", theme]])
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
}"""
# A page is painted from its body on.
FIRST_COLOURS = """
window.colours = [];
new MutationObserver(() => {
  const { theme } = document.documentElement.dataset;
  if (document.body && colours.at(-1) !== theme) colours.push(theme);
}).observe(document, { childList: true, subtree: true, attributeFilter: ["data-theme"] });
"""


@pytest.mark.parametrize("system", ["light", "dark"])
def test_a_page_is_never_shown_in_other_colours_than_the_reader_chose(browser, book_url, system):
    context = browser.new_context(color_scheme=system)
    page, seen = context.new_page(), {}
    page.add_init_script(FIRST_COLOURS)
    page.goto(f"{book_url}404.html")
    other = {"light": "dark", "dark": "light"}[system]
    for mode, theme in product([None, "auto", "light", "dark", "odd"], [None, other]):
        page.evaluate(COLOURS, [mode, theme])
        page.reload(wait_until="load")
        seen[mode, theme] = page.evaluate("colours")
    context.close()
    assert seen == {(mode, theme): [mode if mode in ("light", "dark") else system] for mode, theme in seen}


# What a page can do, each by the button for it; whatever is wrong with it says so within a few seconds


def changes_colours(page):
    button, html = page.get_by_role("button", name="Color mode"), page.locator("html")
    choices, seen = page.locator(".theme-change-button"), []
    for place in range(3):
        button.click()
        if choices.count():  # newer themes let the reader choose from all three
            choices.nth(place).click()
        seen.append(html.get_attribute("data-mode"))
    assert sorted(seen) == ["auto", "dark", "light"]


def opens_the_search(page):
    field = page.locator("#pst-search-dialog input")
    page.locator("body").press("Control+k")
    expect(field).to_be_visible()
    field.press("Escape")
    expect(field).not_to_be_visible()


def folds_the_sidebar(page):
    sidebar = page.locator("#pst-primary-sidebar")
    for visible in (True, False):
        expect(sidebar).to_be_visible(visible=visible)
        page.locator(".primary-toggle").first.click()


def copies(page):
    button = page.locator("button.copybtn:visible").first
    button.hover()
    button.click()
    expect(button).to_have_class(re.compile("success"))


def unfolds(page):
    solution = page.locator("details.solution").first
    solution.locator("summary").click()
    expect(solution).to_have_attribute("open", "")


def shows_the_figure(page):
    come(page)


def opens_a_menu(page):
    summary, title = page.get_by_label("Download this page"), page.locator("article h1")
    menu = page.locator("details.dropdown .dropdown-menu").first
    for closes in (summary.click, lambda: summary.press("Escape"), title.click):
        expect(menu).not_to_be_visible()
        summary.click()
        expect(menu).to_be_in_viewport(ratio=1)
        closes()
    expect(menu).not_to_be_visible()


def prints(page):
    page.evaluate("() => { window.print = () => { window.printed = true; }; }")
    page.locator(".btn-download-pdf-button").evaluate("button => button.click()")
    assert page.evaluate("window.printed")


ABILITIES = [
    changes_colours,
    opens_the_search,
    folds_the_sidebar,
    copies,
    unfolds,
    opens_a_menu,
    prints,
    shows_the_figure,
]

# Storage, which is denied in a frame without an origin, by strict privacy, and where it is full

DENIED = {
    "full": 'Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };',
    "none": """
        for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, { value: null });
    """,
}


@pytest.fixture
def without_storage(context, book_url):
    """Open a page in which nothing is remembered; what goes wrong in it fails the test."""
    pages, wrong = [], []

    def opened(address, denial):
        page = context.new_page()
        pages.append(page)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        if denial in DENIED:
            page.add_init_script(DENIED[denial])
            page.goto(book_url + address)
            return page
        frame = f'<iframe sandbox="allow-scripts" src="{book_url}{address}" width="1240" height="800"></iframe>'
        page.route("**/frame", lambda route: route.fulfill(body=frame, content_type="text/html"))
        page.goto(f"{book_url}frame")
        page.frames[1].wait_for_load_state()
        return page.frames[1]

    yield opened
    for page in pages:
        page.close()
    assert wrong == []


@pytest.mark.parametrize("denial", [*DENIED, "a frame without an origin"])
def test_without_storage_everything_works_but_remembering(without_storage, denial):
    page = without_storage(CHAPTER, denial)
    for does in ABILITIES:
        does(page)
    page = without_storage("search.html?q=momentum", denial)
    expect(page.locator("#search-results li").first).to_be_visible()
    page.locator("#search-results li a").first.click()
    expect(page.locator("article .highlighted").first).to_be_visible()


# Failure

ALONE = {  # what a script does that no other does for it
    "clipboard.min": [copies],
    "copybutton": [copies],
    "documentation_options": [copies],
    "scripts/pydata-sphinx-theme": [changes_colours, opens_the_search],
    "scripts/sphinx-book-theme": [folds_the_sidebar],
    "live/live": [shows_the_figure],
}


@pytest.mark.parametrize(
    "failing",
    [
        ["clipboard.min", "documentation_options", "scripts/sphinx-book-theme"],
        ["scripts/pydata-sphinx-theme", "copybutton", "live/live"],
    ],
    ids=", ".join,
)
def test_what_fails_in_a_script_ends_that_one_alone(context, book_url, failing):
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    for name in failing:
        page.route(f"**/_static/{name}.js*", lambda route: route.fulfill(body="throw new Error('here')"))
    page.goto(book_url + CHAPTER)
    lost = [does for name in failing for does in ALONE.get(name, [])]
    for does in ABILITIES:
        if does not in lost:
            does(page)
    page.close()
    assert wrong.count("here") == len(failing)
