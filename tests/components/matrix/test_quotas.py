"""AWS's quotas are reported before AWS refuses."""

from __future__ import annotations

from pulumi_aws_identity_center.matrix.access_matrix import PrincipalReference
from pulumi_aws_identity_center.matrix.expansion import ExpandedAssignment, Expansion
from pulumi_aws_identity_center.matrix.quotas import quota_problems, quota_warnings


def expansion(*entries: tuple[str, str, tuple[str, ...]]) -> Expansion:
    rows = [ExpandedAssignment(PrincipalReference("GROUP", group), name, ids) for group, name, ids in entries]
    return Expansion(tuple(rows))


def test_what_is_at_the_quota_is_no_problem() -> None:
    two_sets = expansion(("a", "s", ("1", "2")), ("a", "t", ("1",)), ("b", "s", ("2",)))
    assert quota_problems(two_sets, most_groups=2) == []
    assert quota_warnings(two_sets, most_sets=2) == []


def test_too_many_permission_sets_are_told_by_account() -> None:
    [warning] = quota_warnings(expansion(("a", "s", ("1", "2")), ("a", "t", ("1",))), most_sets=1)
    assert warning.startswith("AWS takes at most 1 permission sets in an account, and the matrix has more in 1.")


def test_too_many_groups_are_told_by_account_and_set() -> None:
    groups = [(f"g{number}", "s", ("1", "2", "3", "4")) for number in range(2)]
    [problem] = quota_problems(expansion(*groups), most_groups=1)
    assert "the matrix has more in 1 (s), 2 (s), 3 (s) and 1 more." in problem


def test_the_quotas_are_awss() -> None:
    groups, sets = ([(f"g{n}", "s", ("1",)) for n in range(101)], [("g", f"s{n}", ("1",)) for n in range(501)])
    assert quota_problems(expansion(*groups[1:])) == quota_warnings(expansion(*sets[1:])) == []
    assert len(quota_problems(expansion(*groups))) == len(quota_warnings(expansion(*sets))) == 1


def test_users_are_no_groups() -> None:
    users = [ExpandedAssignment(PrincipalReference("USER", f"u{number}"), "s", ("1",)) for number in range(2)]
    assert quota_problems(Expansion(tuple(users)), most_groups=1) == []
