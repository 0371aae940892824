"""The one door for plugins: everything a node, dataset, chart or exporter file may import from Unfold."""

from core.data.dataset import Array, Baseline, Batch, Dataset, DatasetSpec, Stream, baselines_of
from core.data.forecast import forecast_fields, open_forecast
from core.data.items import Items
from core.data.names import name_fields, open_names
from core.data.pairs import open_pairs, pair_fields
from core.data.signal import Signal
from core.data.stream import BatchStream, Generated, generator
from core.data.text import chosen_vocabulary, open_text, text_fields, text_metrics
from core.data.trees import open_trees, tree_fields
from core.data.vocabulary import padded
from core.export.exporter import ExporterSpec, Verified
from core.export.formats import (
    verify_onnx,
    verify_pt2,
    verify_source,
    verify_weights,
    write_onnx,
    write_pt2,
    write_source,
    write_weights,
)
from core.observe.chart import Axis, Bars, Chart, ChartSpec, Heat, Level, Line, Points, Ring
from core.observe.curves import course, curve, half_life, smooth
from core.observe.loops import jacobian_note, jacobian_request, loop_names, recurrent_spectra, stepped
from core.observe.names import apart, dated
from core.observe.recording import Recording
from core.observe.symbols import symbol_ticks, visible
from core.observe.times import TRAINING_STEPS, axis_name, steps_axis
from core.problems import Place, Problem, Refused, filled
from core.specs.fields import DataField, Fields
from core.specs.node import NodeSpec, PortSpec
from core.specs.ops import Builder, InitRule, Pattern, Value
from core.specs.params import ParamSpec
from core.specs.sig import Sig
from core.train.measures import higher_is_better, measure_name
from core.train.requests import request
from core.words import Text, percent, say

__all__ = [
    "TRAINING_STEPS",
    "Array",
    "Axis",
    "Bars",
    "Baseline",
    "Batch",
    "BatchStream",
    "Builder",
    "Chart",
    "ChartSpec",
    "DataField",
    "Dataset",
    "DatasetSpec",
    "ExporterSpec",
    "Fields",
    "Generated",
    "Heat",
    "InitRule",
    "Items",
    "Level",
    "Line",
    "NodeSpec",
    "ParamSpec",
    "Pattern",
    "Place",
    "Points",
    "PortSpec",
    "Problem",
    "Recording",
    "Refused",
    "Ring",
    "Sig",
    "Signal",
    "Stream",
    "Text",
    "Value",
    "Verified",
    "apart",
    "axis_name",
    "baselines_of",
    "chosen_vocabulary",
    "course",
    "curve",
    "dated",
    "filled",
    "forecast_fields",
    "generator",
    "half_life",
    "higher_is_better",
    "jacobian_note",
    "jacobian_request",
    "loop_names",
    "measure_name",
    "name_fields",
    "open_forecast",
    "open_names",
    "open_pairs",
    "open_text",
    "open_trees",
    "padded",
    "pair_fields",
    "percent",
    "recurrent_spectra",
    "request",
    "say",
    "smooth",
    "stepped",
    "steps_axis",
    "symbol_ticks",
    "text_fields",
    "text_metrics",
    "tree_fields",
    "verify_onnx",
    "verify_pt2",
    "verify_source",
    "verify_weights",
    "visible",
    "write_onnx",
    "write_pt2",
    "write_source",
    "write_weights",
]  # fmt: skip
