"""Saved files of every shape, read piece by piece; any other file is refused in one sentence."""

from __future__ import annotations

import io
import json
import tracemalloc
import urllib.parse
from typing import Any

import pytest
from pulumi_aws_identity_center.access import saved_account
from pulumi_aws_identity_center.access.authorization_details import NotAuthorizationDetails, read_account
from pulumi_aws_identity_center.access.saved_account import pages
from pulumi_aws_identity_center.access.who_can_disable import RELEVANT_ACTIONS, who_can_disable

from tests.walk import walk

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def user(name, document=DOCUMENT, **more):
    inline = [{"PolicyName": "own", "PolicyDocument": document}]
    return {"Arn": f"arn:aws:iam::111122223333:user/{name}", "UserName": name, "UserPolicyList": inline, **more}


def page(*users, **more):
    return {"UserDetailList": list(users), "GroupDetailList": [], "RoleDetailList": [], "Policies": [], **more}


def account(text):
    return read_account(pages(io.StringIO(text)), RELEVANT_ACTIONS)


def names(text):
    return [principal.name for principal in account(text).principals]


ANN, BOB = page(user("ann"), IsTruncated=True, Marker="m"), page(user("bob"), IsTruncated=False)


@walk(
    "text",
    [
        json.dumps(page(user("ann"), user("bob"))),
        json.dumps(page(user("ann"), user("bob")), indent=4),
        "\ufeff" + json.dumps(page(user("ann"), user("bob"))),
        json.dumps(ANN) + json.dumps(BOB),
        json.dumps(ANN, indent=4) + "\n" + json.dumps(BOB, indent=4) + "\n",
        json.dumps([ANN, BOB]),
        json.dumps({"ResponseMetadata": {"RetryAttempts": 0}, **page(user("ann"), user("bob"))}),
        json.dumps(page(*(user(name, urllib.parse.quote(json.dumps(DOCUMENT))) for name in ("ann", "bob")))),
        json.dumps(page(*(user(name, json.dumps(DOCUMENT)) for name in ("ann", "bob")))),
    ],
)
@walk("chunk", [1, 7, 1 << 18])
def test_each_shape_is_the_same_account_whatever_the_pieces(text, chunk, monkeypatch):
    monkeypatch.setattr(saved_account._SavedText, "chunk", chunk)
    saved = account(text)
    assert [principal.name for principal in saved.principals] == ["ann", "bob"]
    assert saved.incomplete == ""
    assert len(who_can_disable(saved)["principals"]) == 2


@walk("last", [{"IsTruncated": True, "Marker": "m"}, {"NextToken": "t"}, {"NextToken": "t", "IsTruncated": False}])
def test_input_without_its_last_page_is_incomplete_and_kept(last):
    saved = account(json.dumps({**last, **page(user("ann"))}))
    assert [principal.name for principal in saved.principals] == ["ann"]
    report = who_can_disable(saved)
    assert (len(report["principals"]), report["undetermined"][0]["kind"]) == (1, "account")
    assert "last pages" in report["undetermined"][0]["detail"]


def test_two_accounts_in_one_input_are_undetermined():
    second_account = json.dumps(page(user("eve"))).replace("111122223333", "999988887777")
    text = json.dumps(page(user("ann"))) + second_account
    report = who_can_disable(saved_account.read_saved(io.StringIO(text), RELEVANT_ACTIONS))
    assert "principals of 2 accounts (111122223333, 999988887777)" in report["undetermined"][-1]["detail"]


BAD = [
    "",
    "  \n",
    "[]",
    "[1]",
    "1",
    "null",
    '"text"',
    "nonsense",
    "{}",
    "{",
    '{"UserDetailList"',
    '{"UserDetailList": null}',
    '{"UserDetailList": {}}',
    '{"UserDetailList": [',
    '{"UserDetailList": [1]}',
    '{"UserDetailList": [null]}',
    '{"UserDetailList": [[]]}',
    '{"UserDetailList": [{}]}',
    '{"UserDetailList": [{"Arn": 1, "UserName": "x"}]}',
    '{"UserDetailList": [{"Arn": "x", "UserName": "x"}]}',
    '{"Policies": [{"Arn": "arn:aws:iam::1:policy/p"}]}',
    '{"Policies": [{"Arn": "arn:aws:iam::1:policy/p", "PolicyVersionList": 3}]}',
    '{"Policies": [{"Arn": "arn:aws:iam::1:policy/p", "PolicyVersionList": [3]}]}',
    '{"Accounts": [], "IsTruncated": false}',
    '{"Version": "2012-10-17", "Statement": []}',
    json.dumps(page(user("ann"))) + "x",
    json.dumps(page(user("ann")))[:-2],
    json.dumps(page(user("ann"))).replace('"Arn"', '"A"'),
    json.dumps(page({**user("ann"), "AttachedManagedPolicies": [1]})),
    json.dumps(page({**user("ann"), "GroupList": 1})),
    json.dumps(page({**user("ann"), "Tags": ["x"]})),
    json.dumps(page({**user("ann"), "PermissionsBoundary": "x"})),
    json.dumps(page({**user("ann"), "UserPolicyList": {"a": 1}})),
    "[" * 100_000,
]


@walk("text", BAD)
def test_anything_else_is_one_sentence_without_a_trace_of_python(text):
    with pytest.raises(NotAuthorizationDetails) as caught:
        account(text)
    message = str(caught.value)
    assert message.startswith("The input")
    assert message.endswith(".")
    assert "\n" not in message
    assert not any(sign in message for sign in ("NoneType", "object is", "'dict'", "Error", "['", "line "))


def test_one_entry_at_a_time_is_in_memory():
    def entries():
        yield '{"RoleDetailList": [], "UserDetailList": ['
        for n in range(2_000):
            yield json.dumps(user(f"u{n}", {**DOCUMENT, "Id": "x" * 5_000})) + ("," if n < 1_999 else "")
        yield "]}"

    class Stream:
        """A file of 10 MB that isn't all there at once."""

        def __init__(self):
            self._left = entries()

        def read(self, size):
            text = ""
            while len(text) < size and (piece := next(self._left, "")):
                text += piece
            return text

    stream: Any = Stream()  # a TextIO has much more; none of it is used
    tracemalloc.start()
    count = sum(len(page.get("UserDetailList", ())) for page in pages(stream))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 2_000
    assert peak < 3_000_000
