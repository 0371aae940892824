"""Emitted functions of models that hear what they said, or the truth instead."""

TEACHERS: dict[str, str] = {
    "step_by_step": '''
def step_by_step(x, running):
    """The steps of x; None at each where x is not given."""
    return [None] * len(running) if x is None else x.unbind(1)
''',
    "most_probable": '''
def most_probable(logits):
    """The symbol with the largest logit."""
    return logits.argmax(-1)
''',
    "drawn_symbol": '''
def drawn_symbol(logits):
    """A symbol drawn with the probabilities that the logits stand for (the Gumbel-max trick)."""
    return (logits - torch.log(-torch.log(torch.rand_like(logits)))).argmax(-1)
''',
    "heard": '''
def heard(said, truth, forced):
    """What is heard next: the truth where it is forced, else what the model said itself."""
    if truth is None:
        return said
    return torch.where(forced if said.dim() == forced.dim() else forced.unsqueeze(-1), truth, said)
''',
}
