"""The teachers' plans: what a lesson asks for fits into its minutes, and every chapter has its place in the course."""

import json
import re
from pathlib import Path

import class_time
import pytest
from bs4 import BeautifulSoup
from class_time import lessons, weeks
from notebooks import ROOT

LESSONS = lessons()
WEEKS = weeks()
AT_HOME = 120  # minutes in a week, as the course says
COURSE = (ROOT / "teach" / "course.md").read_text(encoding="utf-8")
RUBRIC = (ROOT / "teach" / "rubric.md").read_text(encoding="utf-8")


def test_there_are_lessons_and_weeks():
    assert [lesson.minutes for lesson in LESSONS] == [50, 90, 50, 90, 50]
    assert [week.number for week in WEEKS] == list(range(1, 13))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.title)
def test_the_slots_of_a_lesson_follow_one_another_to_its_end(lesson):
    ends = [0, *(slot.end for slot in lesson.slots)]
    assert [slot.begin for slot in lesson.slots] == ends[:-1]
    assert ends[-1] == lesson.minutes


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.title)
def test_what_a_slot_asks_for_fits_into_it(lesson):
    counted = {slot.title: (slot.counted, slot.end - slot.begin) for slot in lesson.slots}
    assert {title: found for title, found in counted.items() if not 0 < found[0] <= found[1]} == {}
    assert 0 < lesson.counted < lesson.minutes


def test_no_chapter_is_named_without_being_counted_in_a_slot_that_reads_it():
    read = [slot for lesson in LESSONS for slot in lesson.slots if "{read}" in slot.text]
    assert len(read) > 8
    assert [slot.title for slot in read if slot.counted < 3] == []


def test_a_week_at_home_is_no_longer_than_the_course_says():
    assert "no more than two hours" in " ".join(COURSE.split())
    assert {week.number: week.homework for week in WEEKS if not 0 < week.homework <= AT_HOME} == {}


def test_every_chapter_is_placed_once_or_named_as_reading():
    read = [class_time.reading(what)[0] for week in WEEKS for kind, what in week.marks if kind == "read"]
    assert len(read) == len(set(read))
    assert sorted(read + class_time.not_in(WEEKS)) == sorted(class_time.numbered_chapters())
    assert len(read) >= 18


def test_every_assignment_is_set_once_and_after_its_chapters_were_read():
    there = sorted(path.name for path in (ROOT / "exercises" / "source").iterdir() if path.is_dir())
    assert sorted(what for week in WEEKS for kind, what in week.marks if kind == "assignment") == there
    read = set()
    rows = re.findall(r"^\| `(\d-.+?)` \| (.+?) \|", (ROOT / "exercises" / "README.md").read_text("utf-8"), re.M)
    needed = {name: set(chapters.split(", ")) for name, chapters in rows}
    assert set.union(*needed.values()) <= set(class_time.numbered_chapters())
    for week in WEEKS:
        read |= {class_time.reading(what)[0] for kind, what in week.marks if kind == "read"}
        for what in (what for kind, what in week.marks if kind == "assignment"):
            assert needed[what] - read == set(), what


def test_an_exercise_is_asked_for_only_with_its_chapter():
    for text in [*(week.text for week in WEEKS), *(lesson.home for lesson in LESSONS)]:
        marks = class_time.MARK.findall(text)
        read = {class_time.reading(what)[0] for kind, what in marks if kind == "read"}
        assert {class_time.chapter_of(what) for kind, what in marks if kind == "do"} <= read


# How it is counted


def test_the_course_says_what_the_minutes_are_counted_with():
    text = " ".join(COURSE.split())
    for said in (
        f"- {class_time.WORDS} words of text.",
        f"- {class_time.LINES} lines of code",
        f"A question to the class takes {class_time.QUESTION} minutes",
        f"An exercise takes {class_time.EXERCISE} minutes",
        f"a graded assignment {class_time.TASK}.",
    ):
        assert said in text
    assert class_time.QUIZ == class_time.FIGURE == 1  # "a minute for … a question of a quiz; opening a figure"


def cell(kind, source, *tags):
    return {"cell_type": kind, "source": source, "metadata": {"tags": list(tags)}}


SAMPLE = [
    cell("markdown", "# A title\n\nFour words stand here."),
    cell("code", "a = 1\n\nprint(a)"),
    cell("code", "import unseen", "remove-input"),
    cell("markdown", "One [more link](an/address.ipynb).\n\n## First\n\nLet $a = 2.5$ be."),
    cell("code", "b = 2"),
    cell("markdown", "## Quiz\n\n**Which?**\n\n:::{dropdown} This\nNo.\n:::\n\n## Exercises\n\n"
         "```{exercise-start} Do it\n:label: ex-do-it\n```\n\nNot counted."),
    cell("code", "answer = ..."),
    cell("markdown", "```{exercise-end}\n```\n\n```{solution-start} ex-do-it\n```\nNor this."),
    cell("markdown", "```{solution-end}\n```\n\nLast words.\n\n## Further reading\n\n- Books"),
]  # fmt: skip


def test_words_lines_questions_and_exercises_are_counted(tmp_path, monkeypatch):
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "sample.ipynb").write_text(json.dumps({"cells": SAMPLE}), encoding="utf-8")
    monkeypatch.setattr(class_time, "ROOT", tmp_path)
    counted = class_time.chapter.__wrapped__("sample")
    assert counted.title == "A title"
    assert counted.sections == {"opening": (9, 2), "First": (4, 1), "Exercises": (2, 0)}
    assert (counted.quiz, counted.exercises) == (1, {"ex-do-it": "Do it"})


@pytest.mark.parametrize(
    ("kind", "what", "said"),
    [
        ("read", "the-loop: Nowhere", "the-loop has no section 'Nowhere'"),
        ("do", "ex-nowhere", "an exercise 'ex-nowhere' stands in 0 chapters"),
        ("assignment", "9-nowhere", "values to unpack"),
    ],
)
def test_what_is_not_there_is_refused(kind, what, said):
    with pytest.raises(ValueError, match=said):
        class_time.minutes_of(kind, what)


# From points to a grade


def ranges(column):
    return [(int(low), int(high)) for low, high in re.findall(column, RUBRIC, re.M)]


@pytest.mark.parametrize(
    ("column", "last"), [(r"^  \| (\d+)–(\d+) \|", 12), (r"^\| (\d+)–(\d+) % \|", 100)], ids=["rows", "shares"]
)
def test_a_scale_has_neither_gap_nor_overlap(column, last):
    values = sorted(value for low, high in ranges(column) for value in range(low, high + 1))
    assert values == list(range(last + 1))


def test_the_rows_give_points_in_proportion_to_half_a_point():
    rows = re.findall(r"^  \| (\d+)–(\d+) \| (\S+) \| (\S+) \|", RUBRIC, re.M)
    for low, high, *points in rows:
        for most, given in zip((2, 3), map(float, points), strict=True):
            shares = [total / 12 * most for total in range(int(low), int(high) + 1)]
            assert min(abs(share - given) for share in shares) <= 0.25
    assert [float(points) for *_, points in (rows[0], rows[-1])] == [0, 3]


def test_a_project_that_is_sound_throughout_is_good():
    rows = RUBRIC.partition("## A small project")[2].partition("\n## ")[0].count("\n* - ") - 1
    assert (rows * 3, rows * 2) == (18, 12)
    share = round(100 * 2 / 3)
    grade = next(grade for low, high, grade in re.findall(r"^\| (\d+)–(\d+) % \| (.+?) \|", RUBRIC, re.M)
                 if int(low) <= share <= int(high))  # fmt: skip
    assert f"12 of 18 points, {share} %: {grade}." in " ".join(RUBRIC.split())


def test_the_written_answers_have_two_points_or_three():
    rows = re.findall(
        r"^\| `.+?` \| .+? \| \d+ \| (\d+) \|", (ROOT / "exercises" / "README.md").read_text("utf-8"), re.M
    )
    assert set(rows) == {"2", "3"}


# On the pages


def test_the_built_pages_say_the_minutes(book):
    course = BeautifulSoup((book / "teach" / "course.html").read_text(encoding="utf-8"), "html.parser")
    tables = [
        [[entry.get_text(" ", strip=True) for entry in row.select("td")] for row in table.select("tbody tr")]
        for table in course.select("table")
    ]
    assert tables[0] == [
        [each.title, str(each.minutes), str(each.counted), str(each.minutes - each.counted), str(each.homework or "")]
        for each in LESSONS
    ]
    assert tables[1][:-1] == [[str(week.number), str(week.homework)] for week in WEEKS]
    assert [row[0].replace("’", "'") for row in tables[2]] == [
        class_time.chapter(name).title for name in class_time.numbered_chapters()
    ]
    assert "{read}" not in course.get_text()


def test_the_built_page_says_how_much_of_a_chapter_runs_on_its_page(book):
    running = BeautifulSoup((book / "teach" / "running.html").read_text(encoding="utf-8"), "html.parser")
    rows = {row.a["href"]: [entry.text for entry in row.select("td")[1:]] for row in running.select("tbody tr:has(a)")}
    told = {path.stem: path for path in book.glob("_static/python/pages/chapters/*.json")}
    assert {Path(address).stem for address in rows} >= told.keys() >= {"the-loop", "from-scratch"}
    for name, path in told.items():
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        run = [cell for cell in cells if not cell["absent"]]
        exercises, checked = ([cell for cell in some if cell["role"] == "exercise"] for some in (cells, run))
        number, *editions, last = rows[f"../chapters/{name}.html"]
        assert number == str(len(cells))
        assert f"{len(run)} run, {sum(bool(cell['stored']) for cell in run)} proved" in editions
        assert last == f"{len(checked)} of {len(exercises)}"
