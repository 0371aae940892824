"""After a crash: what was not saved, and the three answers: bring it back, keep it for later, throw it away."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QDateTime, Qt
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from core.project.recovery import Lost, discard
from core.words import Text, say
from studio.fitted import Fitted
from studio.parts import GAP, boxed, button, column, label, row


class RecoveryDialog(Fitted):
    """One card per lost project. Closing the dialog keeps everything; it is offered again at the next start."""

    def __init__(self, parent: QWidget | None, found: Sequence[Lost], bring_back: Callable[[Lost], None]) -> None:
        super().__init__(parent)
        self.setObjectName("recovery")
        self.setWindowTitle("Unfold")
        self.setMinimumWidth(560)
        self._bring_back, self._left = bring_back, len(found)
        head = label(say(Text("Unfold ended unexpectedly", "Unfold terminó inesperadamente")), "title")
        what = Text("This work was not saved. Bringing it back opens it as a changed project; your own file is not touched until you save.",
                    "Este trabajo no se guardó. Al recuperarlo se abre como proyecto modificado; su archivo no se toca hasta que guarde.")  # fmt: skip
        later = button(say(Text("Decide later", "Decidir después")), self.reject)
        later.setObjectName("later")
        cards = [self._card(item) for item in found[:5]]
        self.setLayout(
            column(
                head, label(say(what), "muted", wrap=True), *cards, row(None, later), gap=12, margins=(16, 16, 16, 16)
            )
        )
        first = self.findChild(QPushButton, "restore")
        first.setDefault(True)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _card(self, item: Lost) -> QFrame:
        restore = button(say(Text("Bring it back", "Recuperar")), lambda: self._restore(item), "primary")
        restore.setObjectName("restore")
        drop = button(say(Text("Throw away", "Descartar")), lambda: self._discard(item, card))
        drop.setObjectName("discard")
        lines = [label(name_of(item), "strong", wrap=True), label(story_of(item), "muted", wrap=True)]
        if item.file_changed:
            changed = Text(
                "The file on the disk has changed since.", "El archivo en el disco ha cambiado desde entonces."
            )
            lines.append(label(say(changed), "bad", wrap=True))
        card = boxed(column(*lines, row(None, drop, restore), gap=4, margins=(12, GAP, 12, GAP)), "card")
        return card

    def _restore(self, item: Lost) -> None:
        self.accept()
        self._bring_back(item)

    def _discard(self, item: Lost, card: QFrame) -> None:
        discard(item)
        card.hide()
        self._left -= 1
        if not self._left:
            self.accept()


def name_of(item: Lost) -> str:
    """Title or file of the lost work."""
    title = say(item.project.title).strip()
    return title or (Path(item.path).name if item.path else say(Text("Untitled", "Sin título")))


def story_of(item: Lost) -> str:
    """When it was last changed, how much, and where it came from."""
    moment = QDateTime.fromSecsSinceEpoch(int(item.seconds))
    when = moment.toString("yyyy-MM-dd HH:mm")
    ago = max(0, int((time.time() - item.seconds) / 60))
    several = Text("{n} unsaved edits", "{n} cambios sin guardar")
    edits = say(several if item.edits != 1 else Text("1 unsaved edit", "1 cambio sin guardar"), n=item.edits)
    home = item.path or say(Text("never saved", "nunca guardado"))
    story = f"{when} ({say(Text('{m} min ago', 'hace {m} min'), m=ago)})\n{home}"
    return f"{edits} · {story}" if item.edits else story
