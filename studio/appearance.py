"""Theme and language of the whole program, Qt's own dialogs among it: chosen once, kept in the settings."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QTranslator
from PySide6.QtWidgets import QApplication

from core.words import Language, Text, say, set_language
from studio.sheet import dress
from studio.state import State
from studio.theme import Scheme

LEFT_OUT: dict[str, Text] = {
    text.en: text
    for text in (
        Text("&Look in:", "&Buscar en:"),
        Text("Files of &type:", "Archivos de &tipo:"),
        Text("File &name:", "&Nombre del archivo:"),
    )
}
"""What Qt's own file dialog says and its translation leaves in English, or calls otherwise than the rest of the window."""


class LeftOut(QTranslator):
    """Those, before Qt's own; None leaves a text to the others."""

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        text = LEFT_OUT.get(source)
        return say(text) if text is not None else None


def wear(state: State, name: Scheme) -> None:
    """Everything in this theme; what is built already has to be built anew."""
    state.settings.theme = name
    state.tokens = dress(_app(), name)


def speak(state: State, name: Language) -> None:
    """Everything in this language; what is built already has to be built anew."""
    state.settings.language = name
    set_language(name)
    translate_qt(_app(), name)


def translate_qt(app: QApplication, name: Language) -> None:
    """Qt's own dialogs in the same language."""
    for old in app.findChildren(QTranslator):
        app.removeTranslator(old)
        old.deleteLater()
    made = QTranslator(app)
    if made.load(f"qtbase_{name}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(made)
    app.installTranslator(LeftOut(app))


def _app() -> QApplication:
    found = QApplication.instance()
    assert isinstance(found, QApplication)
    return found
