"""What the inspector is told, and estimates of prompts. No Qt."""

import re
from dataclasses import dataclass

from desktop_app.project.ids import TakeId

MAX_TOKENS = 77
_PIECES = re.compile(r"\w+|[^\w\s]")
_LETTERS_OF_A_LONG_PIECE = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCard:
    """What the foot shows while the lane's sound is made.

    Attributes:
        job_id: Given back when it shall stop.
        title: "Step 31 of 50" or "Waiting, second in line".
        time_text: "about 40 s" or empty.
        fraction: Finished part, 0 to 1.
        note: "Ready to 1:06. Play it while the rest is made."
    """

    job_id: str
    title: str
    time_text: str = ""
    fraction: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeRow:
    """A take in the list.

    Attributes:
        title: "Take 3" or the name that the user gave it.
        note: The prompt, the seed, the length.
        is_used: Whether some of it plays.
        is_favourite: Whether its star is filled.
        match: How well the sound fits the words, -1 to 1, or ``None`` if nobody can tell.
        miniature: Heights of its waveform, 0 to 1, in order of time.
    """

    take_id: TakeId
    number: int
    title: str
    note: str
    is_used: bool = False
    is_favourite: bool = False
    match: float | None = None
    miniature: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CohesionFacts:
    """What the settings of cohesion come to in the pieces that are meant.

    Attributes:
        period: "2.00 s" or "2.20 s, +18 ms": the period, and by how much it misses its bars.
        repetition: A sentence about the repetition, or why nothing would come back; may be empty.
        can_repeat: Whether anything can come back.
        reference: Why nothing can be borrowed from the beginning; empty if it can.
        can_borrow: Whether it can.
    """

    period: str = ""
    repetition: str = ""
    can_repeat: bool = True
    reference: str = ""
    can_borrow: bool = True


def num_tokens_estimated(text: str) -> int:
    """About how many tokens the engine will read, its begin and end marks included.

    The engine's own vocabulary splits rare words; a long word counts as two.
    """
    pieces = _PIECES.findall(text)
    long_ones = sum(len(piece) > _LETTERS_OF_A_LONG_PIECE for piece in pieces)
    return len(pieces) + long_ones + 2 if pieces else 0
