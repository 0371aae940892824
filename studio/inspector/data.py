"""Which data, and how much of it: the datasets by where they come from, their parameters, what they offer to the graph,
and what knowing nothing would score on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QWidget

from core.data.dataset import DATA_GROUPS, Baseline, DatasetSpec, baselines_of, remarks_of
from core.data.open import open_dataset
from core.problems import Refused
from core.project.model import DataChoice, Project
from core.project.running import located
from core.words import Text, say
from studio.background import apart
from studio.inspector.editors import QuietCombo
from studio.inspector.form import Form
from studio.panels.numbers import amount, metric_name
from studio.parts import GAP, button, clear, column, escaped, label, named, row
from studio.state import State

Set = Callable[[str, Any], None]
SHOWN = 3  # metrics a rival's line names


@dataclass(frozen=True)
class Rivals:
    """What chance and simple competitors score on some data, and what a person should know of it."""

    choice: DataChoice
    chance: Mapping[str, float]
    baselines: tuple[Baseline, ...]
    remarks: tuple[Text, ...]


class DataSection(QWidget):
    """`choose(kind)` another dataset, `set(name, value)` one of its parameters."""

    def __init__(self, state: State, choose: Callable[[str], None], set_param: Set) -> None:
        super().__init__()
        self._state, self._set = state, set_param
        self._specs = cast("dict[str, DatasetSpec]", dict(state.registry.of("dataset")))
        self._kind: str | None = None
        self._rivals: Rivals | None = None
        self.form: Form | None = None
        self.kinds = chooser(self._specs)
        self.kinds.activated.connect(lambda _: choose(str(self.kinds.currentData())))
        self._help = label("", "muted", wrap=True)
        self._body = column(gap=GAP)
        self._offers = label("", "muted", wrap=True)
        self._scores = label("", "muted", wrap=True, select=True)
        self.ask = button(say(Text("What do rivals score?", "¿Qué logran los rivales?")), self._work_out, "link", say(Text("What chance and simple rivals score on these data", "Lo que logran el azar y rivales simples con estos datos")))  # fmt: skip
        self.ask.setObjectName("rivals")
        self.setLayout(column(self.kinds, self._help, self._body, self._offers, self._scores, row(self.ask, None)))

    def refresh(self, project: Project) -> None:
        if project.data.kind != self._kind:
            self._build(project)
        at = self.kinds.findData(project.data.kind)
        if at < 0:  # a dataset of a plugin that is not here
            self.kinds.addItem(project.data.kind, project.data.kind)
            at = self.kinds.count() - 1
        self.kinds.setCurrentIndex(at)
        if self.form is not None:
            self.form.show_values(project.data.params)
        fields = self._state.verdict.fields
        listed = ", ".join(f"{f.name} ({f.sig.show()})" for f in fields.items)
        self._offers.setText(say(Text("Fields: {f}", "Campos: {f}"), f=listed) if listed else "")
        self._offers.setVisible(bool(listed))
        self._show_rivals(project)

    def _build(self, project: Project) -> None:
        self._kind = project.data.kind
        clear(self._body)
        chosen = self._specs.get(project.data.kind)
        self.form = None
        self._help.setText(say(chosen.help) if chosen is not None else "")
        self._help.setVisible(chosen is not None)
        if chosen is None:
            return
        settings = self._state.settings
        self.form = Form(chosen.params, project.data.params, self._state.tokens, settings.folder, None,
                         settings.advanced, lambda on: setattr(settings, "advanced", on))  # fmt: skip
        self.form.changed.connect(self._set)
        self.form.left.connect(self._state.document.close_merge)
        self._body.addWidget(self.form)

    def _show_rivals(self, project: Project) -> None:
        there = self._rivals is not None and self._rivals.choice == project.data
        self._scores.setText(rivals_text(self._rivals) if there and self._rivals is not None else "")
        self._scores.setVisible(there)
        self.ask.setVisible(not there and self._kind in self._specs)

    def _work_out(self) -> None:
        """The data is opened and counted in the background: that may take seconds."""
        session, choice = self._state.session, self._state.session.project.data
        place, seed = located(choice, session.document.path), session.project.training.seed
        self.ask.setEnabled(False)

        def work() -> Rivals | None:
            try:
                data = open_dataset(session.registry, place, seed)
            except Refused:  # said above already, with its place
                return None
            return Rivals(choice, dict(data.chance), baselines_of(data), remarks_of(data))

        self._reading = apart(work, self._told)

    def _told(self, rivals: Rivals | None) -> None:
        self.ask.setEnabled(True)
        self._rivals = rivals
        self._show_rivals(self._state.session.project)


def chooser(specs: Mapping[str, DatasetSpec]) -> QComboBox:
    """The datasets under headings of where they come from."""
    made = QuietCombo()
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.setObjectName("edit-kind")
    made.setMaxVisibleItems(30)
    named(made, say(Text("Dataset", "Conjunto de datos")))
    groups = {**DATA_GROUPS, "": Text("Others", "Otros")}
    for group, title in groups.items():
        members = {k: s for k, s in specs.items() if (s.group if s.group in DATA_GROUPS else "") == group}
        if not members:
            continue
        made.add_heading(say(title))
        for kind, spec in sorted(members.items(), key=lambda pair: say(pair[1].name).casefold()):
            made.addItem(say(spec.name), kind)  # as it is: a letter that is typed goes to its beginning
            made.setItemData(made.count() - 1, escaped(say(spec.help)), Qt.ItemDataRole.ToolTipRole)
    return made


def rivals_text(rivals: Rivals) -> str:
    """One line per rival, the main metrics first."""
    lines = [_line(say(Text("Chance", "Azar")), rivals.chance)] if rivals.chance else []
    lines += [_line(say(b.name), b.scores) for b in rivals.baselines]
    lines += [say(r) for r in rivals.remarks]
    return "\n".join(lines) or say(Text("Nothing to compare with.", "No hay con qué comparar."))


def _line(name: str, scores: Mapping[str, float]) -> str:
    told = [f"{metric_name(m).lower()} {amount(v)}" for m, v in list(scores.items())[:SHOWN]]
    return f"{name}: {', '.join(told)}"
