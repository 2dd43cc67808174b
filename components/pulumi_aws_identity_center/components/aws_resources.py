"""The resources of Pulumi's aws package that the components declare, by token, without an import of pulumi_aws.

Importing pulumi_aws takes longer than all calls to AWS of a preview of `OrganizationSso` (benchmarks/components.py).
The engine, a policy pack, transforms and transformations see the same resources; tests/contracts compares them.
"""

# No `from __future__ import annotations`: the SDK reads these annotations as types.
import functools
import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pulumi

from pulumi_aws_identity_center.domain.values import snake_case
from pulumi_aws_identity_center.names import ATTRIBUTES_TYPE, DELEGATED_ADMINISTRATOR_TYPE, SERVICE_ACCESS_TYPE


def _in_python(names: tuple[str, ...]) -> dict[str, str]:
    return {snake_case(name): name for name in names}


class AwsResource(pulumi.CustomResource):
    """A resource by its token. inputs, outputs: all names of the schema, in its spelling. All, because a user's
    transformation may read a property that isn't set: `args.props["tags"] or {}`.
    """

    token: ClassVar[str]
    inputs: ClassVar[tuple[str, ...]]
    outputs: ClassVar[tuple[str, ...]]
    _arguments: ClassVar[Any]
    _nothing: ClassVar[Mapping[str, None]]

    def __init_subclass__(cls) -> None:
        inputs, every = _in_python(cls.inputs), _in_python((*cls.inputs, *cls.outputs))
        # As an input type: then the SDK translates these names, and not the keys of a map such as tags.
        marked = {
            "__annotations__": dict.fromkeys(inputs, Any),
            **{key: pulumi.property(inputs[key]) for key in inputs},
        }
        cls._arguments = pulumi.input_type(type(f"{cls.__name__}Args", (), marked))
        for key, name in every.items():
            cls.__annotations__.setdefault(key, pulumi.Output[Any])
            setattr(cls, key, pulumi.property(name))
        cls._nothing = dict.fromkeys(every)

    def __init__(self, name: str, inputs: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        arguments = self._arguments.__new__(self._arguments)
        arguments.__dict__.update({**self._nothing, **inputs})
        defaults = pulumi.ResourceOptions(version=plugin_version())
        super().__init__(self.token, name, arguments, pulumi.ResourceOptions.merge(defaults, opts))


class AwsServiceAccess(AwsResource):
    token = SERVICE_ACCESS_TYPE
    inputs = ("servicePrincipal",)
    outputs = ("dateEnabled",)
    service_principal: pulumi.Output[str]
    date_enabled: pulumi.Output[str]


class DelegatedAdministrator(AwsResource):
    token = DELEGATED_ADMINISTRATOR_TYPE
    inputs = ("accountId", "servicePrincipal")
    outputs = ("arn", "delegationEnabledDate", "email", "joinedMethod", "joinedTimestamp", "name", "status")
    account_id: pulumi.Output[str]
    delegation_enabled_date: pulumi.Output[str]


class InstanceAccessControlAttributes(AwsResource):
    token = ATTRIBUTES_TYPE
    inputs = ("attributes", "instanceArn", "region")
    outputs = ("status", "statusReason")


class Policy(AwsResource):
    token = "aws:iam/policy:Policy"
    inputs = ("delayAfterPolicyCreationInMs", "description", "name", "namePrefix", "path", "policy", "tags")
    outputs = ("arn", "attachmentCount", "policyId", "tagsAll")
    arn: pulumi.Output[str]


class Role(AwsResource):
    token = "aws:iam/role:Role"
    inputs = (
        "assumeRolePolicy",
        "description",
        "forceDetachPolicies",
        "inlinePolicies",
        "managedPolicyArns",
        "maxSessionDuration",
        "name",
        "namePrefix",
        "path",
        "permissionsBoundary",
        "tags",
    )
    outputs = ("arn", "createDate", "tagsAll", "uniqueId")
    name: pulumi.Output[str]
    arn: pulumi.Output[str]


class RolePolicyAttachment(AwsResource):
    token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    inputs = ("policyArn", "role")
    outputs = ()


@functools.cache
def plugin_version() -> str:
    """The version of the aws plugin of the installed pulumi_aws, from the file that the language host reads.

    All resources and functions need the same version: for another one the engine starts a second provider.
    """
    try:
        spec = importlib.util.find_spec("pulumi_aws")  # which doesn't import it
        assert spec is not None
        assert spec.origin is not None
        version: str = json.loads(Path(spec.origin).with_name("pulumi-plugin.json").read_text("utf-8"))["version"]
    except (AssertionError, OSError, ValueError, KeyError, TypeError):
        raise ImportError(
            "pulumi-aws, on which pulumi-aws-identity-center depends, isn't installed, or not whole: "
            "pip install --force-reinstall pulumi-aws"
        ) from None
    return version
