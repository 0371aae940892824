"""Forecasting: the sunspots as published, competitors judged on the model's own rows, other kinds of file."""

import io
import sys
import zipfile

import numpy as np
import pytest

from core.data.autoregression import autoregression
from core.data.dataset import baselines_of, variances_of
from core.data.open import open_dataset
from core.problems import Refused
from core.project.model import DataChoice
from core.specs.registry import default_registry

SUNSPOTS = {"length": 0, "train_rows": 221, "test_rows": 35}  # 1700-1920, then 1921-1955


def opened(**params):
    return open_dataset(default_registry(), DataChoice("series", params), 0)


def refused(**params):
    with pytest.raises(Refused) as caught:
        opened(**params)
    return caught.value.problems[0]


def test_the_sunspots_are_those_of_the_literature():
    data = opened(**SUNSPOTS)
    batch = data.stream(0).next()
    assert batch.arrays["series"].shape == (1, 220, 1)
    back = batch.arrays["next"][0, :, 0] * data.scale + data.mean
    assert back[-1] == pytest.approx(37.6, abs=1e-4)  # 1920
    before, held = data.validation()
    assert (before.scored, held.scored, before.carry, held.carry) == (False, True, False, True)
    assert held.arrays["next"].shape == (1, 35, 1)
    years = dict(zip(range(1921, 1956), held.arrays["next"][0, :, 0] * data.scale[0] + data.mean[0], strict=True))
    assert years[1947] == max(years.values())  # the maximum of cycle 18
    assert variances_of(data)["next"][0] * data.scale[0] ** 2 == pytest.approx(1495.6, abs=0.1)


def test_published_competitors_come_out():
    last, linear = baselines_of(opened(**SUNSPOTS))
    assert last.scores["nmse"] == pytest.approx(0.427, abs=5e-4)
    assert linear.name.en == "AR(9)"
    assert linear.scores["nmse"] == pytest.approx(0.127, abs=1e-3)
    assert opened(**SUNSPOTS).chance["nmse"] > 1  # the mean of before 1921 is no forecast for the strong cycles after


def test_an_autoregression_finds_the_rule_that_made_the_series():
    rng = np.random.default_rng(0)
    x = [0.3, -0.1]
    for _ in range(300):
        x.append(1.6 * x[-1] - 0.9 * x[-2] + 0.2)
    values = np.array(x)[:, None] + 0 * rng.random((302, 1))
    assert np.allclose(autoregression(values, 1, 200, 2)[1:], values[2:], atol=1e-8)
    assert np.allclose(autoregression(values, 3, 200, 2)[1:], values[4:], atol=1e-8)


def test_an_autoregression_never_sees_what_is_held_out():
    values = np.random.default_rng(1).normal(size=(120, 2))
    other = values.copy()
    other[100:] = 1e9
    for horizon in (1, 4):
        seen = slice(0, 100 - horizon)
        one, two = (autoregression(v, horizon, 100, 3)[seen] for v in (values, other))
        assert np.array_equal(one, two)


@pytest.mark.parametrize("params", [{}, {"carry": True, "length": 16, "batch": 4}, {"length": 0}, {"horizon": 5}])
def test_competitors_are_judged_on_the_rows_that_the_model_is_judged_on(params):
    data = opened(**params)
    judged = [b.arrays for b in data.validation() if b.scored]
    series, following = (np.concatenate([a[n].reshape(-1) for a in judged]) for n in ("series", "next"))
    assert baselines_of(data)[0].scores["mse"] == pytest.approx(((series - following) ** 2).mean(), rel=1e-4)


def test_carried_windows_go_on_and_end_in_a_warm_state():
    data = opened(carry=True, length=16, batch=2)
    stream = data.stream(0)
    first, second = stream.next(), stream.next()
    assert not first.carry and second.carry
    assert np.array_equal(first.arrays["next"][:, -1], second.arrays["series"][:, 0])
    before, held = data.validation()
    assert not before.scored and held.carry
    assert np.array_equal(before.arrays["next"][0, -1], held.arrays["series"][0, 0])


def test_numpy_and_parquet_files_say_the_same_as_text(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    from pyarrow import table

    rng = np.random.default_rng(2)
    columns = {"year": np.arange(300), "a": rng.normal(size=300), "b": rng.normal(size=300)}
    (tmp_path / "s.csv").write_text(
        "year,a,b\n"
        + "\n".join(",".join(map(repr, row)) for row in zip(*(c.tolist() for c in columns.values()), strict=True))
    )
    np.savez_compressed(tmp_path / "s.npz", **columns)
    np.save(tmp_path / "s.npy", np.stack([columns["a"], columns["b"]], 1))
    parquet.write_table(table(columns), tmp_path / "s.parquet")
    wanted = opened(path=str(tmp_path / "s.csv")).raw
    assert wanted.shape == (300, 2)
    for name in ("s.npz", "s.npy", "s.parquet"):
        assert np.array_equal(opened(path=str(tmp_path / name)).raw, wanted), name
    for name in ("s.csv", "s.npz", "s.parquet"):
        for chosen in ("b, a", "3,2"):
            assert np.array_equal(opened(path=str(tmp_path / name), columns=chosen).raw, wanted[:, ::-1]), name
    assert refused(path=str(tmp_path / "s.npz"), columns="c").code == "data.no_column"
    assert refused(path=str(tmp_path / "s.parquet"), columns="c").code == "data.no_column"


def test_gaps_in_arrays_are_named_or_filled(tmp_path):
    file = str(tmp_path / "s.npz")
    values = np.arange(300.0) % 7
    values[41] = np.nan
    np.savez(file, v=values, w=values)
    problem = refused(path=file)
    assert (problem.code, problem.where.line, problem.where.column) == ("data.gap", 42, 1)
    assert opened(path=file, gaps="previous").raw[41, 0] == values[40]
    values[60] = np.inf
    np.savez(file, v=np.where(np.isnan(values), 0, values))
    assert refused(path=file, gaps="previous").where.line == 61


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [1e39, -1e160, 1.7e308])
@pytest.mark.parametrize("kind", ["csv", "npz"])
def test_numbers_too_large_to_compute_with_are_named(tmp_path, kind, value):
    good, bad = np.sin(np.arange(300.0)), np.cos(np.arange(300.0))
    bad[41] = value
    bad[43] = -value
    path = tmp_path / f"data.{kind}"
    if kind == "csv":
        path.write_text(
            "good,bad\n\n" + "\n".join(f"{a!r},{b!r}" for a, b in zip(good.tolist(), bad.tolist(), strict=True)),
            "utf-8",
        )
    else:
        np.savez(path, bad=bad, good=good)
    problem = refused(path=str(path))
    line = 44 if kind == "csv" else 42  # a header and an empty line stand before the numbers
    assert problem.code == "data.too_large" and problem.where.line == line and f" {line}, " in problem.message.es
    assert "column bad" in problem.message.en and f"{value:g}" in problem.message.en
    assert "columna bad" in problem.message.es and f"{value:g}" in problem.message.es
    opened(path=str(path), columns="good")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("standardise", [True, False])
def test_large_numbers_that_fit_are_read_without_a_warning(tmp_path, standardise):
    np.savez(tmp_path / "big.npz", big=3e37 * np.sin(np.arange(200.0)))
    data = opened(path=str(tmp_path / "big.npz"), standardise=standardise)
    assert np.isfinite(data.stream(0).next().arrays["series"]).all() and baselines_of(data)
    assert np.isfinite(data.chance["nmse"])


@pytest.mark.filterwarnings("error")
def test_what_explodes_only_after_standardising_is_named_too(tmp_path):
    flat = 1e-30 * np.arange(200.0)
    flat[190] = 1e20
    np.savez(tmp_path / "flat.npz", flat=flat)
    problem = refused(path=str(tmp_path / "flat.npz"))
    assert problem.code == "data.too_large" and problem.where.line == 191 and "standardising" in problem.message.en


def test_objects_are_never_unpickled(tmp_path):
    file = tmp_path / "s.npz"
    np.savez(file, v=np.array([{"a": 1}], dtype=object))
    problem = refused(path=str(file))
    assert problem.code == "data.pickle" and "s.npz/v" in problem.where.label
    np.save(tmp_path / "s.npy", np.array([None]))
    assert refused(path=str(tmp_path / "s.npy")).code == "data.pickle"


def test_a_header_that_promises_more_than_the_file_holds_allocates_nothing(tmp_path):
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (1 << 50,)})
    with zipfile.ZipFile(tmp_path / "s.npz", "w") as archive:
        archive.writestr("v.npy", head.getvalue() + bytes(80))
    (tmp_path / "s.npy").write_bytes(head.getvalue())
    for name in ("s.npz", "s.npy"):
        assert refused(path=str(tmp_path / name)).code == "data.npz"


def test_a_small_file_that_unpacks_to_gigabytes_is_refused_unread(tmp_path):
    with (
        zipfile.ZipFile(tmp_path / "s.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("v.npy", "w") as out,
    ):
        count = (1 << 30) // 8 + 1
        np.lib.format.write_array_header_1_0(out, {"descr": "<f8", "fortran_order": False, "shape": (count,)})
        for _ in range(1025):
            out.write(bytes(1 << 20))
    assert refused(path=str(tmp_path / "s.npz")).code == "data.too_big"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 and then nothing", "data.npz"),
        (b"not numpy at all", "data.npz"),
        (b"", "data.npz"),
    ],
)
def test_broken_numpy_files(tmp_path, content, code):
    (tmp_path / "s.npz").write_bytes(content)
    problem = refused(path=str(tmp_path / "s.npz"))
    who, words = problem.quote
    assert (problem.code, who) == (code, "numpy") and words
    assert words not in problem.message.es, "a reader's English is quoted, not woven into the sentence"


@pytest.mark.parametrize(
    "head", [b"{'descr': (", b"(" * 900, b"[1,", b"{'descr':'<f8','fortran_order':False,'shape':(-5,)}"]
)
def test_headers_that_cannot_be_parsed(tmp_path, head):
    (tmp_path / "s.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head + bytes(64))
    assert refused(path=str(tmp_path / "s.npy")).code == "data.npz"


def test_files_with_flipped_bytes_are_read_or_refused_but_never_crash(tmp_path):
    np.savez_compressed(tmp_path / "s.npz", v=np.arange(300.0))
    whole, rng = (tmp_path / "s.npz").read_bytes(), np.random.default_rng(0)
    codes = set()
    for i in range(150):
        broken = bytearray(whole)
        broken[int(rng.integers(len(whole)))] = int(rng.integers(256))
        file = tmp_path / f"{i}.npz"
        file.write_bytes(broken)
        try:
            opened(path=str(file))
        except Refused as caught:
            codes.add(caught.problems[0].code)
    assert "data.npz" in codes


def test_arrays_of_different_lengths_or_kinds(tmp_path):
    np.savez(tmp_path / "s.npz", a=np.zeros(300), b=np.zeros(299))
    problem = refused(path=str(tmp_path / "s.npz"))
    assert (problem.code, problem.got, problem.expected) == ("data.ragged", "299", "300")
    np.savez(tmp_path / "s.npz", a=np.array(["x", "y"]), b=np.zeros((2, 2, 2)))
    assert refused(path=str(tmp_path / "s.npz")).code == "data.no_numbers"


def test_broken_and_wordy_parquet(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    from pyarrow import table

    file = tmp_path / "s.parquet"
    file.write_bytes(b"PAR1 no PAR1")
    problem = refused(path=str(file))
    assert problem.code == "data.parquet" and problem.quote[1] not in problem.message.es
    parquet.write_table(table({"w": ["a", "b"]}), file)
    assert refused(path=str(file)).code == "data.no_numbers"
    parquet.write_table(table({"v": [1.0] * 50 + [None] + [2.0] * 300}), file)
    assert refused(path=str(file)).where.line == 51
    assert opened(path=str(file), gaps="previous").raw[50, 0] == 1


def test_without_pyarrow_a_parquet_file_is_refused_with_the_way_out(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "s.parquet").write_bytes(b"PAR1")
    problem = refused(path=str(tmp_path / "s.parquet"))
    assert problem.code == "data.no_pyarrow" and "pip install pyarrow" in problem.hint.en


def test_a_file_beyond_the_memory_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr("core.data.room.free_memory", lambda: 1000)
    (tmp_path / "s.csv").write_text("v\n" + "1\n" * 400)
    problem = refused(path=str(tmp_path / "s.csv"))
    assert problem.code == "data.no_room" and problem.where.param == "path"


@pytest.mark.parametrize(
    ("params", "param"),
    [({"horizon": 400}, "horizon"), ({"train_rows": 270, "test_rows": 35}, "length"), ({"length": 300}, "length")],
)
def test_splits_that_leave_nothing_are_refused(params, param):
    problem = refused(**params)
    assert (problem.code, problem.where.param) == ("data.too_short", param)
