"""What is said about models. No Qt; the engine's registry is asked elsewhere."""

import json
from dataclasses import dataclass
from importlib.resources import files

import resources


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """A model that a lane may be made with.

    Attributes:
        name: As in ``GenerationSettings.model``.
        title: For people.
        note: What it is good at.
        is_installed: Whether it is on this computer.
    """

    name: str
    title: str
    note: str = ""
    is_installed: bool = True


STARTER = ModelChoice(name="starter", title="Longwave starter")


def short_name(model: str) -> str:
    """The model as the chip shows it."""
    return "Starter" if model == STARTER.name else model


def model_words(model: str, choices: tuple[ModelChoice, ...]) -> tuple[str, str]:
    """Title of a model, and what it knows and where larger ones come from."""
    choice = next((each for each in choices if each.name == model), None)
    title = model if choice is None else choice.title
    lines = [starter_words() if model == STARTER.name else "" if choice is None else choice.note]
    if choice is None or not choice.is_installed:
        lines.append("It is not on this computer.")
    others = [each.title for each in choices if not each.is_installed and each.name != model]
    if others:
        lines.append(f"“longwave models” in a terminal lists larger ones, such as {others[0]}.")
    return title, "\n".join(line for line in lines if line)


def starter_words() -> str:
    """What the bundled model knows, in one line; empty when it does not say."""
    file = files(resources) / "starter_model" / "kinds.json"
    try:
        kinds = json.loads(file.read_text(encoding="utf-8"))["kinds"]
        names = [str(kind["name"]) for kind in kinds]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return f"A small model. It knows: {', '.join(names)}." if names else ""
