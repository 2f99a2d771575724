"""Damaged files of every format: an image or a refusal with a stable reason, and nothing else."""

from pathlib import Path

from tests.image_fuzzing import find_bug, fuzz_images
from tests.image_mutations import iterate_mutations, list_seeds

MUTATIONS = 3_000


def test_a_damaged_file_is_an_image_or_refused_with_a_stable_reason(tmp_path: Path) -> None:
    reports = fuzz_images(iterate_mutations(1, MUTATIONS), tmp_path)
    assert [bug for report in reports.values() for bug in report.bugs] == []
    assert sum(report.mutations for report in reports.values()) == MUTATIONS
    # Mutations that are all refused at once, or never, would test little.
    for report in reports.values():
        assert 0.05 < report.outcomes["accepted"] / report.mutations < 0.9


def test_every_format_is_fuzzed() -> None:
    assert set(list_seeds()) == {"jpeg", "png", "gif", "bmp", "tiff", "webp", "heic", "avif"}


def test_undamaged_files_are_accepted() -> None:
    outcomes = {find_bug(seed, repeat=False) for seeds in list_seeds().values() for seed in seeds}
    assert outcomes == {("accepted", "")}
