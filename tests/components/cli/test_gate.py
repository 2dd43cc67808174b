"""`identity-center gate`: its exit status and its output, also where it can't print."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ACCESS = "aws:organizations/awsServiceAccess:AwsServiceAccess"
DELETE = {
    "op": "delete",
    "urn": f"urn:pulumi:dev::p::{ACCESS}::x",
    "oldState": {"inputs": {"servicePrincipal": "sso.amazonaws.com"}},
}
SAFE, UNSAFE = '{"duration": 1}', json.dumps({"steps": [DELETE], "changeSummary": {"delete": 1}})


@pytest.mark.parametrize(
    ("text", "code", "verdict"), [(SAFE, 0, "safe"), (UNSAFE, 1, "unsafe"), ("", 2, "undetermined")]
)
def test_the_verdict_is_the_exit_status_in_both_formats(run: Callable, text: str, code: int, verdict: str) -> None:
    table, rows = run(None, "gate", stdin=text), run(None, "gate", "--format", "json", "-", stdin=text)
    assert (table.returncode, rows.returncode) == (code, code)
    assert table.stdout.startswith(f"verdict: {verdict}\n")
    findings = json.loads(rows.stdout)
    assert findings["verdict"] == verdict
    for finding in findings["findings"]:
        assert all(word in table.stdout for word in finding.values())


def test_a_file_that_is_not_there_is_a_sentence(run: Callable, tmp_path) -> None:
    missing = run(None, "gate", str(tmp_path / "none"))
    assert missing.returncode == 2
    assert "can't be read: No such file or directory" in missing.stdout


def test_closed_standard_input_is_could_not_tell(command: list[str]) -> None:
    for closed in ("-", ""):
        shell = f"exec {shlex.join([*command, 'gate', *([closed] if closed else [])])}"
        done = subprocess.run(["sh", "-c", f"{shell} <&-"], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (2, "")
        assert "Standard input is closed" in done.stdout
        assert subprocess.run(["sh", "-c", f"{shell} <&- >&- 2>&-"], check=False).returncode == 2


EVIL = "x\nverdict: safe\n::warning title=fine::all good\u2028\x1b[2K##[error]"


@pytest.mark.parametrize("format_", ["table", "markdown"])
def test_a_resources_name_cannot_forge_a_line(run: Callable, format_: str) -> None:
    step = {**DELETE, "urn": f"urn:pulumi:dev::p::{ACCESS}::{EVIL}"}
    done = run(None, "gate", "--format", format_, stdin=json.dumps({"steps": [step]}))
    assert done.returncode == 1
    assert not [line for line in done.stdout.splitlines() if line.startswith("::") or line == "verdict: safe"]
    assert "\x1b" not in done.stdout
    assert "##[" not in done.stdout


def test_findings_of_one_rule_are_folded_and_json_has_all(run: Callable) -> None:
    steps = [{**DELETE, "urn": f"{DELETE['urn']}{number}"} for number in range(40)]
    text = json.dumps({"steps": steps})
    for format_ in ("table", "markdown"):
        assert "and 37 more of this rule" in run(None, "gate", "--format", format_, stdin=text).stdout
    assert len(json.loads(run(None, "gate", "--format", "json", stdin=text).stdout)["findings"]) == 40


def test_no_message_quotes_a_whole_long_name(run: Callable) -> None:
    step = {**DELETE, "urn": f"urn:pulumi:dev::p::{ACCESS}::{'long ' * 30}"}
    out = run(None, "gate", stdin=json.dumps({"steps": [step]})).stdout
    assert "long " * 20 not in out


def _open_break_glass(**changes: str) -> str:
    import datetime

    tomorrow = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat()
    value = json.dumps({"reason": "moving to another organization", "expires": tomorrow, **changes})
    return json.dumps({"config": {"aws-identity-center:breakGlass": value}, "steps": [DELETE]})


def test_an_acknowledged_break_glass_passes_the_gate(run: Callable) -> None:
    closed, opened = run(None, "gate", stdin=UNSAFE), run(None, "gate", stdin=_open_break_glass())
    assert "Break-glass" not in closed.stdout.splitlines()[2]
    assert opened.returncode == 1
    assert "by the stack's configuration: moving to another organization" in opened.stdout
    knowing = ["gate", "--break-glass-acknowledged", "agreed in CHG-7", "--format"]
    table, rows = (run(None, *knowing, form, stdin=_open_break_glass()) for form in ("table", "json"))
    assert (table.returncode, rows.returncode) == (0, 0)
    assert "agreed in CHG-7" in table.stdout
    document = json.loads(rows.stdout)
    assert document["verdict"] == "safe"
    assert document["breakGlass"]["acknowledged"] == "agreed in CHG-7"
    assert [row["rule"] for row in document["findings"]] == ["trusted-access-deleted"]


@pytest.mark.parametrize("text", [UNSAFE, _open_break_glass(expires="2020-01-01"), _open_break_glass(reason="")])
def test_nobody_can_acknowledge_what_is_not_open(run: Callable, text: str) -> None:
    done = run(None, "gate", "--break-glass-acknowledged", "because", stdin=text)
    assert done.returncode == 1
    assert "No break-glass is open" in done.stderr


def test_other_services_are_guarded_if_asked_for(run: Callable, tmp_path: Path) -> None:
    state = {"inputs": {"servicePrincipal": "guardduty.amazonaws.com"}}
    text = json.dumps({"steps": [{**DELETE, "oldState": state}]})
    config = tmp_path / "Pulumi.dev.yaml"
    config.write_text("config:\n  aws-identity-center:guardedServicePrincipals: [guardduty.amazonaws.com]\n")
    assert run(None, "gate", stdin=text).returncode == 0
    assert run(None, "gate", "--guard-service", "guardduty.amazonaws.com", stdin=text).returncode == 1
    assert run(None, "gate", "--stack-config", str(config), stdin=text).returncode == 1
    assert run(None, "gate", "--guard-service", "guardduty.amazonaws.com", stdin=UNSAFE).returncode == 1
    refused = run(None, "gate", "--guard-service", "guardduty", stdin=text)
    assert refused.returncode == 2
    assert "is not a service principal" in refused.stderr


GRANTS = Path(__file__).parents[1] / "gate/captures/terraform/grants.json"


def test_a_terraform_plan_takes_the_pack_s_configuration(run: Callable, tmp_path: Path) -> None:
    config = tmp_path / "rules.json"
    config.write_text('{"all": "disabled"}')
    assert "policy:" in run(None, "gate", str(GRANTS)).stdout
    assert "policy:" not in run(None, "gate", "--policy-pack-config", str(config), str(GRANTS)).stdout


def test_a_bad_configuration_is_refused_before_anything_is_read(run: Callable, tmp_path: Path) -> None:
    config = tmp_path / "rules.json"
    config.write_text('{"no-disable-grant": {"allow": []}}')
    done = run(None, "gate", "--policy-pack-config", str(config), str(GRANTS))
    assert (done.returncode, done.stdout) == (2, "")
    assert "'allow'" in done.stderr


def test_what_the_state_holds_without_retain_on_delete_is_named(run: Callable) -> None:
    def out(**options: object) -> str:
        state = {"inputs": {"servicePrincipal": "sso.amazonaws.com"}, "protect": True, **options}
        step = {"op": "same", "urn": DELETE["urn"], "oldState": state, "newState": state}
        done = run(None, "gate", stdin=json.dumps({"steps": [step]}))
        assert done.returncode == 0
        return str(done.stdout)

    assert "note: x is in the state without retainOnDelete" in out()
    assert "note:" not in out(retainOnDelete=True)
