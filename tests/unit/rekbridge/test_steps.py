import pytest
from rekbridge.support.steps import Steps


def test_a_finished_step_leaves_its_last_message(capsys: pytest.CaptureFixture[str]) -> None:
    with Steps() as steps, steps.run_step("packages") as step:
        step.show_progress("zipping [1]", 1, 5)
        step.show("5 Lambdas [made anew]")
    assert "✓ packages" in (shown := capsys.readouterr().out)
    assert "5 Lambdas [made anew]" in shown


def test_a_failed_step_leaves_no_check_mark(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="no room"), Steps() as steps, steps.run_step("packages"):
        raise ValueError("no room")
    assert "✓" not in capsys.readouterr().out


def test_a_long_message_stays_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with Steps() as steps, steps.run_step("images") as step:
        step.show("word " * 40)
    assert len([line for line in capsys.readouterr().out.splitlines() if "word" in line]) == 1
