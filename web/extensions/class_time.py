"""How long a chapter, a lesson and a week's homework take, counted from what stands in them.

A lesson is a section of `teach/guide.md` or `teach/course.md` whose title ends in its minutes. Its slots are "Minutes
5–15: …", a week of the course is "Week 3: …". What they ask for is marked in them: what is read, exercises, links to
figures, questions.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from math import ceil
from pathlib import Path
from typing import NamedTuple

import yaml
from live_code import GATE, NO_INPUT, text_of

ROOT = Path(__file__).parent.parent.parent

# What the guide says that a class manages in a minute, and how many minutes each of these takes.
WORDS = 150
LINES = 10
QUIZ, FIGURE, QUESTION, EXERCISE, TASK = 1, 1, 2, 8, 15

OPENING = "opening"  # what stands before the first heading

MARK = re.compile(r"\{(read|do|assignment|minutes)\}`([^`]+)`")
LINK = re.compile(r'<a\s+href="\.\./[^"]*#[^"]*"')
TEXT = r"\n:(.*\n(?:(?: {2}.*)?\n)*)"
SLOT = re.compile(rf"^Minutes (\d+)–(\d+): (.+){TEXT}", re.M)
HOME = re.compile(rf"^At home{TEXT}", re.M)
WEEK = re.compile(rf"^Week (\d+): (.+){TEXT}", re.M)


class Section(NamedTuple):
    """What there is to read under a heading."""

    words: int
    lines: int  # of code

    @property
    def minutes(self) -> float:
        """For reading it."""
        return self.words / WORDS + self.lines / LINES


class Chapter(NamedTuple):
    """A chapter, as long as it is."""

    title: str
    sections: dict[str, Section]  # by their headings
    quiz: int
    exercises: dict[str, str]  # titles, by their labels

    @property
    def words(self) -> int:
        """Of the whole text: without quiz, exercises and solutions."""
        return sum(section.words for section in self.sections.values())

    @property
    def lines(self) -> int:
        """Of the code that is shown with it."""
        return sum(section.lines for section in self.sections.values())

    @property
    def minutes(self) -> int:
        """For reading it, with its quiz."""
        return ceil(sum(section.minutes for section in self.sections.values()) + QUIZ * self.quiz)


@cache
def chapter(name: str) -> Chapter:
    """What stands in a notebook of the chapters."""
    cells = json.loads((ROOT / "chapters" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    sections, heading, quiz, exercises = {OPENING: Section(0, 0)}, OPENING, 0, {}
    for kind, text in _text(cells):
        words, lines = sections.get(heading, Section(0, 0))
        if kind == "code":
            sections[heading] = Section(words, lines + len(re.findall(r"\S.*", text)))
        elif kind == "exercise":
            exercises |= {label: title for title, label in re.findall(r"^ (.+)\n:label: (\S+)", text)}
        elif kind == "heading":
            heading = text
        elif heading == "Quiz":
            quiz += len(re.findall(r"^\*\*", text, re.M))
        elif heading != "Further reading":
            sections[heading] = Section(words + _count(text), lines)
    title = re.match(r"# (.+)", text_of(cells[0]["source"]))
    assert title, f"{name} does not begin with a title"
    return Chapter(title[1], sections, quiz, exercises)


def _text(cells: list[dict]) -> Iterator[tuple[str, str]]:
    """The pieces of a chapter in their order: its headings, prose and shown code, and how each exercise begins."""
    role = "text"
    for cell in cells:
        text = text_of(cell["source"])
        if cell["cell_type"] == "code":
            if role == "text" and not NO_INPUT & set(cell["metadata"].get("tags", ())):
                yield "code", text
            continue
        before, *more = GATE.split(text)
        for kind, edge, piece in [(role, "", before), *zip(more[::3], more[1::3], more[2::3], strict=True)]:
            role = "text" if edge == "end" else kind
            if edge == "start" and kind == "exercise":
                yield "exercise", piece
            if role == "text":
                prose, *parts = re.split(r"^## (.+)$", piece, flags=re.M)
                yield "prose", prose
                for heading, prose in zip(parts[::2], parts[1::2], strict=True):
                    yield "heading", heading
                    yield "prose", prose


def _count(text: str) -> int:
    """The words of a text in Markdown. A formula has as many as it has names and numbers."""
    text = re.sub(r"\]\([^)]*\)|<[^>]*>|^`{3,}.*|^:.*", " ", text, flags=re.M)
    return len(re.findall(r"\w+(?:['’.,]\w+)*", text))


@cache
def tasks(assignment: str) -> int:
    """How many things a graded assignment asks for."""
    (path,) = (ROOT / "exercises" / "source" / assignment).glob("*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return sum(bool(cell["metadata"].get("nbgrader", {}).get("solution")) for cell in cells)


def chapter_of(label: str) -> str:
    """The chapter in which an exercise stands."""
    names = [path.stem for path in sorted((ROOT / "chapters").glob("*.ipynb")) if label in chapter(path.stem).exercises]
    if len(names) != 1:
        raise ValueError(f"an exercise {label!r} stands in {len(names)} chapters")
    return names[0]


def reading(what: str) -> tuple[str, list[str]]:
    """The chapter that is to be read, and those of its sections that are, if not all."""
    name, _, headings = what.partition(": ")
    wanted = [heading for heading in headings.split("; ") if heading]
    if unknown := [heading for heading in wanted if heading not in chapter(name).sections]:
        raise ValueError(f"{name} has no section {unknown[0]!r}, but {[*chapter(name).sections]}")
    return name, wanted


def minutes_of(kind: str, what: str) -> int:
    """The minutes of what a mark of the guide asks for."""
    match kind:
        case "read":
            name, wanted = reading(what)
            if not wanted:
                return chapter(name).minutes
            return ceil(sum(chapter(name).sections[heading].minutes for heading in wanted))
        case "do":
            assert chapter_of(what)
            return EXERCISE
        case "minutes":
            return int(what)
    return TASK * tasks(what)


# The pages for teachers


def _page(name: str) -> str:
    return (ROOT / "teach" / f"{name}.md").read_text(encoding="utf-8")


class Slot(NamedTuple):
    """Some minutes of a lesson."""

    begin: int
    end: int
    title: str
    text: str

    @property
    def counted(self) -> int:
        """The minutes that it takes by what is in it."""
        figures, questions = len(LINK.findall(self.text)), len(re.findall(r"\*ask\b", self.text, re.I))
        return FIGURE * figures + QUESTION * questions + sum(minutes_of(*mark) for mark in MARK.findall(self.text))


class Lesson(NamedTuple):
    """A section of the guide with its slots."""

    title: str
    minutes: int
    slots: list[Slot]
    home: str  # what it asks for afterwards

    @property
    def counted(self) -> int:
        """The minutes that its slots take."""
        return sum(slot.counted for slot in self.slots)

    @property
    def homework(self) -> int:
        """The minutes that it asks for at home."""
        return sum(minutes_of(*mark) for mark in MARK.findall(self.home))


def lessons() -> list[Lesson]:
    """The lessons of both pages. One that begins as another did has that one's slots first."""
    found: list[Lesson] = []
    for section in re.split(r"^## ", f"{_page('guide')}\n{_page('course')}", flags=re.M)[1:]:
        title = section.partition("\n")[0]
        if minutes := re.search(r" in (\d+) minutes$", title):
            slots = [Slot(int(begin), int(end), *more) for begin, end, *more in SLOT.findall(section)]
            if slots[0].title == "as above":
                slots = [slot for slot in found[-1].slots if slot.end <= slots[0].end] + slots[1:]
            found.append(Lesson(title, int(minutes[1]), slots, "".join(HOME.findall(section))))
    return found


class Week(NamedTuple):
    """A week of the course."""

    number: int
    title: str
    text: str

    @property
    def marks(self) -> list[tuple[str, str]]:
        """What it asks for at home."""
        return MARK.findall(self.text)

    @property
    def homework(self) -> int:
        """The minutes that it asks for at home."""
        return sum(minutes_of(*mark) for mark in self.marks)


def weeks() -> list[Week]:
    """The weeks of the course."""
    return [Week(int(number), *more) for number, *more in WEEK.findall(_page("course"))]


def numbered_chapters() -> list[str]:
    """The chapters of both parts, in the book's order."""
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["parts"]
    return [Path(each["file"]).name for part in parts if part.get("numbered") for each in part["chapters"]]


def not_in(course: list[Week]) -> list[str]:
    """The chapters that no week asks for."""
    placed = {reading(what)[0] for week in course for kind, what in week.marks if kind == "read"}
    return [name for name in numbered_chapters() if name not in placed]
