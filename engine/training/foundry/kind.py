"""What a kind of sound is."""

from dataclasses import dataclass

from engine.training.foundry.recipes import Recipe


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
