"""The command line of the local Rekognition."""

import argparse
import os
import signal
import sys
from pathlib import Path

import uvicorn

from engine.calls import CallLog
from engine.catalog import Catalog
from engine.faults import Faults
from engine.pool import Pool
from engine.server import application, droppable
from engine.service import Service
from engine.storage import Storage


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    wanted = _arguments().parse_args()
    pool, calls, faults = Pool(wanted.workers), CallLog(), Faults()
    service = Service(Catalog.load(wanted.catalog), faults, Storage(wanted.s3_endpoint), pool, wanted.latency_ms / 1000)
    # Uvicorn raises the signal again once it has stopped in order; that is a success, not a death.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    uvicorn.run(
        application(service, pool, calls, faults, wanted.control),
        host=wanted.host,
        port=wanted.port,
        http=droppable,
        loop="uvloop",
        ws="none",
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=3,
    )


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m engine", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4690)
    parser.add_argument("--s3-endpoint", help="where S3 objects are read; without it there are none")
    parser.add_argument(
        "--catalog",
        type=Path,
        default=Path("handlers/rekbridge_lambda/domain"),
        help="folder of operations.json and regions.json",
    )
    parser.add_argument("--control", action="store_true", help="serve /control: fault scripts and the call log")
    parser.add_argument("--latency-ms", type=float, default=0, help="no answer comes sooner than this")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="analysis processes")
    return parser
