"""What a check says."""

from dataclasses import dataclass


@dataclass(frozen=True, repr=False)
class Verdict:
    """Whether an answer is right, and a sentence or two about it; a notebook shows the sentences.

    Attributes
    ----------
    right : bool
    message : str
    """

    right: bool
    message: str

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return self.message
