"""What the resources take: texts, and lists of texts; and ids that end with an instance's ARN."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_aws_identity_center.domain.values import INSTANCE, is_instance_arn
from pulumi_aws_identity_center.errors import shown
from pulumi_aws_identity_center.matrix.values import Values

from .resource_type import Refused
from .values import is_unknown

Problems = list[tuple[str, str]]
"""(input, sentence) each."""
NOT_EMPTY = re.compile(r".+", re.DOTALL)


@dataclass(frozen=True)
class Input:
    """allowed: what the text, or each text of the list, must be: the end of a message's sentence."""

    allowed: str
    pattern: re.Pattern[str] = NOT_EMPTY
    is_list: bool = False
    is_required: bool = True


INSTANCE_ARN = Input("an instance's ARN, arn:aws:sso:::instance/ssoins-…", INSTANCE)
PERMISSION_SET_ARN = Input("a permission set's ARN")


def input_problems(inputs: Mapping[str, Any], expected: Mapping[str, Input], more: Collection[str] = ()) -> Problems:
    """One for each input that is missing, wrong or not taken. A value that only the update knows passes.

    more: names of inputs that are checked elsewhere.
    """
    values = Values(is_unknown)
    fields = values.fields(inputs, "", (*expected, *more))
    for name, input_ in expected.items():
        value = fields.get(name)
        is_left_out = value is None and not input_.is_required
        if not is_left_out and not is_unknown(value):
            check = values.texts if input_.is_list else values.text
            check(value, name, input_.allowed, input_.pattern)
    return by_input(values.problems)


def by_input(sentences: Iterable[str]) -> Problems:
    """A sentence begins with the path of its input, such as managedPolicies[0]."""
    return [(re.split(r"[ .\[:]", sentence)[0], sentence) for sentence in sentences]


def parse_id(id_: str) -> tuple[str, str]:
    """The permission set's ARN and the instance's. Raises Refused."""
    arn, _, instance = id_.partition(",")
    if not arn.startswith("arn:") or not is_instance_arn(instance):
        raise Refused(f"{shown(id_)} is no permission set: its id is PERMISSION-SET-ARN,INSTANCE-ARN.")
    return arn, instance
