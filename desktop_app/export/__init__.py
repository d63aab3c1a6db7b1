"""Writing the mix and the stems for delivery. No Qt, no torch."""

from desktop_app.export.errors import ExportCancelledError, ExportError
from desktop_app.export.measure import MixMeasurement, measure_mix
from desktop_app.export.plan import ExportPlan, FileKind, PlannedFile, plan_export
from desktop_app.export.run import ExportedFile, ExportReport, run_export
from desktop_app.export.settings import (
    DEFAULT_NAME_TEMPLATE,
    SAMPLE_RATES_HZ,
    ExportSettings,
    OnCollision,
    SampleFormat,
)

__all__ = [
    "DEFAULT_NAME_TEMPLATE",
    "SAMPLE_RATES_HZ",
    "ExportCancelledError",
    "ExportError",
    "ExportPlan",
    "ExportReport",
    "ExportSettings",
    "ExportedFile",
    "FileKind",
    "MixMeasurement",
    "OnCollision",
    "PlannedFile",
    "SampleFormat",
    "measure_mix",
    "plan_export",
    "run_export",
]
