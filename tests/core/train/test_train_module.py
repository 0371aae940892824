"""Loading emitted text: the gate before it, tracebacks into it, shared and sliced parameters."""

import copy
import traceback
from dataclasses import replace

import pytest
import torch

from core.compile.allow import Forbidden
from core.train.module import blame, drawn, load_class, make, share
from tests.core.compile.drawing import char_model


def test_forbidden_text_is_refused_before_it_runs():
    program = char_model().compile()
    with pytest.raises(Forbidden):
        load_class(replace(program, source=program.source + "\nimport os\n"))


def test_an_error_shows_the_line_and_names_the_node():
    program = char_model().compile()
    module = make(program)
    try:
        module(torch.full((2, 3), 99))  # no such symbol
    except IndexError as error:
        text = "".join(traceback.format_exception(error))
        assert "embedding = self.embedding(text)" in text
        assert blame(program, error) == ("embedding",)
    else:
        pytest.fail("an unknown symbol was accepted")


def test_an_error_from_elsewhere_blames_nobody():
    try:
        raise ValueError
    except ValueError as error:
        assert blame(char_model().compile(), error) is None


def test_every_line_of_the_forward_pass_maps_to_a_node():
    program = char_model().compile("twin")
    paths = {op.path for op in program.ops}
    lines = program.source.splitlines()
    assert set(program.lines.values()) <= paths | {("lstm",), ("softmax",)}
    at = next(n for n, line in enumerate(lines, 1) if "torch.sigmoid(sum_f)" in line)
    assert program.lines[at] == ("lstm", "gate_f")


def test_a_shared_twin_moves_with_the_module():
    program, twin_program = char_model().compile(), char_model().compile("twin")
    module = make(program)
    twin = share(make(twin_program), module)
    assert all(a is b for a, b in zip(module.parameters(), twin.parameters(), strict=True))
    with torch.no_grad():
        module.lstm.weight_hh_l0.mul_(2.0)
    text = torch.randint(0, 11, (2, 5))
    a, b = (next(iter(m(text)[0].values())) for m in (module, twin))
    assert torch.allclose(a, b, atol=1e-6)


def test_drawn_values_follow_the_seed_and_the_rules():
    program = char_model().compile()
    torch.manual_seed(4)
    first = make(program).state_dict()
    torch.manual_seed(4)
    again = make(program).state_dict()
    assert all(torch.equal(first[n], again[n]) for n in first)
    weights = drawn(make(program), program)
    for w in program.weights:
        if w.init.rule == "uniform":
            assert 0.0 < weights[w.path, w.name].abs().max() <= w.init.value


def test_a_deep_copy_still_runs():
    module = make(char_model().compile())
    text = torch.randint(0, 11, (2, 5))
    a, b = (next(iter(m(text)[0].values())) for m in (module, copy.deepcopy(module)))
    assert torch.equal(a, b)
