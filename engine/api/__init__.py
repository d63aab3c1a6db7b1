"""What the engine is asked and what it answers. Nothing in here loads torch."""

from engine.api.cancellation import CancellationToken, CancelledError
from engine.api.engine import Engine, EventSink
from engine.api.errors import EngineError
from engine.api.events import (
    AudioReady,
    EngineEvent,
    GenerationResult,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobProgress,
    JobStarted,
    MelReady,
    PreviewReady,
    Stage,
)
from engine.api.loops import LoopLength, loop_latent_frames
from engine.api.periods import latent_frames_of_bars, period_latent_frames
from engine.api.presets import (
    NOMINAL_WINDOW_LATENT_FRAMES,
    ModelDefaults,
    Quality,
    evaluations,
    sampling_of,
    window_stride,
)
from engine.api.prompts import Anchor, Curve, Region, RootPrompt, TransitionKind
from engine.api.requests import (
    LATENT_FRAMES_PER_SECOND,
    MEL_FRAMES_PER_LATENT_FRAME,
    STANDARD_MEMORY_BUDGET_BYTES,
    AudioSource,
    BaseResult,
    GenerateRequest,
    KeptSpan,
    Section,
    SourceNoise,
)
from engine.api.sampling import (
    Cohesion,
    Decoding,
    Fusion,
    Sampler,
    SamplingSettings,
    num_reference_steps,
)

__all__ = [
    "LATENT_FRAMES_PER_SECOND",
    "MEL_FRAMES_PER_LATENT_FRAME",
    "NOMINAL_WINDOW_LATENT_FRAMES",
    "STANDARD_MEMORY_BUDGET_BYTES",
    "Anchor",
    "AudioReady",
    "AudioSource",
    "BaseResult",
    "CancellationToken",
    "CancelledError",
    "Cohesion",
    "Curve",
    "Decoding",
    "Engine",
    "EngineError",
    "EngineEvent",
    "EventSink",
    "Fusion",
    "GenerateRequest",
    "GenerationResult",
    "JobCancelled",
    "JobFailed",
    "JobFinished",
    "JobProgress",
    "JobStarted",
    "KeptSpan",
    "LoopLength",
    "MelReady",
    "ModelDefaults",
    "PreviewReady",
    "Quality",
    "Region",
    "RootPrompt",
    "Sampler",
    "SamplingSettings",
    "Section",
    "SourceNoise",
    "Stage",
    "TransitionKind",
    "evaluations",
    "latent_frames_of_bars",
    "loop_latent_frames",
    "num_reference_steps",
    "period_latent_frames",
    "sampling_of",
    "window_stride",
]
