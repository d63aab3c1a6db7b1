"""From the words, sounds and curves of a request to the prompts that the sampler follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from torch import Tensor

from engine.api import Anchor, GenerateRequest, Region
from engine.longform.circular_prompts import circular_timeline
from engine.longform.conditioning import PromptSpan, PromptTimeline
from engine.longform.sphere import morphed, moved_towards

EmbedTexts = Callable[[Sequence[str]], Mapping[str, Tensor]]
"""Maps texts to (D,) unit vectors; the empty one is the unconditional case."""

EmbedAudio = Callable[[Anchor], Tensor]
"""Maps a stretch of sound to a (D,) unit vector in the same space; its weight does not matter."""


def prompt_timeline(
    request: GenerateRequest, *, embed_texts: EmbedTexts, embed_audio: EmbedAudio
) -> PromptTimeline:
    """Embed what a request says, and lay it out over time.

    Args:
        request: A request that was checked.
        embed_texts: Called once, with every text of the request.
        embed_audio: Called once for every stretch of sound that counts.

    Returns:
        The prompts, on the lane's absolute grid; in a loop the last fades into the first.

    Raises:
        EngineError: A sound cannot be read, or the model cannot listen.
    """
    spans = prompt_spans(request, embed_texts=embed_texts, embed_audio=embed_audio)
    if request.is_loop:
        return circular_timeline(
            spans, first_frame=request.first_latent_frame, num_frames=request.num_latent_frames
        )
    return PromptTimeline(spans)


def prompt_spans(
    request: GenerateRequest, *, embed_texts: EmbedTexts, embed_audio: EmbedAudio
) -> list[PromptSpan]:
    """The regions of a request with their vectors; arguments as above.

    A region's vector is that of its words, moved towards the root's words and then towards the
    mean of its anchors, each along the sphere. CLAP puts sounds and words into one space, and the
    network was trained on sounds, so an anchor may stand for words (Liu et al. 2023, section 3.1).
    """
    root = request.root
    texts = [text for region in request.regions for text in (region.prompt, region.negative_prompt)]
    vectors = embed_texts([*texts, root.prompt] if root else texts)
    sounds: dict[Anchor, Tensor] = {}
    spans = []
    for region in request.regions:
        conditioning = vectors[region.prompt]
        if root is not None:
            conditioning = moved_towards(conditioning, vectors[root.prompt], root.share)
        if region.anchors and region.anchor_strength > 0.0:
            anchor = _mean_sound(region.anchors, sounds, embed_audio)
            conditioning = moved_towards(conditioning, anchor, region.anchor_strength)
        spans.append(_span(region, conditioning, vectors[region.negative_prompt]))
    return spans


def _mean_sound(
    anchors: Sequence[Anchor], known: dict[Anchor, Tensor], embed_audio: EmbedAudio
) -> Tensor:
    """Weighted mean of the anchors' vectors on the sphere."""
    stretches = [replace(anchor, weight=1.0) for anchor in anchors]
    for stretch in stretches:
        if stretch not in known:
            known[stretch] = embed_audio(stretch)
    return morphed([known[s] for s in stretches], [anchor.weight for anchor in anchors])


def _span(region: Region, conditioning: Tensor, unconditional: Tensor) -> PromptSpan:
    return PromptSpan(
        start=region.start_latent_frame,
        end=region.end_latent_frame,
        conditioning=conditioning,
        unconditional=unconditional,
        guidance_scale=region.guidance_scale,
        guidance_curve=region.guidance_curve,
        weight=region.weight,
        weight_curve=region.weight_curve,
        transition=region.transition,
        transition_latent_frames=region.transition_latent_frames,
    )
