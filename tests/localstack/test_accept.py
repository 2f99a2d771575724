"""`rekbridge accept` on LocalStack."""

from pathlib import Path

from tests.accept_command import assert_accepted, run_local_cloud


def test_a_trial_on_localstack_is_accepted_and_leaves_nothing(localstack_installed: None, tmp_path: Path) -> None:
    with run_local_cloud(tmp_path, "localstack") as operator:
        assert_accepted(operator)
