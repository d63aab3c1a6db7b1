"""Every command of the main window: its words, keys and place. No Qt.

Single letters are dead while a text field has the keyboard, because a field takes the keys that it
can type before any shortcut is looked up.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing that the user can do.

    Attributes:
        id: Its name in the code.
        menu: Title of its menu; "View/Appearance" is a submenu; empty for none.
        text: Words in the menu; an ampersand stands before the key of the menu.
        keys: Portable key sequences; the first is shown.
        icon: Name of its icon, or empty.
        is_checkable: Whether it is on or off.
        starts_group: Whether a line stands above it in the menu.
    """

    id: str
    menu: str
    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    is_checkable: bool = False
    starts_group: bool = False

    @property
    def name(self) -> str:
        """The words without the menu's marks, for tooltips and screen readers."""
        return self.text.replace("&", "").removesuffix("\u2026")


def _command(
    command_id: str,
    menu: str,
    text: str,
    *keys: str,
    icon: str = "",
    is_checkable: bool = False,
    starts_group: bool = False,
) -> Command:
    return Command(
        id=command_id,
        menu=menu,
        text=text,
        keys=keys,
        icon=icon,
        is_checkable=is_checkable,
        starts_group=starts_group,
    )


MENUS = ("&File", "&Edit", "&View", "&Lane", "&Clip", "&Generate", "&Takes", "&Playback", "&Help")
"""Titles of the menus, in order."""

RECENT_MENU = "File/Open &recent"
APPEARANCE_MENU = "View/&Appearance"
TAKE_NUMBERS_MENU = "Takes/&Use take"
NUM_TAKE_KEYS = 9

TIMELINE_KEYS = (
    ("Edit the words of a clip", ("Return", "F2")),
    ("Next or previous clip, or a grid step", ("Right", "Left")),
    ("Lane above or below", ("Up", "Down")),
    ("Move clips by a grid step", ("Ctrl+Left", "Ctrl+Right")),
    ("Move clips by 10 ms", ("Ctrl+Shift+Left", "Ctrl+Shift+Right")),
    ("Move clips to another lane", ("Ctrl+Up", "Ctrl+Down")),
    ("Start of a clip to the playhead", ("Q", "[")),
    ("End of a clip to the playhead", ("W", "]")),
    ("Weight of a clip", ("Ctrl+Shift+Up", "Ctrl+Shift+Down")),
    ("Add a curve point at the playhead", ("K",)),
    ("Previous or next curve point", ("PgUp", "PgDown")),
    ("Selected time by a grid step", ("Shift+Left", "Shift+Right")),
    ("Playhead by 10 ms", (",", ".")),
    ("Playhead by a second", ("Shift+,", "Shift+.")),
    ("Nothing selected, or take a drag back", ("Esc",)),
)
"""What keys do while the timeline has the keyboard and no menu says so: words and keys."""

COMMANDS = (
    _command("new", "File", "&New project", "Ctrl+N"),
    _command("open", "File", "&Open\u2026", "Ctrl+O", icon="folder"),
    _command("save", "File", "&Save", "Ctrl+S", starts_group=True),
    _command("save_as", "File", "Save &as\u2026", "Ctrl+Shift+S"),
    _command("import_audio", "File", "&Import audio\u2026", "Ctrl+Shift+I", starts_group=True),
    _command("export", "File", "&Export\u2026", "Ctrl+Shift+E", icon="export"),
    _command(
        "preferences", "File", "&Preferences\u2026", "Ctrl+,", icon="settings", starts_group=True
    ),
    _command("quit", "File", "&Quit", "Ctrl+Q"),
    _command("undo", "Edit", "&Undo", "Ctrl+Z", icon="undo"),
    _command("redo", "Edit", "&Redo", "Ctrl+Shift+Z", "Ctrl+Y", icon="redo"),
    _command("cut", "Edit", "Cu&t", "Ctrl+X", starts_group=True),
    _command("copy", "Edit", "&Copy", "Ctrl+C"),
    _command("paste", "Edit", "&Paste", "Ctrl+V"),
    _command("delete", "Edit", "&Delete", "Del", "Backspace", icon="delete"),
    _command("delete_time", "Edit", "Delete t&ime", "Alt+Del", starts_group=True),
    _command("insert_time", "Edit", "I&nsert time", "Alt+Ins"),
    _command("select_all", "Edit", "Select &all", "Ctrl+A", starts_group=True),
    _command("zoom_in", "View", "Zoom &in", "Ctrl+=", "Ctrl++", "Ctrl+1", icon="zoom-in"),
    _command("zoom_out", "View", "Zoom &out", "Ctrl+-", "Ctrl+3", icon="zoom-out"),
    _command("zoom_fit", "View", "Zoom to &fit", "Ctrl+0", icon="zoom-fit"),
    _command("zoom_selection", "View", "Zoom to &selection", "Z"),
    _command("curve_next", "View", "Next &curve: none, weight, guidance", "V", starts_group=True),
    _command(
        "show_inspector",
        "View",
        "&Inspector",
        "Ctrl+Alt+I",
        icon="panel-right",
        is_checkable=True,
        starts_group=True,
    ),
    _command(
        "show_dock", "View", "&Bottom panel", "Ctrl+Alt+B", icon="panel-bottom", is_checkable=True
    ),
    _command("next_area", "View", "Next p&anel", "F6", starts_group=True),
    _command("previous_area", "View", "Previous pa&nel", "Shift+F6"),
    _command("theme_system", APPEARANCE_MENU, "As the &system", is_checkable=True),
    _command("theme_dark", APPEARANCE_MENU, "&Dark", is_checkable=True),
    _command("theme_light", APPEARANCE_MENU, "&Light", is_checkable=True),
    _command("theme_high_contrast", APPEARANCE_MENU, "&High contrast", is_checkable=True),
    _command("lane_add", "Lane", "&Add lane", "Ctrl+T", icon="add"),
    _command("lane_rename", "Lane", "&Rename lane\u2026", "F2"),
    _command("lane_remove", "Lane", "Re&move lane", icon="delete"),
    _command("lane_mute", "Lane", "&Mute", "Shift+M", is_checkable=True, starts_group=True),
    _command("lane_solo", "Lane", "&Solo", "Shift+S", is_checkable=True),
    _command("clip_draw", "Clip", "&New clip at the playhead", "I", icon="add"),
    _command("split", "Clip", "&Split at the playhead", "S", icon="split", starts_group=True),
    _command("duplicate", "Clip", "&Duplicate", "Ctrl+D", icon="duplicate"),
    _command("style_take", "Clip", "&Remember the selected sound", starts_group=True),
    _command("style_give", "Clip", "&Be like the remembered sound"),
    _command("generate", "Generate", "&Generate", "Ctrl+Return", "Ctrl+Enter", icon="generate"),
    _command("extend", "Generate", "E&xtend, keep what is there", "Ctrl+Shift+Return"),
    _command("generate_lane", "Generate", "Generate the whole &lane"),
    _command("regenerate", "Generate", "&Regenerate selection", "Shift+R", icon="repair"),
    _command(
        "cancel", "Generate", "&Cancel running job", "Shift+Esc", icon="cancel", starts_group=True
    ),
    _command("pause_queue", "Generate", "&Pause the queue", is_checkable=True),
    _command("take_previous", "Takes", "&Previous take", "Alt+Up"),
    _command("take_next", "Takes", "&Next take", "Alt+Down"),
    _command("take_flip", "Takes", "&Flip to the take before", "A", icon="compare"),
    *(
        _command(f"take_{number}", TAKE_NUMBERS_MENU, f"Take &{number}", str(number))
        for number in range(1, NUM_TAKE_KEYS + 1)
    ),
    _command("take_favourite", "Takes", "Fa&vourite", "F", icon="favourite", starts_group=True),
    _command("take_report", "Takes", "Take &report\u2026", icon="spectrogram", starts_group=True),
    _command("play", "Playback", "&Play", "Space", icon="play"),
    _command("pause", "Playback", "P&ause", "P", icon="pause"),
    _command("stop", "Playback", "&Stop", icon="stop"),
    _command("to_start", "Playback", "To the s&tart", "Home", icon="to-start", starts_group=True),
    _command("to_end", "Playback", "To the &end", "End", icon="to-end"),
    _command("loop", "Playback", "&Loop", "L", icon="loop", is_checkable=True, starts_group=True),
    _command("loop_selection", "Playback", "Loop the sele&ction", "Shift+L"),
    _command("loop_clear", "Playback", "Clear the loop", "Shift+Alt+L"),
    _command(
        "follow",
        "Playback",
        "&Follow the playhead",
        icon="follow",
        is_checkable=True,
        starts_group=True,
    ),
    _command("snap", "Playback", "S&nap", "N", icon="snap", is_checkable=True),
    _command("marker", "Playback", "Add &marker", "M", icon="marker", starts_group=True),
    _command("marker_previous", "Playback", "Pre&vious marker", "Alt+Left"),
    _command("marker_next", "Playback", "Ne&xt marker", "Alt+Right"),
    _command("keys", "Help", "&Keys", "F1"),
    _command("show_welcome", "Help", "&First steps"),
    _command("about", "Help", "&About Longwave", icon="info", starts_group=True),
)
"""All commands, in the order of the menus."""
