"""Which modules a cold start imports, in a new interpreter each; tests/performance/cold_start.py measures the time."""

import os
import subprocess
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from PIL import Image
from rekbridge_lambda import config

from tests.builders import pack_operations

ROOT = Path(__file__).parents[2]
ENTRYPOINTS = sorted(path.stem for path in (ROOT / "handlers" / "rekbridge_lambda" / "entrypoints").glob("[!_]*.py"))
LAZY_MODULES = {"boto3", "s3transfer", "aws_xray_sdk", "PIL", "pi_heif"}
PACKED_OPERATIONS = {
    "labels": {
        "transfer": "bytes",
        "regions": {"eu-west-1": {"tps": 50}},
        "settings": {},
        "queue_url": "q",
        "dlq_url": "d",
    }
}
PREPARE_FILE = """
import sys
from pathlib import Path
from rekbridge_lambda.imaging.preparation import PillowPreparer
from rekbridge_lambda.domain.images import ImageLimits
from rekbridge_lambda.imaging.sniffing import sniff_image
path = Path(sys.argv[1])
body = path.read_bytes()
header = sniff_image(lambda offset, length: body[offset:offset + length], len(body))
PillowPreparer().prepare(path.open("rb"), header, ImageLimits(int(sys.argv[2]), 1))
"""


def list_imported(code: str, *arguments: str) -> set[str]:
    """The lazy modules that are imported after the code has run."""
    settings_types = [settings_type for settings_type in vars(config).values() if is_dataclass(settings_type)]
    environment = {field.name.upper(): "1" for settings_type in settings_types for field in fields(settings_type)}
    environment |= {
        "AWS_REGION": "eu-west-3",
        "AWS_DEFAULT_REGION": "eu-west-3",
        "OPERATIONS": pack_operations(PACKED_OPERATIONS),
        "TRUSTED_CALLERS": "[]",
        "LOG_LEVEL": "INFO",
    }
    code += "\nimport sys; print('\\n'.join({name.partition('.')[0] for name in sys.modules}))"
    command = [sys.executable, "-c", code, *arguments]
    return LAZY_MODULES & set(
        subprocess.check_output(command, text=True, cwd=ROOT, env=os.environ | environment).split()
    )


@pytest.mark.parametrize("entrypoint", ENTRYPOINTS)
def test_a_cold_start_imports_no_lazy_module(entrypoint: str) -> None:
    assert list_imported(f"import rekbridge_lambda.entrypoints.{entrypoint}") == set()


def test_no_image_makes_a_worker_import_pillow(tmp_path: Path) -> None:
    path = tmp_path / "image.jpg"
    Image.effect_noise((90, 60), 50).save(path, quality=98)
    assert list_imported(PREPARE_FILE, str(path), "5000000") == set()
    assert list_imported(PREPARE_FILE, str(path), str(path.stat().st_size - 1)) == set()
