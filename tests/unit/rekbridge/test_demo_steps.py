import pytest
from rekbridge.demo.steps import Steps


def test_a_step_that_is_done_leaves_what_came_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    with Steps() as steps, steps.step("packages") as step:
        step.count("zipping [1]", 1, 5)
        step.say("5 Lambdas [made anew]")
    assert "✓ packages" in (shown := capsys.readouterr().out)
    assert "5 Lambdas [made anew]" in shown


def test_a_step_that_fails_is_not_said_to_be_done(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="no room"), Steps() as steps, steps.step("packages"):
        raise ValueError("no room")
    assert "✓" not in capsys.readouterr().out


def test_a_long_word_stays_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with Steps() as steps, steps.step("images") as step:
        step.say("word " * 40)
    assert len([line for line in capsys.readouterr().out.splitlines() if "word" in line]) == 1
