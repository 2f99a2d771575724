"""Analyse now: which questions are one, and are paid once."""

from hashlib import sha256

from rekbridge_lambda.domain import ids

from tests.builders import PLAN, in_json, png
from tests.caller import Caller, Reply

STORED = {"Image": {"S3Object": {"Name": "anna/cat.png"}}}


def cached(reply: Reply) -> bool:
    """Whether it was answered before."""
    told: bool = reply.json["Rekbridge"]["cached"]
    return told


def test_the_same_again_is_paid_once_and_says_so(caller: Caller) -> None:
    first, second = caller.ask("labels", png()), caller.ask("labels", png())
    assert [cached(reply) for reply in (first, second)] == [False, True]
    assert second.json["Labels"] == first.json["Labels"]
    assert (caller.world.vision.calls, caller.world.preparation.made) == (["labels"], 1)


def test_an_answer_that_is_there_took_nobodys_time(caller: Caller) -> None:
    caller.ask("labels", png())
    told = caller.ask("labels", png()).json["Rekbridge"]
    assert (told["waited_ms"], told["called_ms"], told["prepared"]) == (0, 0, [])


def test_a_file_and_its_base64_are_one_question(caller: Caller) -> None:
    caller.ask("labels", png())
    assert cached(caller.ask("labels", {"Image": in_json(png())}))


def test_saying_what_is_the_default_anyway_is_no_other_question(caller: Caller) -> None:
    caller.ask("labels", png())
    again = {"Image": in_json(png()), "MaxLabels": 50, "MinConfidence": 70.0}
    assert cached(caller.ask("labels", again))


def test_other_parameters_are_another_question(caller: Caller) -> None:
    caller.ask("labels", png())
    assert not cached(caller.ask("labels", {"Image": in_json(png()), "MaxLabels": 5}))


def test_two_faces_the_other_way_round_are_another_question(caller: Caller) -> None:
    one, other = in_json(png("one")), in_json(png("other"))
    caller.ask("compare-faces", {"SourceImage": one, "TargetImage": other})
    assert not cached(caller.ask("compare-faces", {"SourceImage": other, "TargetImage": one}))


def test_the_same_two_faces_again_are_one_question(caller: Caller) -> None:
    asked = {"SourceImage": in_json(png("one")), "TargetImage": in_json(png("other"))}
    caller.ask("compare-faces", asked)
    assert cached(caller.ask("compare-faces", asked))


def test_another_session_of_a_role_has_the_same_images(caller: Caller) -> None:
    caller.ask("labels", png())
    caller.arn = "arn:aws:sts::000000000000:assumed-role/App/session-2"
    assert cached(caller.ask("labels", png()))


def test_another_role_has_images_of_its_own(caller: Caller) -> None:
    caller.ask("labels", png())
    caller.arn = "arn:aws:sts::000000000000:assumed-role/Other/session-1"
    assert not cached(caller.ask("labels", png()))


def test_an_owners_upload_is_not_the_callers_image(caller: Caller) -> None:
    caller.world.holding()
    caller.ask("labels", STORED)
    assert not cached(caller.ask("labels", png()))


def test_no_key_has_a_callers_images(caller: Caller) -> None:
    # A user's ARN without a path, as the first part of a key.
    caller.arn = "arn:aws:iam::000000000000:root"
    caller.ask("labels", png())
    caller.world.holding(key=f"{caller.arn}/cat.png")
    stored = {"Image": {"S3Object": {"Name": f"{caller.arn}/cat.png"}}}
    assert not cached(caller.ask("labels", stored))


def test_what_the_workers_found_is_not_asked_again(caller: Caller) -> None:
    world = caller.world
    world.plan = {"labels": PLAN["labels"]}
    world.analyze(world.work_of(world.holding()))
    assert cached(caller.ask("labels", STORED))
    assert world.vision.calls == ["labels"]


def test_a_named_version_is_the_one_that_is_analysed(caller: Caller) -> None:
    caller.world.holding("cat", version="v1")
    caller.world.holding("dog", version="v2")
    named = {"Image": {"S3Object": {"Name": "anna/cat.png", "Version": "v1"}}}
    caller.ask("labels", named)
    assert set(caller.world.results) == {key_of("cat")}
    caller.ask("labels", STORED)
    assert set(caller.world.results) == {key_of("cat"), key_of("dog")}


def key_of(content: str) -> str:
    image = ids.image_id("anna", sha256(png(content)).hexdigest())
    return ids.result_key(image, "labels", PLAN["labels"].parameters)
