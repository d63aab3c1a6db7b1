"""One undoable change of the project per module."""

from desktop_app.project.edits.add_clip import AddClip
from desktop_app.project.edits.add_curve_point import AddCurvePoint
from desktop_app.project.edits.add_lane import AddLane
from desktop_app.project.edits.add_marker import AddMarker
from desktop_app.project.edits.base import UNCHANGED, Edit, EditError, Unchanged, UnknownIdError
from desktop_app.project.edits.change_clips import ChangeClips
from desktop_app.project.edits.change_everywhere import ChangeEverywhere
from desktop_app.project.edits.change_lane import ChangeLane
from desktop_app.project.edits.change_lane_settings import ChangeLaneSettings
from desktop_app.project.edits.change_take import ChangeTake
from desktop_app.project.edits.change_time import ChangeTime
from desktop_app.project.edits.clear_curves import ClearCurves
from desktop_app.project.edits.duplicate_clips import DuplicateClips
from desktop_app.project.edits.keep_take import KeepTake
from desktop_app.project.edits.move_clips import MoveClips
from desktop_app.project.edits.move_curve_point import MoveCurvePoint
from desktop_app.project.edits.move_lane import MoveLane
from desktop_app.project.edits.move_marker import MoveMarker
from desktop_app.project.edits.remove_clips import RemoveClips
from desktop_app.project.edits.remove_curve_point import RemoveCurvePoint
from desktop_app.project.edits.remove_lane import RemoveLane
from desktop_app.project.edits.remove_marker import RemoveMarker
from desktop_app.project.edits.remove_take import RemoveTake
from desktop_app.project.edits.rename_marker import RenameMarker
from desktop_app.project.edits.rename_project import RenameProject
from desktop_app.project.edits.set_loop import SetLoop
from desktop_app.project.edits.set_tempo import SetTempo
from desktop_app.project.edits.split_clip import SplitClip
from desktop_app.project.edits.together import Together
from desktop_app.project.edits.trim_clip import TrimClip
from desktop_app.project.edits.use_take import UseTake

__all__ = [
    "UNCHANGED",
    "AddClip",
    "AddCurvePoint",
    "AddLane",
    "AddMarker",
    "ChangeClips",
    "ChangeEverywhere",
    "ChangeLane",
    "ChangeLaneSettings",
    "ChangeTake",
    "ChangeTime",
    "ClearCurves",
    "DuplicateClips",
    "Edit",
    "EditError",
    "KeepTake",
    "MoveClips",
    "MoveCurvePoint",
    "MoveLane",
    "MoveMarker",
    "RemoveClips",
    "RemoveCurvePoint",
    "RemoveLane",
    "RemoveMarker",
    "RemoveTake",
    "RenameMarker",
    "RenameProject",
    "SetLoop",
    "SetTempo",
    "SplitClip",
    "Together",
    "TrimClip",
    "Unchanged",
    "UnknownIdError",
    "UseTake",
]
