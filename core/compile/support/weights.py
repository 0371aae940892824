"""Emitted functions that give weights their first values and keep some of them zero; and of units that take turns or are
noisy."""

WEIGHTS: dict[str, str] = {
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
}
