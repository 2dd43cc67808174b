"""Effective policies are what the levels say together."""

from __future__ import annotations

import json
from collections.abc import Callable

from sandbox.aws.services.organizations.effective import merge, resolved

ROOT, MEMBER = "r-exam", "222233334444"
COLOUR = {"tags": {"colour": {"tag_key": {"@@assign": "Colour"}, "tag_value": {"@@assign": ["red", "blue"]}}}}


def test_a_child_adds_removes_and_replaces() -> None:
    added = merge(COLOUR, {"tags": {"colour": {"tag_value": {"@@append": ["green", "red"]}}}})
    assert resolved(added)["tags"]["colour"] == {"tag_key": "Colour", "tag_value": ["red", "blue", "green"]}
    removed = merge(added, {"tags": {"colour": {"tag_value": {"@@remove": ["blue"]}}}})
    assert resolved(removed)["tags"]["colour"]["tag_value"] == ["red", "green"]
    replaced = merge(removed, {"tags": {"colour": {"tag_value": {"@@assign": ["black"]}}}})
    assert resolved(replaced)["tags"]["colour"] == {"tag_key": "Colour", "tag_value": ["black"]}


def test_an_account_gets_what_root_and_account_say_and_may_ask_for_itself(aws: Callable, code: Callable) -> None:
    running = aws("organization")
    client = running.client("organizations")
    client.enable_policy_type(RootId=ROOT, PolicyType="TAG_POLICY")
    asked = {"PolicyType": "TAG_POLICY", "TargetId": MEMBER}
    assert code(client.describe_effective_policy, **asked) == "EffectivePolicyNotFoundException"
    own = {"tags": {"colour": {"tag_value": {"@@append": ["green"]}}}}
    for name, content, target in (("root", COLOUR, ROOT), ("own", own, MEMBER)):
        made = client.create_policy(Name=name, Description="", Type="TAG_POLICY", Content=json.dumps(content))
        client.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=target)
    effective = running.client("organizations", account=MEMBER).describe_effective_policy(PolicyType="TAG_POLICY")
    values = json.loads(effective["EffectivePolicy"]["PolicyContent"])["tags"]["colour"]["tag_value"]
    assert values == ["red", "blue", "green"]
    other = running.client("organizations", account="333344445555")
    assert code(other.describe_effective_policy, **asked) == "AccessDeniedException"
    assert client.describe_effective_policy(**asked)["EffectivePolicy"]["TargetId"] == MEMBER
