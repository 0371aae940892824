"""Names of charts and measures on a page lead to them: where one is written slanted, it becomes a link."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.observe.chart import ChartSpec
from core.specs.registry import Registry
from core.train.measures import MEASURES
from core.words import Text, say

SCHEME = "chart"
METRICS = "metrics"  # the chart in which every measure is a key
SLANTED = re.compile(r"(?<![*\\])\*([^*\n]+(?:\n[^*\n]+)?)\*(?!\*)")  # also over the end of a line
OPEN = Text("Show this chart", "Mostrar este gráfico")


def targets(registry: Registry) -> Mapping[str, str]:
    """What may be written, in the current language and in small letters -> KIND of a chart, or KIND/KEY."""
    charts = {k: s for k, s in registry.of("chart").items() if isinstance(s, ChartSpec)}
    measures = {m.name: f"{METRICS}/{k}" for k, m in MEASURES.items() if not m.table and METRICS in charts}
    found = {**measures, **{s.name: k for k, s in charts.items()}}
    return {say(name).casefold(): target for name, target in found.items()}


def linked(page: str, registry: Registry) -> str:
    """The Markdown of a page, every chart and measure that it names a link `chart:KIND` or `chart:KIND/KEY`."""
    known, tip = targets(registry), say(OPEN)

    def link(match: re.Match[str]) -> str:
        target = known.get(" ".join(match.group(1).split()).casefold())
        return f'[{match.group(1)}]({SCHEME}:{target} "{tip}")' if target else match.group(0)

    return SLANTED.sub(link, page)


def meant(link: str) -> tuple[str, str]:
    """The chart and the key that a link stands for; "" for any other link."""
    scheme, _, target = link.partition(":")
    kind, _, key = target.partition("/")
    return (kind, key) if scheme == SCHEME else ("", "")
