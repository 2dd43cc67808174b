"""The resources of Pulumi's aws package that the components declare, by token.

In the state, to the engine, to a policy pack and in a transform they are what pulumi_aws's own classes make; a
transformation finds the same Python names in `props`. Importing those classes takes longer than all that a preview of
`OrganizationSso` asks AWS: pulumi_aws.iam alone builds an enum of every managed policy of AWS
(benchmarks/components.py). tests/contracts holds these against pulumi_aws's.
"""

# No `from __future__ import annotations`: the SDK reads these annotations as types.
import functools
import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Optional

import pulumi

from .constants import DELEGATED_ADMINISTRATOR_TYPE, SERVICE_ACCESS_TYPE
from .validation import snake_case


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


class AwsResource(pulumi.CustomResource):
    """A resource by its token, with inputs as a Python program spells them."""

    token: ClassVar[str]
    input_names: ClassVar[tuple[str, ...]]
    """All that a transformation may set, as the schema spells them."""
    _outputs: ClassVar[Mapping[str, None]]
    _inputs_in_schema: ClassVar[Mapping[str, str]]
    _outputs_in_python: ClassVar[Mapping[str, str]]

    def __init_subclass__(cls) -> None:
        cls._outputs = dict.fromkeys(cls.__annotations__)
        cls._inputs_in_schema = {snake_case(name): name for name in cls.input_names}
        cls._outputs_in_python = {_camel_case(name): name for name in cls.__annotations__}

    def __init__(self, name: str, inputs: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        defaults = pulumi.ResourceOptions(version=plugin_version())
        super().__init__(self.token, name, {**self._outputs, **inputs}, pulumi.ResourceOptions.merge(defaults, opts))

    def translate_input_property(self, prop: str) -> str:
        """The schema's name of an input. Any other key, such as a tag's, is left as it is."""
        return self._inputs_in_schema.get(prop, prop)

    def translate_output_property(self, prop: str) -> str:
        """The attribute of an output. What no component reads has none."""
        return self._outputs_in_python.get(prop, prop)


class AwsServiceAccess(AwsResource):
    """Trusted access of one service."""

    token = SERVICE_ACCESS_TYPE
    input_names = ("servicePrincipal",)
    service_principal: pulumi.Output[str]
    date_enabled: pulumi.Output[str]


class DelegatedAdministrator(AwsResource):
    """A member account that administers a service."""

    token = DELEGATED_ADMINISTRATOR_TYPE
    input_names = ("accountId", "servicePrincipal")
    account_id: pulumi.Output[str]
    delegation_enabled_date: pulumi.Output[str]


class InstanceAccessControlAttributes(AwsResource):
    """The attributes for access control of an Identity Center instance."""

    token = "aws:ssoadmin/instanceAccessControlAttributes:InstanceAccessControlAttributes"
    input_names = ("attributes", "instanceArn", "region")


class Policy(AwsResource):
    """A managed policy."""

    token = "aws:iam/policy:Policy"
    input_names = ("delayAfterPolicyCreationInMs", "description", "name", "namePrefix", "path", "policy", "tags")
    arn: pulumi.Output[str]


class Role(AwsResource):
    """A role."""

    token = "aws:iam/role:Role"
    input_names = (
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
    name: pulumi.Output[str]
    arn: pulumi.Output[str]


class RolePolicyAttachment(AwsResource):
    """A managed policy on a role."""

    token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    input_names = ("policyArn", "role")


@functools.cache
def plugin_version() -> Optional[str]:
    """The version of the aws plugin that goes with the installed pulumi_aws, from where the language host reads it.

    All resources and looks need the same: for another version the engine starts a second provider.
    """
    found = importlib.util.find_spec("pulumi_aws")  # which doesn't import it
    if found is None or found.origin is None:
        raise ImportError("pulumi-aws isn't installed, on which pulumi-aws-identity-center depends: pip install it")
    version: Optional[str] = json.loads(Path(found.origin).with_name("pulumi-plugin.json").read_text())["version"]
    return version
