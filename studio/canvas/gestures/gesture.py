"""What every gesture is given and must answer to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPoint, QPointF, Qt


@dataclass(frozen=True, slots=True)
class Pointer:
    """The mouse at one moment."""

    scene: QPointF
    view: QPoint
    keys: Qt.KeyboardModifier

    @property
    def shift(self) -> bool:
        return bool(self.keys & Qt.KeyboardModifier.ShiftModifier)

    @property
    def ctrl(self) -> bool:
        return bool(self.keys & Qt.KeyboardModifier.ControlModifier)

    @property
    def alt(self) -> bool:
        return bool(self.keys & Qt.KeyboardModifier.AltModifier)


class Gesture(Protocol):
    """One press-move-release. `cancel` leaves everything as it was before the press."""

    def move(self, at: Pointer) -> None: ...
    def end(self, at: Pointer) -> None: ...
    def cancel(self) -> None: ...
