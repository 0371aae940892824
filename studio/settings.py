"""What the window remembers between two starts: theme, language, layout, recent files. One small INI file."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QByteArray, QSettings

from core.words import LANGUAGES, Language
from studio.theme import SCHEMES, Scheme

T = TypeVar("T")
RECENT = 10
LAYOUT = 1  # raise when docks come or go: an older layout is then forgotten


def default_file() -> Path:
    """Where settings lie: the person's configuration folder, or UNFOLD_CONFIG."""
    import os

    from platformdirs import user_config_path

    folder = os.environ.get("UNFOLD_CONFIG")
    return (Path(folder) if folder else user_config_path("unfold")) / "studio.ini"


def default_cache() -> Path:
    """Where pictures are kept that can be drawn again."""
    from platformdirs import user_cache_path

    return user_cache_path("unfold", appauthor=False)


def there(file: Path) -> bool:
    """Whether a file can be seen at a place; what may not be looked at, or is no name, cannot."""
    try:
        return file.is_file()
    except OSError:
        return False


def system_language() -> Language:
    """The language of the person's system."""
    from core.cli.door import person_language

    return person_language()


class Settings:
    """Typed access; anything unreadable counts as never set."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or default_file()
        self.cache = file.parent / "cache" if file is not None else default_cache()
        self._store = QSettings(str(self.file), QSettings.Format.IniFormat)

    @property
    def theme(self) -> Scheme:
        value = self._text("theme")
        return value if value in SCHEMES else "dark"

    @theme.setter
    def theme(self, value: Scheme) -> None:
        self._store.setValue("theme", value)

    @property
    def language(self) -> Language:
        value = self._text("language")
        return value if value in LANGUAGES else system_language()

    @language.setter
    def language(self, value: Language) -> None:
        self._store.setValue("language", value)

    @property
    def recent(self) -> tuple[Path, ...]:
        """Recent files that are still there, latest first."""
        listed = self._store.value("recent", [])
        names = listed if isinstance(listed, list) else [listed]
        return tuple(p for p in (Path(str(n)) for n in names if n) if there(p))[:RECENT]

    def add_recent(self, path: Path) -> None:
        path = path.resolve()
        self._store.setValue("recent", [str(p) for p in (path, *(p for p in self.recent if p != path))][:RECENT])

    def forget_recent(self) -> None:
        self._store.setValue("recent", [])

    @property
    def folder(self) -> Path:
        """Where the last file dialog was."""
        path = Path(self._text("folder") or "~").expanduser()
        with contextlib.suppress(OSError):
            if path.is_dir():
                return path
        return Path.home()

    @folder.setter
    def folder(self, value: Path) -> None:
        self._store.setValue("folder", str(value))

    def keep_window(self, geometry: QByteArray, layout: QByteArray) -> None:
        self._store.setValue(f"window{LAYOUT}/geometry", geometry)
        self._store.setValue(f"window{LAYOUT}/layout", layout)

    def window(self) -> tuple[QByteArray, QByteArray] | None:
        """Geometry and dock layout as last left."""
        found = [self._store.value(f"window{LAYOUT}/{part}") for part in ("geometry", "layout")]
        return (found[0], found[1]) if all(isinstance(f, QByteArray) for f in found) else None

    def forget_window(self) -> None:
        self._store.remove(f"window{LAYOUT}")

    @property
    def advanced(self) -> bool:
        """Whether forms show their rarely needed rows."""
        return self._text("advanced") == "true"

    @advanced.setter
    def advanced(self, value: bool) -> None:
        self._store.setValue("advanced", "true" if value else "false")

    @property
    def apart(self) -> bool:
        """Whether training is done in a process of its own."""
        return self._text("apart") != "false"

    @apart.setter
    def apart(self, value: bool) -> None:
        self._store.setValue("apart", "true" if value else "false")

    @property
    def map(self) -> bool:
        """Whether the canvas shows the whole drawing small in its corner: from when a person asks for it."""
        return self._text("minimap") == "true"

    @map.setter
    def map(self, value: bool) -> None:
        self._store.setValue("minimap", "true" if value else "false")

    @property
    def welcome(self) -> bool:
        """Whether every start shows the welcome page."""
        return self._text("welcome") == "true"

    @welcome.setter
    def welcome(self, value: bool) -> None:
        self._store.setValue("welcome", "true" if value else "false")

    @property
    def charts(self) -> tuple[str, ...]:
        """The charts that were open."""
        return tuple(k for k in self._text("charts").split(",") if k)

    @charts.setter
    def charts(self, kinds: tuple[str, ...]) -> None:
        self._store.setValue("charts", ",".join(kinds) + ",")

    @property
    def folded(self) -> tuple[str, ...]:
        """The groups of the palette that are folded away."""
        return tuple(k for k in self._text("folded").split(",") if k)

    @folded.setter
    def folded(self, groups: tuple[str, ...]) -> None:
        self._store.setValue("folded", ",".join(groups) + ",")

    @property
    def keys(self) -> dict[str, str]:
        """Action -> the person's own keys for it, "" for none; actions that are not here have those they ship with."""
        return self._mapping("keys", str)

    @keys.setter
    def keys(self, value: Mapping[str, str]) -> None:
        self._keep_mapping("keys", value)

    @property
    def layouts(self) -> dict[str, QByteArray]:
        """Arrangements of the panels by the names the person gave them."""
        return self._mapping("layouts", QByteArray)

    @layouts.setter
    def layouts(self, value: Mapping[str, QByteArray]) -> None:
        self._keep_mapping("layouts", value)

    def _mapping(self, group: str, kind: type[T]) -> dict[str, T]:
        """Names stand in values, never in keys of the file: they may hold any sign."""
        found: dict[str, T] = {}
        for i in range(self._store.beginReadArray(group)):
            self._store.setArrayIndex(i)
            name, value = self._store.value("name"), self._store.value("value")
            value = ", ".join(map(str, value)) if kind is str and isinstance(value, list) else value
            if isinstance(name, str) and isinstance(value, kind):
                found[name] = value
        self._store.endArray()
        return found

    def _keep_mapping(self, group: str, values: Mapping[str, object]) -> None:
        self._store.remove(group)
        self._store.beginWriteArray(group, len(values))
        for i, (name, value) in enumerate(values.items()):
            self._store.setArrayIndex(i)
            self._store.setValue("name", name)
            self._store.setValue("value", value)
        self._store.endArray()

    def sync(self) -> None:
        """Write now, where that can be done: nobody stays because of it."""
        with contextlib.suppress(OSError):
            self.file.parent.mkdir(parents=True, exist_ok=True)
        self._store.sync()

    def _text(self, key: str) -> str:
        value = self._store.value(key, "")
        if isinstance(value, list):  # an INI file reads "a, b" as a list
            return ",".join(map(str, value))
        return value if isinstance(value, str) else ""
