"""A recording as one .npz file: an index in JSON and three plain arrays, so that nothing in it can run when it is read."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from math import prod
from pathlib import Path as FilePath
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.data.arrays import BROKEN
from core.data.dataset import Baseline
from core.oswords import reason
from core.problems import Place, Problem, Refused, filled
from core.train.messages import ARRAYS, Floats, Frame, Sample, Started, Validation
from core.words import Text

if TYPE_CHECKING:
    from core.observe.recording import Recording

VERSION = 1
_LISTS = ("planes", "loops", "recurrent")


def write(recording: Recording, path: FilePath) -> None:
    """Write through a temporary file beside `path`. Frames go out one by one: no second copy in memory."""
    pool: list[Floats] = []
    series = {name: np.stack(recording.series(name)) for name in recording.names()}
    index = {
        "version": VERSION,
        "started": _started(recording.started),
        "series": {name: values.shape[1] for name, values in series.items()},
        "frames": [_frame_out(f, pool) for f in recording.all_frames()],
        "samples": [_sample_out(s, pool) for s in recording.samples],
        "tables": [_table_out(v, pool) for v in recording.tables],
    }
    partial = path.with_name(path.name + ".part")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
            text = np.frombuffer(json.dumps(index).encode(), dtype=np.uint8)
            _member(archive, "index", np.dtype(np.uint8), (len(text),), [text])
            total = sum(s.size for s in series.values())
            _member(archive, "series", np.dtype(np.float64), (total,), series.values())
            _member(archive, "arrays", np.dtype(np.float32), (sum(a.size for a in pool),), pool)
        os.replace(partial, path)  # noqa: PTH105 - atomic on every system
    finally:
        partial.unlink(missing_ok=True)


def read(path: FilePath, cap_bytes: int) -> Recording:
    """Read what `write` wrote. Raises Refused, whatever else the file holds."""
    from core.observe.recording import Recording

    recording = Recording(cap_bytes)
    try:
        with zipfile.ZipFile(path) as archive:
            if any(member.compress_type != zipfile.ZIP_STORED for member in archive.infolist()):
                raise ValueError("compressed")  # a few bytes could unpack to more than memory holds
            index = json.loads(np.load(archive.open("index.npy"), allow_pickle=False).tobytes())
            if index["version"] != VERSION:
                raise ValueError(f"version {index['version']}")
            with archive.open("series.npy") as stream:
                _skip_header(stream, np.float64)
                for name, size in index["series"].items():
                    flat = _take(stream, np.float64, (2, size))
                    recording.fill(str(name), _rising(flat[0]), flat[1])
            recording.started = _started_in(index["started"])
            with archive.open("arrays.npy") as stream:
                _skip_header(stream, np.float32)
                for entry in index["frames"]:
                    recording.add(_frame_in(entry, stream))
                for entry in index["samples"]:
                    recording.add(_sample_in(entry, stream))
                for entry in index.get("tables", ()):  # written since there are any
                    recording.keep_table(_table_in(entry, stream))
    except (*BROKEN, OSError, TypeError, LookupError, AttributeError, ArithmeticError, MemoryError) as error:
        raise Refused(_unreadable(path, error)) from error
    return recording


def _member(archive: zipfile.ZipFile, name: str, dtype: Any, shape: tuple[int, ...], arrays: Any) -> None:
    with archive.open(f"{name}.npy", "w", force_zip64=True) as stream:
        np.lib.format.write_array_header_1_0(
            stream, {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
        )
        for array in arrays:
            stream.write(np.ascontiguousarray(array, dtype).tobytes())


def _skip_header(stream: IO[bytes], dtype: type) -> None:
    np.lib.format.read_magic(stream)
    _, _, found = np.lib.format.read_array_header_1_0(stream)
    if found != dtype:
        raise ValueError(f"{found} where {dtype.__name__} was expected")


def _take(stream: IO[bytes], dtype: type, shape: Any) -> NDArray[Any]:
    if not isinstance(shape, (list, tuple)) or not all(type(n) is int and 0 <= n < 2**40 for n in shape):
        raise ValueError(f"shape {shape!r}")
    wanted = prod(shape) * np.dtype(dtype).itemsize
    data = stream.read(wanted)
    if len(data) != wanted:
        raise EOFError("the file ends early")
    return np.frombuffer(data, dtype).reshape(shape)


def _step(entry: Mapping[str, Any]) -> int:
    step = entry["step"]
    if type(step) is not int or not 0 <= step < 2**53:  # as a double, which charts make of it, still itself
        raise ValueError(f"step {step!r}")
    return step


def _rising(steps: NDArray[Any]) -> NDArray[Any]:
    if not (np.isfinite(steps).all() and (np.diff(steps) > 0).all()):
        raise ValueError("steps that do not rise")
    return steps


def _out(array: Floats | None, pool: list[Floats]) -> list[int] | None:
    if array is None:
        return None
    pool.append(array)
    return list(array.shape)


def _in(shape: Any, stream: IO[bytes]) -> Floats | None:
    return None if shape is None else _take(stream, np.float32, shape)


def _frame_out(f: Frame, pool: list[Floats]) -> dict[str, Any]:
    maps: Iterator[tuple[str, Mapping[str, Floats]]] = ((m, getattr(f, m)) for m in ARRAYS)
    return {
        "step": f.step,
        "cost": f.cost,
        **{m: {key: _out(array, pool) for key, array in arrays.items()} for m, arrays in maps},
        "losses": _out(f.losses, pool),
        "weight_norms": {name: list(pair) for name, pair in f.weight_norms.items()},
        "updates": dict(f.updates),
        "symbols": {name: list(symbols) for name, symbols in f.symbols.items()},
        "cuts": None if f.cuts is None else list(f.cuts),
        "free": None if f.free is None else _frame_out(f.free, pool),
    }


def _part(stream: IO[bytes], part: str, shape: Any) -> Floats:
    """An array of a frame, in the shape that this part of a frame has."""
    array, wanted = _take(stream, np.float32, shape), ARRAYS[part]
    if array.ndim != len(wanted) or any(w not in (None, n) for n, w in zip(array.shape, wanted, strict=True)):
        raise ValueError(f"{part} of shape {array.shape}")
    return array


def _frame_in(entry: Mapping[str, Any], stream: IO[bytes]) -> Frame:
    maps = {m: {str(key): _part(stream, m, s) for key, s in entry.get(m, {}).items()} for m in ARRAYS}
    return Frame(
        step=_step(entry),
        losses=_in(entry["losses"], stream),
        weight_norms={str(n): (float(a), float(b)) for n, (a, b) in entry["weight_norms"].items()},
        symbols={str(n): tuple(map(str, symbols)) for n, symbols in entry["symbols"].items()},
        updates={str(n): float(u) for n, u in entry.get("updates", {}).items()},
        cost=float(entry["cost"]),
        **maps,
        cuts=None if entry.get("cuts") is None else tuple(map(int, entry["cuts"])),
        free=None if entry.get("free") is None else _frame_in(entry["free"], stream),
    )


def _sample_out(s: Sample, pool: list[Floats]) -> dict[str, Any]:
    return {
        "step": s.step,
        "symbols": list(s.symbols),
        "text": s.text,
        "temperature": s.temperature,
        "distribution": _out(s.distribution, pool),
        "logp": _out(s.logp, pool),
    }


def _sample_in(entry: Mapping[str, Any], stream: IO[bytes]) -> Sample:
    return Sample(
        _step(entry),
        tuple(map(str, entry["symbols"])),
        str(entry["text"]),
        float(entry["temperature"]),
        _in(entry["distribution"], stream),
        _in(entry["logp"], stream),
    )


def _table_out(v: Validation, pool: list[Floats]) -> dict[str, Any]:
    tables = {name: _out(table, pool) for name, table in v.tables.items()}
    return {"step": v.step, "seconds": v.seconds, "metrics": dict(v.metrics), "tables": tables}


def _table_in(entry: Mapping[str, Any], stream: IO[bytes]) -> Validation:
    tables = {str(name): _take(stream, np.float32, shape) for name, shape in entry["tables"].items()}
    metrics = {str(name): float(value) for name, value in entry["metrics"].items()}
    return Validation(_step(entry), metrics, float(entry["seconds"]), tables)


def _started(started: Started | None) -> dict[str, Any] | None:
    if started is None:
        return None
    told = {name: dict(v) if isinstance(v, Mapping) else v for name, v in vars(started).items()}
    said = [t._asdict() for t in started.told]
    return {**told, "told": said, "baselines": [[list(b.name), dict(b.scores)] for b in started.baselines]}


def _started_in(entry: Mapping[str, Any] | None) -> Started | None:
    if entry is None:
        return None
    return Started(
        steps=int(entry["steps"]),
        start=int(entry["start"]),
        device=str(entry["device"]),
        precision=str(entry["precision"]),
        parameters=int(entry["parameters"]),
        run_dir=str(entry["run_dir"]),
        fused={str(k): str(v) for k, v in entry["fused"].items()},
        chance={str(k): float(v) for k, v in entry["chance"].items()},
        labels={str(k): str(v) for k, v in entry["labels"].items()},
        differs=tuple(map(str, entry["differs"])),
        told=tuple(Text(str(t["en"]), str(t["es"])) for t in entry.get("told", ())),
        vocabularies={str(k): tuple(map(str, v)) for k, v in entry["vocabularies"].items()},
        baselines=tuple(_baseline_in(name, scores) for name, scores in entry.get("baselines", ())),
        backward=tuple(map(str, entry.get("backward", ()))),
        along={str(k): str(v) for k, v in entry.get("along", {}).items()},
        seconds=float(entry.get("seconds", 0.0)),
        **{name: {str(k): tuple(map(str, v)) for k, v in entry.get(name, {}).items()} for name in _LISTS},
    )


def _baseline_in(name: Any, scores: Any) -> Baseline:
    return Baseline(Text(str(name[0]), str(name[1])), {str(k): float(v) for k, v in scores.items()})


def _unreadable(path: FilePath, error: Exception) -> Problem:
    return Problem(
        code="recording.unreadable",
        message=filled(
            Text("{name} is not a recording of a run{why}.", "{name} no es una grabación de un entrenamiento{why}."),
            name=path.name,
            why=filled(Text(": {r}", ": {r}"), r=reason(error)) if isinstance(error, OSError) else "",
        ),
        where=Place(file=str(path), label=path.name),
        hint=Text(
            "Give the folder that a run wrote; train again if the file is damaged.",
            "Indique la carpeta que escribió un entrenamiento; si el archivo está dañado, vuelva a entrenar.",
        ),
        quote=("", "") if isinstance(error, OSError) else ("Python", str(error) or type(error).__name__),
    )
