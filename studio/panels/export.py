"""Export a trained model: choose a format and a place; it is written, then run apart from Unfold, and the error is told."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import cast

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QLineEdit,
    QProgressBar,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from core.export.exporter import ExporterSpec, Verified
from core.problems import Refused
from core.process.errands import Export
from core.words import Text, say
from studio.fitted import Fitted
from studio.panels.exported import NOT_NOW, THEN, may_replace, outdated, said, tell_outside
from studio.panels.problemcard import ProblemCard
from studio.parts import GAP, boxed, button, clear, column, label, listen, named, row, sign, tool
from studio.state import State

EXPORT = Text("the exported model", "el modelo exportado")
ORDER = ("source", "weights", "onnx", "pt2")  # most useful first; others after them


class ExportDialog(Fitted):
    """Stays open after the export, so that the result can be read and another format taken."""

    def __init__(self, parent: QWidget | None, state: State, stem: str) -> None:
        super().__init__(parent)
        self.setObjectName("export")
        self.setWindowTitle(say(Text("Export the model", "Exportar el modelo")))
        self.setMinimumWidth(560)
        self._state, self._stem, self._busy = state, stem, False
        self._agreed: Path | None = None  # what the file dialog asked about already
        found = cast("dict[str, ExporterSpec]", dict(state.registry.of("exporter")))
        self._specs = dict(
            sorted(found.items(), key=lambda item: ORDER.index(item[0]) if item[0] in ORDER else len(ORDER))
        )
        self._group = QButtonGroup(self)  # the buttons stand in a card each, so they are not siblings
        self.formats: dict[str, QRadioButton] = {}
        choices = QVBoxLayout()
        choices.setSpacing(GAP)
        for kind, spec in self._specs.items():
            choices.addWidget(self._choice(kind, spec))
        self.path = QLineEdit()
        named(self.path, say(Text("Where to", "Dónde")))
        self.path.textChanged.connect(lambda _: self._elsewhere())
        browse = tool(state.tokens, "browse", say(Text("Choose where to", "Elegir dónde")), self._browse)
        self.go = button(say(Text("Export and verify", "Exportar y verificar")), self._export, "primary")
        self.origin = boxed(QVBoxLayout(), "card")
        self.origin.setObjectName("origin")
        self._wait = QProgressBar()
        self._wait.setRange(0, 0)
        self._wait.setTextVisible(False)
        self._wait.hide()
        self._result = QVBoxLayout()
        self._rest = QWidget()  # what the answer may take
        self._rest.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        close = button(say(Text("Close", "Cerrar")), self.reject)
        self.setLayout(
            column(
                self.origin,
                choices,
                row(label(say(Text("Where to", "Dónde")), "muted"), self.path, browse),
                self._wait,
                self._result,
                self._rest,
                row(None, close, self.go),
                gap=12,
                margins=(16, 16, 16, 16),
            )
        )
        usable = [k for k, r in self.formats.items() if r.isEnabled()]
        if usable:
            self.formats[usable[0]].setChecked(True)
        listen(state.found, self, self._compare)
        self._compare()
        self._ready()

    @property
    def chosen(self) -> str:
        return next((k for k, r in self.formats.items() if r.isChecked()), "")

    def _choice(self, kind: str, spec: ExporterSpec) -> QWidget:
        made = QRadioButton(say(spec.name))
        made.setObjectName(f"format-{kind}")
        missing = [n for n in spec.needs if importlib.util.find_spec(n) is None]
        made.setEnabled(not missing)
        made.toggled.connect(lambda on, s=spec: self._suggest(s) if on else None)
        self._group.addButton(made)
        self.formats[kind] = made
        note = say(spec.help)
        if missing:
            note = say(Text("Not installed: {m}.", "Sin instalar: {m}."), m=", ".join(missing))
        return boxed(column(made, label(note, "muted", wrap=True), gap=2, margins=(10, 8, 10, 8)), "card")

    def _suggest(self, spec: ExporterSpec) -> None:
        folder = Path(self.path.text()).parent if self.path.text() else self._state.settings.folder
        stem = re.sub("[- _]+", "_", self._stem) if spec.suffix == ".py" else self._stem  # that it can be imported
        self.path.setText(str(folder / f"{stem}{spec.suffix}"))

    def _compare(self) -> None:
        """Whether what was trained is what is drawn."""
        layout = self.origin.layout()
        assert layout is not None
        clear(layout)
        words = outdated(self._state, THEN)
        if words:
            layout.addWidget(boxed(row(sign(self._state.tokens, "warning"), label(words, wrap=True))))
        self.origin.setVisible(bool(words))
        QTimer.singleShot(0, self, self.fit)

    def _browse(self) -> None:
        spec = self._specs[self.chosen]
        name, _ = QFileDialog.getSaveFileName(
            self, self.windowTitle(), self.path.text(), f"{say(spec.name)} (*{spec.suffix})"
        )
        if name:
            self.path.setText(name)
            self._agreed = Path(name)

    def _elsewhere(self) -> None:
        """Another place or format: what was said of the last one is not of it."""
        clear(self._result)
        self._ready()

    def _ready(self) -> None:
        self.go.setEnabled(bool(self.chosen and self.path.text().strip()) and not self._busy)

    def _export(self) -> None:
        kind, target = self.chosen, Path(self.path.text().strip())
        if not may_replace(self, self._specs[kind], target, self._agreed):
            return
        self._agreed = None
        self._busy = True
        self._ready()
        self._wait.show()
        clear(self._result)
        QTimer.singleShot(0, self, self.fit)
        self._state.settings.folder = target.parent
        run_dir = self._state.session.run_dir
        assert run_dir is not None  # the command is only offered once a run exists
        window, state, warning = self.parentWidget(), self._state, outdated(self._state, NOT_NOW)

        def told(result: Verified | Refused) -> None:
            if isValid(self) and self.isVisible():
                self._done(result, self._specs[kind], warning)
            else:
                tell_outside(window, state, result, warning)

        state.send(Export(run_dir, kind, target), told, EXPORT)

    def _done(self, result: Verified | Refused, spec: ExporterSpec, warning: str) -> None:
        self._busy = False
        self._wait.hide()
        self._ready()
        tokens = self._state.tokens
        if isinstance(result, Refused):
            for problem in result.problems[:4]:
                self._result.addWidget(ProblemCard(problem, tokens))
        else:
            self._result.addWidget(said(result, spec, warning, tokens))
        QTimer.singleShot(0, self, self.fit)
