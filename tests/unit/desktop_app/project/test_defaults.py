"""What a new clip and a new lane begin with."""

import json
from importlib.resources import files

import resources
from desktop_app.project.ids import ClipId
from desktop_app.project.project import GenerationSettings, Prompt, PromptClip
from desktop_app.project.time import Samples, Span


def test_the_defaults_are_those_of_the_bundled_model() -> None:
    config = json.loads((files(resources) / "starter_model" / "config.json").read_text())
    clip = PromptClip(id=ClipId("a"), span=Span(Samples(0), Samples(1)), prompt=Prompt())

    assert GenerationSettings().model == config["name"]
    assert GenerationSettings().num_steps == config["default_steps"]
    assert clip.guidance_scale == config["default_guidance_scale"]
