"""Shared by all tests: Qt runs offscreen unless a test asks for a real display, and no run is found or left at home."""

import os
import tempfile

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp(prefix="unfold-tests-")
