"""How fast this machine makes sound, learnt from its jobs and kept between starts."""

from urllib.parse import quote

from PySide6.QtCore import QSettings

from desktop_app.generation import GenerationPlan


class Paces:
    """Seconds for a unit of work of each model.

    Args:
        settings: What is remembered between starts.
    """

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def learn(self, plan: GenerationPlan, wall_seconds: float) -> None:
        """A job took so long; the last one counts."""
        if plan.work > 0 and wall_seconds > 0:
            self._settings.setValue(_key(plan), wall_seconds / plan.work)

    def seconds(self, plans: tuple[GenerationPlan, ...]) -> float | None:
        """Time for new takes; ``None`` before each of their models has finished one."""
        total = 0.0
        for plan in plans:
            pace = self._pace(plan)
            if pace is None:
                return None
            total += pace * plan.work
        return total

    def _pace(self, plan: GenerationPlan) -> float | None:
        # Settings are files that people may edit, so anything may stand there.
        try:
            pace = float(str(self._settings.value(_key(plan), "")))
        except ValueError:
            return None
        return pace if 0.0 < pace < 1e6 else None


def _key(plan: GenerationPlan) -> str:
    # A model may be a path, and a stroke would part groups of settings.
    return f"pace/{quote(plan.recipe.settings.model, safe='')}"
