"""The caption grammar: phrases, true adjectives, places, and mixtures of two sounds."""

from numpy.random import Generator

from engine.training.foundry.kinds import Kind

PLAIN_FORMS = (
    "{}",
    "{}",
    "{}",
    "the sound of {}",
    "a recording of {}",
    "sound of {}",
    "{}, high quality",
    "{}.",
    "{} sound effect",
    "audio of {}",
    "i hear {}",
    "{} can be heard",
)
DISTANT_FORMS = ("{} in the distance", "distant {}", "{} far away")
ECHO_FORMS = ("{} with echo", "{} in a large hall", "echoing {}")
MIXTURE_FORMS = ("{} and {}", "{} with {}", "{} while {} can be heard", "{}, {}")
QUIET_FORMS = ("{} with {} in the background", "{} over quiet {}", "{}, faint {} behind it")
SEQUENCE_FORMS = ("{} followed by {}", "{}, then {}", "{} and then {}", "first {}, then {}")

_ARTICLES = ("a ", "an ", "the ")


def with_adjective(phrase: str, adjective: str) -> str:
    """``phrase`` with ``adjective`` before its noun; the article is kept and made to fit.

    >>> with_adjective("a piano melody", "slow")
    'a slow piano melody'
    """
    if not adjective:
        return phrase
    for article in _ARTICLES:
        if phrase.startswith(article):
            kept = "the " if article == "the " else "a "
            return f"{kept}{adjective} {phrase.removeprefix(article)}"
    return f"{adjective} {phrase}"


def without_article(phrase: str) -> str:
    """``phrase`` without a leading article, so that an adjective can stand before it."""
    for article in _ARTICLES:
        if phrase.startswith(article):
            return phrase.removeprefix(article)
    return phrase


def phrase_for(rng: Generator, kind: Kind, *, adjective: str = "", place: str = "") -> str:
    """One way to say a sound, with what is true of it.

    Args:
        rng: Source of every choice.
        kind: What sounds.
        adjective: A word true of this very clip, used in three captions of four.
        place: ``"distant"``, ``"echo"`` or nothing.
    """
    phrase = str(rng.choice(kind.phrases))
    if rng.random() < 0.75:
        phrase = with_adjective(phrase, adjective)
    if place == "distant":
        form = str(rng.choice(DISTANT_FORMS))
    elif place == "echo":
        form = str(rng.choice(ECHO_FORMS))
    else:
        return phrase
    return form.format(without_article(phrase) if form.endswith(" {}") else phrase)


def caption_for(rng: Generator, phrase: str) -> str:
    """A caption around ``phrase``: some are sentences or titles, most are the bare phrase."""
    caption = str(rng.choice(PLAIN_FORMS)).format(phrase)
    return caption[0].upper() + caption[1:] if rng.random() < 0.25 else caption


def mixture_phrase(rng: Generator, first: str, second: str, *, is_second_quiet: bool) -> str:
    """Two phrases in one; the order says which of the sounds is the louder."""
    forms = QUIET_FORMS if is_second_quiet else MIXTURE_FORMS
    return str(rng.choice(forms)).format(first, second)


def sequence_phrase(rng: Generator, first: str, second: str) -> str:
    """Two phrases of which the second sounds after the first."""
    return str(rng.choice(SEQUENCE_FORMS)).format(first, second)
