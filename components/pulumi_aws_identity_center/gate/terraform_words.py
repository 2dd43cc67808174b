"""Findings in Terraform's own words: its names of properties, its blocks in place of Pulumi's options.

The rules write for Pulumi; this is the one place that translates. A remedy is translated as a whole: by its text where
several rules share it, or by the rule.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from pulumi_aws_identity_center.domain.iam_carriers import FLOWS
from pulumi_aws_identity_center.domain.organization_list import FIX, PROPERTY, PYTHON_NAME
from pulumi_aws_identity_center.domain.terraform_names import PLURALS
from pulumi_aws_identity_center.domain.values import snake_case
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

from .finding import RECOVER, RESTORE, Finding

TOOLS: Final = frozenset({"terraform", "opentofu"})
_FORGET = "removed { from = ADDRESS, lifecycle { destroy = false } }"
_BY_TEXT: Final[Mapping[str, str]] = {
    FIX: (
        f'Add "{SSO_SERVICE_PRINCIPAL}" to {PYTHON_NAME}, or leave the list alone: '
        f"lifecycle {{ ignore_changes = [{PYTHON_NAME}] }}. Import the organization only with the complete list."
    ),
    RESTORE: (
        "Put its block back into the configuration, or, after a rename, add a moved block. To hand it to another "
        "configuration, import it there first (import block): a person then decides about this plan."
    ),
    RECOVER: "Run identity-center recover, or apply a plan that has the resource in its configuration.",
}
_BY_RULE: Final[Mapping[str, str]] = {
    "principal-removed": f"Put it back into {PYTHON_NAME}, or leave the list alone with ignore_changes.",
    "trusted-access-replaced": "Undo the change of service_principal.",
    "administrator-gone": "Apply a plan that has the resource in its configuration: it registers the account again.",
    "preview-targeted": "Plan without -target and -exclude.",
    "features-lost": 'Set feature_set = "ALL".',
    "last-administrator-removed": (
        "Keep one such grant (after a rename, add a moved block), or give it to somebody else in the same plan. If "
        "another configuration grants it, a person decides. managementAccountId in the file that --policy-pack-config "
        "names tells the account."
    ),
    "service-linked-role-touched": f"It is AWS's: take its block out and let the state forget it: {_FORGET}.",
    "saml-provider-touched": f"It is Identity Center's: take its block out and let the state forget it: {_FORGET}.",
    "policy:service-linked-role-untouched": (
        f"Take its block out: AWS creates the role. If it is in the state, let that forget it: {_FORGET}."
    ),
    "value-unknown": "Write the value out, or apply what it depends on first, and plan again.",
    "unreadable-input": "Give it what terraform show -json PLAN (or tofu show -json PLAN) prints, all of it.",
}
# In order: what holds others first.
_WORDS: Final[tuple[tuple[str, str], ...]] = (
    ("The preview failed, so it does not show all that would happen: ", ""),
    (" The update judges it again.", ""),
    ("so that the preview can judge it", "so that the plan tells it"),
    ("--target or --exclude", "-target or -exclude"),
    ("during preview", "before the apply"),
    ("in this preview", "in this plan"),
    ("This preview", "This plan"),
    ("The preview", "The plan"),
    (" (retainOnDelete, or only read)", ""),
    (" (retainOnDelete)", ""),
    ("would leave the stack", "would leave the state"),
    ("as this stack sees it", "as Terraform sees it"),
)
_NAMES: Final[Mapping[str, str]] = {
    **{
        name: snake_case(name)
        for paths in FLOWS.values()
        for _, path in paths
        for name in path.replace("[]", "").split(".")
    },
    **{plural: singular for (_, singular), plural in PLURALS.items()},
    **{name: snake_case(name) for name in (PROPERTY, "featureSet", "servicePrincipal", "accountId")},
}
_NAME: Final = re.compile(rf"\b(?:{'|'.join(sorted(_NAMES, key=len, reverse=True))})\b")


def in_terraform_words(found: Finding) -> Finding:
    remedy = _BY_TEXT.get(found.remedy) or _BY_RULE.get(found.rule) or translated(found.remedy)
    return replace(found, detail=translated(found.detail), remedy=remedy)


def translated(text: str) -> str:
    for word, meaning in _WORDS:
        text = text.replace(word, meaning)
    return _NAME.sub(lambda match: _NAMES[match[0]], text)
