"""Kinds: weather, water, fire and animals."""

from engine.training.foundry import nature
from engine.training.foundry.kind import Kind
from engine.training.foundry.recipes import effect, formula, one_of
from engine.training.foundry.recordings import recording
from engine.training.foundry.soundfonts import MUSESCORE

_RAIN = effect(1, 122, every=5.6)

NATURE: tuple[Kind, ...] = (
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
        name="stream",
        recipe=effect(4, 122, every=5.6, key_spread=4),
        phrases=(
            "a stream flowing",
            "a babbling brook",
            "running water",
            "a small river",
            "water flowing over stones",
        ),
        targets=(
            "Stream",
            "Waterfall",
            "Water",
            "Gurgling",
        ),
        is_texture=True,
    ),
    Kind(
        name="bubbles",
        recipe=effect(5, 122, every=5.6, key_spread=4),
        phrases=(
            "bubbles",
            "water bubbling",
            "bubbling water",
            "gurgling water",
        ),
        targets=(
            "Gurgling",
            "Boiling",
            "Water",
            "Liquid",
        ),
        is_texture=True,
    ),
    Kind(
        name="cow",
        recipe=recording("cow.mp3", gap=(0.2, 1), voices=1, semitones=3.0),
        phrases=(
            "a cow mooing",
            "a cow",
            "cows mooing",
            "a moo",
            "cattle",
        ),
        targets=(
            "Cattle, bovinae",
            "Moo",
        ),
    ),
    Kind(
        name="sheep",
        recipe=recording("sheep.mp3", gap=(0.2, 1), voices=2, semitones=4.0),
        phrases=(
            "a sheep bleating",
            "sheep",
            "a bleating sheep",
            "a lamb",
        ),
        targets=(
            "Sheep",
            "Bleat",
            "Goat",
        ),
    ),
    Kind(
        name="pig",
        recipe=recording("pig.mp3", gap=(0.1, 0.6), voices=1, semitones=4.0),
        phrases=(
            "a pig oinking",
            "a grunting pig",
            "pigs",
            "a pig",
        ),
        targets=(
            "Pig",
            "Oink",
        ),
    ),
    Kind(
        name="rooster",
        recipe=recording("rooster.mp3", gap=(0.4, 1.5), voices=1, semitones=3.0),
        phrases=(
            "a rooster crowing",
            "a rooster",
            "a cock crowing",
            "cock-a-doodle-doo",
        ),
        targets=(
            "Crowing, cock-a-doodle-doo",
            "Chicken, rooster",
        ),
    ),
    Kind(
        name="duck",
        recipe=recording("duck.mp3", gap=(0.1, 0.8), voices=2, semitones=4.0),
        phrases=(
            "a duck quacking",
            "ducks quacking",
            "ducks",
            "quacking",
        ),
        targets=(
            "Duck",
            "Quack",
            "Fowl",
        ),
    ),
    Kind(
        name="frogs",
        recipe=recording("frog.mp3", gap=(0, 0.4), voices=2, semitones=4.0),
        phrases=(
            "frogs croaking",
            "frogs",
            "a frog",
            "croaking frogs in a pond",
        ),
        targets=(
            "Frog",
            "Croak",
        ),
        is_texture=True,
    ),
    Kind(
        name="horse",
        recipe=one_of(
            recording("horse.mp3", gap=(0.2, 1.2), voices=1, semitones=3.0),
            recording("horse.mp3", gap=(0.2, 1.2), voices=1, semitones=3.0),
        ),
        phrases=(
            "a horse neighing",
            "a horse",
            "a neighing horse",
            "a whinnying horse",
        ),
        targets=(
            "Horse",
            "Neigh, whinny",
        ),
    ),
)
