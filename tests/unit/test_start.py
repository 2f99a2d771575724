"""What a cold start loads, each in an interpreter of its own; tests/performance/cold_start.py counts what it costs."""

import os
import subprocess
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from PIL import Image
from rekbridge_lambda import config

from tests.builders import packed

ROOT = Path(__file__).parents[2]
ENTRIES = sorted(path.stem for path in (ROOT / "handlers" / "rekbridge_lambda" / "entrypoints").glob("[!_]*.py"))
LATER = {"boto3", "s3transfer", "aws_xray_sdk", "PIL", "pi_heif"}
PLAN = {"labels": {"way": "bytes", "regions": {"eu-west-1": {"tps": 50}}, "settings": {}, "queue": "q", "dead": "d"}}
AS_IT_IS = """
import sys
from pathlib import Path
from rekbridge_lambda.imaging.preparation import Pillow
from rekbridge_lambda.imaging.sniffing import Limits, sniff
path = Path(sys.argv[1])
body = path.read_bytes()
picture = sniff(lambda offset, length: body[offset:offset + length], len(body))
Pillow().prepare(path, picture, Limits(int(sys.argv[2]), 1))
"""


def loaded(code: str, *arguments: str) -> set[str]:
    """What of it all is loaded when the code has run."""
    forms = [form for form in vars(config).values() if is_dataclass(form)]
    told = {field.name.upper(): "1" for form in forms for field in fields(form)}
    told |= {"AWS_REGION": "eu-west-3", "AWS_DEFAULT_REGION": "eu-west-3", "OPERATIONS": packed(PLAN)}
    code += "\nimport sys; print('\\n'.join({name.partition('.')[0] for name in sys.modules}))"
    ran = [sys.executable, "-c", code, *arguments]
    return LATER & set(subprocess.check_output(ran, text=True, cwd=ROOT, env=os.environ | told).split())


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_start_loads_nothing_that_most_messages_never_need(entry: str) -> None:
    assert loaded(f"import rekbridge_lambda.entrypoints.{entry}") == set()


def test_a_picture_that_goes_as_it_is_needs_no_pillow(tmp_path: Path) -> None:
    path = tmp_path / "picture.jpg"
    Image.new("RGB", (90, 60)).save(path)
    assert loaded(AS_IT_IS, str(path), "5000000") == set()
    assert loaded(AS_IT_IS, str(path), str(path.stat().st_size - 1)) == {"PIL"}
