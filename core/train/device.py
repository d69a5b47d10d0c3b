"""Which device trains, and with which numbers: the GPU if there is one, bf16 where the silicon has it."""

import contextlib
import ctypes
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import LabError

if TYPE_CHECKING:
    import torch

BF16_FLAGS = {"avx512_bf16", "amx_bf16"}  # what Linux calls the CPU instructions that multiply bf16


def describe(wish: str = "auto") -> dict[str, str]:
    """Device and precision in words, without importing torch (the status page must answer at once)."""
    gpus = sorted(path.name for path in Path("/proc/driver/nvidia/gpus").glob("*"))
    if gpus and wish != "cpu":
        return {"device": f"{len(gpus)} NVIDIA GPU{'s' * (len(gpus) > 1)}", "precision": "bf16 or fp32"}
    fast = bool(BF16_FLAGS & _cpu_flags())
    return {"device": f"CPU ({_cpu_name()})", "precision": "bf16 (in hardware) or fp32" if fast else "fp32"}


def pick(wish: str = "auto") -> "torch.device":
    """The torch device for LAB_DEVICE's wish; a GPU that is asked for and absent is an error."""
    import torch

    if wish == "auto":
        for kind, there in (("cuda", torch.cuda.is_available()), ("mps", torch.backends.mps.is_available())):
            if there:
                return torch.device(kind)
        return torch.device("cpu")
    try:
        device = torch.device(wish)
    except RuntimeError:
        raise LabError(f"LAB_DEVICE is {wish!r}; allowed: auto, cpu, cuda, cuda:0, cuda:1, …, mps.") from None
    count = {"cpu": 1, "cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available())}.get(
        device.type, 0
    )
    if (device.index or 0) >= count:
        raise LabError(f"LAB_DEVICE is {wish!r}, but this machine has {count} such device(s); allowed: auto, cpu.")
    return device


def autocast_dtype(precision: str, device: "torch.device") -> "torch.dtype | None":
    """bf16 when it is asked for, or when `auto` finds hardware for it; None keeps fp32."""
    import torch

    if precision == "fp32" or device.type == "mps":
        return None
    if precision == "bf16":
        return torch.bfloat16
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else None
    return torch.bfloat16 if BF16_FLAGS & _cpu_flags() else None


def autocast(device: "torch.device", dtype: "torch.dtype | None") -> "torch.autocast":
    """What computes inside is in `dtype`, or in full precision where that is None."""
    import torch

    return torch.autocast(device.type, dtype, enabled=dtype is not None)


def settle() -> None:
    """Prepares this process for training on the CPU; call once per process.

    Numbers too small for a float's normal range cost a hundred times more than others: flush them to zero. And glibc
    gives every large tensor back to the kernel at once, only to fault its pages in again a step later: let it keep
    them.
    """
    import torch

    torch.set_flush_denormal(True)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        if hasattr(libc, "mallopt"):  # glibc only
            libc.mallopt(-3, 32 << 20)  # M_MMAP_THRESHOLD, its largest allowed value
            libc.mallopt(-1, 2**31 - 1)  # M_TRIM_THRESHOLD
            libc.mallopt(-2, 64 << 20)  # M_TOP_PAD


@contextlib.contextmanager
def one_thread(wanted: bool = True) -> Iterator[None]:
    """For work so small that a second thread has not woken up before it is done, and on a busy machine long after."""
    import torch

    before = torch.get_num_threads()
    if wanted:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        if wanted:
            torch.set_num_threads(before)


def memory_mb(device: "torch.device") -> float:
    """The most memory this process has held so far: of the GPU if it trains there, else of the machine."""
    import torch

    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**20
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def _cpu_lines() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:  # not Linux: no harm, fp32 then
        return []


def _cpu_flags() -> set[str]:
    return next((set(line.split()) for line in _cpu_lines() if line.startswith("flags")), set())


def _cpu_name() -> str:
    names = [line.partition(":")[2].strip() for line in _cpu_lines() if line.startswith("model name")]
    return f"{len(names)} × {names[0]}" if names else sys.platform
