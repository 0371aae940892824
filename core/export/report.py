"""A finished run on one page: what was trained, how it went, its charts and its source, as a single HTML file."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path as FilePath

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from core.export.bundle import load_bundle
from core.observe.chart import ChartSpec
from core.observe.paper import render
from core.observe.recording import Recording
from core.project.rundir import CONFIG, ENVIRONMENT, RECORDING
from core.specs.registry import Registry
from core.words import Text, language, say

TEMPLATES = FilePath(__file__).resolve().parents[2] / "resources" / "report"
CHARTS = ("loss", "metrics", "gradient_flow", "heat", "weight_norms", "eigenvalues")
WORDS = {
    "run": Text("Training run", "Entrenamiento"),
    "notes": Text("Notes", "Notas"),
    "results": Text("Results", "Resultados"),
    "settings": Text("Settings", "Ajustes"),
    "machine": Text("Machine", "Máquina"),
    "source": Text("Source", "Fuente"),
    "sample": Text("What it writes", "Lo que escribe"),
    "parameters": Text("parameters", "parámetros"),
}


def write_report(run_dir: FilePath, target: FilePath, registry: Registry) -> FilePath:
    """Write the report of a run directory. Raises Refused where the folder holds no run."""
    bundle = load_bundle(run_dir)
    project = bundle.project
    recording = Recording.load(run_dir / RECORDING) if (run_dir / RECORDING).exists() else Recording()
    page = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True).get_template("report.html.j2")
    config = json.loads((run_dir / CONFIG).read_text("utf-8"))
    samples = recording.samples
    text = page.render(
        language=language(),
        words={k: say(v) for k, v in WORDS.items()},
        title=say(project.title) or run_dir.name,
        notes=say(project.notes),
        config=config,
        environment=json.loads((run_dir / ENVIRONMENT).read_text("utf-8")),
        results=_results(recording),
        charts=list(_charts(recording, registry)),
        sample=samples[-1].text if samples else "",
        source=bundle.program.source,
    )
    target.write_text(text, "utf-8")
    return target


def _results(recording: Recording) -> list[tuple[str, float]]:
    out = []
    for name in recording.names():
        steps, values = recording.series(name)
        if len(steps) and (name == "loss" or name.startswith("validation/")):
            out.append((name, float(values[-1])))
    return out


def _charts(recording: Recording, registry: Registry) -> list[tuple[str, Markup]]:
    """Each chart that has something to draw, as inline SVG."""
    drawn = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in CHARTS:
            spec = registry.of("chart").get(kind)
            if not isinstance(spec, ChartSpec):
                continue
            chart = spec.draw(recording, None, "")
            if chart.marks:
                file = FilePath(folder) / f"{kind}.svg"
                render(chart, file)
                svg = file.read_text("utf-8")
                drawn.append((say(spec.name), Markup(svg[svg.index("<svg") :])))
    return drawn
