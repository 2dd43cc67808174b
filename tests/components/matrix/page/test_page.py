"""The HTML page in a real browser: its content, search and filters, the keyboard, hostile names, 100,000 grants."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pulumi_aws_identity_center.matrix.grants import Grant, Principal
from pulumi_aws_identity_center.matrix.page import as_html, changes_as_html

from tests.chromium import Browser, chromium

HOSTILE = '</script><img src=x onerror="document.title=1">{script}{data}&amp;\u2028"\'<!--'
PLATFORM = Principal("GROUP", "g-1", "Platform")
OMAR = Principal("USER", "u-1", "omar@example.com")
GRANTS = [
    *(Grant(PLATFORM, "Administrator", digit * 12, name) for digit, name in (("1", "management"), ("2", "security"))),
    Grant(OMAR, "ReadOnly", "3" * 12, "prod-web"),
    Grant(Principal("GROUP", "g-9", HOSTILE), HOSTILE[:32], "4" * 12, HOSTILE),
    Grant(Principal("GROUP", "g-8", None), "ReadOnly", "5" * 12, None),
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("chromium")) as tab:
        yield tab


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Browser]:
    _open(browser, tmp_path, as_html(GRANTS, "the live <organization>", "today"))
    yield browser
    assert browser.errors == []


def _open(browser: Browser, folder: Path, text: str, fragment: str = "") -> None:
    path = folder / "page.html"
    path.write_text(text, encoding="utf-8")
    browser.errors.clear()
    browser.open(path, fragment)


def _rows(browser: Browser) -> list[str]:
    rows: list[str] = browser.evaluate("[...document.querySelectorAll('#rows tr')].map(row => row.innerText)")
    return rows


def _count(browser: Browser) -> str:
    return str(browser.evaluate("document.getElementById('count').textContent"))


def _set(browser: Browser, field: str, value: str) -> None:
    change = "new Event('input', {bubbles: true})"
    browser.evaluate(
        f"{{const field = document.getElementById('{field}'); field.value = {json.dumps(value)};"
        f" field.dispatchEvent({change});}}"
    )


def test_every_grant_is_a_row(page: Browser) -> None:
    rows = _rows(page)
    assert len(rows) == 5
    assert any("Platform" in row and "Administrator" in row and "management" in row for row in rows)
    assert page.evaluate("document.title") == "Who has what in which account"


def test_names_from_aws_are_text_and_nothing_else(page: Browser) -> None:
    assert page.evaluate("document.querySelectorAll('img').length") == 0
    (row,) = (row for row in _rows(page) if HOSTILE[:9] in row)
    assert row.count("onerror") == 3
    header = page.evaluate("document.querySelector('header p').textContent")
    assert header == "the live <organization>, today"


@pytest.mark.parametrize(
    ("field", "value", "count"),
    [
        ("q", "ADMIN", 2),
        ("q", "platform security", 1),
        ("q", "g-8", 1),
        ("q", "nobody", 0),
        ("who", "omar", 1),
        ("account", "222222222222", 1),
        ("set", "read", 2),
        ("set", '"read"', 0),
        ("kind", "USER", 1),
    ],
)
def test_each_filter_narrows_the_rows(page: Browser, field: str, value: str, count: int) -> None:
    _set(page, field, value)
    assert len(_rows(page)) == count
    assert _count(page).startswith(f"{count} of 5")


def test_a_view_is_kept_in_the_address(page: Browser, tmp_path: Path) -> None:
    _set(page, "who", "platform")
    fragment = page.evaluate("location.hash")
    _open(page, tmp_path, as_html(GRANTS, "x", "today"), fragment)
    assert len(_rows(page)) == 2


def test_grouped_rows_count_and_lead_to_their_grants(page: Browser) -> None:
    page.evaluate("document.querySelector('input[value=who]').click()")
    (row,) = (row for row in _rows(page) if "Platform" in row)
    assert row.split("\t")[1:] == ["1", "2", "2"]
    page.evaluate("[...document.querySelectorAll('#rows button')].find(one => one.innerText === 'Platform').click()")
    assert len(_rows(page)) == 2


def test_a_group_leads_to_no_other_that_is_named_alike(browser: Browser, tmp_path: Path) -> None:
    names = [("1", "dev"), ("2", "dev-2"), ("3", "dev")]
    grants = [Grant(Principal("GROUP", f"g-{id_}", name), name, id_ * 12, name) for id_, name in names]
    for view in ("who", "set", "account"):
        _open(browser, tmp_path, as_html(grants, "x", "today"), f"#view={view}")
        grouped = [(row.split("\t")[-1], place) for place, row in enumerate(_rows(browser))]
        for count, place in grouped:
            browser.evaluate(f"document.querySelector('input[value={view}]').click()")
            browser.evaluate(f"document.querySelectorAll('#rows button')[{place}].click()")
            assert str(len(_rows(browser))) == count
            browser.evaluate("document.querySelector('button[type=reset]').click()")


@pytest.mark.parametrize("view", ["toString", "__proto__", "no-view"])
def test_an_address_with_a_wrong_view_shows_every_grant(page: Browser, tmp_path: Path, view: str) -> None:
    _open(page, tmp_path, as_html(GRANTS, "x", "today"), f"#view={view}")
    assert len(_rows(page)) == 5


def test_the_keyboard_alone_searches_and_sorts(page: Browser) -> None:
    page.press("/", "/")
    page.type("only")
    assert (page.evaluate("document.getElementById('q').value"), len(_rows(page))) == ("only", 2)
    page.evaluate("document.querySelector('#head button').focus()")
    page.press("Enter", "\r")
    assert page.evaluate("document.querySelector('[aria-sort]').getAttribute('aria-sort')") == "descending"
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"


def test_a_screen_reader_is_told_what_each_part_is(page: Browser) -> None:
    nodes = page.send("Accessibility.getFullAXTree")["nodes"]
    named = {
        (node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node.get("ignored")
    }
    assert {
        ("combobox", "Person or group"),
        ("table", "Grants"),
        ("search", "Filters"),
        ("radio", "By account"),
        ("button", "Next page"),
        ("navigation", "Pages"),
        ("heading", "Who has what in which account"),
    } <= named
    assert "status" in {role for role, _ in named}
    assert {"columnheader", "rowheader"} <= {role for role, _ in named}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast_in_light_and_dark(page: Browser, scheme: str) -> None:
    page.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    colors = page.evaluate(
        "(() => {const page = getComputedStyle(document.body);"
        " const muted = getComputedStyle(document.getElementById('count'));"
        " return [page.color, page.backgroundColor, muted.color]})()"
    )
    text, background, muted = map(_luminance, colors)
    assert (background < 0.1) == (scheme == "dark")
    # w3.org/TR/WCAG22/#contrast-minimum
    assert _contrast(text, background) >= 7
    assert _contrast(muted, background) >= 4.5


def _luminance(color: str) -> float:
    channels = [int(part) / 255 for part in re.findall(r"\d+", color)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def test_changes_are_told_by_word_and_not_by_colour_alone(browser: Browser, tmp_path: Path) -> None:
    _open(browser, tmp_path, changes_as_html(GRANTS[:2], GRANTS[2:3], "preview.json", "today"))
    rows = _rows(browser)
    assert sum("gains" in row for row in rows) == 2
    _set(browser, "change", "-1")
    assert ["loses" in row for row in _rows(browser)] == [True]
    assert browser.errors == []


def test_it_works_at_100_000_grants(browser: Browser, tmp_path: Path) -> None:
    groups = [Principal("GROUP", f"id-{number}", f"group-{number:04}") for number in range(1000)]
    grants = [
        Grant(group, "ReadOnly", f"{number:012}", f"account-{number:03}")
        for group, number in itertools.product(groups, range(100))
    ]
    text = as_html(grants, "the live organization", "today")
    assert len(text) < 3_000_000
    _open(browser, tmp_path, text)
    assert _count(browser) == "100,000 grants"
    assert len(_rows(browser)) == 100
    _set(browser, "q", "group-0999 account-09")
    assert _count(browser) == "10 of 100,000 grants"


def test_pages_are_turned_to_the_end(browser: Browser, tmp_path: Path) -> None:
    grants = [Grant(PLATFORM, "ReadOnly", f"{number:012}", None) for number in range(250)]
    _open(browser, tmp_path, as_html(grants, "x", "today"))
    for _ in range(2):
        browser.evaluate("document.getElementById('next').click()")
    assert len(_rows(browser)) == 50
    assert browser.evaluate("document.getElementById('next').disabled") is True
    assert browser.evaluate("document.getElementById('page').textContent") == "Rows 201 to 250 of 250"


def test_nothing_is_asked_of_the_network() -> None:
    text = as_html(GRANTS[:2], "x", "today")
    assert "default-src 'none'" in text
    assert not re.search(r"https?:|src=|@import|url\(", text)


def test_an_empty_matrix_is_a_page_too(browser: Browser, tmp_path: Path) -> None:
    _open(browser, tmp_path, as_html([], "x", "today"))
    assert (_count(browser), _rows(browser), browser.errors) == ("0 grants", [], [])
