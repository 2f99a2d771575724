import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rekbridge_lambda.domain.canonical_json import MAX_INTEGER, encode_canonical

KEYS = st.text(st.characters(max_codepoint=127))
INTEGERS = st.integers(-MAX_INTEGER, MAX_INTEGER)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(INTEGERS | TEXTS, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner))


@given(VALUES)
def test_a_value_is_read_back_and_written_again_the_same(value: Any) -> None:
    encoded = encode_canonical(value)
    assert json.loads(encoded) == value
    assert encode_canonical(json.loads(encoded)) == encoded


def test_the_order_of_keys_does_not_matter() -> None:
    assert encode_canonical({"b": 1, "a": ["x", {"d": 2, "c": 3}]}) == b'{"a":["x",{"c":3,"d":2}],"b":1}'


def test_text_is_utf8_with_the_escapes_of_rfc_8785() -> None:
    # RFC 8785, 3.2.2.2: its example without the numbers.
    assert encode_canonical('€$\x0f\nA\'B"\\\\"/') == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'.encode()


@pytest.mark.parametrize(
    "value", [1.5, 1.0, None, True, float("nan"), MAX_INTEGER + 1, b"x", {"ä": 1}, {1: 1}, [[1.5]]]
)
def test_what_has_no_one_form_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="canonical JSON"):
        encode_canonical(value)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        encode_canonical("\ud800")
