"""The headless commands as a person types them: what they print, where, and how they exit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli.door import run

TINY = ["--set", "training.steps=12", "--set", "training.validate_every=0", "--set", "training.checkpoint_every=0"]


@pytest.fixture
def hello(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Path:
    assert run(["gallery", "hello", "--to", str(tmp_path / "hello.unfold")]) == 0
    capfd.readouterr()
    return tmp_path / "hello.unfold"


@pytest.fixture
def trained(hello: Path, capfd: pytest.CaptureFixture[str]) -> Path:
    assert run(["train", str(hello), "--out", str(hello.parent / "run"), "--seed", "1"]) == 0
    capfd.readouterr()
    return hello.parent / "run"


def test_gallery_lists_names_systems_and_both_titles(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["gallery", "--json"]) == 0
    rows = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert {"hello", "char-lm", "adding-lstm", "temporal-order-lstm", "lstm-drawn"} <= {r["name"] for r in rows}
    assert all(r["systems"] and r["title"]["en"] and r["title"]["es"] != r["title"]["en"] for r in rows)
    assert run(["gallery"]) == 0
    out = capfd.readouterr().out
    assert out.index("Systems: ") < out.index("A1 ", out.index("Systems: ")), "explained above what each means"


def test_copying_never_overwrites(hello: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = hello.read_bytes()
    assert run(["gallery", "adding-lstm", "--to", str(hello)]) == 2
    assert hello.read_bytes() == before
    assert capfd.readouterr().err == (
        f"{hello} cannot be written: it exists already. Give another place with --to. [file.write]\n"
    )


def test_an_unknown_project_names_the_nearest_ones(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["gallery", "adding-lst"]) == 2
    err = capfd.readouterr().err
    assert "Did you mean adding-lstm" in err and "char-lm" not in err and "[gallery.unknown]" in err
    assert run(["gallery", "xqzw"]) == 2
    assert "unfold gallery" in capfd.readouterr().err


def test_a_missing_file_is_told_in_sentences(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(tmp_path / "x.unfold")]) == 2
    err = capfd.readouterr().err
    assert err.startswith(f"{tmp_path / 'x.unfold'} could not be opened: ") and err.count("x.unfold") == 1
    assert ".:" not in err and err.endswith(". [file.unreadable]\n")


def test_check_prints_shapes_and_parameters(hello: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(hello), "--json"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert report["ok"] and report["problems"] == []
    assert run(["check", str(hello)]) == 0
    assert capfd.readouterr().out.splitlines()[-1] == "No problems."
    # one-hot 4 -> 3 hidden: 3·4 + 3·3 + 3, then 3 -> 4 scores: 4·3 + 4
    assert report["parameters"] == 24 + 16
    assert "B×T×3" in {w["shape"] for w in report["wires"]}


def test_check_of_a_broken_project_exits_2_with_one_line_per_problem(
    hello: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    data = json.loads(hello.read_text("utf-8"))
    data["graph"]["wires"] = [w for w in data["graph"]["wires"] if w["to"] != ["memory", "x"]]
    hello.write_text(json.dumps(data), "utf-8")
    assert run(["check", str(hello)]) == 2
    lines = capfd.readouterr().err.splitlines()
    assert lines and all(line.endswith("]") and " [" in line for line in lines)
    assert any("memory" in line.lower() or "rnn" in line.lower() for line in lines)


def test_source_is_a_module_that_runs_alone(hello: Path, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["source", str(hello)]) == 0
    text = capfd.readouterr().out
    (tmp_path / "model.py").write_text(text, "utf-8")
    code = "import sys; sys.path.insert(0, '.'); import model, torch; assert 'core' not in sys.modules"
    subprocess.run([sys.executable, "-I", "-c", code], check=True, cwd=tmp_path)


def test_train_prints_final_metrics_last(hello: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["train", str(hello), "--out", str(hello.parent / "r"), *TINY]) == 0
    out, aside = capfd.readouterr()
    last = out.splitlines()[-1]
    assert "  training loss " in aside and "  held out: loss=" in aside and "  loss" not in aside.replace(last, "")
    assert "loss=" in last and "accuracy=" in last


def test_train_json_tells_every_message(hello: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["train", str(hello), "--out", str(hello.parent / "r"), "--json", *TINY]) == 0
    rows = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    kinds = [r["kind"] for r in rows]
    assert kinds[0] == "started" and kinds[-1] == "done"
    assert rows[-1]["metrics"]["loss"] > 0


def test_a_run_is_never_overwritten(trained: Path, hello: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["train", str(hello), "--out", str(trained)]) == 2
    assert "run.exists" in capfd.readouterr().err


def test_a_diverging_run_exits_1_and_says_why(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["gallery", "adding-lstm", "--to", str(tmp_path / "a.unfold")]) == 0
    wild = ["--set", "learning_rate=1000", "--set", "optimizer=sgd", "--set", "clip_norm=0", "--steps", "200"]
    assert run(["train", str(tmp_path / "a.unfold"), "--out", str(tmp_path / "r"), *wild]) == 1
    err = capfd.readouterr().err
    assert "Traceback" not in err and "learning rate" in err


def test_sample_export_and_plot(trained: Path, hello: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["sample", "--run", str(trained), "--prompt", "h", "--length", "4", "--temperature", "0.05"]) == 0
    assert capfd.readouterr().out.strip() == "ello"
    assert run(["sample", "--run", str(trained), "--prompt", "h", "--length", "4", "--greedy"]) == 0
    assert run(["sample", "--run", str(trained), "--prompt", "h", "--length", "4", "--beam", "3"]) == 0
    assert (
        run(["sample", "--run", str(trained), "--prompt", "h", "--length", "4", "--top-k", "1", "--top-p", "0.5"]) == 0
    )
    assert capfd.readouterr().out.split() == ["ello"] * 3
    assert run(["logp", "--run", str(trained), "--text", "hello"]) == 0
    told, aside = capfd.readouterr()
    assert "ln p (nats)" in told and "The first symbol has no line" in aside and " nats\n" in aside
    logps = [float(line.split()[1]) for line in told.splitlines() if line[:2] in ("e ", "l ", "o ")]
    assert len(logps) == 4 and all(-1.5 < p <= 0 for p in logps), told
    assert f"{sum(logps):.2f}"[:4] in told
    assert run(["logp", "--run", str(trained), "--text", "hexe"]) == 2
    assert "Traceback" not in capfd.readouterr().err
    assert run(["plot", "--run", str(trained), "--chart", "loss", "--to", str(trained / "loss.svg")]) == 0
    assert "<svg" in (trained / "loss.svg").read_text("utf-8")
    capfd.readouterr()
    for format_ in ("source", "weights", "onnx"):
        assert (
            run(
                [
                    "export",
                    str(hello),
                    "--run",
                    str(trained),
                    "--format",
                    format_,
                    "--to",
                    str(trained / f"out-{format_}"),
                ]
            )
            == 0
        )
        out = capfd.readouterr()
        assert "Verified" in out.err and "max |error|" in out.out
        sizes = [line.split()[:2] for line in out.out.split("max |error|")[1].splitlines()[1:]]
        assert len(sizes) == len({tuple(s) for s in sizes}) >= 2, "a size is asked with unequal lengths too"


def test_a_name_that_promises_another_format_is_refused(
    trained: Path, hello: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    target = trained / "m.onnx"
    assert run(["export", str(hello), "--run", str(trained), "--format", "source", "--to", str(target)]) == 2
    assert "export.suffix" in capfd.readouterr().err and not target.exists()


def test_sample_names_symbols_the_model_never_read(trained: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["sample", "--run", str(trained), "--prompt", "hz"]) == 2
    assert "'z'" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("command", "flag"),
    [
        (["sample", "--prompt", "h"], ["--input", "hola"]),
        (["sample", "--prompt", "h"], ["--example", "2"]),
        (["logp", "--text", "hello"], ["--input", "hola"]),
    ],
)
def test_a_language_model_is_given_nothing_to_answer_to(
    trained: Path, capfd: pytest.CaptureFixture[str], command: list[str], flag: list[str]
) -> None:
    assert run([*command, "--run", str(trained), *flag]) == 2
    told = capfd.readouterr()
    assert "sample.reads_none" in told.err and flag[0] in told.err and not told.out


def test_an_unknown_chart_names_those_there_are(trained: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["plot", "--run", str(trained), "--chart", "pie", "--to", "x.svg"]) == 2
    assert "gradient_flow" in capfd.readouterr().err


def test_a_chart_takes_the_keys_that_it_offers(trained: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Metrics by their names, weights by theirs: not everything is a probe."""
    of = ["plot", "--run", str(trained), "--csv", str(trained / "x.csv"), "--chart"]
    assert run([*of, "metrics", "--key", "accuracy"]) == 0
    assert (trained / "x.csv").read_text("utf-8").count("held out") >= 2
    assert run([*of, "metrics", "--key", "memory.h"]) == 2
    assert "accuracy" in capfd.readouterr().err


def test_export_refuses_a_model_changed_since(trained: Path, hello: Path, capfd: pytest.CaptureFixture[str]) -> None:
    hello.write_text(hello.read_text("utf-8").replace('"units": 3', '"units": 5'), "utf-8")
    assert run(["export", str(hello), "--run", str(trained), "--format", "source", "--to", str(trained / "m")]) == 2
    assert "run.other_program" in capfd.readouterr().err


def test_a_chart_as_numbers_and_as_a_film(trained: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from PIL import Image

    of = ["plot", "--run", str(trained), "--chart", "heat"]
    film, numbers = tmp_path / "h.gif", tmp_path / "h.csv"
    assert run([*of, "--film", str(film), "--csv", str(numbers), "--frames", "3", "--rate", "5"]) == 0
    assert capfd.readouterr().out.split() == [str(numbers), str(film)]
    with Image.open(film) as found:
        assert 2 <= found.n_frames <= 3 and found.info["duration"] == 200
    assert numbers.read_text("utf-8").startswith("series,time step t,unit")
    for wrong, said in (([], "--film"), (["--film", str(tmp_path / "h.mp4")], ".gif"), (["--film", str(tmp_path / "no" / "h.gif")], "cannot be written")):  # fmt: skip
        assert run([*of, *wrong]) == 2 and said in capfd.readouterr().err
    assert {p.name for p in tmp_path.iterdir()} == {"h.gif", "h.csv", "hello.unfold", "run"}


@pytest.mark.parametrize("arguments", [["train"], ["nothing"], ["train", "no-such.unfold"], ["check", "no-such.unfold"], ["plot", "--run", "no-such", "--chart", "loss", "--to", "x.svg"]])  # fmt: skip
def test_bad_input_exits_2_without_a_traceback(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    err = capfd.readouterr().err
    assert err.strip() and "Traceback" not in err


def test_it_speaks_spanish(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNFOLD_LANG", "es")
    code = "from core.cli.door import run; import sys; sys.exit(run(['train', '--help']))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "Entrenar un proyecto" in done.stdout


def test_a_sample_never_commands_the_terminal(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "text.txt"
    text.write_text("\x1b[2J\a" * 1000, "utf-8")
    assert run(["gallery", "char-lm", "--to", str(tmp_path / "c.unfold")]) == 0
    small = ["--steps", "2", "--set", "node.memory.units=4", "--set", f"data.path={text}"]
    assert run(["train", str(tmp_path / "c.unfold"), "--out", str(tmp_path / "r"), *small]) == 0
    assert run(["sample", "--run", str(tmp_path / "r"), "--length", "40"]) == 0
    heard = capfd.readouterr()
    assert "\x1b[2J" not in heard.out + heard.err and "\a" not in heard.out + heard.err
    assert "\\x1b" in heard.out
