"""The emitted function that shows inner values: only twins have it."""

TAPS: dict[str, str] = {
    "tap": '''
def tap(taps, key, value):
    """Show an inner value to whoever looks on."""
    if taps is not None:
        taps.setdefault(key, []).append(value)
''',
}
