"""A matrix as JSON, CSV, Markdown and lines: shapes, and names that would run or break something."""

from __future__ import annotations

import csv
import io
import json

from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.matrix.grants import Grant, Principal, in_order
from pulumi_aws_identity_center.matrix.markdown import code, fit, matrix_as_markdown
from pulumi_aws_identity_center.matrix.report import as_csv, as_json, plain_lines, shorten, summary

from tests.walk import walk

PLATFORM, OMAR = Principal("GROUP", "g-1", "Platform"), Principal("USER", "u-1", "omar")
GRANTS = in_order(
    [
        Grant(OMAR, "ReadOnly", "3" * 12, "prod"),
        Grant(PLATFORM, "Administrator", "2" * 12, "security"),
        Grant(PLATFORM, "Administrator", "1" * 12, None),
    ]
)


def test_json_has_the_rows_of_the_design() -> None:
    assert json.loads(as_json(GRANTS))["grants"][1] == {
        "principal": {"type": "GROUP", "id": "g-1", "name": "Platform"},
        "permissionSet": "Administrator",
        "account": "222222222222",
        "accountName": "security",
    }


def test_groups_come_before_users_and_each_grant_once() -> None:
    assert [grant.principal.name for grant in in_order([*GRANTS, *GRANTS])] == ["Platform", "Platform", "omar"]


def test_lines_have_all_accounts_of_a_principal_and_set() -> None:
    assert list(plain_lines(GRANTS)) == [
        "group Platform: Administrator: 111111111111, security (222222222222)",
        "user omar: ReadOnly: prod (333333333333)",
    ]


def test_the_summary_counts() -> None:
    assert summary(GRANTS) == "3 grants: 1 group and 1 user, 2 permission sets, 3 accounts."


def test_a_long_list_says_how_many_are_left_out() -> None:
    assert shorten(["a", "b", "c"], 2) == "a, b, c"
    assert shorten(["a", "b", "c", "d"], 2) == "a, b and 2 more"


@given(st.text(st.characters(codec="utf-8", min_codepoint=32), min_size=1))
def test_csv_gives_every_name_back(name: str) -> None:
    (_, row) = csv.reader(io.StringIO(as_csv([Grant(Principal("USER", "u", name), "x", "1" * 12, name)])))
    assert row[2].removeprefix("'") == name.removeprefix("'")


@walk("sign", "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
def test_csv_puts_an_apostrophe_before_each_sign(sign: str) -> None:
    text = as_csv([Grant(Principal("GROUP", "g", f"{sign}1"), "x", "1" * 12, f"a{sign}=1")])
    (_, row) = csv.reader(io.StringIO(text, newline=""))
    assert (row[2], row[5]) == (f"'{sign}1", f"a{sign}=1")


def test_csv_runs_nothing_in_a_spreadsheet() -> None:
    text = as_csv([Grant(Principal("GROUP", "g", '=HYPERLINK("x")'), "+1", "1" * 12, "@SUM(A1)")])
    (_, row) = csv.reader(io.StringIO(text))
    assert [row[2], row[3], row[5]] == ['\'=HYPERLINK("x")', "'+1", "'@SUM(A1)"]


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_markdown_code_ends_nowhere_but_at_its_end(text: str) -> None:
    inside = code(text).removeprefix("<code>").removesuffix("</code>")
    assert not set("<>|`*_[]~\\\n\r") & set(inside)


def test_markdown_has_a_row_for_each_principal_and_set() -> None:
    rows = matrix_as_markdown(GRANTS).splitlines()
    assert rows[3] == "| user <code>omar</code> | <code>ReadOnly</code> | <code>prod (333333333333)</code> |"


def test_what_does_not_fit_is_counted() -> None:
    assert fit(["12345", "12345", "12345"], 12, "{count} more") == ["12345", "12345", "1 more"]
    assert fit(["12345"], 12, "{count} more") == ["12345"]
