"""Kinds: more instruments, and what is played together."""

from engine.training.foundry import music, rhythms
from engine.training.foundry.kind import Kind

ENSEMBLES: tuple[Kind, ...] = (
    Kind(
        name="glockenspiel",
        recipe=music.instrument(
            (
                9,
                10,
            ),
            keys=(70, 98),
        ),
        phrases=(
            "a glockenspiel",
            "a music box",
            "a music box melody",
            "a lullaby on a music box",
        ),
        targets=(
            "Glockenspiel",
            "Mallet percussion",
            "Music for children",
        ),
    ),
    Kind(
        name="harpsichord",
        recipe=music.instrument((6,), keys=(45, 84), max_voices=3),
        phrases=(
            "a harpsichord",
            "harpsichord music",
            "baroque harpsichord",
        ),
        targets=(
            "Harpsichord",
            "Keyboard (musical)",
        ),
    ),
    Kind(
        name="timpani",
        recipe=music.instrument((47,), keys=(36, 56)),
        phrases=(
            "timpani",
            "kettledrums",
            "a timpani roll",
        ),
        targets=(
            "Timpani",
            "Drum",
        ),
    ),
    Kind(
        name="synthesizer",
        recipe=music.instrument(
            (
                80,
                81,
                84,
            ),
            keys=(55, 84),
        ),
        phrases=(
            "a synthesizer",
            "a synth lead",
            "a synthesizer melody",
            "electronic synth",
        ),
        targets=(
            "Synthesizer",
            "Electronic music",
            "Keyboard (musical)",
        ),
    ),
    Kind(
        name="techno",
        recipe=rhythms.techno,
        phrases=(
            "techno",
            "techno music",
            "electronic dance music",
            "a techno beat",
            "a dance club beat",
        ),
        targets=(
            "Techno",
            "Electronic music",
            "Electronic dance music",
            "House music",
            "Trance music",
        ),
    ),
    Kind(
        name="rock music",
        recipe=rhythms.band(30, 34, is_heavy=True),
        phrases=(
            "rock music",
            "a rock band",
            "a heavy metal riff",
            "loud rock with electric guitars",
        ),
        targets=(
            "Rock music",
            "Heavy metal",
            "Electric guitar",
            "Punk rock",
            "Grunge",
            "Rock and roll",
        ),
    ),
    Kind(
        name="funk",
        recipe=rhythms.band(27, 36, is_heavy=False),
        phrases=(
            "funk music",
            "a funky groove",
            "a funk band",
        ),
        targets=(
            "Funk",
            "Bass guitar",
            "Disco",
            "Soul music",
        ),
    ),
)
