"""Whatever the input is, the reader gives steps or says in a sentence why not; never a trace."""

from __future__ import annotations

import contextlib
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi_aws_identity_center.gate.readers import NotAPlan, read

from tests.property_examples import examples
from tests.walk import walk

ACCESS = "aws:organizations/awsServiceAccess:AwsServiceAccess"


def _read(text: str):
    return list(read(io.StringIO(text)))


@walk(
    "text",
    [
        "",
        "   \n",
        "[]",
        "null",
        '{"a": 1}',
        '{"steps": [1], "changeSummary": {}}',
        '{"steps": [{"op": "delete"}]}',
        '{"steps": [{"op": "delete", "urn": "u", "oldState": 7}]}',
        '{"steps": [{"op": "delete", "urn": "u", "oldState": {"inputs": [1]}}]}',
        '{"steps": [], "diagnostics": [1]}',
        '{"sequence": 0, "resourcePreEvent": null}\n{"sequence": 1, "summaryEvent": {}}\n',
        '{"sequence": 0, "diagnosticEvent": 3}\n{"sequence": 1, "summaryEvent": {}}\n',
        '{"steps": [], "changeSummary": {}} trailing',
    ],
)
def test_what_is_no_preview_is_refused(text: str) -> None:
    with pytest.raises(NotAPlan):
        _read(text)


def _preview(gate, form: str) -> str:
    step = gate.step("delete", ACCESS, gate.state({"servicePrincipal": "sso.amazonaws.com"}))
    text: str = getattr(gate, form)(step, step)
    return text.rstrip("\n")


@pytest.mark.parametrize("form", ["digest", "events"])
def test_every_truncation_of_a_preview_is_refused(gate, form: str) -> None:
    whole = _preview(gate, form)
    assert len(_read(whole)) == 2
    for end in range(len(whole)):
        with pytest.raises(NotAPlan):
            _read(whole[:end])


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["steps", "op", "urn", "oldState", "inputs", "diagnostics", "severity", "sequence"])
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=examples(200), deadline=None)
@given(_JSON)
def test_any_json_is_read_or_refused(value) -> None:
    with contextlib.suppress(NotAPlan):
        assert isinstance(_read(json.dumps(value)), list)
