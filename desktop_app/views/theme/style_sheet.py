"""The small style sheet for what a palette cannot say. No Qt."""

from string import Template

from desktop_app.views.theme.tokens import Tokens, mixed

_SHEET = Template("""
Field { background: transparent; border: none; padding: 0; }
QMenuBar { background: transparent; color: $text2; spacing: 0; }
QMenuBar::item { background: transparent; padding: 4px 8px; border-radius: 4px; }
QMenuBar::item:selected { background: $hover; color: $text; }
QMenuBar::item:pressed { background: $pressed; color: $text; }
QMenu { background: $raised; color: $text; border: 1px solid $line_strong; border-radius: 6px;
    padding: 4px; }
QMenu::item { padding: 5px 28px 5px 12px; border-radius: 4px; min-height: 18px; }
QMenu::item:selected { background: $hover; }
QMenu::item:disabled { color: $disabled; }
QMenu::icon { padding-left: 8px; }
QMenu::indicator { width: 16px; height: 16px; padding-left: 6px; }
QMenu::separator { height: 1px; background: $line_strong; margin: 4px 8px; }
QToolTip { background: $raised; color: $text; border: 1px solid $line_strong; padding: 3px 6px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $line_strong; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::handle:hover { background: $line_control; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea { background: transparent; border: none; }
QHeaderView::section { background: $panel; color: $text3; border: none;
    border-bottom: 1px solid $line; padding: 3px 8px; }
QTableView { background: $panel; border: none; gridline-color: $line;
    selection-background-color: $highlight; selection-color: $text; }
QTableView::item, QListView::item { padding: 0 6px; }
QListView { background: $panel; border: none; outline: none; }
QListView::item { min-height: 28px; border-radius: 4px; }
QListView::item:hover { background: $hover; }
QListView::item:selected { background: $highlight; color: $text; }
""")


def style_sheet(tokens: Tokens) -> str:
    """The style sheet in the colours of ``tokens``."""
    colours = {name: value for name, value in tokens.colours.items() if "." not in name}
    highlight = mixed(colours["focus"], colours["panel"], tokens.fills["toggle_on"])
    return _SHEET.substitute(colours, highlight=highlight)
