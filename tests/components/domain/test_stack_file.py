from __future__ import annotations

import pytest
from pulumi_aws_identity_center.domain.stack_file import read
from pulumi_aws_identity_center.errors import InvalidInput

from tests.walk import walk

OURS = "aws-identity-center:"


@walk(
    "text",
    ["", "{}", "encryptionsalt: v1:x\n", "secretsprovider: awskms://x\nencryptedkey: x\n", "config:\n", "config: ~\n",
     "config: {}\n", "environment: [dev]\n", "config:\n  aws:region: us-east-1\n"],
)  # fmt: skip
def test_a_stack_without_our_keys_has_the_defaults(text: str) -> None:
    """As Pulumi takes each of these; the second line is what `pulumi stack init` writes."""
    stack_file = read(text, "Pulumi.dev.yaml")
    assert (stack_file.texts, stack_file.secrets) == ({}, ())


@walk(
    ("line", "key", "value"),
    [
        (f'{OURS}a: ""', "a", ""),
        (f"{OURS}a:", "a", ""),
        (f"{OURS}a: ~", "a", ""),
        (f"{OURS}a: null", "a", ""),
        (f"{OURS}a: 222233334444", "a", "222233334444"),
        (f"{OURS}a: [{{b: c}}]", "a", '[{"b": "c"}]'),
        (f"""{OURS}a: '[{{"b": "c"}}]'""", "a", '[{"b": "c"}]'),
        # Pulumi's older spelling, and what belongs to the project, whose name is the namespace.
        (f"{OURS}config:a: b", "a", "b"),
        ("whenNotEnabled: warn", "whenNotEnabled", "warn"),
    ],
)
def test_each_key_is_what_pulumi_hands_to_the_program(line: str, key: str, value: str) -> None:
    stack_file = read(f"config:\n  {line}\n  other:a: b\n  otherKey: b\n", "Pulumi.dev.yaml")
    assert (stack_file.texts, stack_file.secrets) == ({key: value}, ())


def test_keys_with_a_secret_are_told_without_a_value() -> None:
    text = f"config:\n  {OURS}a: {{secure: v1:x}}\n  {OURS}b: [{{c: {{secure: v1:x}}}}]\n  other:a: {{secure: v1:x}}\n"
    stack_file = read(text, "Pulumi.dev.yaml")
    assert (stack_file.texts, stack_file.secrets) == ({}, ("a", "b"))


@walk(
    "text",
    ["just words", "[]", "a: [", "config: []", "config: words", "a: b", "name: project\nruntime: python\n",
     "name: p\nruntime: python\nconfig:\n  aws-identity-center:whenNotEnabled: {default: error}\n"],
)  # fmt: skip
def test_another_file_is_refused_with_what_to_name(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^Pulumi\.dev\.yaml is not a stack's Pulumi\.STACK\.yaml: it") as caught:
        read(text, "Pulumi.dev.yaml")
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize("line", ["config: {<<: *other}", "config:\n  <<: [*other]", "<<: *other"])
def test_a_merge_key_is_refused_since_it_may_hide_ours(line: str) -> None:
    with pytest.raises(InvalidInput, match="merge key"):
        read(f"environment: &other {{config: {{{OURS}a: b}}}}\n{line}\n", "Pulumi.dev.yaml")
