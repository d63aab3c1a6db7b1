"""What the export dialog is told and what it tells. No Qt."""

from dataclasses import dataclass, replace

FILES_CHOICES = (("mix", "Mix"), ("stems", "Stems"), ("both", "Both"))
FORMAT_CHOICES = (
    ("wav24", "WAV, 24 bit"),
    ("wav16", "WAV, 16 bit with dither"),
    ("wav32float", "WAV, 32 bit float"),
    ("flac24", "FLAC, 24 bit"),
    ("flac16", "FLAC, 16 bit with dither"),
)
RATE_CHOICES = (("44100", "44.1 kHz"), ("48000", "48 kHz"))
COLLISION_CHOICES = (("add_number", "Keep both"), ("overwrite", "Replace"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportChoices:
    """Everything that can be chosen.

    Attributes:
        files: "mix", "stems" or "both".
        range: "all", "selection" or "loop".
        sample_format: One of ``FORMAT_CHOICES``.
        sample_rate: 44100 or 48000.
        folder: Where the files go.
        pattern: Names of the files, with {project}, {nn}, {lane}.
        on_collision: "add_number" or "overwrite"; never preselected to replace.
        includes_recipe: Whether the recipe of every take is written into the files.
        includes_prompts: Whether these recipes hold the prompts.
        includes_ai_tag: Whether the files say that a trained model made them.
        includes_markers: Whether time stamp and markers are written into the files.
        includes_loop: Whether the loop range is.
        has_session: Whether a DAWproject session is written, too.
        reveals_folder: Whether the folder is shown afterwards.
    """

    files: str = "both"
    range: str = "all"
    sample_format: str = "wav24"
    sample_rate: int = 48_000
    folder: str = ""
    pattern: str = "{project}_{nn}_{lane}"
    on_collision: str = "add_number"
    includes_recipe: bool = True
    includes_prompts: bool = True
    includes_ai_tag: bool = True
    includes_markers: bool = True
    includes_loop: bool = False
    has_session: bool = False
    reveals_folder: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRow:
    """One file that will be written.

    Attributes:
        name: Of the file.
        size_text: "51.8 MB".
        note: "file exists, number added", or empty.
        colour: Name of the lane's colour, or empty for the mix.
        replaces: Whether a file of that name will be lost.
        miniature: Heights of its waveform, 0 to 1; may be empty.
    """

    name: str
    size_text: str
    note: str = ""
    colour: str = ""
    replaces: bool = False
    miniature: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportCheck:
    """A fact about the export.

    Attributes:
        icon: "check", "info", "warning" or "error".
        title: The fact.
        text: What it means.
    """

    icon: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A named set of choices.

    Attributes:
        name: Its name.
        note: What it gives, in short.
    """

    name: str
    note: str
    files: str
    sample_format: str
    sample_rate: int

    def applied_to(self, choices: ExportChoices) -> ExportChoices:
        """The choices with those of the preset; folder, names and range stay."""
        return replace(
            choices,
            files=self.files,
            sample_format=self.sample_format,
            sample_rate=self.sample_rate,
        )

    def fits(self, choices: ExportChoices) -> bool:
        """Whether the choices are those of the preset."""
        return self.applied_to(choices) == choices


PRESETS = (
    Preset(
        name="DAW stems",
        note="48 kHz, 24 bit",
        files="both",
        sample_format="wav24",
        sample_rate=48_000,
    ),
    Preset(
        name="Mix to listen",
        note="44.1 kHz, 16 bit",
        files="mix",
        sample_format="wav16",
        sample_rate=44_100,
    ),
    Preset(
        name="Full precision",
        note="48 kHz, 32 bit float",
        files="both",
        sample_format="wav32float",
        sample_rate=48_000,
    ),
)


def button_text(rows: tuple[ExportRow, ...]) -> str:
    """What the button will do: "Export 5 files", "Replace 2, write 3"."""
    replaced = sum(row.replaces for row in rows)
    written = len(rows) - replaced
    if not rows:
        return "Nothing to export"
    if not replaced:
        return f"Export {written} files" if written > 1 else "Export 1 file"
    return f"Replace {replaced}, write {written}" if written else f"Replace {replaced}"
