"""The small functions that an emitted module may bring along, each only where it is used."""

from __future__ import annotations

from collections.abc import Iterable

TEXTS: dict[str, str] = {
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
    "diagonals": '''
def diagonals(x):
    """The anti-diagonals of x (B, I, J, ...): I + J - 1 tensors (B * I, ...). Row b * I + i of the one numbered d holds cell
    (i, d - i), zero outside the grid."""
    rows, columns = x.shape[1], x.shape[2]
    wide = torch.cat([x, x.new_zeros(x.shape[0], rows, rows, *x.shape[3:])], 2)  # rows end in zeros, ...
    size = rows + columns - 1
    skewed = wide.flatten(1, 2).narrow(1, 0, rows * size).unflatten(1, (rows, size))  # ... so each moves by one more
    return skewed.flatten(0, 1).unbind(1)
''',
    "from_diagonals": '''
def from_diagonals(steps, x):
    """The grid (B, I, J, ...) again; x has its sizes."""
    rows, columns = x.shape[1], x.shape[2]
    skewed = torch.stack(steps, 1).unflatten(0, (x.shape[0], rows)).flatten(1, 2)
    ended = torch.cat([skewed, skewed.new_zeros(x.shape[0], rows, *skewed.shape[2:])], 1)
    return ended.unflatten(1, (rows, rows + columns)).narrow(2, 0, columns)
''',
    "inside_grid": '''
def inside_grid(x):
    """For each anti-diagonal of x (B, I, J, ...), which of its rows lie in the grid (B * I, 1)."""
    rows, columns = x.shape[1], x.shape[2]
    column = torch.arange(rows + columns - 1, device=x.device) - torch.arange(rows, device=x.device)[:, None]
    inside = (column >= 0) * (column < columns)
    return inside.expand(x.shape[0], -1, -1).flatten(0, 1).unsqueeze(-1).unbind(1)
''',
    "above": '''
def above(past, start, k):
    """The values k rows up, of cells in the rows of an anti-diagonal (B * I, ...); start (B, ...) stands above the grid."""
    rows = past.unflatten(0, (start.shape[0], -1))
    first = start.unsqueeze(1).expand(-1, k, *start.shape[1:])
    return torch.cat([first, rows], 1).narrow(1, 0, rows.shape[1]).flatten(0, 1)
''',
    "moved": '''
def moved(x, start, k, dim):
    """x (B, I, J, ...) moved by k along rows (1) or columns (2); start (B, ...) comes in."""
    size = [*x.shape]
    size[dim] = k
    first = start.unsqueeze(1).unsqueeze(1).expand(size)
    return torch.cat([first, x], dim).narrow(dim, 0, x.shape[dim])
''',
    "children_of": '''
def children_of(given, B, nodes, like):
    """The rows of each node's children (B, N, 2) among all nodes of all trees; B * N + b is none, in tree b. Without
    structure each node has the one before it as its left child."""
    if given is None:
        before = torch.arange(nodes, device=like.device) - 1
        given = torch.stack([before, torch.zeros_like(before) - 1], 1).expand(B, -1, -1)
    given = F.pad(given.to(like.device), (0, 0, 0, nodes - given.shape[1]), value=-1)
    tree = torch.arange(B, device=like.device)[:, None, None]
    return torch.where(given < 0, B * nodes + tree, tree * nodes + given)
''',
    "levels_of": '''
def levels_of(children, length):
    """Level by level from the leaves up: the rows of the nodes (M,), of their left and of their right children. Padding is
    in none."""
    B, N = children.shape[0], children.shape[1]
    below = children.cpu()
    rows = torch.arange(B * N).view(B, N)
    height = torch.zeros(B * N + B, dtype=torch.long) - 1
    for at, pair in zip(rows.unbind(1), below.unbind(1)):
        height[at] = 1 + height[pair].amax(1)
    height = height[: B * N]
    if length is not None:
        height = height.masked_fill((torch.arange(N) >= length.cpu()[:, None]).flatten(), -1)
    groups = height.argsort(stable=True).split(torch.bincount(height + 1).tolist())
    both = children.flatten(0, 1)
    return [(at, both[at, 0], both[at, 1]) for at in [group.to(children.device) for group in groups[1:]]]
''',
    "from_levels": '''
def from_levels(steps, levels, x):
    """The values of all nodes (B, N, ...) from those of each level; zero on padding. x has the sizes."""
    values = torch.cat(steps)
    nodes = values.new_zeros(x.shape[0] * x.shape[1], *values.shape[1:])
    return nodes.index_copy(0, torch.cat([on for on, left, right in levels]), values).unflatten(0, (x.shape[0], x.shape[1]))
''',
    "room": '''
def room(start, nodes):
    """Room for the value of every node of all trees, and behind it what a missing child has (B, ...)."""
    return torch.cat([start.new_zeros(nodes, *start.shape[1:]), start])
''',
    "placed": '''
def placed(nodes, on, values):
    """The room with the values of a level put in."""
    return nodes.index_copy(0, on, values.to(nodes.dtype))
''',
    "child": '''
def child(x, start, rows):
    """For each node the value of one child (B, N, ...), given by its row; start (B, ...) where there is none."""
    return torch.cat([x.flatten(0, 1), start])[rows]
''',
    "tap_levels": '''
def tap_levels(taps, key, levels):
    """Show which nodes the values of a level belong to."""
    if taps is not None:
        taps[key] = [on for on, left, right in levels]
''',
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
    "only_rows": '''
def only_rows(start, stop):
    """A gradient hook: the other rows of this bias are not in the drawing, so they stay zero."""

    def keep(gradient):
        kept = torch.zeros_like(gradient)
        kept[start:stop] = gradient[start:stop]
        return kept

    return keep
''',
    "spectral_": '''
def spectral_(matrix, radius, density):
    """Normal numbers at a share of the places, scaled to a spectral radius: the largest |eigenvalue|."""
    nn.init.normal_(matrix).mul_(torch.rand_like(matrix) < density)
    largest = torch.linalg.eigvals(matrix).abs().max()
    matrix.mul_(radius / largest.clamp(min=1e-12))
    return matrix
''',
    "sparse_": '''
def sparse_(matrix, count, std):
    """Each unit hears `count` others, by normal weights; the rest is zero."""
    places = torch.rand_like(matrix).argsort(1).argsort(1) < count
    nn.init.normal_(matrix, 0.0, std).mul_(places)
    return matrix
''',
    "signs_": '''
def signs_(matrix, value, density):
    """Plus or minus `value` at a share of the places; the rest is zero."""
    sign = torch.sign(torch.rand_like(matrix) - 0.5)
    matrix.copy_(value * sign * (torch.rand_like(matrix) < density))
    return matrix
''',
    "dale_": '''
def dale_(matrix, value, density, excite):
    """Links at a share of the places: positive from the first `excite` units, negative from the others (Dale)."""
    nn.init.normal_(matrix, 0.0, value)
    matrix.copy_(matrix.abs() * (torch.rand_like(matrix) < density))
    matrix[:, excite:].neg_()
    return matrix
''',
    "periods_": '''
def periods_(vector, base, groups):
    """The period of each unit: base to the power of its group."""
    units = vector.shape[0]
    group = torch.arange(units, device=vector.device) * groups // units
    vector.copy_(torch.pow(base, group))
    return vector
''',
    "every": '''
def every(count, periods):
    """1 for the units whose turn it is: their period divides the count."""
    return (torch.remainder(count, periods) == 0).to(periods.dtype)
''',
    "noisy": '''
def noisy(x, std, training):
    """Normal noise, only while training."""
    return x + std * torch.randn_like(x) if training else x
''',
    "group_of": '''
def group_of(size, groups, like):
    """The group that each of `size` units belongs to."""
    return torch.arange(size, device=like.device) * groups // size
''',
    "block_upper": '''
def block_upper(matrix, groups):
    """1 where a group of units hears itself or a later one."""
    rows, columns = matrix.shape
    return group_of(rows, groups, matrix)[:, None] <= group_of(columns, groups, matrix)
''',
    "block_lower": '''
def block_lower(matrix, groups):
    """1 where a group of units hears itself or an earlier one."""
    rows, columns = matrix.shape
    return group_of(rows, groups, matrix)[:, None] >= group_of(columns, groups, matrix)
''',
    "block_diagonal": '''
def block_diagonal(matrix, groups):
    """1 where a group of units hears itself."""
    rows, columns = matrix.shape
    return group_of(rows, groups, matrix)[:, None] == group_of(columns, groups, matrix)
''',
    "no_diagonal": '''
def no_diagonal(matrix, groups):
    """1 except where a unit hears itself."""
    rows, columns = matrix.shape
    return torch.arange(rows, device=matrix.device)[:, None] != torch.arange(columns, device=matrix.device)
''',
    "kept_zero": '''
def kept_zero(pattern, groups, top, bottom):
    """A gradient hook: weights outside the pattern do not learn, so they stay zero. top, bottom: the rows it is about."""

    def keep(gradient):
        kept = gradient.clone()
        kept[top:bottom].mul_(pattern(kept[top:bottom], groups))
        return kept

    return keep
''',
    "average": '''
def average(part, valid):
    """The mean over all valid steps of all sequences."""
    return part.mean() if valid is None else part.sum() / valid.sum()
''',
    "counted": '''
def counted(part, valid, skip):
    """(B, T) the steps that count: the valid ones, without the first `skip`."""
    late = (torch.arange(part.shape[1], device=part.device) > skip - 1).expand(part.shape[0], part.shape[1])
    return late if valid is None else valid.masked_fill(~late, 0)
''',
    "tap": '''
def tap(taps, key, value):
    """Show an inner value to whoever looks on."""
    if taps is not None:
        taps.setdefault(key, []).append(value)
''',
}

NEEDS = {
    "reverse": ("spread", "widened"),
    "last": ("spread", "widened"),
    "tail": ("spread", "widened"),
    "blank": ("widened",),
    "sum_time": ("blank", "widened"),
    "mean_time": ("blank", "widened"),
    "max_time": ("widened",),
    "block_upper": ("group_of",),
    "block_lower": ("group_of",),
    "block_diagonal": ("group_of",),
}


def supporting(used: Iterable[str]) -> list[str]:
    """The texts of the functions used, and of those they need, in a fixed order."""
    wanted = set(used)
    for name in list(wanted):
        wanted.update(NEEDS.get(name, ()))
    return [text.strip("\n") for name, text in TEXTS.items() if name in wanted]
