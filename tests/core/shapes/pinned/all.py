"""The sentences of every mistake, pinned: a misleading message is a bug. Code: (label, message en, es, hint en, es, fixes)."""

from pinned.drawing import DRAWING
from pinned.models import MODELS
from pinned.sizes import SIZES
from pinned.times import TIMES

PINNED = DRAWING | SIZES | TIMES | MODELS
