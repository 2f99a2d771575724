"""Read the layers of dlib's face recognition network from its file."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

# The layers with weights, by the names that dlib writes before them. The file has no table of contents.
_LAYER_NAMES = re.compile(rb"con_4|affine_|fc_2|fc_no_bias|fc_\d")
_TENSOR_VERSION = 2


@dataclass(frozen=True, slots=True)
class Convolution:
    """Weights (outputs × inputs × rows × columns), biases, and the same stride and padding for both axes."""

    weights: Any
    biases: Any
    stride: int
    padding: int


@dataclass(frozen=True, slots=True)
class Affine:
    """What batch normalization has become after training: a factor and a summand for each channel."""

    factors: Any
    summands: Any


@dataclass(frozen=True, slots=True)
class DlibNetwork:
    """The layers of the file, from the output back to the input as dlib writes them, and the last product."""

    convolutions: list[Convolution]
    affines: list[Affine]
    product: Any


def read_network(data: bytes) -> DlibNetwork:
    """Read every layer with weights."""
    reader, network = DlibReader(data), DlibNetwork([], [], None)
    product = None
    for match in _LAYER_NAMES.finditer(data):
        # A name may also occur by chance in the numbers of the layer before.
        if match.start() < reader.position:
            continue
        reader.position = match.end()
        match match.group():
            case b"con_4":
                network.convolutions.append(reader.read_convolution())
            case b"affine_":
                numbers = reader.read_tensor()
                network.affines.append(Affine(numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]))
            case _:
                outputs, inputs = reader.read_integer(), reader.read_integer()
                product = reader.read_tensor().reshape(inputs, outputs)
    return DlibNetwork(network.convolutions, network.affines, product)


class DlibReader:
    """A position in the file, and dlib's serialization of integers and tensors."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.position = 0

    def read_integer(self) -> int:
        """A byte with sign and length, then the little-endian value."""
        head = self._data[self.position]
        start, end = self.position + 1, self.position + 1 + (head & 0xF)
        self.position = end
        value = int.from_bytes(self._data[start:end], "little")
        return -value if head & 0x80 else value

    def read_tensor(self) -> Any:
        """A version, four sides, then the numbers. Raises ValueError for another version."""
        if (version := self.read_integer()) != _TENSOR_VERSION:
            raise ValueError(f"byte {self.position}: a tensor of version {version}")
        size = int(np.prod([self.read_integer() for _ in range(4)]))
        numbers = np.frombuffer(self._data, "<f4", size, self.position).copy()
        self.position += 4 * size
        return numbers

    def read_convolution(self) -> Convolution:
        """The numbers, then the count of filters and both sides of kernel, stride and padding."""
        numbers = self.read_tensor()
        filters, rows, columns, stride, _, padding, _ = (self.read_integer() for _ in range(7))
        weights = numbers[: len(numbers) - filters].reshape(filters, -1, rows, columns)
        return Convolution(weights, numbers[len(numbers) - filters :], stride, padding)
