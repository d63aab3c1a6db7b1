"""The kinds of sound the starter model learns: how each is made, said, and judged."""

from dataclasses import dataclass

from engine.training.foundry import machines, music, nature
from engine.training.foundry.recipes import Recipe, effect, formula, one_of
from engine.training.foundry.signals import white_noise
from engine.training.foundry.soundfonts import MUSESCORE


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of sound.

    Attributes:
        name: Unique, as an English noun.
        recipe: Makes one example from a random generator.
        phrases: Ways to say it; every caption contains one.
        targets: AudioSet labels that a tagger may give it; used by the benchmark only.
        is_texture: Whether it goes on steadily, so that other sounds may be mixed over it.
        may_be_distant: Whether a low-passed, quieter copy still is that sound.
    """

    name: str
    recipe: Recipe
    phrases: tuple[str, ...]
    targets: tuple[str, ...]
    is_texture: bool = False
    may_be_distant: bool = True


_RAIN = effect(1, 122, every=5.6)
_PHONE = one_of(
    effect(0, 124, every=2.0, key_spread=2, font=MUSESCORE),
    effect(1, 124, every=2.5, key_spread=2),
    formula(machines.telephone),
)

KINDS: tuple[Kind, ...] = (
    Kind(
        name="rain",
        recipe=nature.rain_over(_RAIN),
        phrases=("rain falling", "rain", "rain on a roof", "a rain shower", "rainfall"),
        targets=("Rain", "Raindrop", "Rain on surface"),
        is_texture=True,
    ),
    Kind(
        name="ocean",
        recipe=one_of(
            formula(nature.ocean),
            formula(nature.ocean),
            effect(0, 122, every=5.6, key_spread=4, font=MUSESCORE),
        ),
        phrases=("ocean waves", "sea waves on a beach", "waves on the shore", "the sea", "surf"),
        targets=("Ocean", "Waves, surf"),
        is_texture=True,
    ),
    Kind(
        name="thunder",
        recipe=formula(nature.thunder),
        phrases=(
            "thunder",
            "rumbling thunder",
            "a thunderstorm",
            "a thunderclap",
            "thunder rolling",
        ),
        targets=("Thunder", "Thunderstorm"),
    ),
    Kind(
        name="wind",
        recipe=formula(nature.wind),
        phrases=("wind blowing", "strong wind", "howling wind", "wind", "gusts of wind"),
        targets=("Wind", "Wind noise (microphone)"),
        is_texture=True,
    ),
    Kind(
        name="fire",
        recipe=formula(nature.fire),
        phrases=("a crackling fire", "a campfire", "fire burning", "flames", "a wood fire"),
        targets=("Fire", "Crackle"),
        is_texture=True,
    ),
    Kind(
        name="birds",
        recipe=one_of(
            formula(nature.birds),
            formula(nature.birds),
            effect(3, 123, every=1.5, jitter=0.3),
            effect(0, 123, every=1.2, key_spread=4, jitter=0.3, font=MUSESCORE),
        ),
        phrases=("birds singing", "birdsong", "chirping birds", "a bird chirping", "birds"),
        targets=("Bird", "Chirp, tweet", "Bird vocalization, bird call, bird song"),
        is_texture=True,
        may_be_distant=False,
    ),
    Kind(
        name="crickets",
        recipe=formula(nature.crickets),
        phrases=("crickets", "crickets chirping at night", "a cricket", "night insects"),
        targets=("Cricket", "Insect"),
        is_texture=True,
        may_be_distant=False,
    ),
    Kind(
        name="dog",
        recipe=one_of(
            effect(1, 123, every=0.8, key_spread=4, jitter=0.35),
            effect(1, 123, every=0.45, key_spread=4, jitter=0.3),
            effect(1, 123, every=1.5, key_spread=5, jitter=0.5),
        ),
        phrases=("a dog barking", "dogs barking", "a barking dog", "a dog", "dog barks"),
        targets=("Dog", "Bark", "Bow-wow"),
    ),
    Kind(
        name="siren",
        recipe=one_of(formula(machines.siren), formula(machines.siren), effect(5, 125, every=5.6)),
        phrases=("a police siren", "an ambulance siren", "a siren wailing", "sirens", "a siren"),
        targets=("Siren", "Police car (siren)", "Ambulance (siren)", "Emergency vehicle"),
    ),
    Kind(
        name="alarm",
        recipe=formula(machines.alarm),
        phrases=("an alarm beeping", "a smoke alarm", "a beeping alarm", "an alarm", "beeps"),
        targets=("Alarm", "Beep, bleep", "Smoke detector, smoke alarm"),
        may_be_distant=False,
    ),
    Kind(
        name="car engine",
        recipe=one_of(
            formula(machines.car_engine),
            formula(machines.car_engine),
            effect(1, 125, every=5.6, key_spread=4),
        ),
        phrases=("a car engine", "an engine idling", "a car engine revving", "a motor running"),
        targets=("Engine", "Idling", "Car", "Vehicle", "Medium engine (mid frequency)"),
        is_texture=True,
    ),
    Kind(
        name="telephone",
        recipe=_PHONE,
        phrases=(
            "a telephone ringing",
            "an old phone ringing",
            "a phone rings",
            "a telephone bell",
        ),
        targets=("Telephone", "Telephone bell ringing"),
        may_be_distant=False,
    ),
    Kind(
        name="laser",
        recipe=one_of(
            formula(machines.laser),
            formula(machines.laser),
            effect(2, 127, every=0.8, key_spread=4, jitter=0.3),
        ),
        phrases=("a laser gun", "laser shots", "sci-fi laser zaps", "a laser blaster", "lasers"),
        targets=("Sound effect", "Zing", "Arrow", "Whoosh, swoosh, swish", "Boing"),
    ),
    Kind(
        name="explosion",
        recipe=one_of(
            formula(machines.explosion),
            formula(machines.explosion),
            effect(3, 127, every=2.7, key_spread=5),
        ),
        phrases=("an explosion", "a bomb exploding", "a big explosion", "explosions", "a boom"),
        targets=("Explosion", "Boom", "Artillery fire", "Fireworks"),
    ),
    Kind(
        name="heartbeat",
        recipe=one_of(formula(machines.heartbeat), effect(4, 126, every=0.9)),
        phrases=("a heartbeat", "a heart beating", "heart sounds", "a beating heart"),
        targets=("Heart sounds, heartbeat", "Heart murmur"),
        may_be_distant=False,
    ),
    Kind(
        name="white noise",
        recipe=formula(white_noise),
        phrases=("white noise", "static", "hissing noise", "radio static", "noise"),
        targets=("White noise", "Static", "Noise"),
        may_be_distant=False,
    ),
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
)

NAMES: tuple[str, ...] = tuple(kind.name for kind in KINDS)
