"""The kinds of sound the starter model learns: how each is made, said, and judged."""

from dataclasses import replace

from engine.training.foundry.kind import Kind
from engine.training.foundry.kinds_ensembles import ENSEMBLES
from engine.training.foundry.kinds_music import MUSIC
from engine.training.foundry.kinds_nature import NATURE
from engine.training.foundry.kinds_things import THINGS
from engine.training.foundry.other_words import OTHER_WORDS

__all__ = ("CORE", "KINDS", "NAMES", "Kind")

KINDS: tuple[Kind, ...] = tuple(
    replace(kind, phrases=(*kind.phrases, *OTHER_WORDS.get(kind.name, ())))
    for kind in (*NATURE, *THINGS, *MUSIC, *ENSEMBLES)
)

NAMES: tuple[str, ...] = tuple(kind.name for kind in KINDS)

# What the bundled model is trained on: with an hour of one processor core, fewer kinds are learnt
# better. A GPU takes them all.
_CORE_NAMES = frozenset(
    {
        "rain",
        "ocean",
        "thunder",
        "wind",
        "fire",
        "birds",
        "crickets",
        "dog",
        "stream",
        "bubbles",
        "cow",
        "frogs",
        "siren",
        "alarm",
        "car engine",
        "telephone",
        "laser",
        "explosion",
        "heartbeat",
        "white noise",
        "applause",
        "footsteps",
        "whistling",
        "gunshots",
        "helicopter",
        "motorcycle",
        "piano",
        "guitar",
        "flute",
        "organ",
        "trumpet",
        "drums",
        "violin",
        "choir",
        "accordion",
        "electric guitar",
        "synthesizer",
        "techno",
    }
)
CORE: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind.name in _CORE_NAMES)
