"""Four files in a folder of one's own: node, dataset, chart and exporter are in the palette, on the command line and in the
contract tests, and no list was edited."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.specs.registry import HOME, discover

ROOT = Path(__file__).resolve().parents[2]
NODE = '''
"""Twice its input, for a test."""
from core.api import Builder, NodeSpec, PortSpec, Text

def build(b: Builder) -> None:
    x = b.input("x")
    if x is not None:
        b.output("y", b.op("add", x, x))

TOY = NodeSpec(
    kind="toy_double", name=Text("Toy double", "Doble de juguete"), group="activation",
    help=Text("Adds its input to itself, so that it is doubled.", "Suma la entrada a sí misma, de modo que se dobla."),
    equation=r"y = 2 x", inputs=(PortSpec("x", "features", Text("x", "x")),),
    outputs=(PortSpec("y", "features", Text("y", "y")),), build=build, keywords=("toy", "juguete"),
)
'''
OTHERS = {  # the shipped file a toy is made from, and what is renamed in it
    "toy_data.py": ("datasets/adding.py", 'kind="adding"', 'kind="toy_data"'),
    "toy_chart.py": (
        "charts/learning_rate.py",
        '"learning_rate",\n    Text("Learning rate"',
        '"toy_chart",\n    Text("Toy rate"',
    ),
    "toy_export.py": ("exporters/weights.py", 'kind="weights"', 'kind="toy_export"'),
}
KINDS = {"node": "toy_double", "dataset": "toy_data", "chart": "toy_chart", "exporter": "toy_export"}
LOOK = """
from PySide6.QtWidgets import QApplication
app = QApplication([])
from core.project.document import Document
from core.session import Session
from core.specs.registry import default_registry
from pathlib import Path
import tempfile
from studio.panels.palette import PalettePanel
from studio.settings import Settings
from studio.state import State
assert default_registry().problems == ()
state = State(Session(Document()), Settings(Path(tempfile.mkdtemp()) / "s.ini"))
panel = PalettePanel(state)
def words(item): return [item.text(0)] + [w for i in range(item.childCount()) for w in words(item.child(i))]
from PySide6.QtWidgets import QTreeWidget
tree = panel.findChild(QTreeWidget)
shown = [w for i in range(tree.topLevelItemCount()) for w in words(tree.topLevelItem(i))]
print("\\n".join(shown))
import os; os._exit(0)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("own")
    (made / "toy_node.py").write_text(NODE.lstrip("\n"), "utf-8")
    for name, (source, was, now) in OTHERS.items():
        text = (HOME / source).read_text("utf-8")
        assert was in text, source
        (made / name).write_text(text.replace(was, now, 1), "utf-8")
    return made


def ran(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "UNFOLD_PLUGINS": str(folder), "QT_QPA_PLATFORM": "offscreen", "UNFOLD_LANG": "en"}
    return subprocess.run(
        [sys.executable, *words], check=False, cwd=ROOT, env=env, capture_output=True, text=True, timeout=280
    )


def test_one_file_each_is_found_by_looking(folder: Path) -> None:
    registry = discover(HOME, folder)
    assert registry.problems == ()
    for category, kind in KINDS.items():
        assert kind in registry.of(category) and registry.files[category, kind].parent == folder
        assert kind not in discover(HOME).of(category)


def test_the_palette_has_it(folder: Path) -> None:
    done = ran(folder, "-c", LOOK)
    assert "Toy double" in done.stdout, done.stderr


@pytest.mark.slow
def test_the_command_line_knows_them(folder: Path, tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from core.cli.door import run
file, out = {str(tmp_path / "p.unfold")!r}, {str(tmp_path / "run")!r}
assert run(["gallery", "adding-lstm", "--to", file]) == 0
text = Path(file).read_text("utf-8").replace('"kind": "adding"', '"kind": "toy_data"').replace('"id": "final", "kind": "last"', '"id": "final", "kind": "last", "title": "x"')
Path(file).write_text(text, "utf-8")
assert run(["check", file]) == 0
assert run(["train", file, "--steps", "2", "--out", out, "--set", "data.length=10"]) == 0
assert run(["plot", "--run", out, "--chart", "toy_chart", "--to", out + "/toy.svg"]) == 0
assert run(["export", out + "/project.unfold", "--run", out, "--format", "toy_export", "--to", out + "/toy.safetensors"]) == 0
"""
    done = ran(folder, "-c", code)
    assert done.returncode == 0, done.stderr[-2000:]
    assert (tmp_path / "run" / "toy.svg").exists() and (tmp_path / "run" / "toy.safetensors").exists()


@pytest.mark.slow
def test_the_contract_tests_cover_them(folder: Path) -> None:
    files = [f"tests/plugins/test_{name}.py" for name in ("contract", "datasets", "charts_all", "exporters")]
    done = ran(folder, "-m", "pytest", "-p", "no:cacheprovider", "-k", "toy", "-v", *files)
    assert done.returncode == 0, done.stdout[-3000:]
    for kind in ("toy_double", "toy_data", "toy_chart"):
        assert kind in done.stdout, kind
