"""The components from a stack that installs nothing of the package: it is named in Pulumi.yaml, and runs as a plugin.

`pulumi package add PATH/TO/components` writes typed classes instead of the one below: pulumi_aws_identity_center_sdk.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi


class Remote(pulumi.ComponentResource):
    """A component of the package by its name; its outputs are the properties that `outputs` names."""

    def __init__(self, kind: str, name: str, args: Mapping[str, Any], outputs: Sequence[str]) -> None:
        token = f"aws-identity-center:index:{kind}"
        super().__init__(token, name, {**dict.fromkeys(outputs), **args}, remote=True)


# Set breakGlass (reason, expires) in the stack's configuration to take it down on purpose.
break_glass = pulumi.Config().get_object("breakGlass")
sso = Remote(
    "OrganizationSso",
    "sso",
    {"breakGlass": break_glass} if break_glass else {},
    ["trustedAccessProtected", "instanceArn", "instanceStatus", "policyArns"],
)

for output in ("trustedAccessProtected", "instanceArn", "instanceStatus"):
    pulumi.export(output, getattr(sso, output))
