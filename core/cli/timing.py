"""`unfold bench`: how Unfold's training compares with the same task written by hand around torch.nn."""

from __future__ import annotations

from core.cli.telling import print_json, print_table, tell
from core.words import Text, say


def bench(suite: str, as_json: bool) -> int:
    from core.bench import machine, run_suites

    tell(
        Text(
            "Timing in pairs, alternating, one thread: a few minutes.",
            "Midiendo por pares, alternando, un hilo: unos minutos.",
        )
    )
    rows = run_suites(suite)
    if as_json:
        print_json({"machine": machine(), "rows": [row.plain() for row in rows]})
        return 0
    tell(Text("{m}", "{m}"), m=machine())
    head = [
        say(t)
        for t in (
            Text("what", "qué"),
            Text("unfold ms", "unfold ms"),
            Text("by hand ms", "a mano ms"),
            Text("ratio", "razón"),
        )
    ]
    print_table(head, [(r.name, f"{r.ours_ms:.3f}", f"{r.theirs_ms:.3f}", f"{r.ratio:.3f}") for r in rows])
    return 0
