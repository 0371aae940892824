"""Emitted functions over the steps of sequences of different lengths: what counts, summing up, recurring, attending."""

STEPS: dict[str, str] = {
    "valid_steps": '''
def valid_steps(length, steps, like):
    """True where a sequence still runs (B, T); None where all run to the end."""
    if length is None:
        return None
    return torch.arange(steps, device=like.device) < length.to(like.device)[:, None]
''',
    "running_steps": '''
def running_steps(length, steps, like):
    """For each step, which sequences still run (B, 1); None where all do."""
    if length is None:
        return [None] * steps
    running = torch.arange(steps, device=like.device) < length.to(like.device)[:, None]
    return running.unsqueeze(-1).unbind(1)
''',
    "both": '''
def both(first, second, x):
    """True where both axes of x (B, I, J, ...) still run; None where all do."""
    if first is None and second is None:
        return None
    here = x.new_zeros(x.shape[:3]) == 0
    if first is not None:
        here = here * first.unsqueeze(2)
    return here if second is None else here * second.unsqueeze(1)
''',
    "widened": '''
def widened(x, like):
    """x with the dimensions that `like` has beyond it."""
    return x.view(*x.shape, *[1] * (like.dim() - x.dim()))
''',
    "blank": '''
def blank(x, valid):
    """Zero on padding."""
    if valid is None:
        return x
    return x.masked_fill(~widened(valid, x), 0)
''',
    "hold": '''
def hold(new, old, on):
    """A state: the new value where the sequence still runs, the old one where it has ended."""
    if on is None:
        return new
    return torch.where(on if new.dim() == 2 else on.squeeze(-1), new, old)
''',
    "spread": '''
def spread(index, x):
    """A position per sequence and step (B, n), made to fit x for gather."""
    return widened(index, x).expand(-1, -1, *x.shape[2:])
''',
    "reverse": '''
def reverse(x, length):
    """Each sequence backwards; padding stays at the end."""
    if length is None:
        return x.flip(1)
    step = torch.arange(x.shape[1], device=x.device)
    end = length.to(x.device)[:, None]
    return x.gather(1, spread(torch.where(step < end, end - 1 - step, step), x))
''',
    "last": '''
def last(x, length):
    """The last step of each sequence."""
    if length is None:
        return x.select(1, -1)
    return x.gather(1, spread((length.to(x.device) - 1).clamp(min=0)[:, None], x)).squeeze(1)
''',
    "sum_time": '''
def sum_time(x, valid):
    """The sum over the steps of each sequence."""
    return blank(x, valid).sum(1)
''',
    "mean_time": '''
def mean_time(x, valid):
    """The mean over the steps of each sequence."""
    if valid is None:
        return x.mean(1)
    total = blank(x, valid).sum(1)
    return total / widened(valid.sum(1).clamp(min=1), total)
''',
    "max_time": '''
def max_time(x, valid):
    """The largest value over the steps of each sequence."""
    if valid is None:
        return x.amax(1)
    return x.masked_fill(~widened(valid, x), -torch.inf).amax(1)
''',
    "tail": '''
def tail(x, count, length):
    """The last `count` steps of each sequence of x, which starts with `count` steps of its past."""
    if length is None:
        return x.narrow(1, x.shape[1] - count, count)
    return x.gather(1, spread(length.to(x.device)[:, None] + torch.arange(count, device=x.device), x))
''',
    "recur": '''
def recur(rnn, x, start, length):
    """A recurrent module over x (B, T, F) from its states (B, 1, H): h (B, T, H) and the states at the end.

    A length is given only where the end must be that of each sequence.
    """
    begin = [s.to(x.dtype).transpose(0, 1).contiguous() for s in start]
    begin = tuple(begin) if len(begin) > 1 else begin.pop()
    if length is None:
        h, end = rnn(x, begin)
    else:
        packed = nn.utils.rnn.pack_padded_sequence(x, length.cpu(), batch_first=True, enforce_sorted=False)
        h, end = rnn(packed, begin)
        h, lengths = nn.utils.rnn.pad_packed_sequence(h, batch_first=True, total_length=x.shape[1])
    return h, [s.transpose(0, 1) for s in (end if isinstance(end, tuple) else (end,))]
''',
    "attend": '''
def attend(scores, valid):
    """Softmax over the last axis, padding left out: each row sums to 1."""
    if valid is None:
        return scores.softmax(-1)
    here = valid if scores.dim() == 2 else valid.unsqueeze(1)
    return scores.masked_fill(~here, -1e30).softmax(-1)
''',
}
