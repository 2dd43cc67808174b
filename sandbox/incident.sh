#!/usr/bin/env bash
# What happened to an organization in public, on the sandbox: an ordinary program whose list of trusted services lacks
# sso.amazonaws.com. Once with the policy pack and the gate, which refuse it; once without, which locks everybody out.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
# If a command fails, its output is shown.
trap '[ $? = 0 ] || cat "$work/out" >&2; rm -rf "$work"' EXIT
cd "$work"
printf 'name: incident\nruntime: python\n' >Pulumi.yaml
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
trusted() {
	quiet identity-center status --format json || true # trusted access that is off is exit status 1
	python3 -c 'import json; print(next(c["detail"] for c in json.load(open("out"))["checks"] if c["id"] == "trusted-access"))' 2>/dev/null
}
quiet pulumi stack init dev

say() { printf '%-27s %s\n' "$1" "$2"; }

echo "A program imports the organization with one trusted service, GuardDuty, as the provider's own example does."
before=$(trusted)
say "Before:" "$before"
quiet pulumi preview --policy-pack "$root/policies" || true
rule=$(grep -om1 organization-keeps-sso out)
say "The policy pack refuses it:" "$rule"
pulumi preview --json >preview.json 2>out || true
quiet identity-center gate preview.json || true
verdict=$(grep -xm1 'verdict: unsafe' out)
say "The gate refuses it:" "$verdict"
quiet pulumi up --yes --skip-preview
say "Without both, pulumi up:" "exit status 0"
after=$(trusted)
say "After:" "$after"
quiet identity-center recover --yes
now=$(trusted | cut -d' ' -f1-4)
say "identity-center recover:" "$now again."
