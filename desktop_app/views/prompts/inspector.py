"""The inspector at the right of the window."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop_app.presets import Preset
from desktop_app.project.project import GenerationSettings, Lane, Project, PromptClip
from desktop_app.views.prompts.clip_page import ClipPage
from desktop_app.views.prompts.cohesion_section import CohesionSection
from desktop_app.views.prompts.foot import Foot
from desktop_app.views.prompts.lane_page import LanePage
from desktop_app.views.prompts.project_page import ProjectPage
from desktop_app.views.prompts.sampling_section import SamplingSection
from desktop_app.views.prompts.section import MARGIN_PX
from desktop_app.views.prompts.takes_page import TakesPage
from desktop_app.views.prompts.values import CohesionFacts, JobCard, TakeRow
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.field import Field
from desktop_app.views.widgets.gesture import KEEP
from desktop_app.views.widgets.panel import Panel
from desktop_app.views.widgets.scrolling import ScrollingPage
from desktop_app.views.widgets.segments import Segments

TABS = (("clip", "Clip"), ("lane", "Lane"), ("takes", "Takes"), ("project", "Project"))
TAB_ICONS = {"clip": "list", "lane": "waveform-spectrogram", "takes": "takes", "project": "library"}


class Inspector(Panel):
    """Four pages of which one is shown, and a foot that stays.

    Args:
        theme: Colours and type.

    Signals:
        clip_change_requested (frozenset[ClipId], dict): See ``ClipPage``.
        loop_requested (frozenset[ClipId], bool): See ``ClipPage``.
        lane_change_requested (LaneId, dict): See ``LanePage``.
        lane_settings_requested (LaneId, GenerationSettings): How the lane shall be made.
        everywhere_requested (str): The words for all clips.
        tempo_requested (float, int): Beats per minute, beats in a bar.
        name_requested (str): The project's new name.
        take_use_requested (LaneId, TakeId): This take shall play.
        take_change_requested (LaneId, TakeId, dict): New "is_favourite".
        take_remove_requested (LaneId, TakeId): This take shall go.
        generate_requested (): The amber button was pressed.
        cancel_requested (str): The job with this id shall stop.
        gesture_started (str): Several requests follow that are one step; its name.
        gesture_ended (bool): They are over; whether they shall stay.
        tab_changed (str): Another page is shown: "clip", "lane", "takes" or "project".
    """

    clip_change_requested = Signal(object, object)
    loop_requested = Signal(object, bool)
    lane_change_requested = Signal(object, object)
    lane_settings_requested = Signal(object, object)
    everywhere_requested = Signal(str)
    tempo_requested = Signal(float, int)
    name_requested = Signal(str)
    take_use_requested = Signal(object, object)
    take_change_requested = Signal(object, object, object)
    take_remove_requested = Signal(object, object)
    generate_requested = Signal()
    cancel_requested = Signal(str)
    gesture_started = Signal(str)
    gesture_ended = Signal(bool)
    tab_changed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self._lane: Lane | None = None
        self.setAccessibleName("Inspector")
        self.tabs = Segments(theme, "Inspector", TABS)
        self.clip_page = ClipPage(theme)
        self.lane_page = LanePage(theme)
        self.takes_page = TakesPage(theme)
        self.project_page = ProjectPage(theme)
        self.clip_sampling = SamplingSection(theme)
        self.lane_sampling = SamplingSection(theme)
        self.clip_cohesion = CohesionSection(theme)
        self.lane_cohesion = CohesionSection(theme)
        self.foot = Foot(theme)
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.show_tab("clip")
        self.show_lane(None)

    def show_tab(self, tab: str) -> None:
        """Show the page "clip", "lane", "takes" or "project"."""
        before = self.tab
        self.tabs.show_choice(tab)
        self._stack.setCurrentIndex([value for value, _ in TABS].index(tab))
        if tab != before:
            self.tab_changed.emit(tab)

    @property
    def tab(self) -> str:
        """The page shown."""
        return TABS[self._stack.currentIndex()][0]

    def show_clips(self, clips: tuple[PromptClip, ...], lane: Lane | None) -> None:
        """Show clips; ``lane`` is theirs, or ``None`` when they lie on several lanes."""
        self.clip_page.show_clips(clips, lane)

    def show_lane(self, lane: Lane | None) -> None:
        """Show the focused lane, or that there is none."""
        self._lane = lane
        self.lane_page.show_lane(lane)
        for section in (self.clip_sampling, self.lane_sampling):
            section.setVisible(lane is not None)
            if lane is not None:
                section.show_settings(lane.settings)
                section.show_candidates(lane.num_candidates)
                section.show_note(lane.settings.model.capitalize())
        for cohesion in (self.clip_cohesion, self.lane_cohesion):
            cohesion.setVisible(lane is not None)
            if lane is not None:
                cohesion.show_settings(lane.settings)

    def show_cohesion(self, clips: CohesionFacts, lane: CohesionFacts) -> None:
        """Show what cohesion comes to in the selected clips' pieces, and in all of the lane's."""
        self.clip_cohesion.show_facts(clips)
        self.lane_cohesion.show_facts(lane)

    def show_takes(self, lane: Lane | None, takes: tuple[TakeRow, ...]) -> None:
        """Show the takes of a lane, or that no lane is selected."""
        self.takes_page.show_takes(lane, takes)

    def show_project(self, project: Project) -> None:
        """Show the whole piece."""
        self.project_page.show_project(project)
        self.clip_page.show_project(project)

    def show_model(self, name: str, lines: str) -> None:
        """Show the model: its name, and what it knows and how fast it is."""
        self.project_page.show_model(name, lines)

    def show_generate(
        self, label: str, *, enabled: bool, estimate: str = "", reason: str = ""
    ) -> None:
        """Show what the amber button would do; see ``Foot.show_generate``."""
        self.foot.show_generate(label, enabled=enabled, estimate=estimate, reason=reason)

    def show_extension(self, label: str) -> None:
        """Show what could be made longer instead of anew, or nothing for no words."""
        self.foot.show_extension(label)

    def show_presets(self, presets: tuple[Preset, ...]) -> None:
        """Offer the presets of the lane's model; the lane itself is to be shown after them."""
        for section in (self.clip_sampling, self.lane_sampling):
            section.show_presets(presets)

    def show_unranked(self, reason: str) -> None:
        """Show why takes are not ranked; they are for no words."""
        for section in (self.clip_sampling, self.lane_sampling):
            section.show_unranked(reason)

    def show_repair(self, words: str, amount: float) -> None:
        """Show the range that would be made again, and how far its sound will be left."""
        self.clip_page.show_repair(words, amount)

    def show_costs(self, costs: tuple[str, ...]) -> None:
        """Show what would be made by each preset: "20 s", or "×4" of the standard."""
        for section in (self.clip_sampling, self.lane_sampling):
            section.show_costs(costs)

    def show_job(self, job: JobCard | None) -> None:
        """Show the job that makes the focused lane, or the button when there is none."""
        self.foot.show_job(job)

    def edit_prompt(self) -> None:
        """Show the selected clip and give its prompt the keyboard."""
        self.show_tab("clip")
        self.clip_page.prompt.select_all()

    def commit_pending(self) -> None:
        """Ask for whatever is typed and not yet asked for; call it before any command."""
        for field in self.findChildren(Field):
            if field.hasFocus():
                field.commit()
        self.clip_page.commit_pending()
        self.lane_page.commit_pending()
        self.project_page.commit_pending()

    def _lay_out(self) -> None:
        for page, sections in (
            (self.clip_page, (self.clip_sampling, self.clip_cohesion)),
            (self.lane_page, (self.lane_sampling, self.lane_cohesion)),
        ):
            layout = page.layout()
            # Above the stretch at the end of the page.
            if isinstance(layout, QVBoxLayout):
                for section in sections:
                    layout.insertWidget(layout.count() - 1, section)
        pages = (self.clip_page, self.lane_page, self.takes_page, self.project_page)
        for content, (_, name) in zip(pages, TABS, strict=True):
            self._stack.addWidget(ScrollingPage(content, name))
        head = QVBoxLayout()
        head.setContentsMargins(MARGIN_PX, 12, MARGIN_PX, 0)
        head.addWidget(self.tabs)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        column.addWidget(self.foot)

    def _connect(self) -> None:
        self.tabs.choice_requested.connect(self._on_tab)
        self.clip_page.clip_change_requested.connect(self.clip_change_requested)
        self.clip_page.loop_requested.connect(self.loop_requested)
        self.lane_page.lane_change_requested.connect(self.lane_change_requested)
        self.project_page.everywhere_requested.connect(self.everywhere_requested)
        self.project_page.tempo_requested.connect(self.tempo_requested)
        self.project_page.name_requested.connect(self.name_requested)
        self.takes_page.take_use_requested.connect(self.take_use_requested)
        self.takes_page.take_change_requested.connect(self.take_change_requested)
        self.takes_page.take_remove_requested.connect(self.take_remove_requested)
        self.foot.generate_requested.connect(self.generate_requested)
        self.foot.cancel_requested.connect(self.cancel_requested)
        for page in (self.clip_page, self.lane_page, self.project_page):
            page.gesture_started.connect(self.gesture_started)
            page.gesture_ended.connect(self.gesture_ended)
        for section in (self.clip_sampling, self.lane_sampling):
            section.settings_requested.connect(self._on_settings)
            section.candidates_requested.connect(self._on_candidates)
        for cohesion in (self.clip_cohesion, self.lane_cohesion):
            cohesion.settings_requested.connect(self._on_settings)
            cohesion.gesture_started.connect(self.gesture_started)
            cohesion.gesture_ended.connect(lambda: self.gesture_ended.emit(KEEP))

    def _on_tab(self, tab: str) -> None:
        self.commit_pending()
        self.show_tab(tab)

    def _on_settings(self, settings: GenerationSettings) -> None:
        if self._lane is not None:
            self.lane_settings_requested.emit(self._lane.id, settings)

    def _on_candidates(self, num: int) -> None:
        if self._lane is not None:
            self.lane_change_requested.emit(self._lane.id, {"num_candidates": num})
