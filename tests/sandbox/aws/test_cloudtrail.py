"""Calls as CloudTrail records."""

from __future__ import annotations

import json
from collections.abc import Callable

SSO = "sso.amazonaws.com"


def test_the_call_that_locks_everybody_out_is_recorded_as_an_event_rule_would_match_it(aws: Callable) -> None:
    running = aws("sso-enabled")
    running.client("organizations", region="eu-west-1").disable_aws_service_access(ServicePrincipal=SSO)
    event = running.trail[-1]
    assert event["eventSource"] == "organizations.amazonaws.com"
    assert event["eventName"] == "DisableAWSServiceAccess"
    assert event["requestParameters"] == {"servicePrincipal": SSO}
    assert event["awsRegion"] == "us-east-1"
    assert event["readOnly"] is False
    assert event["userIdentity"]["arn"] == "arn:aws:sts::111122223333:assumed-role/Administrator/sandbox"
    assert event["userIdentity"]["sessionContext"]["sessionIssuer"]["userName"] == "Administrator"
    assert "errorCode" not in event


def test_a_refusal_is_recorded_with_its_error_whoever_refused(aws: Callable, code: Callable) -> None:
    running = aws("member")
    ours = code(running.client("organizations").list_accounts)
    motos = code(running.client("iam").get_role, RoleName="none")
    assert [event["errorCode"] for event in running.trail] == [ours, motos] == ["AccessDeniedException", "NoSuchEntity"]
    assert all(event["errorMessage"] for event in running.trail)


def test_events_are_looked_up_by_name_newest_first_and_only_ones_own(aws: Callable) -> None:
    running = aws("organization")
    client = running.client("organizations")
    for service in ("sso", "ram"):
        client.enable_aws_service_access(ServicePrincipal=f"{service}.amazonaws.com")
    running.client("iam", account="222233334444").list_roles()
    chosen = [{"AttributeKey": "EventName", "AttributeValue": "EnableAWSServiceAccess"}]
    events = running.client("cloudtrail").lookup_events(LookupAttributes=chosen)["Events"]
    asked = [json.loads(event["CloudTrailEvent"])["requestParameters"]["servicePrincipal"] for event in events]
    assert asked == ["ram.amazonaws.com", "sso.amazonaws.com"]
    assert {event["Username"] for event in events} == {"sandbox"}
    others = running.client("cloudtrail").lookup_events()["Events"]
    assert "ListRoles" not in {event["EventName"] for event in others}


def test_no_secret_is_in_a_record_at_any_depth(aws: Callable) -> None:
    running = aws("organization")
    iam = running.client("iam")
    iam.create_user(UserName="someone")
    iam.create_login_profile(UserName="someone", Password="hunter2hunter2")
    assert "hunter2" not in json.dumps([running.trail, running.calls])
