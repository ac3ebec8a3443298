"""Run Recoup's command line, and let Python's own profiler note which functions of a folder are called.

python witness.py FOLDER NOTES run pipeline.py:flights ...

The demonstration says that no task body runs. Whoever does not want to take Recoup's word for it takes Python's: `NOTES`
is a JSON object of function names and how often each was called. Being watched makes a run slower, so what is timed is
not watched.
"""

from __future__ import annotations

import json
import runpy
import sys
import threading
from collections import Counter
from pathlib import Path


def watch(folder: Path) -> list[str]:
    """Return a list that grows by a name whenever a function from `folder` is called, on whatever thread."""
    called = []
    home = str(folder.resolve())

    def note(frame, event, _):
        if event == "call" and frame.f_code.co_filename.startswith(home):
            called.append(frame.f_code.co_qualname)

    threading.setprofile(note)
    sys.setprofile(note)
    return called


def main() -> None:
    folder, notes, *arguments = sys.argv[1:]
    sys.argv = ["recoup", *arguments]
    called = watch(Path(folder))
    try:
        runpy.run_module("recoup.cli.main", run_name="__main__")
    finally:
        sys.setprofile(None)
        Path(notes).write_text(json.dumps(Counter(called)))


if __name__ == "__main__":
    main()
