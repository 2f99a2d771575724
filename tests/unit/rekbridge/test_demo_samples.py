import pytest
from rekbridge.demo.samples import Sample, samples
from rekbridge_lambda.domain.errors import Rejected
from rekbridge_lambda.imaging.sniffing import sniff

SAMPLES = samples()
PICTURES = [sample for sample in SAMPLES if not sample.refused]


def told(sample: Sample) -> str:
    file = sample.make()
    return sniff(lambda offset, length: file[offset : offset + length], len(file)).format


def test_no_two_samples_have_one_key() -> None:
    assert len({sample.key for sample in SAMPLES}) == len(SAMPLES)


def test_every_key_has_an_owner() -> None:
    assert all("/" in sample.key for sample in SAMPLES)


def test_keys_try_what_notifications_have_to_escape() -> None:
    keys = "".join(sample.key for sample in SAMPLES)
    assert set(" +%é東,") <= set(keys)


@pytest.mark.parametrize("sample", PICTURES, ids=lambda sample: sample.key)
def test_a_sample_made_again_has_the_same_bytes(sample: Sample) -> None:
    assert sample.make() == sample.make()


def test_every_format_is_among_them() -> None:
    assert {told(sample) for sample in PICTURES} == {"jpeg", "png", "gif", "bmp", "tiff", "webp", "heic", "avif"}


@pytest.mark.parametrize("code", ["unreadable-image", "image-too-large"])
def test_what_is_to_be_refused_is_refused_by_its_head(code: str) -> None:
    [sample] = [sample for sample in SAMPLES if sample.refused == code]
    with pytest.raises(Rejected) as why:
        told(sample)
    assert why.value.code == code


def test_equal_bytes_come_under_two_keys_of_one_owner() -> None:
    cups = [sample for sample in SAMPLES if sample.key.startswith("archive/") and not sample.refused]
    assert cups[0].make() == cups[1].make()
