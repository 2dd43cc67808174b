"""What an answer is taken for: each of AWS's error codes, and each shape that AWS doesn't answer in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore import exceptions as boto
from pulumi_aws_identity_center.aws.calls import ask
from pulumi_aws_identity_center.aws.client import Account
from pulumi_aws_identity_center.aws.provider_client import CallFailed, ProviderClient
from pulumi_aws_identity_center.aws.results import KINDS, Answer, kind_of_code
from pulumi_aws_identity_center.aws.sign_in_settings import SignIn

from tests.walk import walk


@walk(
    ("code", "status", "kind"),
    [
        ("AccessDenied", 403, "denied"),
        ("AccessDeniedException", 400, "denied"),
        ("UnauthorizedOperation", 403, "denied"),
        ("Throttling", 400, "throttled"),
        ("ThrottlingException", 429, "throttled"),
        ("TooManyRequestsException", 429, "throttled"),
        ("RequestLimitExceeded", 503, "throttled"),
        ("SlowDown", 503, "throttled"),
        ("ExpiredToken", 403, "expired"),
        ("ExpiredTokenException", 400, "expired"),
        ("MissingAuthenticationToken", 403, "no-credentials"),
        ("InvalidClientTokenId", 403, "invalid-credentials"),
        ("UnrecognizedClientException", 400, "invalid-credentials"),
        ("SignatureDoesNotMatch", 403, "invalid-credentials"),
        # By the date stamp, so by this machine's clock: the services' Common Errors pages.
        ("RequestExpired", 400, "invalid-credentials"),
        ("UnknownOperationException", 404, "unsupported"),
        ("Anything", 501, "unsupported"),
        ("InternalFailure", 500, "unavailable"),
        ("ServiceUnavailable", 503, "unavailable"),
        ("ConcurrentModificationException", 400, "unavailable"),
        ("AWSOrganizationsNotInUseException", 400, "other"),
        ("", 0, "other"),
    ],
)
def test_each_code_is_of_one_kind(code: str, status: int, kind: str) -> None:
    assert kind_of_code(code, status) == kind


@walk(
    ("error", "kind"),
    [
        (boto.NoCredentialsError(), "no-credentials"),
        (boto.ProfileNotFound(profile="p"), "no-credentials"),
        (boto.CredentialRetrievalError(provider="p", error_msg="e"), "no-credentials"),
        (boto.UnauthorizedSSOTokenError(), "expired"),
        (boto.SSOTokenLoadError(error_msg="e"), "expired"),
        (boto.TokenRetrievalError(provider="sso", error_msg="e"), "expired"),
        (boto.EndpointConnectionError(endpoint_url="u"), "unreachable"),
        (boto.ReadTimeoutError(endpoint_url="u"), "unreachable"),
        (boto.SSLError(endpoint_url="u", error="e"), "unreachable"),
        (boto.ProxyConnectionError(proxy_url="u"), "unreachable"),
        (boto.IncompleteReadError(actual_bytes=1, expected_bytes=2), "unreachable"),
        (boto.PaginationError(message="the same token twice"), "malformed"),
        (boto.NoRegionError(), "configuration"),
        (boto.ConfigParseError(path="p"), "configuration"),
        (FileNotFoundError("token"), "configuration"),
        (KeyError("Organization"), "malformed"),
        (RecursionError(), "malformed"),
        (EOFError(), "no-credentials"),
        (RuntimeError("the refreshed credentials are still expired."), "expired"),
        (RuntimeError("can't start new thread"), "unavailable"),
    ],
)
def test_what_never_reached_aws_is_told_apart(error: Exception, kind: str) -> None:
    def question() -> None:
        raise error

    answer = ask(question, "x:Y")
    assert (answer.kind, answer.value, answer.action) == (kind, None, "x:Y")
    assert kind in KINDS


class Odd:
    """A client that gives the same answer to every call and every page."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def get_paginator(self, _operation: str) -> Odd:
        return self

    def paginate(self, **_arguments: Any) -> list[Any]:
        return [self._answer]

    def __getattr__(self, _operation: str) -> Callable[..., Any]:
        return lambda **_arguments: self._answer


WHOLE = {"Id": "o", "MasterAccountId": "1", "FeatureSet": "ALL"}


@walk(
    ("question", "answer"),
    [
        (Account.caller, {}),
        (Account.caller, {"Account": None, "Arn": "a"}),
        (Account.organization, {}),
        (Account.organization, {"Organization": None}),
        *((Account.organization, {"Organization": {**WHOLE, name: None}}) for name in WHOLE),
        (Account.trusted, {}),
        (Account.trusted, {"EnabledServicePrincipals": None}),
        (Account.trusted, {"EnabledServicePrincipals": ["sso.amazonaws.com"]}),
        (Account.trusted, {"EnabledServicePrincipals": [{"ServicePrincipal": None}]}),
        (Account.administrators, {"DelegatedAdministrators": [{"Email": "e"}]}),
        (Account.instances, {"Instances": [{}]}),
        (Account.instances, {"Instances": 7}),
        (Account.role, {"Role": {}}),
        (Account.role, None),
        (lambda account: account.directories("r"), {"DirectoryDescriptions": [{"DirectoryId": "d"}]}),
        (Account.enabled_regions, {"Regions": [{}]}),
    ],
)
def test_an_answer_that_lacks_what_aws_always_gives_is_malformed(
    monkeypatch: pytest.MonkeyPatch, question: Callable[[Account], Answer[Any]], answer: Any
) -> None:
    account = Account(SignIn("us-east-1"))
    monkeypatch.setattr(account, "client", lambda _service, _region=None: Odd(answer))
    result = question(account)
    assert (result.kind, result.value) == ("malformed", None)


def test_no_e_mail_address_of_an_administrator_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account(SignIn("us-east-1"))
    row = {"Id": "222233334444", "Email": "root@example.com", "Name": "audit"}
    monkeypatch.setattr(account, "client", lambda _service, _region=None: Odd({"DelegatedAdministrators": [row]}))
    assert account.administrators().value == [{"Id": "222233334444", "Name": "audit"}]


class Denied:
    """sso-admin while it refuses every call."""

    def list_instances(self) -> None:
        raise boto.ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not you"}}, "ListInstances")


MALFORMED_SERVICES = Odd({"EnabledServicePrincipals": [{"Service": "ram.amazonaws.com"}]})


def test_a_malformed_service_list_explains_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    clients = {"sso-admin": Denied(), "organizations": MALFORMED_SERVICES}
    client = ProviderClient()
    monkeypatch.setattr(client, "_client", clients.__getitem__)
    with pytest.raises(CallFailed, match=r"access was denied \(AccessDeniedException: not you\)"):
        client.call_once("sso-admin", "list_instances")
