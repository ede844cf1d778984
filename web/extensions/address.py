"""Sphinx extension: what search engines, previews of links and readers with an old link look for.

Every page has a description: its first paragraph, which ``html_meta: {description: …}`` in its front matter replaces.
Where the book knows its address (``html: baseurl:`` in _config.yml), pages say where they are and show a picture in
previews, and there is a sitemap; where it does not, nothing names an address.
"""

import re
import textwrap
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import npm
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError

# Of the pages that Sphinx makes.
DESCRIPTIONS = {
    "404": "There is no such page in the book.",
    "genindex": "Every name in the book's package, with the page that explains it.",
    "py-modindex": "The modules of the book's package.",
    "search": "Search all pages of the book for a word or a name.",
}
LONGEST = 200  # characters of a description: what is shown of it is less
UNLISTED = ("404", "search", "figure")  # a search engine has no use for them


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.setup_extension("notfound.extension")
    app.setup_extension("sphinx_reredirects")
    if app.config.html_baseurl:
        app.setup_extension("sphinxext.opengraph")
        app.setup_extension("sphinx_sitemap")
        app.connect("env-updated", fall_back)
    app.connect("config-inited", configure)
    app.connect("html-page-context", describe, priority=400)  # before opengraph, which says the same in its words
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def configure(app: Sphinx, config: Config) -> None:
    """Tell the libraries where the book is, and how ours looks."""
    address = config.html_baseurl and config.html_baseurl.rstrip("/") + "/"
    if address and not re.fullmatch(r"https?://[\w.-]+(:\d+)?(/[\w.~-]+)*/", address, re.ASCII):
        wrong = config.html_baseurl
        raise ConfigError(f"baseurl must be an address such as https://OWNER.github.io/NAME/, but it is {wrong!r}")
    config.notfound_urls_prefix = urlsplit(address).path or "/"
    config.notfound_template = "missing.html"
    config.notfound_context = {"title": "There is no such page"}
    config.redirect_html_template_file = str(npm.WEB / "theme" / "templates" / "redirect.html")
    if address:
        config.html_baseurl = config.ogp_site_url = address
        config.ogp_site_name = config.html_title
        config.ogp_use_first_image = True
        config.ogp_custom_meta_tags = ['<meta name="twitter:card" content="summary_large_image">']
        config.sitemap_url_scheme = "{link}"
        config.sitemap_excludes = [f"{page}.html" for page in (*UNLISTED, "genindex", "py-modindex")]


def fall_back(app: Sphinx, env: BuildEnvironment) -> None:
    """Let a page without a picture show the landing page's."""
    picture = next(env.get_doctree(app.config.root_doc).findall(nodes.image), None)
    if picture is not None:
        app.config.ogp_image = f"_images/{Path(picture['uri']).stem}.webp"
        app.config.ogp_image_alt = picture.get("alt")


def describe(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Say in the head what the page is about."""
    given = doctree.findall(nodes.meta) if doctree else ()
    own = next((meta["content"] for meta in given if meta.get("name") == "description"), None)
    said = own or DESCRIPTIONS.get(pagename) or (doctree and first_words(doctree))
    context["metatags"] = context.get("metatags", "")
    if said and not own:
        context["metatags"] += f'\n<meta name="description" content="{escape(said)}">\n'
    if pagename in UNLISTED:
        context["metatags"] += '<meta name="robots" content="noindex">\n'
    kind = "website" if pagename == app.config.root_doc else "article"
    context["meta"] = (context.get("meta") or {}) | {"og:description": said, "og:type": kind}


def first_words(doctree: nodes.document) -> str:
    """The first paragraph, or as many of its sentences or words as are shown."""
    said = " ".join(next((paragraph.astext() for paragraph in doctree.findall(nodes.paragraph)), "").split())
    sentences = [end.end() for end in re.finditer(r"[.!?](?= |$)", said) if end.end() <= LONGEST]
    return said[: sentences[-1]] if sentences else textwrap.shorten(said, LONGEST, placeholder=" …")
