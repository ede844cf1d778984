"""What the figures of Part II can do: rules, mini-batches, switches, panels, a start that moves; all as in gdlib."""

import numpy as np
import pytest
from figure import FIGURES, handle, lead, moved, number, read, reads
from notebooks import CONTENTS
from playwright.sync_api import expect

from gdlib.checking import check_gradient
from gdlib.widgets import DescentExplorer

CHAPTERS = [page["file"] for page in CONTENTS["parts"][1]["chapters"] if page["file"] in FIGURES]
SCALING, STOPPING, CHECKING, MOMENTUM, NOISE, ADAPTING, FAMILY, VALLEYS = (
    f"chapters/{name}"
    for name in (
        "feature-scaling",
        "when-to-stop",
        "checking-a-gradient",
        "momentum",
        "noise-helps",
        "a-step-that-adapts",
        "the-adaptive-family",
        "beyond-straight-lines",
    )
)


def explorer(name, **changes):
    """The same figure in Python, with some traits set as on the page."""
    made = DescentExplorer(**FIGURES[name])
    for trait, value in changes.items():
        setattr(made, trait, value)
    return made


def test_chapters_of_part_two_have_figures():
    assert len(CHAPTERS) >= 10


@pytest.mark.parametrize("name", CHAPTERS)
def test_at_first_and_along_its_rates_and_epochs_a_figure_keeps_to_gdlib(visit, name):
    page, made = visit(f"{name}.html"), explorer(name)
    reads(page, made)
    low, high = made.rate_range
    for share in (0.2, 0.45):
        rate, epochs = float(f"{low * (high / low) ** share:.3g}"), min(made.max_epochs, 150)
        lead(page, f"learning_rate={rate}&epochs={epochs}")
        reads(page, explorer(name, learning_rate=rate, epochs=epochs))


# Rules


@pytest.mark.parametrize("name", [MOMENTUM, ADAPTING, FAMILY])
def test_a_reader_chooses_a_rule_by_mouse_and_by_keyboard(visit, name):
    page = visit(f"{name}.html")
    group = page.get_by_role("group", name="rule")
    for rule in FIGURES[name]["rules"]:
        radio = group.get_by_role("radio", name=rule, exact=True)
        radio.check()
        expect(radio).to_be_checked()
        page.evaluate("new Promise(requestAnimationFrame)")
        reads(page, explorer(name, rule=rule))
    first, second = FIGURES[name]["rules"][:2]
    group.get_by_role("radio", name=first, exact=True).check()
    page.keyboard.press("ArrowRight")
    expect(group.get_by_role("radio", name=second, exact=True)).to_be_checked()
    page.evaluate("new Promise(requestAnimationFrame)")
    reads(page, explorer(name, rule=second))


def test_the_second_slider_is_the_momentum_and_the_limit_follows_it(visit):
    page = visit(f"{MOMENTUM}.html#rule=heavy%20ball&momentum=0.5")
    limit = page.get_by_role("button", name="from here on it diverges")
    before = limit.inner_text()
    reads(page, explorer(MOMENTUM, rule="heavy ball", momentum=0.5))
    handle(page, "momentum").focus()
    moved(page, lambda: page.keyboard.press("ArrowRight"))
    reads(page, explorer(MOMENTUM, rule="heavy ball", momentum=0.51))
    assert limit.inner_text() != before


def test_the_page_counts_the_epochs_that_gdlib_predicts_with_momentum(visit):
    from gdlib.rules import HeavyBall
    from gdlib.spectrum import epochs_to_tolerance

    page = visit(f"{MOMENTUM}.html#rule=heavy%20ball&momentum=0.7&learning_rate=0.1")
    made = explorer(MOMENTUM)
    needed = epochs_to_tolerance(made.objective, made.start, 0.1, made.tolerance, HeavyBall(0.7))
    expect(page.locator(".gd-when")).to_contain_text(f"from epoch {needed:,} on")


# Mini-batches


def test_a_seed_on_the_page_is_numpys_seed(visit):
    page = visit(f"{NOISE}.html#batch_size=1&seed=0")
    seen = set()
    for seed in range(4):
        reads(page, explorer(NOISE, batch_size=1, seed=seed))
        seen.add(read(page)["slope"])
        handle(page, "seed").focus()
        moved(page, lambda: page.keyboard.press("ArrowRight"))
    assert len(seen) == 4


def test_a_larger_batch_and_a_shrinking_rate_do_what_gdlib_does(visit):
    page = visit(f"{NOISE}.html#batch_size=2")
    reads(page, explorer(NOISE, batch_size=2))
    handle(page, "batch size").focus()
    moved(page, lambda: page.keyboard.press("ArrowRight"))
    reads(page, explorer(NOISE, batch_size=3))
    box = page.get_by_role("checkbox")
    was = box.is_checked()
    moved(page, lambda: box.set_checked(not was))
    reads(page, explorer(NOISE, batch_size=3, shrinking=not was))


# Standardised


def test_standardised_the_rings_are_round_and_the_line_is_translated_back(visit):
    page = visit(f"{SCALING}.html#learning_rate=0.5&epochs=1")
    moved(page, lambda: page.get_by_role("checkbox", name="standardised x").check())
    made = explorer(SCALING, standardised=True, learning_rate=0.5, epochs=1)
    reads(page, made)
    raw = [number(text) for text in page.locator(".gd-raw td").all_inner_texts()]
    assert raw == pytest.approx(made.raw_theta[::-1].tolist(), rel=1e-3)
    assert raw == pytest.approx([20, 5], rel=1e-3)
    expect(page.locator(".gd-when")).to_contain_text("from epoch 1 on")
    expect(page.locator(".gd-surface")).to_contain_text("(standardised)")


# Panels


def test_the_stops_are_those_of_gdlibs_rules(visit):
    page = visit(f"{STOPPING}.html")
    for stop in (FIGURES[STOPPING]["stop_tolerance"], 0.001):
        if stop == 0.001:
            lead(page, "stop_tolerance=0.001")
        made = explorer(STOPPING, stop_tolerance=stop)
        rows = page.locator(".gd-stops tbody tr").all_inner_texts()
        shown = {row.split()[0]: row.split("\t")[1].strip() for row in rows}
        expected = {name: f"{run.epochs:,}" if run.stopped_by else "not reached" for name, run in made.stopped.items()}
        assert shown == expected


def test_the_errors_of_differences_are_those_of_the_gradient_check(visit):
    page, made = visit(f"{CHECKING}.html"), explorer(CHECKING)
    for step in (0.1, 1e-3, 1e-5):
        lead(page, f"difference={step}")
        said = page.locator(".gd-rates").inner_text()
        shown = [number(part.split(" ", 1)[1]) for part in said.rstrip(".").split(": ")[1].split(", ")]
        wanted = [check_gradient(made.objective, made.theta, step, scheme).error for scheme in ("forward", "central")]
        for found, error in zip(shown, wanted, strict=True):
            assert found == pytest.approx(error, rel=0.01, abs=2e-15 * abs(made.objective.value(made.theta)) / step)


# The start


def test_the_start_moves_by_mouse_and_keys_and_the_valley_that_is_reached_with_it(visit):
    page = visit(f"{VALLEYS}.html")
    start = page.locator(".gd-start")
    start.scroll_into_view_if_needed()
    box, panel = start.bounding_box(), page.locator(".gd-surface .gd-area").bounding_box()
    page.mouse.move(box["x"] + 14, box["y"] + 14)
    page.mouse.down()
    page.mouse.move(panel["x"] + 0.4 * panel["width"], panel["y"] + 0.4 * panel["height"], steps=4)
    page.mouse.up()
    expect(start).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowUp")
    page.get_by_role("button", name="Link to this").click()
    where = [float(entry) for entry in page.url.partition("start=")[2].split("&")[0].split(",")]
    assert where != FIGURES[VALLEYS]["start"]
    reads(page, explorer(VALLEYS, start=where))
    page.get_by_role("button", name="Reset").click()
    page.evaluate("new Promise(requestAnimationFrame)")
    reads(page, explorer(VALLEYS))
    assert "#" not in page.url


def test_two_starts_end_in_two_valleys(visit):
    page, made, ends = visit(f"{VALLEYS}.html"), explorer(VALLEYS), set()
    for start in ([0, 20], [100, -10]):
        lead(page, f"start={start[0]},{start[1]}&epochs={made.max_epochs}")
        reads(page, explorer(VALLEYS, start=start, epochs=made.max_epochs))
        ends.add(np.sign(read(page)["slope"]))
    assert ends == {-1, 1}
