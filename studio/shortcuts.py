"""The person's own keys: put on the actions when they are made, kept in the settings, two uses of one key told before.

An action's keys as they ship are remembered on the action itself, so that they can always be had back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtGui import QAction, QKeySequence

from studio.parts import escaped
from studio.settings import Settings

SHIPPED, TIP, WHY_NOT = "shipped_keys", "plain_tip", "why_not"
Portable = QKeySequence.SequenceFormat.PortableText
Native = QKeySequence.SequenceFormat.NativeText


def keys_of(action: QAction, native: bool = True) -> str:
    """As they are written on this system, or the same everywhere."""
    return ", ".join(k.toString(Native if native else Portable) for k in action.shortcuts())


def apply(actions: Iterable[QAction], settings: Settings) -> None:
    """Give every action the person's keys where they chose some; idempotent."""
    chosen = settings.keys
    for action in actions:
        if action.property(SHIPPED) is None:
            action.setProperty(SHIPPED, _written(action.shortcuts()))
        wanted = chosen.get(action.objectName())
        _put(action, str(action.property(SHIPPED)) if wanted is None else wanted)


def choose(action: QAction, key: QKeySequence, settings: Settings) -> None:
    """This key and no other for the action; an empty one leaves it without."""
    _keep(settings, action, key.toString(Portable))
    _put(action, key.toString(Portable))


def reset(action: QAction, settings: Settings) -> None:
    """As it shipped."""
    _keep(settings, action, None)
    _put(action, str(action.property(SHIPPED) or ""))


def changed(action: QAction) -> bool:
    return _written(action.shortcuts()) != (action.property(SHIPPED) or "")


def users_of(key: QKeySequence, actions: Iterable[QAction], besides: QAction) -> list[QAction]:
    """Who has this key already. A key of the canvas alone counts too: which of two is meant would be left to chance."""
    return [a for a in actions if a is not besides and not key.isEmpty() and key in a.shortcuts()]


def take(key: QKeySequence, action: QAction, settings: Settings) -> None:
    """Take a key away from an action; its others stay."""
    rest = [k for k in action.shortcuts() if k != key]
    _keep(settings, action, _written(rest))
    _put(action, _written(rest))


def tipped(action: QAction) -> None:
    """The tool tip with the keys there are now."""
    plain = action.property(TIP)
    if plain:
        keys = keys_of(action)
        whole = f"{plain} ({keys})" if keys else str(plain)
        reason = action.property(WHY_NOT)
        action.setToolTip(escaped(f"{whole}\n{reason[0].upper()}{reason[1:]}." if reason else whole))


def explained(action: QAction, reason: str) -> None:
    """Why it cannot be done now, in its tip too; "" where it can."""
    if reason != (action.property(WHY_NOT) or ""):
        action.setProperty(WHY_NOT, reason)
        tipped(action)


def refusal(action: QAction) -> str:
    """Why a command cannot be given now, as a sentence; "" where it can, or nobody knows."""
    reason = "" if action.isEnabled() else action.property(WHY_NOT)
    return f"{action.text().rstrip(' …')}: {reason}." if reason else ""


def _written(keys: Iterable[QKeySequence]) -> str:
    return QKeySequence.listToString(list(keys), Portable)


def _put(action: QAction, keys: str) -> None:
    action.setShortcuts([k for k in QKeySequence.listFromString(keys, Portable) if not k.isEmpty()])
    tipped(action)


def _keep(settings: Settings, action: QAction, keys: str | None) -> None:
    kept: Mapping[str, str] = settings.keys
    shipped = str(action.property(SHIPPED) or "")
    rest = {id: k for id, k in kept.items() if id != action.objectName()}
    settings.keys = rest if keys is None or keys == shipped else {**rest, action.objectName(): keys}
