"""CSV series: delimiters, headers, gaps, and mistakes named with line and column."""

import numpy as np
import pytest

from core.data.open import open_dataset
from core.data.table import read_series
from core.problems import Refused
from core.project.model import DataChoice
from core.specs.registry import default_registry


def read(tmp_path, text, columns="", gaps="refuse"):
    file = tmp_path / "s.csv"
    file.write_text(text, "utf-8")
    return read_series(str(file), columns, gaps)


@pytest.mark.parametrize(
    ("text", "names", "values"),
    [
        ("a,b\n3,2\n1,4\n", ("a", "b"), [[3, 2], [1, 4]]),
        ("3;2\n1;4", ("1", "2"), [[3, 2], [1, 4]]),
        ("a;b\n3,5;2,25\n1;-4e-1\n", ("a", "b"), [[3.5, 2.25], [1, -0.4]]),
        ("x\ty\n9\t2\n\n8\t4\n", ("x", "y"), [[9, 2], [8, 4]]),
        ("v\n1\n2\n", ("v",), [[1], [2]]),
        ("year,v\n1700,5\n1701,3\n", ("v",), [[5], [3]]),
        ('day,v\n"Mon, 1","5"\n"Tue, 2",3\n', ("v",), [[5], [3]]),
    ],
)
def test_files_as_people_have_them(tmp_path, text, names, values):
    got_names, got = read(tmp_path, text)
    assert got_names == names
    assert got.tolist() == values


def test_columns_by_name_and_number(tmp_path):
    text = "a,b,c\n1,2,3\n4,5,6\n"
    assert read(tmp_path, text, "c, a")[1].tolist() == [[3, 1], [6, 4]]
    assert read(tmp_path, text, "2")[1].tolist() == [[2], [5]]
    with pytest.raises(Refused) as caught:
        read(tmp_path, text, "d")
    assert caught.value.problems[0].code == "data.no_column"


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("t,a\nx,1\ny,oops\n", "data.cell", 3, 2),
        ("t,a\nx,1\n\ny,\n", "data.gap", 4, 2),
        ("t,a\nx,1\ny,NaN\n", "data.gap", 3, 2),
        ("t,a\nx,1\ny,inf\n", "data.cell", 3, 2),
        ("t,a\nx,1\ny,2,3\n", "data.ragged", 3, 3),
        ("a,b\nx,y\n", "data.no_numbers", 2, 1),
        ("", "data.empty", 1, 1),
    ],
)
def test_mistakes_name_line_and_column(tmp_path, text, code, line, column):
    with pytest.raises(Refused) as caught:
        read(tmp_path, text)
    problem = caught.value.problems[0]
    assert (problem.code, problem.where.line, problem.where.column) == (code, line, column)
    assert problem.where.file.endswith("s.csv")


def test_gaps_may_repeat_the_value_before_but_not_hide_words(tmp_path):
    assert read(tmp_path, "t,a\nx,1\ny,\nz,NA\nw,3", gaps="previous")[1].ravel().tolist() == [1, 1, 1, 3]
    with pytest.raises(Refused):
        read(tmp_path, "t,a\nx,1\ny,oops\n", gaps="previous")


def opened(tmp_path, values, **params):
    file = tmp_path / "v.csv"
    file.write_text("v\n" + "\n".join(map(repr, values)), "utf-8")
    return open_dataset(default_registry(), DataChoice("csv", {"path": str(file), **params}), 0)


def test_horizon_and_standardising_by_the_training_part_only(tmp_path):
    values = [float(v) for v in np.random.default_rng(3).normal(5, 2, 100)]
    values[90] = 1e6  # held out: must not be seen by mean and scale
    data = opened(tmp_path, values, horizon=3, length=10, validation=0.2)
    train = np.array(values[: data.training.size])
    assert data.mean[0] == pytest.approx(train.mean())
    assert data.scale[0] == pytest.approx(train.std())
    batch = data.stream(0).next()
    assert batch.arrays["series"].shape == batch.arrays["next"].shape == (16, 10, 1)
    assert np.array_equal(batch.arrays["series"][:, 3:], batch.arrays["next"][:, :-3])


def test_a_constant_column_does_not_divide_by_zero(tmp_path):
    data = opened(tmp_path, [7.0] * 100)
    assert np.isfinite(data.stream(0).next().arrays["series"]).all()


def test_a_quote_that_is_never_closed_is_named(tmp_path):
    with pytest.raises(Refused) as caught:
        read(tmp_path, 'v\n"1\n' + "x" * 200_000 + "\n")
    problem = caught.value.problems[0]
    assert problem.code == "data.csv" and problem.quote[1] and problem.quote[1] not in problem.message.es
