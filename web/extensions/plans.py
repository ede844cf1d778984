"""Sphinx extension: the teachers' plans say how long things take, counted anew from the chapters with every build.

Of the roles ``read``, ``do``, ``assignment`` and ``minutes`` a page makes what they name, with its minutes; of the
directives it makes tables of sums. ``class_time`` does the counting.
"""

import class_time
from docutils import nodes
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    for name in ("read", "do", "assignment", "minutes"):
        app.add_role(name, Timed())
    for name, directive in (
        ("lesson-times", LessonTimes),
        ("week-times", WeekTimes),
        ("chapter-times", ChapterTimes),
        ("other-chapters", OtherChapters),
    ):
        app.add_directive(name, directive)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def spoken(minutes: int) -> str:
    """Minutes in words."""
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


class Timed(SphinxRole):
    """Something that takes its time."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The link to it, and its minutes."""
        try:
            took = spoken(class_time.minutes_of(self.name, self.text))
            if self.name == "minutes":
                return [nodes.Text(took)], []
            return [*getattr(self, f"_{self.name}")(), nodes.Text(f" ({took})")], []
        except (KeyError, OSError, ValueError) as error:
            message = self.inliner.reporter.error(f"{self.rawtext}: {error}", line=self.lineno)
            return [], [message]

    def _read(self) -> list[nodes.Node]:
        name, headings = class_time.reading(self.text)
        title = nodes.inline("", class_time.chapter(name).title)
        link = addnodes.pending_xref(
            "", title, refdomain="std", reftype="doc", reftarget=f"/chapters/{name}", refexplicit=True
        )
        link["refdoc"] = self.env.docname
        if not headings:
            return [link]
        said: list[nodes.Node] = [link, nodes.Text(": ")]
        for place, heading in enumerate(headings):
            if place:
                said.append(nodes.Text(" and " if place == len(headings) - 1 else ", "))
            said.append(nodes.emphasis("", heading) if heading != class_time.OPENING else nodes.Text("its opening"))
        return said

    def _do(self) -> list[nodes.Node]:
        name = class_time.chapter_of(self.text)
        address = self.env.app.builder.get_relative_uri(self.env.docname, f"chapters/{name}")
        title = class_time.chapter(name).exercises[self.text]
        return [nodes.reference("", "", nodes.emphasis("", title), refuri=f"{address}#{self.text}", internal=True)]

    def _assignment(self) -> list[nodes.Node]:
        return [nodes.Text("assignment "), nodes.literal("", self.text)]


class _Made(SphinxDirective):
    """A directive that is written in Markdown here."""

    def run(self) -> list[nodes.Node]:
        """What the lines become."""
        made = nodes.Element()
        self.state.nested_parse(StringList(self.lines(), self.env.docname), self.content_offset, made)
        return made.children

    def lines(self) -> list[str]:
        """The Markdown."""
        raise NotImplementedError


def table(*rows: tuple[object, ...]) -> list[str]:
    """A table in Markdown; the first row is its head, and all columns but the first hold numbers."""
    head, *body = [f"| {' | '.join(map(str, row))} |" for row in rows]
    return [head, f"| --- |{' ---: |' * (len(rows[0]) - 1)}", *body]


class LessonTimes(_Made):
    """The lessons, and the minutes that their slots take by what is in them."""

    def lines(self) -> list[str]:
        """A row for each."""
        lessons = class_time.lessons()
        rows = [
            (each.title, each.minutes, each.counted, each.minutes - each.counted, each.homework or "")
            for each in lessons
        ]
        return table(("Lesson", "minutes", "counted", "to spare", "at home"), *rows)


class WeekTimes(_Made):
    """The weeks of the course, and their minutes at home."""

    def lines(self) -> list[str]:
        """A row for each."""
        weeks = class_time.weeks()
        total = ("Together", sum(week.homework for week in weeks))
        return table(("Week", "minutes at home"), *((week.number, week.homework) for week in weeks), total)


class ChapterTimes(_Made):
    """All chapters, as long as they are."""

    def lines(self) -> list[str]:
        """A row for each."""
        rows = []
        for name in class_time.numbered_chapters():
            each = class_time.chapter(name)
            count = len(each.exercises)
            link = f"[](/chapters/{name}.ipynb)"
            rows.append((link, each.words, each.lines, each.minutes, count, count * class_time.EXERCISE))
        head = ("Chapter", "words", "lines of code", "minutes with the quiz", "exercises", "minutes for these")
        return table(head, *rows)


class OtherChapters(_Made):
    """The chapters that the course does not place."""

    def lines(self) -> list[str]:
        """An item for each."""
        others = class_time.not_in(class_time.weeks())
        return [f"- {{read}}`{name}`" for name in others] or ["None: every chapter has its week."]
