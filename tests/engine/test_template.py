"""templates/README.md, run as it stands: the template makes a project that installs, goes up and is protected."""

from __future__ import annotations

import sysconfig
from collections.abc import Callable
from pathlib import Path

from sandbox.session import ROOT
from tests.printed_commands import block_lines

INSTALL = "pulumi install"
# The package comes from the page's wheel, and what the package needs from this environment.
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PULUMI_SKIP_CONFIRMATIONS": "true"}


def test_a_project_of_the_template_installs_and_goes_up(sandbox_session: Callable, tmp_path: Path) -> None:
    checkout, folder = tmp_path / "checkout", tmp_path / "identity-center"
    checkout.mkdir()
    for name in ("components", "templates"):
        (checkout / name).symlink_to(ROOT / name)
    session = sandbox_session()
    session.environment.update(OFFLINE)
    commands, _, used = "\n".join(block_lines((ROOT / "templates/README.md").read_text("utf-8"))).partition(INSTALL)

    session.run("bash", "-ec", commands + INSTALL, cwd=checkout)
    assert "name: identity-center\ndescription: " in (folder / "Pulumi.yaml").read_text("utf-8")
    assert not list(folder.glob("Pulumi.*.yaml"))
    site = next(folder.glob("venv/lib/python*/site-packages"))
    assert (site / "pulumi_aws_identity_center" / "py.typed").exists()
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))

    assert "pulumi up" in used
    with_the_pack = used.replace("pulumi up", f"pulumi up --policy-pack {ROOT / 'policies'}")
    session.run("bash", "-ec", with_the_pack, cwd=folder)
    assert session.pulumi("stack", "output", "trustedAccessProtected", cwd=folder).out.strip() == "true"
    assert session.pulumi("destroy", "--preview-only", cwd=folder, check=False).code != 0
