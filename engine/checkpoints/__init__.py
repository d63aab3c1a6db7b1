"""Models on disk: their configuration, files, names, download and loading."""

from engine.checkpoints.config import ModelConfig
from engine.checkpoints.errors import CheckpointError
from engine.checkpoints.load import load_checkpoint
from engine.checkpoints.model import AudioLDM
from engine.checkpoints.own_layout import save_checkpoint
from engine.checkpoints.tokenizer import Tokenizer

__all__ = [
    "AudioLDM",
    "CheckpointError",
    "ModelConfig",
    "Tokenizer",
    "load_checkpoint",
    "save_checkpoint",
]
