"""Emitted functions over trees, folded level by level from the leaves up."""

TREES: dict[str, str] = {
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
}
