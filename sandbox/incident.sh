#!/usr/bin/env bash
# What happened to an organization in public, on the sandbox: an ordinary program whose list of trusted services lacks
# sso.amazonaws.com. Once with the policy pack and the gate, which refuse it; once without, which locks everybody out.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >Pulumi.yaml <<YAML
name: incident
runtime: {name: python, options: {virtualenv: $root/.venv}}
YAML
cat >__main__.py <<'PYTHON'
import pulumi, pulumi_aws as aws

aws.organizations.Organization(
    "org",
    aws_service_access_principals=["guardduty.amazonaws.com"],
    feature_set="ALL",
    opts=pulumi.ResourceOptions(import_=aws.organizations.get_organization().id, protect=True),
)
PYTHON
quiet() { "$@" >out 2>&1; }
trusted() { identity-center status --format json | python3 -c '
import json, sys
print(next(c["detail"] for c in json.load(sys.stdin)["checks"] if c["id"] == "trusted-access"))'; }
quiet pulumi stack init dev

say() { printf '%-27s %s\n' "$1" "$2"; }

echo "A program imports the organization with one trusted service, GuardDuty, as the provider's own example does."
say "Before:" "$(trusted)"
if quiet pulumi preview --policy-pack "$root/policies"; then say "The policy pack:" "let it pass"; exit 1; fi
say "The policy pack refuses it:" "$(grep -om1 'organization-keeps-sso' out)"
pulumi preview --json >preview.json 2>/dev/null || true
if identity-center gate preview.json >out 2>&1; then say "The gate:" "let it pass"; exit 1; fi
say "The gate refuses it:" "$(head -1 out)"
quiet pulumi up --yes --skip-preview
say "Without both, pulumi up:" "exit status 0"
say "After:" "$(trusted)"
quiet identity-center recover --yes
say "identity-center recover:" "$(trusted | cut -d' ' -f1-4) again."
