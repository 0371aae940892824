"""Theme and language of the whole program, Qt's own dialogs among it: chosen once, kept in the settings."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QTranslator
from PySide6.QtWidgets import QApplication

from core.words import Language, set_language
from studio.sheet import dress
from studio.state import State
from studio.theme import Scheme


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
    old = app.property("translator")
    if isinstance(old, QTranslator):
        app.removeTranslator(old)
    made = QTranslator(app)
    if made.load(f"qtbase_{name}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(made)
    app.setProperty("translator", made)


def _app() -> QApplication:
    found = QApplication.instance()
    assert isinstance(found, QApplication)
    return found
