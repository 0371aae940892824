"""The one door for plugins: everything a node, dataset, chart or exporter file may import from Unfold."""

from core.data.dataset import Array, Batch, Dataset, DatasetSpec, Stream
from core.observe.chart import Axis, Bars, Chart, ChartSpec, Heat, Level, Line, Points, Ring
from core.problems import Place, Problem, Refused, filled
from core.specs.fields import DataField, Fields
from core.specs.node import NodeSpec, PortSpec
from core.specs.ops import Builder, InitRule, Value
from core.specs.params import ParamSpec
from core.specs.sig import Sig
from core.words import Text, say

__all__ = [
    "Array", "Axis", "Bars", "Batch", "Builder", "Chart", "ChartSpec", "DataField", "Dataset", "DatasetSpec", "Fields",
    "Heat", "InitRule", "Level", "Line", "NodeSpec", "ParamSpec", "Place", "Points", "PortSpec", "Problem", "Refused",
    "Ring", "Sig", "Stream", "Text", "Value", "filled", "say",
]  # fmt: skip
