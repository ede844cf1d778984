import numpy as np
import pytest

from gdlib.datasets import four_inputs, measured, penguins, printed_runs, three_points, two_lines
from gdlib.descent import descend
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix

# Starts (slope, intercept) from which the printed results come back; the article drew its own without a seed.
STARTS = {100: (-0.427, -0.163), 200: (-0.62, -0.52), 1000: (0.03, -0.09)}


def repeated(printed):
    """The numbers of a printed run, computed again: slope, intercept and the gradient's two."""
    x, y = zip(*four_inputs(), strict=True)
    loss = MeanSquaredError.from_data(design_matrix(x), y)
    run = descend(loss, STARTS[printed.epochs][::-1], learning_rate=0.001, epochs=printed.epochs)
    return [*run.theta[::-1], *run.gradients[-1][::-1]]


def test_the_three_points_and_the_four_inputs_lie_on_the_articles_line():
    x, y = three_points()
    assert y.tolist() == (20 * x + 5).tolist()
    assert [x for x, _ in four_inputs()] == list(range(2, 6))
    assert set(zip(*three_points(), strict=True)) < set(four_inputs())


def test_the_data_are_fresh_at_every_call():
    for array in three_points():
        array[:] = 0
    assert np.count_nonzero(three_points()) == 6
    for data in (four_inputs, printed_runs):
        data().clear()
        assert data()


@pytest.mark.parametrize("printed", printed_runs()[:2], ids=lambda run: f"{run.epochs} epochs")
def test_every_printed_digit_comes_back_from_a_start_inside_the_articles_square(printed):
    assert [f"{number:.2f}" for number in repeated(printed)] == list(printed[1:])


def test_the_thousand_epoch_run_comes_back_to_within_one_unit_of_its_last_digits():
    printed = printed_runs()[2]
    units = [10.0 ** -len(digits.partition(".")[2]) for digits in printed[1:]]
    misses = np.abs(np.array(repeated(printed)) - np.array(printed[1:], dtype=float))
    assert (misses < units).all()


def test_the_two_lines_are_apart():
    x, y = two_lines()
    rising = np.abs(y - (20 * x + 5)) < 3
    assert rising.tolist() == [True] * 8 + [False] * 5
    assert np.polyfit(x[~rising], y[~rising], 1)[0] < 0


def test_the_penguins_are_all_there_and_what_is_missing_is_nan():
    data = penguins()
    assert {len(column) for column in data.values()} == {344}
    species, counts = np.unique(data["species"], return_counts=True)
    assert dict(zip(species.tolist(), counts.tolist(), strict=True)) == {"Adelie": 152, "Chinstrap": 68, "Gentoo": 124}
    numbers = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
    assert [int(np.isnan(data[name]).sum()) for name in numbers] == [2, 2, 2, 2]
    assert int((data["sex"] == "").sum()) == 11
    assert set(data["year"].tolist()) == {2007, 2008, 2009}
    assert np.nanmean(data["body_mass_g"]) == pytest.approx(4201.754, abs=0.001)


def test_what_a_benchmark_measured_comes_with_the_package_and_others_are_refused():
    for benchmark in ("table", "larger_than_memory", "killed_worker"):
        assert {"date", "machine"} < set(measured(benchmark))
        assert measured(benchmark)["machine"]["python"]
    for benchmark in ("tables", "", "../../README", None, 3, ["table"]):
        with pytest.raises(
            ValueError, match=r"^benchmark must be one of table, larger_than_memory, killed_worker, but "
        ):
            measured(benchmark)
