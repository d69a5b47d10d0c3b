"""A worker makes way for the page: with all of its threads, not only with the first."""

import subprocess
import sys

import pytest

from core.paths import ROOT

TOLD = """
import os, threading
from pathlib import Path
from core.runs.worker import make_way
asleep = threading.Event()
for _ in range(3):
    threading.Thread(target=asleep.wait, daemon=True).start()
make_way()
print(*(os.getpriority(os.PRIO_PROCESS, int(each.name)) for each in Path("/proc/self/task").iterdir()))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere niceness belongs to the whole process")
def test_threads_that_were_there_before_make_way_too():
    said = subprocess.run([sys.executable, "-c", TOLD], cwd=ROOT, capture_output=True, text=True, check=True)
    levels = {int(each) for each in said.stdout.split()}
    assert len(said.stdout.split()) >= 4 and len(levels) == 1 and levels.pop() >= 10
