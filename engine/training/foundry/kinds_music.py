"""Kinds: instruments and styles."""

from engine.training.foundry import music
from engine.training.foundry.kind import Kind

MUSIC: tuple[Kind, ...] = (
    Kind(
        name="piano",
        recipe=music.instrument((0, 1), keys=(45, 85), max_voices=3),
        phrases=("a piano", "piano music", "a piano melody", "solo piano", "a grand piano"),
        targets=("Piano", "Keyboard (musical)", "Electric piano"),
    ),
    Kind(
        name="guitar",
        recipe=music.instrument((24, 25), keys=(43, 74), max_voices=2),
        phrases=("an acoustic guitar", "guitar music", "a guitar", "a guitar melody"),
        targets=("Acoustic guitar", "Guitar", "Plucked string instrument"),
    ),
    Kind(
        name="flute",
        recipe=music.instrument((73,), keys=(62, 92)),
        phrases=("a flute", "flute music", "a flute melody", "solo flute", "a flute playing"),
        targets=("Flute", "Wind instrument, woodwind instrument"),
    ),
    Kind(
        name="organ",
        recipe=music.instrument((19,), keys=(38, 76), max_voices=4, tempo=(50, 100)),
        phrases=("a church organ", "organ music", "a pipe organ", "an organ"),
        targets=("Organ", "Keyboard (musical)"),
    ),
    Kind(
        name="trumpet",
        recipe=music.instrument((56,), keys=(55, 82)),
        phrases=("a trumpet", "trumpet music", "a trumpet melody", "solo trumpet"),
        targets=("Trumpet", "Brass instrument"),
    ),
    Kind(
        name="drums",
        recipe=music.drums,
        phrases=("drums", "a drum beat", "a drum kit", "a rock drum beat", "drumming"),
        targets=("Drum kit", "Drum", "Snare drum", "Percussion"),
    ),
    Kind(
        name="violin",
        recipe=music.instrument((40,), keys=(58, 90)),
        phrases=(
            "a violin",
            "violin music",
            "a violin melody",
            "solo violin",
        ),
        targets=(
            "Violin, fiddle",
            "Bowed string instrument",
        ),
    ),
    Kind(
        name="cello",
        recipe=music.instrument((42,), keys=(38, 65), tempo=(50, 110)),
        phrases=(
            "a cello",
            "a cello melody",
            "solo cello",
        ),
        targets=(
            "Cello",
            "Double bass",
            "Bowed string instrument",
        ),
    ),
    Kind(
        name="strings",
        recipe=music.instrument(
            (
                48,
                49,
            ),
            keys=(45, 80),
            max_voices=4,
            tempo=(50, 110),
        ),
        phrases=(
            "a string orchestra",
            "orchestral strings",
            "a string section",
            "strings playing",
        ),
        targets=(
            "String section",
            "Orchestra",
            "Bowed string instrument",
            "Violin, fiddle",
        ),
    ),
    Kind(
        name="choir",
        recipe=music.instrument((52,), keys=(48, 72), max_voices=4, tempo=(40, 70)),
        phrases=(
            "a choir",
            "a choir singing",
            "choral voices",
            "voices singing aah",
        ),
        targets=(
            "Choir",
            "Chant",
            "Vocal music",
        ),
    ),
    Kind(
        name="brass",
        recipe=music.instrument((61,), keys=(48, 74), max_voices=3, tempo=(60, 120)),
        phrases=(
            "a brass section",
            "brass music",
            "a brass band",
            "horns playing together",
        ),
        targets=(
            "Brass instrument",
            "Trumpet",
            "Trombone",
            "French horn",
        ),
    ),
    Kind(
        name="saxophone",
        recipe=music.instrument(
            (
                64,
                65,
                66,
            ),
            keys=(50, 78),
        ),
        phrases=(
            "a saxophone",
            "saxophone music",
            "a sax solo",
            "a saxophone melody",
        ),
        targets=(
            "Saxophone",
            "Wind instrument, woodwind instrument",
        ),
    ),
    Kind(
        name="clarinet",
        recipe=music.instrument((71,), keys=(52, 82)),
        phrases=(
            "a clarinet",
            "a clarinet melody",
            "solo clarinet",
        ),
        targets=(
            "Clarinet",
            "Wind instrument, woodwind instrument",
        ),
    ),
    Kind(
        name="harmonica",
        recipe=music.instrument((22,), keys=(58, 84)),
        phrases=(
            "a harmonica",
            "harmonica music",
            "a mouth organ",
        ),
        targets=("Harmonica",),
    ),
    Kind(
        name="accordion",
        recipe=music.instrument(
            (
                21,
                23,
            ),
            keys=(53, 80),
            max_voices=3,
        ),
        phrases=(
            "an accordion",
            "accordion music",
            "an accordion melody",
        ),
        targets=("Accordion",),
    ),
    Kind(
        name="bagpipes",
        recipe=music.instrument((109,), keys=(58, 80)),
        phrases=(
            "bagpipes",
            "bagpipe music",
            "a bagpipe",
        ),
        targets=("Bagpipes",),
    ),
    Kind(
        name="banjo",
        recipe=music.instrument((105,), keys=(52, 80), tempo=(120, 190)),
        phrases=(
            "a banjo",
            "banjo music",
            "banjo picking",
        ),
        targets=(
            "Banjo",
            "Plucked string instrument",
        ),
    ),
    Kind(
        name="electric guitar",
        recipe=music.instrument(
            (
                29,
                30,
            ),
            keys=(40, 66),
            max_voices=2,
        ),
        phrases=(
            "an electric guitar",
            "a distorted guitar",
            "an electric guitar riff",
            "overdriven guitar",
        ),
        targets=(
            "Electric guitar",
            "Guitar",
            "Distortion",
        ),
    ),
    Kind(
        name="bass guitar",
        recipe=music.instrument(
            (
                33,
                34,
            ),
            keys=(28, 50),
        ),
        phrases=(
            "a bass guitar",
            "an electric bass",
            "a bass line",
            "a bass riff",
        ),
        targets=(
            "Bass guitar",
            "Guitar",
        ),
    ),
    Kind(
        name="double bass",
        recipe=music.instrument((32,), keys=(28, 50)),
        phrases=(
            "a double bass",
            "an upright bass",
            "a plucked double bass",
        ),
        targets=(
            "Double bass",
            "Bass guitar",
            "Plucked string instrument",
        ),
    ),
    Kind(
        name="marimba",
        recipe=music.instrument(
            (
                12,
                13,
            ),
            keys=(50, 90),
        ),
        phrases=(
            "a marimba",
            "a xylophone",
            "a marimba melody",
            "xylophone music",
        ),
        targets=(
            "Marimba, xylophone",
            "Mallet percussion",
        ),
    ),
    Kind(
        name="vibraphone",
        recipe=music.instrument((11,), keys=(53, 86), max_voices=2),
        phrases=(
            "a vibraphone",
            "vibraphone music",
        ),
        targets=(
            "Vibraphone",
            "Mallet percussion",
            "Marimba, xylophone",
        ),
    ),
)
