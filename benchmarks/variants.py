"""How alike ten thousand students' variants are in what makes them hard, and how unlike in their numbers.

python benchmarks/variants.py
"""

import numpy as np

from gdlib.descent import descend
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.spectrum import condition_number, epochs_to_tolerance
from gdlib.variants import variant

STUDENTS = 10_000
TOLERANCES = (1.0, 0.1, 0.01)


def main() -> None:
    """Run as a command."""
    kappas, minima, epochs = [], [], {tolerance: [] for tolerance in TOLERANCES}
    for number in range(STUDENTS):
        mine = variant(f"student {number}", "5-your-points")
        loss = MeanSquaredError.from_data(design_matrix(mine.x), mine.y)
        kappas.append(condition_number(loss))
        minima.append(loss.minimum)
        for tolerance in TOLERANCES:
            epochs[tolerance].append(epochs_to_tolerance(loss, mine.start, mine.learning_rate, tolerance))
        if number % 1000 == 0:  # the prediction is what a descent does
            path = descend(loss, mine.start, mine.learning_rate, epochs=epochs[0.1][-1]).trajectory
            far = abs(path - loss.minimum).max(axis=1)
            assert far[-2] > 0.1 >= far[-1]
    print(f"{STUDENTS:,} variants")
    print(f"condition number    from {min(kappas):.9f} to {max(kappas):.9f}")
    for tolerance, found in epochs.items():
        spread = max(found) / min(found) - 1
        print(f"epochs to within {tolerance:<6} from {min(found)} to {max(found)}: {spread:.2%} apart")
    low, high = np.min(minima, axis=0), np.max(minima, axis=0)
    for name, least, most in zip(("intercept", "slope"), low, high, strict=True):
        print(f"best {name:<14} from {least:.2f} to {most:.2f}")
    distinct = len({tuple(minimum) for minimum in np.round(minima, 2)})
    print(f"best lines that differ in two decimals: {distinct:,}")


if __name__ == "__main__":
    main()
