"""The theme that the views under test draw with."""

import pytest
from PySide6.QtWidgets import QApplication

from desktop_app.views.theme.theme import Theme, load_theme


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return load_theme("dark")
