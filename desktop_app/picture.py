"""A picture of a project: its timeline with clips, waveforms and spectrograms."""

import os
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from desktop_app.controllers.pictures import load_picture
from desktop_app.project.project import Project
from desktop_app.project.storage.media import MediaStore
from desktop_app.views.theme.theme import apply_theme, load_theme
from desktop_app.views.timeline.timeline_view import TimelineView

_WIDTH_PX = 1_600
_HEAD_PX, _LANE_PX, _FOOT_PX = 124, 176, 40


def write_picture(project: Project, store: MediaStore, path: Path) -> None:
    """Draw a project's timeline into a PNG file; needs no display.

    Args:
        project: What is drawn.
        store: Its media; takes whose files are missing are left out.
        path: The PNG file.

    Raises:
        OSError: The file cannot be written.
    """
    if QApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication(["longwave"])
    theme = load_theme("dark")
    if isinstance(application, QApplication):
        apply_theme(application, theme)
    view = TimelineView(theme)
    view.resize(QSize(_WIDTH_PX, _HEAD_PX + _LANE_PX * len(project.lanes) + _FOOT_PX))
    unfolded = tuple(replace(lane, is_folded=False) for lane in project.lanes)
    view.show_project(replace(project, lanes=unfolded))
    for lane in project.lanes:
        for take in lane.takes:
            picture = load_picture(take, store.path)
            if picture is not None:
                view.show_take_picture(take.id, picture)
    view.show()
    view.fit()
    QApplication.processEvents()
    if not view.grab().save(str(path)):
        raise OSError(f"{path} cannot be written")
    view.close()
