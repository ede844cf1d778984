"""Sphinx extension: pictures become WebP, a fifth smaller, and say their size, so that nothing moves when they come."""

from pathlib import Path

from docutils import nodes
from PIL import Image
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms.images import ImageConverter
from sphinx.writers.html5 import HTML5Translator


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_post_transform(ToWebP)
    app.add_node(nodes.image, override=True, html=(visit_image, HTML5Translator.depart_image))
    app.connect("builder-inited", want_webp)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def want_webp(app: Sphinx) -> None:
    """Leave PNG out of what pages may have, so that Sphinx looks for a way to something else."""
    if app.builder.format == "html":
        type(app.builder).supported_image_types = ["image/svg+xml", "image/webp", "image/gif", "image/jpeg"]


class ToWebP(ImageConverter):
    """Sphinx's way to have a picture in another format."""

    conversion_rules = [("image/png", "image/webp")]  # noqa: RUF012

    def is_available(self) -> bool:
        """Pillow is always there."""
        return True

    def convert(self, source: str, target: str) -> bool:
        """Lose nothing but the bytes."""
        with Image.open(source) as image:
            image.convert("RGBA" if image.has_transparency_data else "RGB").save(target, lossless=True)
        return True


def visit_image(self: HTML5Translator, node: nodes.image) -> None:
    """Write the picture as Sphinx does, with its size in pixels."""
    path = Path(self.builder.srcdir, node["uri"])
    HTML5Translator.visit_image(self, node)
    if path.suffix == ".webp":
        with Image.open(path) as image:
            width, height = image.size
        self.body[-1] = self.body[-1].replace("<img ", f'<img width="{width}" height="{height}" ', 1)
