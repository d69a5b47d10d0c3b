"""The idx files of MNIST and its relatives: a short header, then bytes."""

import gzip
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import LabError

MAGIC = {2049: 1, 2051: 3}  # labels; pictures: how many dimensions follow
AGAIN = "Delete the file and load the dataset again, or copy it anew."


def read(path: Path) -> NDArray[np.uint8]:
    """The array in an idx file, gzipped or not: (N,) labels or (N, H, W) pictures."""
    content = _bytes(path)
    if len(content) < 8:
        raise LabError(f"{path} is cut off: {len(content)} bytes are not even a header. {AGAIN}")
    (magic,) = struct.unpack(">i", content[:4])
    if magic not in MAGIC:
        raise LabError(
            f"{path} is not an idx file: it starts with {magic}; allowed: 2049 (labels) or 2051 (pictures). {AGAIN}"
        )
    dimensions = MAGIC[magic]
    if len(content) < 4 + 4 * dimensions:
        raise LabError(f"{path} is cut off: {len(content)} bytes are not even a header. {AGAIN}")
    shape = struct.unpack(f">{dimensions}i", content[4 : 4 + 4 * dimensions])
    expected = 4 + 4 * dimensions + int(np.prod(shape, dtype=np.int64))
    if len(content) != expected:
        fault = "cut off" if len(content) < expected else "too long"
        raise LabError(f"{path} is {fault}: {len(content):,} bytes instead of {expected:,}. {AGAIN}")
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def _bytes(path: Path) -> Any:
    try:
        if path.suffix != ".gz":
            return path.read_bytes()
        with gzip.open(path) as file:
            return file.read()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise LabError(f"{path} is damaged ({error}). {AGAIN}") from None
    except OSError as error:
        raise LabError(f"{path} cannot be read ({error.strerror}). Give yourself permission to read it.") from None
