"""What the takes button of a lane says. No Qt."""

from desktop_app.project.project import Lane


def takes_text(lane: Lane) -> str:
    """The words: "No takes", "Take 2 of 4", "Comp of 3", or "4 takes" when none of them plays."""
    if not lane.takes:
        return "No takes"
    playing = {block.take_id for block in lane.sound}
    if len(playing) > 1:
        return f"Comp of {len(playing)}"
    for index, take in enumerate(lane.takes):
        if take.id in playing:
            return f"Take {index + 1} of {len(lane.takes)}"
    return f"{len(lane.takes)} takes" if len(lane.takes) > 1 else "1 take"
