"""Legends leave off what all names share, and never what tells them apart."""

from core.observe.names import apart


def test_what_all_share_is_left_off():
    assert apart(["LSTM › forget y", "LSTM › input y"]) == ["forget", "input"]
    assert apart(["LSTM › U forget weight", "LSTM › W forget weight"]) == ["U forget", "W forget"]
    assert apart(["a › b › x y", "a › c › x y"]) == ["b › x", "c › x"]


def test_what_tells_them_apart_stays():
    assert apart(["LSTM › forget", "GRU › forget"]) == ["LSTM › forget", "GRU › forget"]
    assert apart(["LSTM h", "LSTM c"]) == ["LSTM h", "LSTM c"]
    assert apart(["forget y", "LSTM › input y"]) == ["forget", "LSTM › input"]
    assert apart(["in/out › W", "in/out › U"]) == ["W", "U"] and apart(["in/W", "in/U"]) == ["in/W", "in/U"]
    assert apart(["LSTM › forget y"]) == ["LSTM › forget y"] and apart([]) == []
    assert apart(["same y", "same y"]) == ["same y", "same y"]
