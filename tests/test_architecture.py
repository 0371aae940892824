"""The house rules, as sentences that fail."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[1]

LAYERS = [  # low to high; a room may import rooms below it and itself
    {"core.words"},
    {"core.problems", "core.oswords"},
    {"core.graph"},
    {"core.specs"},
    {"core.shapes"},
    {"core.compile"},
    {"core.data"},
    {"core.train"},
    {"core.observe"},
    {"core.project"},
    {"core.export"},
    {"core.process"},
    {"core.session", "core.bench", "core.trials"},
    {"core.api", "core.cli"},
]
MAY_IMPORT_TORCH = {
    "core/train/loop.py",
    "core/train/module.py",
    "core/train/optim.py",
    "core/train/checkpoint.py",
    "core/train/contributions.py",
    "core/train/gradient_matrix.py",
    "core/train/jacobian.py",
    "core/train/microscope.py",
    "core/train/parcel.py",
    "core/train/probe.py",
    "core/train/ridge.py",
    "core/train/sequences.py",
    "core/train/shares.py",
    "core/train/taps.py",
    "core/train/unforced.py",
    "core/train/weight_norms.py",
    "core/train/decoding.py",
    "core/train/judged.py",
    "core/train/score_symbols.py",
    "core/train/score_numbers.py",
    "core/train/metrics.py",
    "core/train/device.py",
}
HEAVY = {
    "torch",
    "lightning_fabric",
    "matplotlib",
    "onnx",
    "onnxruntime",
    "torchmetrics",
    "optuna",
    "sklearn",
    "scipy",
    "pyarrow",
}


def sources(folder: str) -> Iterator[tuple[str, ast.Module]]:
    for file in sorted((HOME / folder).rglob("*.py")):
        yield file.relative_to(HOME).as_posix(), ast.parse(file.read_text("utf-8"))


def imports(tree: ast.AST, only_top_level: bool = False) -> Iterator[str]:
    """Imported module names; those under TYPE_CHECKING are for the type checker alone and do not count."""
    nodes = [tree]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            nodes.extend(node.orelse)
            continue
        if only_top_level and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        nodes.extend(ast.iter_child_nodes(node))


def roots(tree: ast.AST, only_top_level: bool = False) -> set[str]:
    return {name.split(".")[0] for name in imports(tree, only_top_level)}


def layer_of(module: str) -> int | None:
    for level, rooms in enumerate(LAYERS):
        if any(module == room or module.startswith(room + ".") for room in rooms):
            return level
    return None


def test_core_never_imports_the_window_or_plugins() -> None:
    for name, tree in sources("core"):
        assert not roots(tree) & {"studio", "plugins", "PySide6", "pyqtgraph", "qtawesome", "superqt"}, name


def test_plugins_import_the_api_alone() -> None:
    for name, tree in sources("plugins"):
        ours = {m for m in imports(tree) if m.split(".")[0] in ("core", "studio", "plugins")}
        assert ours <= {"core.api"}, (name, ours)
        assert not roots(tree, only_top_level=True) & HEAVY, name


def test_the_window_never_imports_torch_or_plugins() -> None:
    for name, tree in sources("studio"):
        assert not roots(tree) & {"torch", "lightning_fabric", "plugins"}, name


def test_rooms_of_core_only_look_down() -> None:
    for name, tree in sources("core"):
        me = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        mine = layer_of(me)
        if mine is None:
            assert me == "core", f"{name} is in no layer"
            continue
        for module in imports(tree):
            other = layer_of(module)
            if other is not None:
                assert other <= mine, f"{name} looks up to {module}"


def test_only_a_handful_of_files_import_torch_at_the_top() -> None:
    found = {name for name, tree in sources("core") if roots(tree, only_top_level=True) & HEAVY}
    assert found <= MAY_IMPORT_TORCH, found - MAY_IMPORT_TORCH


@pytest.mark.parametrize("room", ["graph", "specs", "shapes", "compile", "project", "problems"])
def test_these_rooms_know_no_torch_at_all(room: str) -> None:
    for name, tree in sources("core"):
        if name.startswith((f"core/{room}/", f"core/{room}.")):
            assert "torch" not in roots(tree), name


@pytest.mark.parametrize("module", ["studio.app", "core.session", "core.cli.commands.table", "core.api"])
def test_importing_this_does_not_import_torch(module: str) -> None:
    code = f"import {module}, sys; heavy = {HEAVY!r} & set(sys.modules); assert not heavy, heavy"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=HOME)


def test_the_headless_command_never_imports_qt() -> None:
    code = "import sys; sys.argv = ['unfold', 'gallery']; from studio.start import main; main(); assert 'PySide6' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=HOME, stdout=subprocess.DEVNULL)


def test_no_pickle_anywhere() -> None:
    for folder in ("core", "studio", "plugins"):
        for name, tree in sources(folder):
            assert not roots(tree) & {"pickle", "joblib", "shelve", "marshal", "dill", "cloudpickle", "yaml"}, name
            text = ast.unparse(tree)
            assert "allow_pickle=True" not in text, name
            assert "torch.load(" not in text, name


def test_nothing_is_silenced() -> None:
    for folder in ("core", "studio", "plugins"):
        for name, tree in sources(folder):
            for node in ast.walk(tree):
                if isinstance(node, ast.ExceptHandler):
                    assert node.type is not None, f"{name}:{node.lineno} catches everything"
                    assert not (len(node.body) == 1 and isinstance(node.body[0], ast.Pass)), (
                        f"{name}:{node.lineno} is silent"
                    )


def test_nobody_asks_a_layout_for_its_items() -> None:
    """PySide keeps what `itemAt` answers. When the widget goes, Qt deletes the item unheard, and the next thing made at its
    place in memory, such as a row of a list, is taken for it: a crash far away."""
    for folder in ("studio", "tests"):
        for name, tree in sources(folder):
            for node in ast.walk(tree):
                asked = isinstance(node, ast.Attribute) and node.attr in ("itemAt", "itemAtPosition")
                assert not asked, f"{name}:{node.lineno} asks a layout for an item: remember the widgets instead"


def test_files_stay_small() -> None:
    for folder in ("core", "studio", "plugins"):
        for name, _ in sources(folder):
            lines = len((HOME / name).read_text("utf-8").splitlines())
            assert lines <= 500, f"{name} has {lines} lines: split it"


def test_every_module_says_why_it_exists() -> None:
    for folder in ("core", "studio", "plugins"):
        for name, tree in sources(folder):
            assert ast.get_docstring(tree), name
