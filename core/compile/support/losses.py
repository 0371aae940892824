"""Emitted functions of losses: which steps count, and their mean."""

LOSSES: dict[str, str] = {
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
}
