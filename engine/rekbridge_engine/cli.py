"""Serve the local Rekognition emulator over HTTP until SIGTERM or SIGINT."""

import argparse
import os
import signal
import sys
from pathlib import Path

import uvicorn

from rekbridge_engine import __version__, catalog, model_files
from rekbridge_engine.call_log import CallLog
from rekbridge_engine.catalog import Catalog
from rekbridge_engine.celebrity_gallery import Celebrity, GalleryError, read_gallery
from rekbridge_engine.faults import Faults
from rekbridge_engine.model_files import DamagedModelError
from rekbridge_engine.pool import WorkerPool
from rekbridge_engine.s3_reader import S3Reader
from rekbridge_engine.server import build_app, create_http_protocol
from rekbridge_engine.service import RekognitionService

_PROGRAM = "rekbridge-engine"
_EXAMPLE = """\
example:
  rekbridge-engine --port 4690 --control
  export AWS_ENDPOINT_URL_REKOGNITION=http://127.0.0.1:4690
  aws rekognition detect-labels --region eu-west-1 --image-bytes fileb://cat.jpg

GET /health answers 200 when calls are served. docs/engine.md of the project says what it detects.
"""


def main() -> None:
    """Serve until SIGTERM or SIGINT. A damaged model or catalog is one line on stderr and exit code 1."""
    options = _build_parser().parse_args()
    try:
        model_files.check_files()
        tables = Catalog.load(options.catalog)
    except (DamagedModelError, OSError, ValueError) as error:
        sys.exit(f"{_PROGRAM}: {error}")
    pool, calls, faults = WorkerPool(options.workers, celebrities=options.celebrities), CallLog(), Faults()
    service = RekognitionService(tables, faults, S3Reader(options.s3_endpoint), pool, options.latency_ms / 1000)
    # Uvicorn raises the signal again after an orderly stop. That is a success: exit with 0.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    uvicorn.run(
        build_app(service, pool, calls, faults, options.control, frozenset({options.host, *options.allow_host})),
        host=options.host,
        port=options.port,
        http=create_http_protocol,
        loop="uvloop",
        ws="none",
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=3,
    )


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        _PROGRAM, description=__doc__, epilog=_EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"{_PROGRAM} {__version__}")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        help="another name by which it is called; all but loopback names and --host are refused (may be repeated)",
    )
    parser.add_argument("--port", type=int, default=4690, help="port to listen on (default: 4690)")
    parser.add_argument(
        "--s3-endpoint", help="URL of the S3 endpoint to read S3Object images from; without it they are all refused"
    )
    parser.add_argument(
        "--catalog",
        type=Path,
        default=catalog.DEFAULT_FOLDER,
        help="folder with operations.json and regions.json (default: those of this version)",
    )
    parser.add_argument(
        "--celebrities",
        type=_parse_celebrities,
        default=(),
        metavar="FOLDER",
        help="folder with photographs of those whom RecognizeCelebrities knows: NAME.jpg or NAME/*.jpg",
    )
    parser.add_argument(
        "--control", action="store_true", help="serve /control: scripted faults, quotas and the call log"
    )
    parser.add_argument(
        "--latency-ms", type=float, default=0, help="minimum latency of a successful call, in milliseconds (default: 0)"
    )
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help="number of analysis processes (default: one per core)"
    )
    return parser


def _parse_celebrities(folder: str) -> tuple[Celebrity, ...]:
    try:
        return read_gallery(Path(folder))
    except GalleryError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
