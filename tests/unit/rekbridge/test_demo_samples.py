import pytest
from rekbridge.demo.samples import SampleFile, list_samples
from rekbridge_lambda.domain.errors import Rejected
from rekbridge_lambda.imaging.sniffing import sniff_image

SAMPLES = list_samples()
IMAGES = [sample for sample in SAMPLES if not sample.expected_code]


def sniff_format(sample: SampleFile) -> str:
    file = sample.make()
    return sniff_image(lambda offset, length: file[offset : offset + length], len(file)).format


def test_every_sample_has_its_own_key() -> None:
    assert len({sample.key for sample in SAMPLES}) == len(SAMPLES)


def test_every_key_has_an_owner() -> None:
    assert all("/" in sample.key for sample in SAMPLES)


def test_keys_contain_the_characters_that_s3_escapes_in_events() -> None:
    keys = "".join(sample.key for sample in SAMPLES)
    assert set(" +%é東,") <= set(keys)


@pytest.mark.parametrize("sample", IMAGES, ids=lambda sample: sample.key)
def test_a_sample_made_again_has_the_same_bytes(sample: SampleFile) -> None:
    assert sample.make() == sample.make()


def test_there_is_a_sample_of_every_format() -> None:
    assert {sniff_format(sample) for sample in IMAGES} == {
        "jpeg",
        "png",
        "gif",
        "bmp",
        "tiff",
        "webp",
        "heic",
        "avif",
    }


@pytest.mark.parametrize("code", ["unreadable-image", "image-too-large"])
def test_a_file_that_must_be_refused_is_refused_by_its_header(code: str) -> None:
    [sample] = [sample for sample in SAMPLES if sample.expected_code == code]
    with pytest.raises(Rejected) as why:
        sniff_format(sample)
    assert why.value.code == code


def test_one_owner_has_the_same_bytes_under_two_keys() -> None:
    same = [sample for sample in SAMPLES if sample.key.startswith("archive/") and not sample.expected_code]
    assert same[0].make() == same[1].make()
