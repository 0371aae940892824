"""What the charts of Jacobians share: which loop is meant, how it is called, what to ask for, and why nothing is there yet."""

from __future__ import annotations

from core.observe.names import apart
from core.observe.recording import Recording
from core.train.messages import Floats, Frame
from core.train.requests import request
from core.words import Text

LARGEST = 512  # numbers in the states of a loop (core.train.jacobian)
COMING = Text(
    "The Jacobians come with the next probed step while this chart is open, and those of small states when a run pauses or ends.",
    "Los jacobianos llegan con el próximo paso sondeado mientras este gráfico esté abierto, y los de estados pequeños al pausar o terminar.",
)
NONE = Text(
    "Jacobians are those of loops along time that go back one step, and this network has none. How its gradient comes back, also over a grid or a tree, is shown by Gradient flow and Contributions to dL/dW.",
    "Los jacobianos son de bucles en el tiempo que vuelven un paso atrás, y esta red no tiene ninguno. Cómo vuelve su gradiente, también en una rejilla o un árbol, lo muestran Flujo del gradiente y Contribuciones a dL/dW.",
)
LARGE = Text(
    "This loop carries {n} numbers; Jacobians are worked out up to {most}. Give the cell fewer units to see them; Gradient flow and Gradient matrix have no such limit.",
    "Este bucle lleva {n} números; los jacobianos se calculan hasta {most}. Dé menos unidades a la celda para verlos; Flujo del gradiente y Matriz de gradientes no tienen ese límite.",
)


def loop_of(recording: Recording, key: str) -> str:
    """The loop that is meant: the one chosen, else the first."""
    return key or next(iter(recording.loops), "")


def loop_names(recording: Recording, key: str) -> str:
    """All its states: "memory h + c"."""
    first, *others = (recording.label(state) for state in recording.loops.get(key, (key,)))
    head = first.rpartition(" ")[0]
    return " + ".join([first, *(name.removeprefix(f"{head} ") if head else name for name in others)])


def stepped(recording: Recording, part: str, step: int | None, key: str) -> tuple[Frame | None, str, Floats | None]:
    """What is known of the true step of a loop in `part` of a frame (jacobians, roots): the frame, the loop, the numbers."""
    loop = loop_of(recording, key)
    frame = recording.frame_with(part, step, loop) if loop else None
    found = getattr(frame, part)[loop] if frame is not None else None
    return frame, loop, found if found is not None and found.size else None


def recurrent_spectra(recording: Recording, step: int, loop: str) -> list[tuple[str, Floats]]:
    """Of each recurrent matrix of a loop its name, told apart from the others, and its eigenvalues (n, 2)."""
    looked = recording.frame_with("eigen", step)
    names = recording.started.recurrent.get(loop, ()) if recording.started else ()
    told = [(n, looked.eigen[n]) for n in names if looked is not None and n in looked.eigen and len(looked.eigen[n])]
    return list(zip(apart([recording.label(n) for n, _ in told]), (values for _, values in told), strict=True))


def jacobian_request(recording: Recording, key: str) -> str:
    """What the run is to look at while a chart of this loop is open."""
    found = loop_of(recording, key)
    return request("jacobian", found) if found else ""


def jacobian_note(recording: Recording, key: str) -> Text:
    """Why there is nothing to draw."""
    frame, loop = recording.frame(), loop_of(recording, key)
    if frame is not None and not recording.loops:
        return NONE
    states = recording.loops.get(loop, ())
    size = sum(frame.values[s].shape[1] for s in states if s in frame.values) if frame is not None else 0
    if size > LARGEST:
        return Text(LARGE.en.format(n=size, most=LARGEST), LARGE.es.format(n=size, most=LARGEST))
    return COMING
