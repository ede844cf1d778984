"""Where the pointer is, the point is: ways to move the points of a live figure, and how far they then are from it.

Whatever drives the browser, a `Hand` is all that is asked of it, so that the cases are the same in every engine.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

# Pages, each with a state of its figure.
PATH_LEAVES_THE_PANEL = ("index.html", "#learning_rate=0.09&epochs=30")
STATES = [
    ("index.html", ""),
    PATH_LEAVES_THE_PANEL,
    ("index.html", "#learning_rate=0.069&epochs=1000&start=40,-3"),
    ("index.html", "#points=-3,-1e6;5,2e6"),
    ("index.html", "#points=1e-7,0;2e-7,1;3.1e-7,1e-3&learning_rate=1&epochs=0"),
    ("chapters/why-the-intercept-is-slow.html", "#start=-60,50"),
    ("chapters/feature-scaling.html", "#standardised=true&learning_rate=0.9"),
    ("chapters/the-adaptive-family.html", "#rule=adam"),
    ("chapters/beyond-straight-lines.html", "#start=100,-10"),
]

# Places in a panel, as shares of its width and height: all over it, up and down, left and right; and free ones.
WAY = [(0.5, 0.2), (0.5, 0.8), (0.06, 0.53), (0.97, 0.31), (0.21, 0.04), (0.333, 0.96)]
GAPS = [(0.03, 0.05), (0.77, 0.9), (0.965, 0.13)]

POINT = ".gd-dot > circle:not(.gd-grip)"
START = ".gd-start > path"


class Hand(NamedTuple):
    """What moves a pointer and looks at the page; `look` calls a function of the page with one argument.

    Each comes back when the page has dealt with it: a figure draws at every move what the move has changed.
    """

    look: Callable[[str, Any], Any]
    move: Callable[[float, float], Any]
    press: Callable[[], Any]
    release: Callable[[], Any]
    double_click: Callable[[float, float], Any]

    def bounds(self, selector: str, number: int = 0) -> list[float]:
        """Left, top, width and height of an element."""
        return self.look(
            """([selector, number]) => {
              const box = document.querySelectorAll(selector)[number].getBoundingClientRect();
              return [box.left, box.top, box.width, box.height];
            }""",
            [selector, number],
        )

    def middle(self, selector: str, number: int = 0) -> tuple[float, float]:
        """The middle of an element."""
        left, top, width, height = self.bounds(selector, number)
        return left + width / 2, top + height / 2

    def count(self, selector: str) -> int:
        """How many elements there are."""
        return self.look("selector => document.querySelectorAll(selector).length", selector)

    def show(self, panel: str) -> None:
        """Scroll a panel into the middle of the window."""
        self.look(
            "panel => document.querySelector(panel).scrollIntoView({ block: 'center', behavior: 'instant' })",
            f".gd-{panel}",
        )

    def place(self, panel: str, share: tuple[float, float]) -> tuple[int, int]:
        """A place in a panel as a whole pixel of the window: a mouse knows no others."""
        left, top, width, height = self.bounds(f".gd-{panel} .gd-frame")
        return round(left + share[0] * width), round(top + share[1] * height)


def distances(hand: Hand, panel: str, drawn: str, number: int = 0) -> Iterator[float]:
    """Drag a point of a panel along the way and back; after each piece, how many pixels it is from the pointer."""
    x, y = hand.middle(drawn, number)
    taken = round(x), round(y)
    hand.move(*taken)
    hand.press()
    for target in [*(hand.place(panel, share) for share in WAY), taken]:  # back again: no point is to cover another
        hand.move(*target)
        here = hand.middle(drawn, number)
        yield math.dist(here, (target[0] + x - taken[0], target[1] + y - taken[1]))
    hand.release()


def dragged(hand: Hand) -> dict[str, float]:
    """Drag the figure's first point, its last one and its start; the farthest that each was from the pointer."""
    hand.show("data")
    found = {f"point {n + 1}": max(distances(hand, "data", POINT, n)) for n in (0, hand.count(POINT) - 1)}
    hand.show("surface")
    return found | {"start": max(distances(hand, "surface", START))}


def added(hand: Hand) -> list[float]:
    """Add points by double-clicks; how far each is from where it was asked for."""
    hand.show("data")
    found = []
    for share in GAPS:
        asked = hand.place("data", share)
        number = hand.count(POINT)
        hand.double_click(*asked)
        found.append(math.dist(hand.middle(POINT, number), asked))
    return found


def follow(hand: Hand) -> None:
    """Hold that what is added is where it was asked for, and that what is dragged follows the pointer."""
    assert max(added(hand)) < 1
    far = dragged(hand)
    assert {name: pixels for name, pixels in far.items() if pixels >= 1} == {}
    assert len(far) == 3
