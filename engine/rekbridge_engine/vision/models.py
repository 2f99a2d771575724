"""The trained models: their files, and sessions that run them. Each is loaded at its first use, on one thread."""

import json
from functools import cache
from typing import Any

import numpy as np

from rekbridge_engine.model_files import FOLDER

type Tensor = np.ndarray[Any, np.dtype[np.float32]]


def run_model(name: str, *inputs: Tensor) -> list[Tensor]:
    """Run a model on its inputs, in their order, and return all outputs."""
    session = load_session(name)
    outputs: list[Tensor] = session.run(None, dict(zip(_get_input_names(name), inputs, strict=True)))
    return outputs


@cache
def load_session(name: str) -> Any:
    """Load a model as an onnxruntime session. There is one process per core, so it gets one thread."""
    # The import takes 0.1 s, which a call that needs no model should not wait for.
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # The arena would keep the memory of the largest image that the model has seen: 80 MB for all models together.
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(FOLDER / f"{name}.onnx", options, providers=["CPUExecutionProvider"])


@cache
def load_table() -> dict[str, Any]:
    """Load labels.json: the models' classes in Rekognition's words."""
    table: dict[str, Any] = json.loads((FOLDER / "labels.json").read_text(encoding="utf-8"))
    return table


@cache
def _get_input_names(name: str) -> tuple[str, ...]:
    return tuple(tensor.name for tensor in load_session(name).get_inputs())
