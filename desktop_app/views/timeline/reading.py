"""What lies under the pointer, in words: time, frequency, note and level. No Qt."""

from desktop_app.audio.spectrogram import RANGE_DB
from desktop_app.project.project import Lane
from desktop_app.project.time import Samples
from desktop_app.views.spectrogram.frequency import frequency_text, hz_at_height, note_name
from desktop_app.views.timeline.lane_layout import row_at
from desktop_app.views.timeline.lanes_scene import LanesScene
from desktop_app.views.timeline.ticks import clock_text

_SAMPLES_PER_MEL_FRAME = 480
_SPACE = "   "


def reading_at(scene: LanesScene, x: float, y: float) -> str:
    """The reading at a point of the view: "1:12.480   2.41 kHz   D7   −38 dB"."""
    position = scene.geometry.samples_at(x)
    words = [clock_text(position, decimals=3)]
    row = row_at(scene.rows, y + scene.scroll_y)
    band = row.spectrogram if row is not None else None
    if row is not None and band is not None and band.contains(y + scene.scroll_y):
        height = 1.0 - (y + scene.scroll_y - band.top) / band.height
        frequency = hz_at_height(height)
        words.append(frequency_text(frequency))
        words.append(note_name(frequency))
        level = _level_at(scene, scene.lanes[row.lane_id], position, height)
        if level is not None:
            words.append(f"{level:.0f} dB".replace("-", "−"))
    return _SPACE.join(word for word in words if word)


def _level_at(scene: LanesScene, lane: Lane, position: Samples, height: float) -> float | None:
    block = next((block for block in lane.sound if block.span.contains(position)), None)
    take = next((take for take in lane.takes if block and take.id == block.take_id), None)
    picture = scene.pictures.get(take.id) if take is not None else None
    if take is None or picture is None:
        return None
    bands, frames = picture.levels.shape
    frame = (position - take.span.start) // _SAMPLES_PER_MEL_FRAME
    if not 0 <= frame < frames:
        return None
    band = min(int(height * bands), bands - 1)
    low, high = RANGE_DB
    return low + (high - low) * float(picture.levels[band, frame]) / 255
