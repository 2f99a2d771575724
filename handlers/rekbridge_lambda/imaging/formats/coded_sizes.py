"""The size in the coded data of AVIF and HEIC, for which a decoder makes room whatever the boxes around it say."""

from collections.abc import Iterator

from rekbridge_lambda.domain.errors import UnreadableImage

AV1_SEQUENCE_HEADER = 1
HEVC_SEQUENCE_PARAMETERS = 33
# The numbers of both formats have up to 32 bits.
MAX_EXPONENTIAL_ZEROS = 32
# The size is within the first hundred or so; the rest may be as long as the box.
MAX_PARAMETER_BYTES = 1024


class BitReader:
    """Reads numbers of any number of bits, the highest bit first. Raises IndexError at the end."""

    def __init__(self, data: bytes) -> None:
        self._bits = int.from_bytes(data)
        self._left = 8 * len(data)

    def read(self, count: int) -> int:
        """The next bits as a number."""
        if count > self._left:
            raise IndexError("the coded data is too short")
        self._left -= count
        return self._bits >> self._left & ((1 << count) - 1)

    def read_exponential(self) -> int:
        """A number in Exp-Golomb code (ITU-T H.265, 9.2). Raises UnreadableImage beyond 32 bits."""
        zeros = 0
        while not self.read(1):
            zeros += 1
            if zeros > MAX_EXPONENTIAL_ZEROS:
                raise UnreadableImage("the coded data of this picture has a number of more than 32 bits")
        return (1 << zeros) - 1 + self.read(zeros)


def read_av1_size(data: bytes) -> tuple[int, int] | None:
    """Width and height in the first sequence header (AV1 specification, 5.3 and 5.5); None when there is none."""
    at = 0
    while at < len(data):
        kind, extended, sized = data[at] >> 3 & 15, data[at] >> 2 & 1, data[at] >> 1 & 1
        at += 1 + extended
        length, shift = (0, 0) if sized else (len(data) - at, 0)
        while sized:
            sized = data[at] >> 7
            length |= (data[at] & 0x7F) << shift
            at, shift = at + 1, shift + 7
        if kind == AV1_SEQUENCE_HEADER:
            return _parse_av1_sequence(BitReader(data[at : at + length]))
        at += length
    return None


def _parse_av1_sequence(bits: BitReader) -> tuple[int, int]:
    bits.read(4)  # profile, still picture
    if bits.read(1):  # a reduced header
        bits.read(5)
    else:
        _skip_operating_points(bits)
    width_bits, height_bits = bits.read(4) + 1, bits.read(4) + 1
    return bits.read(width_bits) + 1, bits.read(height_bits) + 1


def _skip_operating_points(bits: BitReader) -> None:
    delay_bits = 0
    if bits.read(1):  # timing
        bits.read(64)
        if bits.read(1):
            bits.read_exponential()
        if bits.read(1):  # decoder model
            delay_bits = bits.read(5) + 1
            bits.read(42)
    has_display_delay = bits.read(1)
    for _ in range(bits.read(5) + 1):
        bits.read(12)
        if bits.read(5) > 7:
            bits.read(1)
        if delay_bits and bits.read(1):
            bits.read(2 * delay_bits + 1)
        if has_display_delay and bits.read(1):
            bits.read(4)


def read_hevc_size(configuration: bytes) -> tuple[int, int] | None:
    """Width and height in the sequence parameters of an `hvcC` box (ITU-T H.265, 7.3.2.2); None without them."""
    for unit in _list_hevc_units(configuration):
        if unit[0] >> 1 & 63 == HEVC_SEQUENCE_PARAMETERS:
            # 00 00 03 stands for 00 00.
            return _parse_hevc_sequence(BitReader(unit[2:MAX_PARAMETER_BYTES].replace(b"\0\0\3", b"\0\0")))
    return None


def _list_hevc_units(configuration: bytes) -> Iterator[bytes]:
    at = 23
    for _ in range(configuration[22]):
        count = int.from_bytes(configuration[at + 1 : at + 3])
        at += 3
        for _ in range(count):
            length = int.from_bytes(configuration[at : at + 2])
            if not 2 <= length <= len(configuration) - at - 2:
                return
            yield configuration[at + 2 : at + 2 + length]
            at += 2 + length


def _parse_hevc_sequence(bits: BitReader) -> tuple[int, int]:
    bits.read(4)
    layers = bits.read(3)
    bits.read(1 + 96)
    present = [(bits.read(1), bits.read(1)) for _ in range(layers)]
    if layers:
        bits.read(2 * (8 - layers))
    for has_profile, has_level in present:
        bits.read(88 * has_profile + 8 * has_level)
    bits.read_exponential()
    if bits.read_exponential() == 3:  # 4:4:4
        bits.read(1)
    return bits.read_exponential(), bits.read_exponential()
