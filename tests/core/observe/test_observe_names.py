"""Legends leave off what all names share, and never what tells them apart."""

from core.observe.names import apart


def test_what_all_share_is_left_off():
    assert apart(["memory/forget y", "memory/input y"]) == ["forget", "input"]
    assert apart(["memory/U forget weight", "memory/W forget weight"]) == ["U forget", "W forget"]
    assert apart(["a/b/x y", "a/c/x y"]) == ["b/x", "c/x"]


def test_what_tells_them_apart_stays():
    assert apart(["memory/forget y", "other/forget y"]) == ["memory/forget", "other/forget"]
    assert apart(["memory h", "memory c"]) == ["memory h", "memory c"]
    assert apart(["forget y", "memory/input y"]) == ["forget", "memory/input"]
    assert apart(["memory/forget y"]) == ["memory/forget y"] and apart([]) == []
    assert apart(["same y", "same y"]) == ["same y", "same y"]
