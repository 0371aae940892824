"""A dialog as high as its words need."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QLayout


class Fitted(QDialog):
    """As high as its wrapped words need at its width, and whole on the screen: of itself Qt takes what they would need in the
    narrowest column."""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        layout = self.layout()
        if not event.spontaneous() and layout is not None:
            layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
            self.setMinimumHeight(0)
            self.resize(self.width(), 0)
            self.fit()

    def fit(self) -> None:
        """Higher where what it says needs more."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        needed = layout.totalHeightForWidth(self.width())
        if needed <= self.height():
            return
        room = self.screen().availableGeometry()
        head = max(0, self.geometry().top() - self.frameGeometry().top())
        high = min(needed, room.height() - head)
        self.resize(self.width(), high)
        below = self.geometry().top() + high - room.bottom()
        if below > 0:
            self.move(self.x(), max(room.top(), self.y() - below))
