"""What may not be read is said to be unread, and never taken for switched off."""

from __future__ import annotations

from collections.abc import Callable


def test_a_denied_look_at_the_instances_is_not_taken_for_a_disabled_one(main_stack: Callable) -> None:
    stack = main_stack(faults=["sso-admin:ListInstances:AccessDeniedException"])
    result = stack.preview(check=False)
    assert result.code != 0
    assert "instances can't be listed with these credentials" in result.text
    assert "no organization instance" not in result.text
    assert "Traceback" not in result.text


def test_a_denied_look_at_the_organization_is_another_sentence(main_stack: Callable) -> None:
    stack = main_stack(faults=["organizations:DescribeOrganization:AccessDeniedException"])
    result = stack.preview(check=False)
    assert result.code != 0
    assert "The organization can't be read with these credentials" in result.text
    assert "Traceback" not in result.text
