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
from engine.api.requests import (
    LATENT_FRAMES_PER_SECOND,
    MEL_FRAMES_PER_LATENT_FRAME,
    BaseResult,
    GenerateRequest,
    Region,
    Sampler,
    SamplingSettings,
    Section,
    TransitionKind,
)

__all__ = [
    "LATENT_FRAMES_PER_SECOND",
    "MEL_FRAMES_PER_LATENT_FRAME",
    "AudioReady",
    "BaseResult",
    "CancellationToken",
    "CancelledError",
    "Engine",
    "EngineError",
    "EngineEvent",
    "EventSink",
    "GenerateRequest",
    "GenerationResult",
    "JobCancelled",
    "JobFailed",
    "JobFinished",
    "JobProgress",
    "JobStarted",
    "MelReady",
    "PreviewReady",
    "Region",
    "Sampler",
    "SamplingSettings",
    "Section",
    "Stage",
    "TransitionKind",
]
