"""Sphinx extension: what a search engine, a link's preview and a reader with an old link look for.

Every page has a title and a description of its own. Where the book will be is known from the environment variable
``BOOK_ADDRESS``, such as https://OWNER.github.io/NAME/; with it, pages name their address and a picture, and there is a
sitemap. Without it nothing names any address. A description is a page's first paragraph, which
``html_meta: {description: …}`` in its front matter replaces.

A page that moves is told of in the table ``redirects`` of _config.yml, from its old name to its new one:
``chapters/old: chapters/new#part``.
"""

import html
import os
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

from docutils import nodes
from PIL import Image
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

# Those that Sphinx makes have no paragraph.
DESCRIPTIONS = {
    "404": "There is no such page in the book.",
    "genindex": "Every name in the book's package, with the page that explains it.",
    "py-modindex": "The modules of the book's package.",
    "search": "Search all pages of the book for a word or a name.",
}
UNLISTED = ("404", "search")  # a search engine has no use for them
LONGEST = 200  # characters of a description: what is shown of it is less
CARD, MARGIN = (1200, 630), 30  # pixels of a preview's picture


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_config_value("redirects", {}, "html", dict)
    app.connect("config-inited", note_address)
    app.connect("html-collect-pages", more_pages)
    app.connect("html-page-context", describe)
    app.connect("build-finished", write_sitemap)
    app.connect("build-finished", root_links, priority=950)  # after pack.py
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def note_address(app: Sphinx, config: Config) -> None:
    """Tell Sphinx of the book's address, which always ends in a slash."""
    address = os.environ.get("BOOK_ADDRESS", "")
    if not address:
        return
    if not re.fullmatch(r"https?://[\w.-]+(:\d+)?(/[\w.~-]+)*/?", address, re.ASCII):
        raise ConfigError(
            f"BOOK_ADDRESS must be an address such as https://OWNER.github.io/NAME/, but it is {address!r}"
        )
    config.html_baseurl = address.rstrip("/") + "/"


def more_pages(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    """The page for addresses where there is none, and one for each page that moved."""
    yield "404", {"title": "There is no such page"}, "404.html"
    for old, new in app.config.redirects.items():
        page, mark, part = new.partition("#")
        if old in app.env.found_docs or page not in app.env.found_docs:
            wrong = f"{old!r} is still a page" if old in app.env.found_docs else f"{page!r} is none"
            raise ConfigError(f"redirects lead from an old page to one of today's, but {wrong}")
        target = app.builder.get_relative_uri(old, page) + mark + part
        yield old, {"page": page, "target": target, "title": app.env.titles[page].astext()}, "redirect.html"


def describe(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Say in the head what the page is about, and where it is."""
    address = app.config.html_baseurl
    if templatename == "redirect.html":
        context["pageurl"] = address and address + app.builder.get_target_uri(context["page"])
        return
    if pagename in UNLISTED:
        context["pageurl"] = None
        context["metatags"] = context.get("metatags", "") + '\n<meta name="robots" content="noindex">'
    elif pagename == app.config.root_doc and address:
        context["pageurl"] = address
    title, said = html.unescape(re.sub(r"<[^>]*>", "", context.get("title", ""))), description(pagename, doctree)
    tags = {
        "og:title": title or app.config.html_title,
        "og:site_name": app.config.html_title,
        "og:type": "website" if pagename == app.config.root_doc else "article",
        "og:description": said,
        "og:url": context.get("pageurl"),
        "twitter:card": "summary",
    }
    if address and (found := picture(app, pagename)):
        source, alternative = found
        width, height = CARD
        tags |= {
            "og:image": address + quote(draw_card(app, source)),
            "og:image:width": str(width),
            "og:image:height": str(height),
            "og:image:alt": alternative,
            "twitter:card": "summary_large_image",
        }
    lines = [] if explicit(doctree) or not said else [f'<meta name="description" content="{html.escape(said)}">']
    for name, content in tags.items():
        if content:
            key = "name" if name.startswith("twitter") else "property"
            lines.append(f'<meta {key}="{name}" content="{html.escape(content)}">')
    context["metatags"] = "\n".join([context.get("metatags", ""), *lines])


def explicit(doctree: nodes.document | None) -> str | None:
    """The description that the page's author gave."""
    given = doctree.findall(nodes.meta) if doctree else []
    return next((meta["content"] for meta in given if meta.get("name") == "description"), None)


def description(pagename: str, doctree: nodes.document | None) -> str | None:
    """What the page is about: the author's words, else its first paragraph."""
    said = explicit(doctree) or DESCRIPTIONS.get(pagename)
    if not said and doctree:
        said = next((paragraph.astext() for paragraph in doctree.findall(nodes.paragraph)), None)
    if not said:
        return None
    said = " ".join(said.split())
    sentences = [end.end() for end in re.finditer(r"[.!?](?= |$)", said) if end.end() <= LONGEST]
    return said[: sentences[-1]] if sentences else textwrap.shorten(said, LONGEST, placeholder=" …")


def picture(app: Sphinx, pagename: str) -> tuple[Path, str] | None:
    """The file of a page's first picture and what it shows; the landing page's where the page has none."""
    for name in (pagename, app.config.root_doc):
        if name not in app.env.found_docs:
            continue
        for image in app.env.get_doctree(name).findall(nodes.image):
            if image["uri"].endswith(".png"):
                return Path(app.srcdir) / image["uri"], image.get("alt", "")
    return None


def draw_card(app: Sphinx, source: Path) -> str:
    """A picture in the middle of a card of the size that previews want, as a file; its address in the book."""
    card = Path(app.outdir) / "_images" / f"card-{source.stem}.png"
    if not card.exists():
        card.parent.mkdir(exist_ok=True)
        width, height = CARD
        with Image.open(source) as image:
            scale = min((width - 2 * MARGIN) / image.width, (height - 2 * MARGIN) / image.height)
            drawn = image.convert("RGBA").resize((round(image.width * scale), round(image.height * scale)))
        white = Image.new("RGB", CARD, "white")
        white.paste(drawn, ((width - drawn.width) // 2, (height - drawn.height) // 2), drawn)
        white.save(card, optimize=True)
    return card.relative_to(app.outdir).as_posix()


def write_sitemap(app: Sphinx, exception: Exception | None) -> None:
    """List the pages for search engines."""
    if app.builder.format != "html" or exception:
        return
    address, out = app.config.html_baseurl, Path(app.outdir)
    sitemap, robots = out / "sitemap.xml", out / "robots.txt"
    if not address:
        return
    pages = sorted(app.env.found_docs - {app.config.root_doc})
    places = [address, *(address + app.builder.get_target_uri(page) for page in pages)]
    entries = "".join(f"  <url><loc>{html.escape(place)}</loc></url>\n" for place in places)
    listed = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n'
    sitemap.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n{listed}', encoding="utf-8")
    robots.write_text(f"User-agent: *\nAllow: /\nSitemap: {address}{sitemap.name}\n", encoding="utf-8")


def root_links(app: Sphinx, exception: Exception | None) -> None:
    """Let the page for missing pages, which a server sends for any address, name its files from the book's root on."""
    if app.builder.format != "html" or exception or not app.config.html_baseurl:
        return
    root = urlsplit(app.config.html_baseurl).path
    page = Path(app.outdir) / "404.html"
    relative = r'\b(href|src|action|data-content_root)="(?!#|/|\w+:)(?:\./)?'
    page.write_text(re.sub(relative, rf'\1="{root}', page.read_text(encoding="utf-8")), encoding="utf-8")
