"""Read the tensors of a PyTorch file written before version 1.6, without PyTorch."""

import collections
import io
import pickle
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

# Storage (type and key), offset, shape, strides; all in elements.
type TensorPlace = tuple[tuple[str, str], int, tuple[int, ...], tuple[int, ...]]
# The file starts with five pickles: magic number, protocol, machine, tensors, keys of the storages. Their data follows.
_PICKLES = 5


class TensorUnpickler(pickle.Unpickler):
    """Reads the pickles of such a file and runs none of the code that they name."""

    def find_class(self, module: str, name: str) -> Any:
        """Return what stands for a name. Raises UnpicklingError for any other than a file of weights has."""
        if name == "_rebuild_tensor_v2":
            return _describe_tensor
        if name == "OrderedDict":
            return collections.OrderedDict
        if name.endswith("Storage"):
            return name
        raise pickle.UnpicklingError(f"unexpected name in a file of weights: {module}.{name}")

    def persistent_load(self, pid: Any) -> Any:
        """The type and the key of a storage."""
        return pid[1:3]


def read_tensors(data: bytes) -> dict[str, Any]:
    """The tensors by name, as numpy arrays."""
    stream = io.BytesIO(data)
    tensors: dict[str, TensorPlace]
    _, _, _, tensors, keys = (TensorUnpickler(stream).load() for _ in range(_PICKLES))
    types = {key: np.dtype(np.int64 if "Long" in kind else np.float32) for (kind, key), *_ in tensors.values()}
    storages = {}
    for key in keys:
        (length,) = struct.unpack("<q", stream.read(8))
        storages[key] = np.frombuffer(stream.read(length * types[key].itemsize), types[key])
    return {
        name: np.lib.stride_tricks.as_strided(
            storages[key][offset:], shape, [stride * types[key].itemsize for stride in strides]
        ).copy()
        for name, ((_, key), offset, shape, strides) in tensors.items()
    }


def _describe_tensor(storage: tuple[str, str], offset: int, shape: Any, strides: Any, *_: Callable[..., Any]) -> Any:
    return storage, offset, shape, strides
