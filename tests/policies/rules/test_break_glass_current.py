"""From a component whose break-glass is open and in time, one thing broken a case."""

from __future__ import annotations

import datetime
import json

from pulumi_aws_identity_center.domain.declared import UNKNOWN, Stack
from pulumi_aws_identity_center.names import SENTINEL_TYPE, SERVICE_ACCESS_TYPE, TRUSTED_ACCESS_TYPE
from rules.break_glass_current import RULE

from tests.walk import walk

TODAY = datetime.datetime.now(datetime.UTC).date()
OPEN = {"reason": "moving to another home Region", "expires": (TODAY + datetime.timedelta(days=2)).isoformat()}


def _pair(rule, break_glass=None, *, protect=False, name="sso", service=None):
    """The component and its child, as the program registers them; service: the service principal."""
    props = {"breakGlass": break_glass} if break_glass is not None else {}
    props |= {"servicePrincipal": service} if service is not None else {}
    component = rule.declared(TRUSTED_ACCESS_TYPE, name, props=props)
    access = {"servicePrincipal": "sso.amazonaws.com"}
    child = rule.declared(SERVICE_ACCESS_TYPE, f"{name}-access", parent=component.urn, props=access, protect=protect)
    return component, child


def test_protected_or_open_in_time_passes(rule) -> None:
    assert rule.messages(RULE, *_pair(rule, protect=True)) == []
    assert rule.messages(RULE, *_pair(rule, OPEN)) == []


@walk(
    ("broken", "words"),
    [
        ({**OPEN, "expires": (TODAY - datetime.timedelta(days=1)).isoformat()}, "is past"),
        ({**OPEN, "expires": (TODAY + datetime.timedelta(days=60)).isoformat()}, "more than 7 days ahead"),
        ({**OPEN, "expires": "soon"}, "breakGlass.expires is 'soon'"),
        ({**OPEN, "reason": " "}, "breakGlass.reason is ' '"),
        ({"expires": OPEN["expires"]}, "breakGlass.reason is None"),
        ({**OPEN, "force": True}, "breakGlass.force is not a key"),
        ("please", "has to be an object"),
    ],
)
def test_break_glass_without_reason_or_out_of_time_is_refused(rule, broken, words: str) -> None:
    (message,) = rule.messages(RULE, *_pair(rule, broken))
    assert message.startswith("sso: ")
    assert words in message


def test_an_unknown_break_glass_is_refused(rule) -> None:
    (message,) = rule.messages(RULE, *_pair(rule, UNKNOWN))
    assert "its breakGlass is unknown" in message
    (message,) = rule.messages(RULE, *_pair(rule, {**OPEN, "expires": UNKNOWN}))
    assert "breakGlass.expires is" in message


def test_protection_that_something_took_away_is_refused(rule) -> None:
    (message,) = rule.messages(RULE, *_pair(rule))
    assert message.startswith("sso-access isn't protected, and no break-glass is open")


def test_only_the_access_of_a_trusted_access_is_protected(rule) -> None:
    component, access = _pair(rule, protect=True)
    role = rule.declared("aws:iam/role:Role", "own", parent=component.urn)
    assert rule.messages(RULE, component, access, role) == []


def test_another_parents_unprotected_resource_is_left_to_another_rule(rule) -> None:
    loose = rule.declared(SERVICE_ACCESS_TYPE, props={"servicePrincipal": "sso.amazonaws.com"})
    assert rule.messages(RULE, loose) == []


def test_an_open_break_glass_excuses_no_other_components_child(rule) -> None:
    opened, closed = _pair(rule, OPEN, name="opened"), _pair(rule, name="closed")
    for order in ((*opened, *closed), (*closed, *opened)):
        (message,) = rule.messages(RULE, *order)
        assert message.startswith("closed-access ")


def test_the_stack_s_configuration_is_held_to_the_same(rule) -> None:
    assert RULE.check_stack is not None
    past = {**OPEN, "expires": (TODAY - datetime.timedelta(days=1)).isoformat()}
    for text, words in ((json.dumps(past), "is past"), ("soon", "isn't an object"), ("[]", "has to be an object")):
        stack = Stack("p", "dev", [], {"aws-identity-center:breakGlass": text})
        (violation,) = RULE.check_stack(stack, {})
        message = violation.text()
        assert words in message
        assert "pulumi config rm aws-identity-center:breakGlass" in message
        assert violation.resource is None
    key = "aws-identity-center:breakGlass"
    for config in ({}, {key: "{}"}, {key: json.dumps(OPEN)}, {"other:breakGlass": "soon"}):
        assert list(RULE.check_stack(Stack("p", "dev", [], config), {})) == []


def test_another_services_break_glass_excuses_nothing(rule) -> None:
    (message,) = rule.messages(RULE, *_pair(rule, OPEN, service="guardduty.amazonaws.com"))
    assert message.startswith("sso-access isn't protected: sso's break-glass is for guardduty.amazonaws.com.")
    (message,) = rule.messages(RULE, *_pair(rule, OPEN, service=UNKNOWN))
    assert "a value that this preview can't know" in message
    assert rule.messages(RULE, *_pair(rule, OPEN, service="sso.amazonaws.com")) == []
    component, _ = _pair(rule, OPEN, service="guardduty.amazonaws.com")
    for principal, count in (("guardduty.amazonaws.com", 0), ("ram.amazonaws.com", 0), (UNKNOWN, 1)):
        own = rule.declared(SERVICE_ACCESS_TYPE, parent=component.urn, props={"servicePrincipal": principal})
        assert len(rule.messages(RULE, component, own)) == count, principal


def _sentinel(rule, break_glass=None, *, protect=False):
    """The Sentinel and one of its parts."""
    component = rule.declared(SENTINEL_TYPE, "watch", props={"breakGlass": break_glass} if break_glass else {})
    function = "aws:lambda/function:Function"
    return component, rule.declared(function, "watch-function", parent=component.urn, props={}, protect=protect)


def test_a_sentinel_is_protected_unless_break_glass_is_open(rule) -> None:
    assert rule.messages(RULE, *_sentinel(rule, protect=True)) == []
    assert rule.messages(RULE, *_sentinel(rule, OPEN)) == []
    (message,) = rule.messages(RULE, *_sentinel(rule))
    assert message.startswith("watch-function isn't protected, and no break-glass is open")
    assert "stops what turns trusted access on again" in message


def test_a_sentinels_break_glass_that_is_past_is_refused(rule) -> None:
    past = {**OPEN, "expires": (TODAY - datetime.timedelta(days=1)).isoformat()}
    (message,) = rule.messages(RULE, *_sentinel(rule, past))
    assert message.startswith("watch: breakGlass.expires")
    assert "is past" in message


def test_somebody_elses_function_is_nobodys_to_protect(rule) -> None:
    assert rule.messages(RULE, rule.declared("aws:lambda/function:Function", "f", props={})) == []
