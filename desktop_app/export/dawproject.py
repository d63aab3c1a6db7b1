"""A session of the exported stems that other programs open: DAWproject 1.0.

One track for each stem, with its clip where the export begins, a master track, the tempo and the
markers. Gain and pan are in the stems already, so all faders stand at 0 dB.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from desktop_app.export.settings import ExportSettings
from desktop_app.project.project import Project
from desktop_app.project.time import Samples, Span, seconds_from_samples

_BLOCK_BYTES = 1 << 20
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # a fixed date, so that the same project gives the same bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTrack:
    """One stem of a session.

    Attributes:
        name: Of the track.
        file_name: Of the stem within the session.
        path: Where the stem lies now.
    """

    name: str
    file_name: str
    path: Path


def write_dawproject(
    path: Path,
    project: Project,
    settings: ExportSettings,
    span: Span,
    tracks: Sequence[SessionTrack],
    raise_if_cancelled: Callable[[], None],
) -> None:
    """Write a session with the stems inside.

    Args:
        path: A new file.
        project: For its tempo and markers.
        settings: Of the export.
        span: The exported part.
        tracks: The stems from top to bottom.
        raise_if_cancelled: Called now and then.
    """
    with ZipFile(path, "x") as archive:
        session = _project_element(project, settings, span, tracks)
        for name, element in (("project.xml", session), ("metadata.xml", _metadata(project))):
            text = ET.tostring(element, encoding="UTF-8", xml_declaration=True)
            archive.writestr(ZipInfo(name, _EARLIEST), text, compress_type=ZIP_DEFLATED)
        for track in tracks:
            entry = ZipInfo(f"audio/{track.file_name}", _EARLIEST)
            entry.compress_type = ZIP_STORED
            with track.path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as to:
                _copy(source, to, raise_if_cancelled)


def _copy(source: IO[bytes], target: IO[bytes], raise_if_cancelled: Callable[[], None]) -> None:
    while block := source.read(_BLOCK_BYTES):
        raise_if_cancelled()
        target.write(block)


def _project_element(
    project: Project, settings: ExportSettings, span: Span, tracks: Sequence[SessionTrack]
) -> ET.Element:
    root = ET.Element("Project", version="1.0")
    ET.SubElement(root, "Application", name="Longwave", version="1")
    transport = ET.SubElement(root, "Transport")
    _real(transport, "Tempo", project.tempo_bpm, unit="bpm", low="20", high="999")
    beats = str(project.beats_per_bar)
    ET.SubElement(transport, "TimeSignature", numerator=beats, denominator="4")
    structure = ET.SubElement(root, "Structure")
    for number, track in enumerate(tracks):
        _track(structure, track.name, number)
    _master(structure)
    arrangement = ET.SubElement(root, "Arrangement", id="arrangement")
    lanes = ET.SubElement(arrangement, "Lanes", id="lanes", timeUnit="seconds")
    for number, track in enumerate(tracks):
        _clip(lanes, track, number, settings, span)
    if settings.includes_markers and project.markers:
        markers = ET.SubElement(arrangement, "Markers", id="markers", timeUnit="seconds")
        for marker in project.markers:
            time = _seconds(marker.position)
            ET.SubElement(markers, "Marker", time=time, name=_text(marker.name))
    ET.SubElement(root, "Scenes")
    return root


def _track(structure: ET.Element, name: str, number: int) -> None:
    track = ET.SubElement(
        structure,
        "Track",
        id=f"track{number}",
        name=_text(name),
        contentType="audio",
        loaded="true",
    )
    channel = ET.SubElement(
        track,
        "Channel",
        id=f"channel{number}",
        audioChannels="2",
        destination="master",
        role="regular",
        solo="false",
    )
    _faders(channel)


def _master(structure: ET.Element) -> None:
    track = ET.SubElement(
        structure, "Track", id="masterTrack", name="Master", contentType="audio", loaded="true"
    )
    channel = ET.SubElement(
        track, "Channel", id="master", audioChannels="2", role="master", solo="false"
    )
    _faders(channel)


def _faders(channel: ET.Element) -> None:
    ET.SubElement(channel, "Mute", value="false")
    _real(channel, "Pan", 0.5, unit="normalized", low="0", high="1")
    _real(channel, "Volume", 1.0, unit="linear", low="0", high="2")


def _clip(
    lanes: ET.Element, track: SessionTrack, number: int, settings: ExportSettings, span: Span
) -> None:
    duration = _seconds(span.duration)
    lane = ET.SubElement(lanes, "Lanes", id=f"lane{number}", track=f"track{number}")
    clips = ET.SubElement(lane, "Clips", id=f"clips{number}")
    clip = ET.SubElement(
        clips,
        "Clip",
        time=_seconds(span.start),
        duration=duration,
        contentTimeUnit="seconds",
        playStart="0",
        name=_text(track.name),
    )
    audio = ET.SubElement(
        clip,
        "Audio",
        id=f"audio{number}",
        algorithm="raw",
        channels="2",
        sampleRate=str(settings.sample_rate),
        duration=duration,
        timeUnit="seconds",
    )
    ET.SubElement(audio, "File", path=f"audio/{track.file_name}")


def _metadata(project: Project) -> ET.Element:
    root = ET.Element("MetaData")
    ET.SubElement(root, "Title").text = _text(project.name)
    return root


def _real(parent: ET.Element, name: str, value: float, *, unit: str, low: str, high: str) -> None:
    ET.SubElement(parent, name, value=f"{value:g}", unit=unit, min=low, max=high)


def _seconds(samples: Samples) -> str:
    return f"{seconds_from_samples(samples):.9f}"


def _text(text: str) -> str:
    """What XML can hold of a text."""
    return _NOT_XML.sub("", text)
