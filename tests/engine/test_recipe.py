"""The recipe of the models: the table of labels is as it writes it, and it knows every model and package."""

import json
import os
import pickle
import re
import shutil
from pathlib import Path

import pytest
from model_recipe import label_table, packages
from model_recipe.dlib_file import DlibReader
from model_recipe.pytorch_file import TensorUnpickler
from rekbridge.support import paths
from rekbridge_engine import model_files

RECIPE = paths.ENGINE_FOLDER / "recipe"


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A copy of the tables, to change."""
    return Path(shutil.copytree(label_table.TABLES, tmp_path / "class_tables"))


def test_the_shipped_table_of_labels_is_as_the_recipe_writes_it() -> None:
    assert (model_files.FOLDER / "labels.json").read_text() == label_table.render_table()


def test_a_class_with_an_unknown_label_is_an_error(tables: Path) -> None:
    with (tables / "imagenet.txt").open("a") as file:
        file.write("999 | Unicorn\n")
    with pytest.raises(label_table.TableError, match=r"labels\.txt lacks Unicorn"):
        label_table.render_table(tables)


def test_a_label_without_the_ancestors_of_its_parent_is_an_error(tables: Path) -> None:
    with (tables / "labels.txt").open("a") as file:
        file.write("Lapdog | Dog | Animals and Pets\n")
    with pytest.raises(label_table.TableError, match="Lapdog lacks the ancestors Animal, Canine, Mammal, Pet"):
        label_table.render_table(tables)


def test_later_lines_of_imagenets_classes_win(tables: Path) -> None:
    with (tables / "imagenet.txt").open("a") as file:
        file.write("0-1 | Shark\n")
    imagenet = json.loads(label_table.render_table(tables))["imagenet"]
    assert (imagenet["0"], imagenet["1"], imagenet["2"]) == ("Shark", "Shark", "Shark")
    assert json.loads(label_table.render_table())["imagenet"]["1"] == "Goldfish"


def test_every_shipped_model_is_made_by_the_recipe() -> None:
    source = (RECIPE / "model_recipe" / "__main__.py").read_text()
    made = set(re.findall(r'ModelSource\(\s*"(\w+)"', source)) | set(re.findall(r'"(\w+)\.onnx"', source))
    assert made == {file.stem for file in model_files.FOLDER.glob("*.onnx")}


def test_the_notice_names_every_package_that_the_models_come_from() -> None:
    notice = (model_files.FOLDER / "NOTICE.txt").read_text().replace("-", "_")
    origins = [line.rsplit(" ", 1)[1] for line in packages.LIST.read_text().splitlines() if not line.startswith("#")]
    named = [re.fullmatch(r"(.+?)(?:==|@)([\d.]+)", origin) for origin in origins]
    wanted = [f"{match[1]} {match[2]}".replace("-", "_") for match in named if match]
    assert len(wanted) == len(origins) == 7
    assert [name for name in wanted if name not in notice] == []


def test_a_package_with_other_bytes_is_refused(tmp_path: Path) -> None:
    name, _ = next(packages.read_list())
    (tmp_path / name).write_bytes(b"another file")
    with pytest.raises(packages.WrongPackageError, match=f"{re.escape(name)} is another file"):
        packages.unpack_packages(tmp_path, tmp_path / "unpacked")


def test_a_missing_package_is_named(tmp_path: Path) -> None:
    name, _ = next(packages.read_list())
    with pytest.raises(packages.WrongPackageError, match=f"{re.escape(name)} is missing"):
        packages.unpack_packages(tmp_path, tmp_path / "unpacked")


def test_a_file_of_weights_that_names_other_code_is_refused(tmp_path: Path) -> None:
    content = pickle.dumps(os.system)
    (tmp_path / "weights").write_bytes(content)
    with (tmp_path / "weights").open("rb") as file, pytest.raises(pickle.UnpicklingError, match="unexpected name"):
        TensorUnpickler(file).load()


@pytest.mark.parametrize(
    ("data", "number"), [(b"\x01\x05", 5), (b"\x02\x2c\x01", 300), (b"\x82\x2c\x01", -300), (b"\x00", 0)]
)
def test_dlibs_integers_have_a_sign_and_a_length(data: bytes, number: int) -> None:
    assert DlibReader(data).read_integer() == number
