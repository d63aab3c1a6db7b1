"""The main window with a small piece in it, without documents and controllers."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop_app.project.ids import ClipId, LaneId, TakeId
from desktop_app.project.project import Lane, Project, Prompt, PromptClip
from desktop_app.project.time import Span, samples_from_seconds_rounded
from desktop_app.views.jobs.values import JobRow, JobRowState
from desktop_app.views.main_window import MainWindow
from desktop_app.views.prompts.values import TakeRow
from desktop_app.views.theme.theme import Theme
from desktop_app.views.transport.values import EngineState, EngineStatus


def clip(name: str, start: float, end: float, text: str) -> PromptClip:
    span = Span(samples_from_seconds_rounded(start), samples_from_seconds_rounded(end))
    return PromptClip(id=ClipId(name), span=span, prompt=Prompt(text=text))


RAIN = Lane(
    id=LaneId("rain"),
    name="Rain & thunder",
    colour="lagoon",
    stream=0,
    clips=(
        clip("a", 0, 48, "Light rain on leaves"),
        clip("b", 44, 112, "Heavy rain, gusting wind, distant thunder"),
    ),
)
PIECE = Project(name="Valley before dawn", lanes=(RAIN,), everywhere=Prompt(text="wide valley"))


def window_with_piece(theme: Theme) -> MainWindow:
    """A window that shows the second of two clips."""
    timeline = QWidget()
    timeline.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    timeline.setAccessibleName("Timeline")
    window = MainWindow(theme, timeline)
    window.show_project_name(PIECE.name, is_dirty=True)
    window.inspector.show_project(PIECE)
    window.inspector.show_lane(RAIN)
    window.inspector.show_clips((RAIN.clips[1],), RAIN)
    take = TakeRow(take_id=TakeId("t"), number=1, title="Take 1", note="rain", is_used=True)
    window.inspector.show_takes(RAIN, (take,))
    window.inspector.show_model("Starter", "16 kHz mono, heard up to 8 kHz.")
    window.clips.show_project(PIECE)
    window.jobs.show_jobs(
        (
            JobRow(
                job_id="1",
                lane_name="Rain",
                lane_colour="lagoon",
                what="new take",
                range_text="0:00 to 1:52",
                state=JobRowState.RUNNING,
                stage_text="Step 3 of 25",
            ),
        )
    )
    window.transport.show_tempo(92.0, 4)
    window.transport.show_loudness(-18.4, -4.1)
    window.transport.show_engine(EngineStatus(state=EngineState.READY, model="Starter", note="CPU"))
    window.status.show_device("Built-in Audio, 48 kHz")
    window.status.show_sizes("Takes 1.2 GB", "412 GB free")
    window.show_generate("Generate", enabled=True, estimate="1:52 of sound | about 48 s")
    return window
