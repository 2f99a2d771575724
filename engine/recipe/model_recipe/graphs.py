"""Changes of ONNX models: parts of the protocol buffer, constants, the storage of weights, the order of nodes."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

# Smaller tensors stay as they are: there is nothing to save.
_MIN_STORED_SIZE, _MIN_QUANTIZED_SIZE = 256, 1024
_CONVOLUTIONS = ("Conv", "Gemm", "MatMul", "ConvTranspose")


def replace_items(field: Any, items: Iterable[Any]) -> None:
    """Put other items into a repeated field, which cannot be assigned to."""
    new = list(items)
    del field[:]
    field.extend(new)


def set_input_shape(model: Any, name: str, shape: list[int | str]) -> None:
    """Give an input another shape, and forget the shapes that followed from the old one."""
    weights = {tensor.name for tensor in model.graph.initializer}
    replace_items(model.graph.input, [value for value in model.graph.input if value.name not in weights])
    (value,) = (value for value in model.graph.input if value.name == name)
    value.CopyFrom(helper.make_tensor_value_info(name, value.type.tensor_type.elem_type, shape))
    _forget_shapes(model)


def fold_constants(model: Any, names: dict[str, str], scratch: Path) -> Any:
    """Compute once what does not depend on the image, and rename inputs and outputs.

    This is onnxruntime's basic optimization, which uses only standard operators.
    """
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath, options.log_severity_level = str(scratch / "folded.onnx"), 3
    onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    folded = onnx.load(options.optimized_model_filepath)
    graph = folded.graph
    used = {name for node in graph.node for name in node.input}
    replace_items(graph.initializer, [tensor for tensor in graph.initializer if tensor.name in used])
    replace_items(folded.opset_import, [version for version in folded.opset_import if version.domain == ""])
    for node in graph.node:
        _rename(node, names)
    for value in (*graph.input, *graph.output):
        value.name = names.get(value.name, value.name)
    _forget_shapes(folded)
    shapes = {output.name: output for output in onnx.shape_inference.infer_shapes(folded).graph.output}
    replace_items(graph.output, [shapes[output.name] for output in graph.output])
    return folded


def store_weights(model: Any, bits: int) -> None:
    """Store weights in 16 bits, or those of convolutions in 8 with a scale for each channel.

    Nodes at the start of the graph make them 32 bits again, so the model computes in 32 bits.
    """
    channels = _find_output_channels(model)
    tensors, nodes = [], []
    for tensor in model.graph.initializer:
        numbers, name = numpy_helper.to_array(tensor), tensor.name
        if numbers.dtype != np.float32 or numbers.size < _MIN_STORED_SIZE:
            tensors.append(tensor)
        elif bits == 8 and name in channels and numbers.size >= _MIN_QUANTIZED_SIZE:
            others = tuple(axis for axis in range(numbers.ndim) if axis != channels[name])
            scale = np.maximum(np.abs(numbers).max(axis=others, keepdims=True), 1e-12) / 127
            tensors.append(numpy_helper.from_array(np.rint(numbers / scale).astype(np.int8), f"{name}.8"))
            tensors.append(numpy_helper.from_array(scale, f"{name}.scale"))
            nodes.append(helper.make_node("Cast", [f"{name}.8"], [f"{name}.32"], to=TensorProto.FLOAT))
            nodes.append(helper.make_node("Mul", [f"{name}.32", f"{name}.scale"], [name]))
        else:
            tensors.append(numpy_helper.from_array(numbers.astype(np.float16), f"{name}.16"))
            nodes.append(helper.make_node("Cast", [f"{name}.16"], [name], to=TensorProto.FLOAT))
    replace_items(model.graph.initializer, tensors)
    replace_items(model.graph.node, nodes + list(model.graph.node))


def normalize(model: Any) -> Any:
    """Order the nodes as the outputs need them, under plain names: every build then has the same bytes."""
    graph = model.graph
    producers = {output: node for node in graph.node for output in node.output}
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    fixed = {value.name for value in (*graph.input, *graph.output)} | {""}
    nodes: list[Any] = []
    weights: list[Any] = []
    names: dict[str, str] = {}

    def visit(name: str) -> None:
        if name in tensors and name not in names:
            names[name] = f"w{len(weights)}"
            weights.append(tensors[name])
        elif name in producers and not any(node is producers[name] for node in nodes):
            for source in producers[name].input:
                visit(source)
            for output in producers[name].output:
                names[output] = output if output in fixed else f"t{len(names)}"
            nodes.append(producers[name])

    for output in graph.output:
        visit(output.name)
    for node in nodes:
        node.name, node.doc_string = "", ""
        _rename(node, names)
        replace_items(node.attribute, sorted(node.attribute, key=lambda attribute: attribute.name))
    for tensor in weights:
        tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor), names[tensor.name]))
    for output in graph.output:
        for number, side in enumerate(output.type.tensor_type.shape.dim):
            if side.dim_param:
                side.dim_param = f"side{number}"
    normalized = helper.make_graph(nodes, "graph", list(graph.input), list(graph.output), weights)
    return helper.make_model(normalized, opset_imports=list(model.opset_import), ir_version=9, producer_name="")


def _find_output_channels(model: Any) -> dict[str, int]:
    """The axis of the output channels of each weight of a convolution or a product."""
    channels = {}
    for node in model.graph.node:
        if node.op_type in _CONVOLUTIONS:
            is_first = node.op_type == "Conv" or any(one.name == "transB" and one.i for one in node.attribute)
            channels[node.input[1]] = 0 if is_first else 1
    return channels


def _forget_shapes(model: Any) -> None:
    for output in model.graph.output:
        output.type.tensor_type.ClearField("shape")
    del model.graph.value_info[:]


def _rename(node: Any, names: dict[str, str]) -> None:
    replace_items(node.input, [names.get(name, name) for name in node.input])
    replace_items(node.output, [names.get(name, name) for name in node.output])
