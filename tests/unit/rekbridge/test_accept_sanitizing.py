"""A transcript has no account data, wherever it hides."""

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rekbridge.testing.acceptance.outcomes import StepResult
from rekbridge.testing.acceptance.sanitizing import sanitize
from rekbridge.testing.acceptance.transcript import TrialFacts, build_transcript, format_markdown

ACCOUNT = "123456789012"
NAMES = (ACCOUNT, "anna.berg", "deployer", "prod-sso")
FACTS = TrialFacts(
    "2026-11-27 17:52 UTC", "0.1.0", "1.11.4", ["aws 5.100.0"], "aws", "eu-west-3", "eu-west-1", ["text: staged"]
)

# What AWS, Terraform, botocore and the operating system write in errors, with the part that must not remain.
HIDING_PLACES = {
    "account id": ("the account 123456789012 is not allowed", ACCOUNT),
    "account id with dashes": ("account 1234-5678-9012", "1234-5678-9012"),
    "account id inside a bucket's name": ("BucketNotEmpty: rekbridge-acc-media-123456789012-eu-west-3", ACCOUNT),
    "account id inside a URL of SQS": ("https://sqs.eu-west-3.amazonaws.com/123456789012/a-dlq", ACCOUNT),
    "account id glued to letters": ("x123456789012y", ACCOUNT),
    "ARN": ("on arn:aws:s3:::bank-photos/anna/cat.jpg because", "bank-photos"),
    "ARN of China": ("arn:aws-cn:iam::123456789012:role/x", "role/x"),
    "ARN in a URL": ("?role=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fx", "iam"),
    "ARN in JSON": ('{"Resource":"arn:aws:kms:eu-west-1:123456789012:key/abc"}', "key/abc"),
    "ARN in capitals": ("ARN:AWS:IAM::123456789012:ROLE/X", "ROLE/X"),
    "caller in AWS's words": (
        "User: arn:aws:sts::123456789012:assumed-role/deployer/anna.berg is not authorized", "anna.berg"
    ),
    "session outside of an ARN": ("assumed-role/admin/carla@bank.example", "carla"),
    "user name that is known": ("the session Anna.Berg has expired", "Anna.Berg"),
    "profile that is known": ("The config profile (prod-sso) could not be found", "prod-sso"),
    "access key id": ("The key AKIAIOSFODNN7EXAMPLE does not exist", "AKIA"),
    "temporary access key id": ("ASIAY34FZKBOKMUTVV7A", "ASIA"),
    "user's unique id": ("AIDACKCEVSQ6C2EXAMPLE", "AIDA"),
    "role's unique id with a session": ("AROADBQP57FF2AEXAMPLE:anna", "AROA"),
    "secret access key": ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalr"),
    "session token": ("FwoGZXIvYXdzEBYaDP" + "a1B2" * 20 + "==", "FwoGZ"),
    "encoded authorization message": ("Encoded authorization failure message: " + "4GIOHl" * 20, "4GIOHl"),
    "request id": ("(RequestId: 8f4e1b7a-3d12-4c55-9a21-0f6f0c7a9b1d)", "8f4e1b7a"),
    "request id of S3": ("Request ID: 79104EXAMPLEB723", "79104"),
    "host id of S3": ("Host ID: IOWQ4fDEXAMPLEQM+ey7N9WgVhSnQ6JEXAMPLEZb7hSQDASK+Jd1vEXAMPLE=", "IOWQ4"),
    "key id of KMS": ("KMS key 1234abcd-12ab-34cd-56ef-1234567890ab is pending deletion", "1234abcd"),
    "address of a caller": ("denied from 203.0.113.77", "203.0.113"),
    "IPv6 address of a caller": ("from 2001:db8:85a3::8a2e:370:7334", "2001:db8"),
    "IPv6 address in full": ("from 2001:0db8:85a3:0000:0000:8a2e:0370:7334", "8a2e"),
    "host of the REST API": ("could not connect to a1b2c3d4e5.execute-api.eu-west-3.amazonaws.com", "a1b2c3"),
    "URL of the REST API": ("No API at https://a1b2c3d4e5.execute-api.eu-west-3.amazonaws.com/v1", "a1b2c3"),
    "name of a machine": ("ip-10-0-3-17.eu-west-3.compute.internal", "10-0-3"),
    "e-mail": ("contact anna@bank.example", "anna@"),
    "folder of the operator": ("No such file: /home/anna/secret-project/my.tfvars", "secret-project"),
    "folder on a Mac": ("/Users/anna/my.tfvars", "anna"),
    "hash": ("sha256 " + "0a" * 32, "0a0a"),
    "number of nanoseconds": ("at 1764262335000000000", "1764262335"),
}  # fmt: skip
FORBIDDEN = re.compile(r"\d{12}|arn:aws|arn%3aaws|(?:AKIA|ASIA)[A-Z0-9]{16}", re.I)


@pytest.mark.parametrize("place", HIDING_PLACES)
def test_account_data_is_removed_from(place: str) -> None:
    text, secret = HIDING_PLACES[place]
    assert secret in text
    assert secret not in sanitize(text, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "115 added, 0 changed, 0 removed; eu-west-3 and eu-west-1",
        "10 images, upload to result p50 32.6 s, max 34.7 s",
        "faces in eu-central-1: the circuit opened within 5 s",
        "module.rekbridge.module.home.module.ingest.aws_lambda_function.this (delete/create)",
        "AccessDeniedException: warning: image-too-small (40 × 2 px)",
        "version c3ee4379de24 is healthy at 17:52:01, Terraform 1.11.4, aws 5.100.0",
    ],
)
def test_what_a_trial_says_stays_as_it_is(text: str) -> None:
    assert sanitize(text, NAMES) == text


def test_sanitizing_twice_changes_nothing_more() -> None:
    once = [sanitize(text, NAMES) for text, _ in HIDING_PLACES.values()]
    assert sanitize(once, NAMES) == once


SECRETS = st.one_of(
    st.from_regex(r"[0-9]{12}", fullmatch=True),
    st.from_regex(r"arn:aws(-cn|-us-gov)?:[a-z]{2,8}:[a-z0-9-]{0,9}:[0-9]{12}:[a-z/:-]{1,20}", fullmatch=True),
    st.from_regex(r"(AKIA|ASIA)[A-Z0-9]{16}", fullmatch=True),
)


@example(["AKIAIOSFODNN7EXAMPLE"], "a|b")
@given(st.lists(SECRETS, min_size=1, max_size=4), st.text(max_size=12))
def test_no_account_id_arn_or_key_is_in_a_transcript(secrets: list[str], glue: str) -> None:
    text = glue.join(["", *secrets, ""])
    results = [
        StepResult(text, text, "failed", text, 1.0, text),
        StepResult("step", "claim", "passed", f"seen {text}", 1.0),
    ]
    transcript = build_transcript(FACTS, results, [])
    for written in (format_markdown(transcript), json.dumps(transcript, ensure_ascii=False)):
        assert not FORBIDDEN.search(written)


def test_numbers_and_keys_of_objects_are_sanitized_too() -> None:
    assert sanitize({ACCOUNT: [123456789012, 7, True, 1.5, None]}) == {"<number>": ["<number>", 7, True, 1.5, None]}
