"""The chapters' quizzes for a learning management system: GIFT for Moodle, QTI for Canvas and others.

python tools/quizzes.py _build/quizzes

The folder gets `quizzes.gift`, in which each chapter is a category, and `qti`, with an archive for each chapter.
Questions, answers and feedback are the chapters' own, so that nothing has to be kept twice.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import nbformat
from notebooks import NOTEBOOKS
from text2qti.config import Config
from text2qti.qti import QTI
from text2qti.quiz import Quiz

from gdlib._files import written_whole

BOOK = "Grasping Gradient Descent"
RIGHT = "Yes"  # how the feedback of a right answer begins


class Answer(NamedTuple):
    """What can be chosen, what is said to it, and whether it is right."""

    text: str
    feedback: str

    @property
    def is_right(self) -> bool:
        """Whether it is the one to choose."""
        return self.feedback.startswith(RIGHT)


class Question(NamedTuple):
    """A question of a quiz, in Markdown without line breaks."""

    text: str
    answers: list[Answer]


class Chapter(NamedTuple):
    """A chapter with a quiz."""

    name: str
    title: str
    questions: list[Question]


def chapters() -> Iterator[Chapter]:
    """The chapters that have a quiz, in the order of the contents."""
    for path in NOTEBOOKS:
        cells = nbformat.read(path, as_version=4).cells
        prose = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        if found := questions(prose):
            yield Chapter(path.stem, re.search("^# (.+)$", prose, re.M)[1], found)


def questions(prose: str) -> list[Question]:
    """Read the quiz of a chapter: a question in bold, then its answers, each a dropdown with its feedback."""
    quiz = prose.partition("\n## Quiz\n")[2].partition("\n## ")[0]
    texts = [text for text in re.split(r"^(?=\*\*)", quiz, flags=re.M) if text.startswith("**")]
    return [Question(*_question(text)) for text in texts]


def _question(text: str) -> tuple[str, list[Answer]]:
    """A question's text and its answers."""
    asked, _, rest = text.partition(":::")
    answers = re.findall(r"^:::\{dropdown\} (.+)\n([^:]+(?:.|\n)*?)^:::$", f":::{rest}", re.M)
    return _line(asked).removeprefix("**").removesuffix("**"), [Answer(_line(a), _line(b)) for a, b in answers]


def _line(text: str) -> str:
    """Text in one line."""
    return " ".join(text.split())


def gift(chapters: list[Chapter]) -> str:
    """All quizzes as one text in Moodle's GIFT: https://docs.moodle.org/en/GIFT_format."""
    lines = []
    for chapter in chapters:
        lines += [f"$CATEGORY: {BOOK}/{chapter.title}", ""]
        for count, question in enumerate(chapter.questions, 1):
            lines.append(f"::{_escaped(chapter.title)} {count}::[markdown]{_escaped(question.text)} {{")
            lines += [
                f"\t{'=' if answer.is_right else '~'}{_escaped(answer.text)}#{_escaped(answer.feedback)}"
                for answer in question.answers
            ]
            lines += ["}", ""]
    return "\n".join(lines)


def _escaped(text: str) -> str:
    r"""Text in which no character has a meaning for GIFT; a \ has one in front of some characters alone."""
    return re.sub(r"([~=#{}:\\])", r"\\\1", text)


def qti(chapter: Chapter) -> bytes:
    """A chapter's quiz as an archive in QTI 1.2."""
    lines = [f"Quiz title: {BOOK}: {chapter.title}", ""]
    for count, question in enumerate(chapter.questions, 1):
        lines.append(f"{count}. {question.text}")
        for letter, answer in zip("abcdefgh", question.answers, strict=False):
            lines += [f"{'*' if answer.is_right else ''}{letter}) {answer.text}", f"... {answer.feedback}"]
        lines.append("")
    archive = BytesIO()
    QTI(Quiz("\n".join(lines), config=Config())).write(archive)
    return archive.getvalue()


def main(folder: str) -> None:
    """Run as a command."""
    found = list(chapters())
    target = Path(folder)
    (target / "qti").mkdir(parents=True, exist_ok=True)
    with written_whole(target / "quizzes.gift") as file:
        file.write(gift(found).encode())
    for chapter in found:
        with written_whole(target / "qti" / f"{chapter.name}.zip") as file:
            file.write(qti(chapter))
    count = sum(len(chapter.questions) for chapter in found)
    print(f"{count} questions of {len(found)} chapters are in {target}")


if __name__ == "__main__":
    main(*sys.argv[1:])
