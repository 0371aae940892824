"""Emitted functions over grids, walked by anti-diagonals: all the cells that can be worked out at once."""

GRIDS: dict[str, str] = {
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
}
