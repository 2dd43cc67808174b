"""The policy pack: the rules of `rules/`, in the order of the README's table.

The rules stand on the package `pulumi_aws_identity_center`: in this folder (a bundle), beside it (its repository,
whatever version is installed), or installed.
"""

import importlib.util
import sys
from pathlib import Path

if importlib.util.find_spec("pulumi") is None:
    sys.exit(f"{sys.executable} lacks pulumi, which this pack needs: pip install -r requirements.txt in its folder.")
_BESIDE = Path(__file__).resolve().parent.parent / "components"
if (_BESIDE / "pulumi_aws_identity_center").is_dir():
    sys.path.insert(1, str(_BESIDE))
elif importlib.util.find_spec("pulumi_aws_identity_center") is None:
    sys.exit(
        "This folder alone is no whole policy pack: make policy-bundle in its repository makes one that is. "
        "Or install the package: pip install PATH/TO/components."
    )

from pack.server import serve  # noqa: E402 - found only now
from rules.registry import RULES  # noqa: E402

if __name__ == "__main__":
    serve("aws-identity-center", RULES)
