"""Which device, which numbers."""

import subprocess
import sys

import pytest
import torch

from core.errors import LabError
from core.train.device import autocast, autocast_dtype, describe, pick


def test_a_gpu_that_is_not_there_is_refused_with_a_sentence():
    if torch.cuda.device_count() > 7:
        pytest.skip("this machine has eight GPUs")
    with pytest.raises(LabError, match=r"LAB_DEVICE is 'cuda:7', but this machine has \d such device"):
        pick("cuda:7")
    with pytest.raises(LabError, match="LAB_DEVICE is 'toaster'; allowed: auto, cpu, cuda"):
        pick("toaster")


def test_precision_follows_the_wish():
    cpu = pick("cpu")
    assert autocast_dtype("fp32", cpu) is None
    assert autocast_dtype("bf16", cpu) is torch.bfloat16
    assert autocast_dtype("auto", cpu) in (None, torch.bfloat16)
    for dtype in (None, torch.bfloat16):
        with autocast(cpu, dtype):
            assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype is (dtype or torch.float32)


def test_describing_the_machine_does_not_import_torch():
    code = "import sys; from core.train.device import describe; print(describe()); assert 'torch' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert set(describe()) == {"device", "precision"}
