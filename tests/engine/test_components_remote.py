"""The components from another stack that imports nothing of the package: through the plugin."""

from __future__ import annotations

import json
from collections.abc import Callable

from sandbox.session import ROOT

PACKAGES = f"packages:\n  aws-identity-center: {ROOT / 'components'}\n"
REMOTE = """
import pulumi

class Remote(pulumi.ComponentResource):
    def __init__(self, kind, name, props, outputs, opts=None):
        token = f"aws-identity-center:index:{kind}"
        super().__init__(token, name, {**props, **dict.fromkeys(outputs)}, opts, remote=True)

"""


def test_a_stack_with_only_the_plugin_goes_up_and_refuses_to_go_down(new_stack: Callable, policies: str) -> None:
    stack = new_stack(
        REMOTE
        + """
sso = Remote("OrganizationSso", "all", {"whenNotEnabled": "warn"}, ["instanceArn", "servicePrincipal", "policyArns"])
pulumi.export("instance", sso.instanceArn if hasattr(sso, "instanceArn") else None)
""",
        yaml=PACKAGES,
    )
    result = stack.up("--policy-pack", policies)
    assert "11 created" in result.out
    assert "unchanged" in stack.up("--expect-no-changes").out
    assert stack.destroy(check=False).code != 0
    assert "DisableAWSServiceAccess" not in stack.session.operations()


def test_a_mistake_in_its_arguments_is_a_sentence(new_stack: Callable) -> None:
    stack = new_stack(REMOTE + 'Remote("OrganizationSso", "all", {"whenNotEnabled": "perhaps"}, [])\n', yaml=PACKAGES)
    result = stack.preview(check=False)
    assert result.code != 0
    assert "whenNotEnabled is 'perhaps'" in result.text


def test_the_schema_describes_every_component_and_every_property(new_stack: Callable) -> None:
    stack = new_stack("")
    schema = json.loads(stack.pulumi("package", "get-schema", str(ROOT / "components")).out)
    assert schema["name"] == "aws-identity-center"
    assert sorted(token.rpartition(":")[2] for token in schema["resources"]) == [
        "DelegatedAdministrator",
        "Instance",
        "OperatorPermissions",
        "OrganizationSso",
        "TrustedAccess",
    ]
    silent = [
        f"{token}.{name}"
        for token, resource in {**schema["resources"], **schema.get("types", {})}.items()
        for side in ("properties", "inputProperties")
        for name, described in resource.get(side, {}).items()
        if not described.get("description")
    ]
    assert silent == []
    assert [token for token, resource in schema["resources"].items() if not resource.get("description")] == []
