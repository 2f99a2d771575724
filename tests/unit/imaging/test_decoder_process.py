"""The decoder process: warm, limited, replaced; and what becomes of the image that ended it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from rekbridge_lambda.domain.errors import ImageTooLarge, UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader, ImageLimits, PreparedImage
from rekbridge_lambda.imaging.decoding import process
from rekbridge_lambda.imaging.decoding.budget import compute_budget
from rekbridge_lambda.imaging.decoding.connection import ChildDied, DecoderConnection, clean_log_line
from rekbridge_lambda.imaging.decoding.process import DecoderLost, DecoderProcess
from rekbridge_lambda.imaging.decoding.protocol import DecodingBudget

from tests.odd_formats import FORMATS, HEIGHT, WIDTH, draw_quadrants, make_float_tiff, make_rotated_file, save_image
from tests.unit.conftest import DEFAULT_LIMITS

ROOT = Path(__file__).parents[3]
WEBP = ImageHeader("webp", WIDTH, HEIGHT)
CRASHES = [signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGILL]


class DecoderBench:
    """A decoder process of its own, and a good image."""

    def __init__(self, folder: Path) -> None:
        self.decoder = DecoderProcess()
        self.path = folder / "original"

    def decode(self, content: bytes, header: ImageHeader = WEBP) -> PreparedImage:
        self.path.write_bytes(content)
        with self.path.open("rb") as file:
            return self.decoder.decode(file, header, DEFAULT_LIMITS)

    def decode_good_image(self) -> int:
        """Decode an image; returns the id of the process that did it."""
        assert self.decode(save_image(draw_quadrants(), "WEBP")).width == WIDTH
        assert self.decoder.pid is not None
        return self.decoder.pid


@pytest.fixture
def decoding(tmp_path: Path) -> Iterator[DecoderBench]:
    bench = DecoderBench(tmp_path)
    yield bench
    bench.decoder.stop()


type Interrupt = Callable[[int, int], None]


@pytest.fixture
def interrupt(monkeypatch: pytest.MonkeyPatch) -> Interrupt:
    """Let the child get a signal while it has an image, so many times; it is stopped before, so that it has begun."""
    send = DecoderConnection.send

    def arrange(number: int, times: int) -> None:
        left = [number] * times

        def send_and_signal(self: DecoderConnection, *arguments: object) -> None:
            if left:
                os.kill(self.process.pid, signal.SIGSTOP)
            send(self, *arguments)  # type: ignore[arg-type]
            if left:
                os.kill(self.process.pid, left.pop())
                os.kill(self.process.pid, signal.SIGCONT)

        monkeypatch.setattr(DecoderConnection, "send", send_and_signal)

    return arrange


def change_budget(**changes: float) -> Callable[[ImageHeader, ImageLimits, int], DecodingBudget]:
    """The real budget of an image, changed."""

    def compute_changed(header: ImageHeader, limits: ImageLimits, file_bytes: int) -> DecodingBudget:
        return replace(compute_budget(header, limits, file_bytes), **changes)  # type: ignore[arg-type]

    return compute_changed


def test_two_images_in_a_row_use_the_same_process(decoding: DecoderBench) -> None:
    assert decoding.decode_good_image() == decoding.decode_good_image()


def test_a_process_that_was_killed_between_two_images_is_replaced(decoding: DecoderBench) -> None:
    first = decoding.decode_good_image()
    os.kill(first, signal.SIGKILL)
    assert decoding.decode_good_image() != first


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_an_image_whose_process_is_killed_from_outside_is_decoded_by_another(
    number: int, decoding: DecoderBench, interrupt: Interrupt
) -> None:
    first = decoding.decode_good_image()
    interrupt(number, 1)
    assert decoding.decode_good_image() != first


def test_an_image_whose_process_is_killed_from_outside_twice_is_not_refused(
    decoding: DecoderBench, interrupt: Interrupt
) -> None:
    interrupt(signal.SIGKILL, 2)
    with pytest.raises(DecoderLost, match="signal SIGKILL"):
        decoding.decode_good_image()
    decoding.decode_good_image()


@pytest.mark.parametrize(
    ("status", "is_crash", "is_time_limit"),
    [
        (-signal.SIGSEGV, True, False),
        (-signal.SIGPROF, False, True),
        (-signal.SIGALRM, False, False),
        (-signal.SIGKILL, False, False),
        (0, False, False),
        (1, False, False),
    ],
)
def test_only_signals_of_a_crash_or_of_a_limit_are_the_fault_of_the_file(
    status: int, is_crash: bool, is_time_limit: bool
) -> None:
    death = ChildDied(status, "")
    assert (death.is_crash, death.is_time_limit) == (is_crash, is_time_limit)


@pytest.mark.parametrize("number", CRASHES)
def test_an_image_that_crashes_its_process_is_refused_and_the_next_is_well(
    number: int, decoding: DecoderBench, interrupt: Interrupt
) -> None:
    interrupt(number, 1)
    with pytest.raises(UnreadableImage, match=r"^this WEBP cannot be decoded: it crashes the decoder$"):
        decoding.decode_good_image()
    decoding.decode_good_image()


def test_a_file_that_crashes_a_native_library_is_refused_and_the_next_is_well(decoding: DecoderBench) -> None:
    # The header reader would refuse this item's type, because pi-heif 1.4.0 ends with SIGSEGV.
    file = make_rotated_file("HEIC", 1)
    at = file.rindex(b"infe") + 12
    with pytest.raises(UnreadableImage, match=r"^this HEIC cannot be decoded: it crashes the decoder$"):
        decoding.decode(file[:at] + b"\xff\xfe\xfd\xfc" + file[at + 4 :], ImageHeader("heic", WIDTH, HEIGHT))
    decoding.decode_good_image()


@pytest.fixture
def stop_child(interrupt: Interrupt, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Let the next children, so many, be stopped with their image for good, and none have more than a second."""
    with monkeypatch.context() as patch:
        patch.setattr(process, "compute_budget", change_budget(wall_s=1.0))
        patch.setattr(signal, "SIGCONT", 0)
        yield lambda times: interrupt(0, times)


def test_an_image_whose_process_is_stopped_is_decoded_by_another(
    decoding: DecoderBench, stop_child: Callable[[int], None]
) -> None:
    first = decoding.decode_good_image()
    stop_child(1)
    assert decoding.decode_good_image() != first


def test_an_image_whose_process_is_stopped_twice_is_not_refused(
    decoding: DecoderBench, stop_child: Callable[[int], None]
) -> None:
    stop_child(2)
    with pytest.raises(DecoderLost, match=r"took 1\.0 s with a WEBP of 144 × 96 px and had the processor for 0\.0"):
        decoding.decode_good_image()
    decoding.decode_good_image()


def test_the_time_of_earlier_images_does_not_count_for_a_process_that_is_stopped(
    decoding: DecoderBench, stop_child: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = decoding.decode_good_image()
    real = DecoderConnection.read_cpu_s
    monkeypatch.setattr(DecoderConnection, "read_cpu_s", lambda self: real(self) + 1000)
    stop_child(1)
    assert decoding.decode_good_image() != first


def test_the_processor_time_of_a_child_is_what_the_kernel_counts() -> None:
    connection = DecoderConnection()
    try:
        usage = int(Path(f"/proc/{connection.process.pid}/schedstat").read_text().split()[0]) / 1e9
        assert abs(connection.read_cpu_s() - usage) < 0.05 + usage / 4
    finally:
        connection.stop()


def test_an_image_on_which_the_decoder_hangs_is_refused_and_the_next_is_well(
    decoding: DecoderBench, stop_child: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    decoding.decode_good_image()
    with monkeypatch.context() as patch:
        # It has had nearly all of its processor time.
        used = iter((7.0, 7.0 + 0.9 * compute_budget(WEBP, DEFAULT_LIMITS, 1_000).cpu_s))
        patch.setattr(DecoderConnection, "read_cpu_s", lambda self: next(used))
        stop_child(1)
        with pytest.raises(ImageTooLarge, match=r"^this WEBP takes longer to decode than an image of its size may$"):
            decoding.decode_good_image()
    decoding.decode_good_image()


def make_many_scans(scans: int) -> bytes:
    """A progressive JPEG of 9 megapixels whose last scan is repeated: the decoder goes through the image every time."""
    file = save_image(Image.new("RGB", (3000, 3000), "teal"), "JPEG", progressive=True)
    last_scan = file[file.rindex(b"\xff\xda") : -2]
    return file[:-2] + last_scan * scans + file[-2:]


def make_large_frame(side: int) -> bytes:
    """A GIF of 100 × 100 px whose first frame is larger."""
    file = bytearray(save_image(Image.new("L", (side, side)), "GIF"))
    file[6:10] = (100).to_bytes(2, "little") * 2
    return bytes(file)


BOMBS: dict[str, tuple[Callable[[], bytes], ImageHeader]] = {
    "JPEG of many scans": (lambda: make_many_scans(3000), ImageHeader("jpeg", 3000, 3000, native=True)),
    "GIF with a large frame": (lambda: make_large_frame(7700), ImageHeader("gif", 100, 100)),
    "WebP larger than its header": (
        lambda: save_image(Image.new("RGB", (7000, 7000)), "WEBP", quality=1, method=0),
        ImageHeader("webp", 100, 100),
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_takes_no_more_than_an_image_of_the_size_in_its_header(name: str, decoding: DecoderBench) -> None:
    make, header = BOMBS[name]
    content = make()
    code = f"""
import resource, sys
from pathlib import Path
from rekbridge_lambda.domain.errors import Rejected
from rekbridge_lambda.domain.images import ImageHeader, ImageLimits
from rekbridge_lambda.imaging.decoding.process import DecoderProcess
decoder = DecoderProcess()
try:
    decoder.decode(Path(sys.argv[1]).open("rb"), {header!r}, {DEFAULT_LIMITS!r})
except Rejected as why:
    decoder.stop()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, why)
"""
    decoding.path.write_bytes(content)
    command = [sys.executable, "-c", code, str(decoding.path)]
    cpu_s, memory_mb, reason = subprocess.check_output(command, text=True, cwd=ROOT).split(maxsplit=2)
    budget = compute_budget(header, DEFAULT_LIMITS, len(content))
    # Besides the image: the start of the process.
    assert float(cpu_s) < budget.cpu_s + 1
    assert float(memory_mb) < budget.memory_bytes / 1e6 + 60
    assert reason.startswith(f"this {header.format.upper()} ")


def test_memory_beyond_the_budget_is_refused_and_the_next_image_is_well(
    decoding: DecoderBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = decoding.decode_good_image()
    with monkeypatch.context() as patch:
        patch.setattr(process, "compute_budget", change_budget(memory_bytes=4_000_000))
        with pytest.raises(ImageTooLarge, match="needs more memory than an image of its size may use"):
            decoding.decode(save_image(Image.new("L", (3000, 3000)), "PNG"), ImageHeader("png", 3000, 3000))
    assert decoding.decode_good_image() == first


@pytest.mark.parametrize("name", [name for name in FORMATS if name.split()[0] in ("TIFF", "WebP", "GIF", "PNG", "BMP")])
def test_a_damaged_file_has_the_same_reason_in_another_file_and_process(name: str, tmp_path: Path) -> None:
    content = FORMATS[name][0]()
    header = ImageHeader(name.split()[0].lower(), WIDTH, HEIGHT)  # type: ignore[arg-type]
    reasons = set()
    for number in (1, 22):
        folder = tmp_path / f"folder-{number}"
        folder.mkdir()
        bench = DecoderBench(folder)
        with pytest.raises(UnreadableImage) as refusal:
            bench.decode(content[: len(content) // 3], header)
        bench.decoder.stop()
        reasons.add(str(refusal.value))
    assert len(reasons) == 1
    assert str(tmp_path) not in reasons.pop()


def run_python(code: str, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=os.environ | environment, check=True)


DECODE = f"""
import sys
from pathlib import Path
from rekbridge_lambda.domain.errors import Rejected
from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging.decoding.process import DECODER
def decode():
    try:
        DECODER.decode(Path(sys.argv[1]).open("rb"), ImageHeader(sys.argv[2], {WIDTH}, {HEIGHT}), LIMITS)
    except Rejected:
        pass
""".replace("LIMITS)", "ImageLimits(5_000_000, 80))").replace("import ImageHeader", "import ImageHeader, ImageLimits")


def test_nothing_that_the_child_prints_is_in_the_output_of_the_worker(tmp_path: Path) -> None:
    path = tmp_path / "original"
    # libtiff prints a warning about this file.
    content = save_image(draw_quadrants(), "TIFF", compression="tiff_lzw")
    path.write_bytes(content.replace(content[8:200], bytes(192)))
    process = run_python(DECODE + "decode(); decode()", str(path), "tiff")
    assert (process.stdout, process.stderr) == ("", "")


def test_the_child_has_nothing_of_the_environment_but_where_python_is(
    decoding: DecoderBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    pid = decoding.decode_good_image()
    variables = Path(f"/proc/{pid}/environ").read_text().strip("\0").split("\0")
    assert {variable.partition("=")[0] for variable in variables} == {"PYTHONPATH", "LD_LIBRARY_PATH"}


def test_the_child_ends_with_a_worker_that_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "original"
    path.write_bytes(make_float_tiff(1))
    code = DECODE + "decode(); print(DECODER.pid, flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(path), "tiff"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as worker:
        assert worker.stdout is not None
        child = Path("/proc", worker.stdout.readline().decode().strip())
        assert child.exists()
        worker.kill()
    end = time.monotonic() + 20
    while child.exists() and "\nState:\tZ" not in child.joinpath("status").read_text():
        assert time.monotonic() < end, "the child outlives its parent"
        time.sleep(0.02)


def test_the_child_can_write_no_file(decoding: DecoderBench) -> None:
    limits = Path(f"/proc/{decoding.decode_good_image()}/limits").read_text()
    [line] = [line for line in limits.splitlines() if line.startswith("Max file size")]
    assert line.split()[3:5] == ["0", "0"]


def test_a_small_image_has_a_small_budget() -> None:
    budget = compute_budget(ImageHeader("avif", 100, 100), DEFAULT_LIMITS, 5_000)
    assert budget.memory_bytes < 100_000_000
    assert budget.cpu_s < 0.6


@pytest.mark.parametrize("image_format", ["jpeg", "png", "gif", "bmp", "tiff", "webp", "heic", "avif"])
def test_the_largest_image_has_a_budget_within_the_memory_of_ingest(image_format: str) -> None:
    header = ImageHeader(image_format, 7745, 7745)  # type: ignore[arg-type]
    budget = compute_budget(header, DEFAULT_LIMITS, 100_000_000)
    # INGEST has 1769 MB; a worker with an open original and a prepared image takes less than 200.
    assert 1_200_000_000 <= budget.memory_bytes <= 1_500_000_000
    assert budget.wall_s < 25


def test_a_jpeg_of_many_pixels_in_few_bytes_has_four_seconds() -> None:
    assert compute_budget(ImageHeader("jpeg", 7744, 7744), DEFAULT_LIMITS, 473_269).cpu_s < 4


def test_a_line_in_the_log_quotes_nothing_of_a_file() -> None:
    assert (
        clean_log_line(b"first\nValueError: tag 'Anna Example' and \"Otto\" \xc3\xa4\n") == "ValueError: tag … and … ……"
    )
