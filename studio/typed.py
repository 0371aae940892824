"""What is being typed counts before the work is saved, trained or left: a field agrees only when it is left itself."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget


def agreed() -> None:
    """As though the field with the keys were left for a moment; one that closes with that leaves them to what it lay over."""
    field = QApplication.focusWidget()
    if not isinstance(field, (QLineEdit, QPlainTextEdit)):
        return
    field.clearFocus()
    back: QWidget | None = field
    while back is not None and not back.isVisible():
        back = back.parentWidget()
    if back is not None and QApplication.focusWidget() is None:
        back.setFocus(Qt.FocusReason.OtherFocusReason)
