#!/usr/bin/env bash
# check-sign-in.sh STACK [preview|destroy|refresh]: may this be applied, without anyone losing sign-in? 0 yes, else no.
set -euo pipefail
stack=${1:?give the stack}
what=${2:-preview}
pack=${PACK:-$(dirname "${BASH_SOURCE[0]}")/../../policies}
refused=0
plan=$(mktemp)
trap 'rm -f "$plan"' EXIT
# These variables add options to every pulumi command (--target, --ignore-protect), and no preview shows them.
unset ${!PULUMI_OPTION_@}

case $what in
  preview)
    command=(preview --policy-pack "$pack" ${PACK_CONFIG:+--policy-pack-config "$PACK_CONFIG"})
    # For people: it shows every finding in full, and fails on a mandatory one. The gate reports all the same.
    pulumi "${command[@]}" --stack "$stack" || refused=1 ;;
  # Policy packs don't run on these. Where Pulumi refuses the destroy, the gate still reports what it would do.
  destroy | refresh) command=("$what" --preview-only) ;;
  *) echo "check-sign-in.sh STACK [preview|destroy|refresh]" >&2; exit 2 ;;
esac

# SAVED_PLAN: the file in which to save the plan, for `pulumi up --plan`.
if [[ $what == preview && -n ${SAVED_PLAN:-} ]]; then command+=(--save-plan "$SAVED_PLAN"); fi

# Event lines. The other form of --json leaves out the policy pack's violations and unknown values. A preview that fails is
# never good: also one that couldn't save the plan.
PULUMI_ENABLE_STREAMING_JSON_PREVIEW=1 pulumi "${command[@]}" --json --stack "$stack" >"$plan" || refused=1

# On GitHub the step's summary shows the findings.
if [[ -n ${GITHUB_STEP_SUMMARY:-} ]]; then
  identity-center gate ${PACK_CONFIG:+--policy-pack-config "$PACK_CONFIG"} --format markdown "$plan" \
    >>"$GITHUB_STEP_SUMMARY" || true
fi
# 0 safe, 1 unsafe, 2 could not tell.
identity-center gate ${PACK_CONFIG:+--policy-pack-config "$PACK_CONFIG"} "$plan"
exit "$refused"
