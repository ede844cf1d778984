"""What a learning management system finds in the exported quizzes is what the chapters ask."""

import json
import re
import subprocess
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import npm
import pytest
import quizzes
from bs4 import BeautifulSoup
from quizzes import Answer, Chapter, Question

CHAPTERS = list(quizzes.chapters())
AWKWARD = Chapter(
    "awkward",
    "Signs: #1 = {a}",
    [Question("Is `a[1]` ~ {b} = c: #2?", [Answer("No\\: {0}", "It = ~1 # no."), Answer("1 ~ 2", "Yes: {x} = #1.")])],
)


@pytest.fixture(scope="module", autouse=True)
def parser():
    """The parser of GIFT comes from npm."""
    npm.install()


def read_gift(text):
    """The questions that another parser finds, as chapters have them; it leaves out the backslashes that escape."""
    command = [npm.node(), Path(__file__).with_name("quizzes.mjs")]
    ran = subprocess.run(command, input=text, capture_output=True, encoding="utf-8", check=True, timeout=60)
    found = json.loads(ran.stdout)
    assert {(each["type"], each["stem"]["format"]) for each in found} == {("MC", "markdown")}
    return [(each["stem"]["text"], [tuple(answer) for answer in each["answers"]]) for each in found]


def told(chapters):
    return [
        (question.text, [(answer.is_right, answer.text, answer.feedback) for answer in question.answers])
        for chapter in chapters
        for question in chapter.questions
    ]


def test_every_chapter_with_a_quiz_is_there():
    quizzed = [path.stem for path in quizzes.NOTEBOOKS if "## Quiz" in path.read_text(encoding="utf-8")]
    assert [chapter.name for chapter in CHAPTERS] == quizzed
    assert {sum(answer.is_right for answer in question.answers) for c in CHAPTERS for question in c.questions} == {1}
    texts = [
        text
        for chapter in CHAPTERS
        for question in chapter.questions
        for text in (question.text, *sum(question.answers, ()))
    ]
    assert [text for text in texts if not text or ":::" in text or "**" in text] == []


def test_gift_is_read_as_it_was_meant():
    assert read_gift(quizzes.gift(CHAPTERS)) == told(CHAPTERS)


def test_gift_keeps_characters_that_mean_something_there():
    assert read_gift(quizzes.gift([AWKWARD])) == told([AWKWARD])


@pytest.mark.parametrize("chapter", [*CHAPTERS, AWKWARD], ids=lambda chapter: chapter.name)
def test_qti_has_the_questions_answers_and_feedback(chapter):
    with ZipFile(BytesIO(quizzes.qti(chapter))) as archive:
        files = [file.get("href") for file in read_xml(archive, "imsmanifest.xml").findall(".//{*}file")]
        assert set(files) <= set(archive.namelist())
        (assessment,) = (name for name in archive.namelist() if name.count("assessment") > 1 and "meta" not in name)
        items = read_xml(archive, assessment).findall(".//{*}item")
    assert [shown(item.find("{*}presentation/{*}material")) for item in items] == [
        plain(question.text) for question in chapter.questions
    ]
    for item, question in zip(items, chapter.questions, strict=True):
        choices = {label.get("ident"): shown(label) for label in item.findall(".//{*}response_label")}
        assert list(choices.values()) == [plain(answer.text) for answer in question.answers]
        (right,) = (
            condition.findtext(".//{*}varequal")
            for condition in item.findall(".//{*}respcondition")
            if condition.findtext("{*}setvar") == "100"
        )
        assert choices[right] == next(plain(answer.text) for answer in question.answers if answer.is_right)
        said = {each.get("ident").removesuffix("_fb"): shown(each) for each in item.findall(".//{*}itemfeedback")}
        assert [said[ident] for ident in choices] == [plain(answer.feedback) for answer in question.answers]


def read_xml(archive, name):
    return ElementTree.fromstring(archive.read(name))


def shown(element):
    """What is read in HTML that is text in XML, with typewriter's quotation marks."""
    text = BeautifulSoup("".join(element.itertext()), "html.parser").get_text().strip()
    return text.translate(str.maketrans("‘’“”", "''\"\""))


def plain(markdown):
    """Markdown as it is read: the chapters' quizzes use no more of it than code and words in italics."""
    return re.sub(r"\*(\w+)\*", r"\1", markdown).replace("`", "")


def test_the_command_writes_all_of_them(tmp_path, capsys):
    quizzes.main(str(tmp_path / "new" / "quizzes"))
    archives = {path.stem for path in (tmp_path / "new" / "quizzes" / "qti").iterdir()}
    assert archives == {chapter.name for chapter in CHAPTERS}
    assert (tmp_path / "new" / "quizzes" / "quizzes.gift").read_text(encoding="utf-8") == quizzes.gift(CHAPTERS)
    assert f"{sum(len(chapter.questions) for chapter in CHAPTERS)} questions" in capsys.readouterr().out
