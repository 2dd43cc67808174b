"""Mocks for unit tests of programs that use the components: nothing reaches AWS, and no engine runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pulumi

from .errors import InvalidInput
from .names import DELEGATED_ADMINISTRATOR_TYPE, SERVICE_ACCESS_TYPE

MANAGEMENT_ACCOUNT = "111122223333"
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": MANAGEMENT_ACCOUNT},
    "aws:index/getPartition:getPartition": {"partition": "aws"},
    "aws:index/getRegion:getRegion": {"region": "us-east-1"},
    "aws:organizations/getDelegatedAdministrators:getDelegatedAdministrators": {"delegatedAdministrators": []},
    # Without accounts nobody knows which there are, so each may be named.
    "aws:organizations/getOrganization:getOrganization": {
        "masterAccountId": MANAGEMENT_ACCOUNT,
        "featureSet": "ALL",
        "accounts": [],
    },
    "aws:ssoadmin/getInstances:getInstances": {
        "arns": ["arn:aws:sso:::instance/ssoins-0000000000000000"],
        "identityStoreIds": ["d-0000000000"],
    },
}
# The aws package repeats a function's name: aws:MODULE/getThing:getThing.
_TOKEN = re.compile(r"aws:[\w-]+/(\w+):\1|(?!aws:)[^:]+:[^:]*:[^:]+")
_OUTPUTS: Mapping[str, Mapping[str, Any]] = {
    SERVICE_ACCESS_TYPE: {"dateEnabled": "2024-01-02T03:04:05+00:00"},
    DELEGATED_ADMINISTRATOR_TYPE: {"delegationEnabledDate": "2024-01-02T03:04:05+00:00"},
}


class HealthyOrganization(pulumi.runtime.Mocks):
    """Pass it to `pulumi.runtime.set_mocks`: AWS answers as a healthy organization does.

    The caller is the management account 111122223333, all features are on, and there is an Identity Center instance.
    `answers` gives a test's own results by function token; each is laid over the healthy one. Raises InvalidInput for a
    key that isn't a token. A subclass may override `call` and `new_resource`, as of any `pulumi.runtime.Mocks`.
    `resources` are those that the program declared.
    """

    def __init__(self, answers: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        own = answers or {}
        for token in own:
            if _TOKEN.fullmatch(token) is None:
                example = "aws:index/getCallerIdentity:getCallerIdentity"
                raise InvalidInput(f"answers has {token!r}, which no function is called by; write {example!r}.")
        self.answers = {token: {**ANSWERS.get(token, {}), **own.get(token, {})} for token in {**ANSWERS, **own}}
        self.resources: list[pulumi.runtime.MockResourceArgs] = []

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """The function's result, without failures; a function that has no answer gives its own arguments back."""
        return dict(self.answers.get(args.token, args.args)), []

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """The resource's id, and its inputs with the outputs that AWS would add."""
        self.resources.append(args)
        arn = f"arn:aws:mock::{MANAGEMENT_ACCOUNT}:{args.name}"
        return f"{args.name}-id", {"arn": arn, **_OUTPUTS.get(args.typ, {}), **args.inputs}
