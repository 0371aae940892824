"""Names of charts, measures and panels on a page lead to them: where one is written slanted, it becomes a link."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.observe.chart import ChartSpec
from core.specs.registry import Registry
from core.train.measures import MEASURES
from core.words import Text, say
from studio.docks import TITLES

CHART, PANEL = "chart", "panel"  # of links: chart:KIND, chart:KIND/KEY, panel:ID
METRICS = "metrics"  # the chart in which every measure is a key
SLANTED = re.compile(r"(?<![*\\])\*([^*\n]+(?:\n[^*\n]+)?)\*(?!\*)")  # also over the end of a line
TIPS = {
    CHART: Text("Show this chart", "Mostrar este gráfico"),
    PANEL: Text("Show this panel", "Mostrar este panel"),
}


def targets(registry: Registry) -> Mapping[str, str]:
    """What may be written, in the current language and in small letters -> where its link leads."""
    charts = {k: s for k, s in registry.of("chart").items() if isinstance(s, ChartSpec)}
    measures = {m.name: f"{CHART}:{METRICS}/{k}" for k, m in MEASURES.items() if not m.table and METRICS in charts}
    panels = {name: f"{PANEL}:{id}" for id, name in TITLES.items()}
    found = {**panels, **measures, **{s.name: f"{CHART}:{k}" for k, s in charts.items()}}
    return {say(name).casefold(): link for name, link in found.items()}


def linked(page: str, registry: Registry) -> str:
    """The Markdown of a page, everything that it names and that can be shown a link."""
    known = targets(registry)

    def link(match: re.Match[str]) -> str:
        target = known.get(" ".join(match.group(1).split()).casefold())
        return f'[{match.group(1)}]({target} "{say(TIPS[target.partition(":")[0]])}")' if target else match.group(0)

    return SLANTED.sub(link, page)


def meant(link: str, scheme: str = CHART) -> tuple[str, str]:
    """The chart, or panel, and the key that a link of this kind stands for; "" for any other link."""
    kind, _, target = link.partition(":")
    name, _, key = target.partition("/")
    return (name, key) if kind == scheme else ("", "")
