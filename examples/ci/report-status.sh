#!/usr/bin/env bash
# report-status.sh: is sign-in alive? If not, or if status can't tell, an issue is open afterwards.
set -euo pipefail
title="Identity Center: sign-in needs attention"
report=$(mktemp)
trap 'rm -f "$report"' EXIT
# GitLab's API, of this project's issues.
issues() {
  curl --fail --silent --show-error --header "PRIVATE-TOKEN: $ISSUES_TOKEN" "$@" "$CI_API_V4_URL/projects/$CI_PROJECT_ID/issues"
}

code=0
identity-center status >"$report" 2>&1 || code=$?
cat "$report"
if [[ $code == 0 ]]; then exit 0; fi
sed -i 's/^/    /' "$report" # as code, in Markdown
if [[ -z ${GITHUB_ACTIONS:-}${CI_API_V4_URL:-} ]]; then
  echo "Not in a job of GitHub or GitLab: no issue opens." >&2
  exit "$code"
fi
if [[ -n ${GITHUB_ACTIONS:-} ]]; then
  opened=$(gh issue list --state open --limit 1000 --json title --jq '.[].title')
else
  found=$(issues --get --data state=opened --data in=title --data-urlencode "search=$title")
  opened=$(python3 -c 'import json, sys; print("\n".join(issue["title"] for issue in json.load(sys.stdin)))' <<<"$found")
fi
if grep --quiet --fixed-strings --line-regexp "$title" <<<"$opened"; then
  echo "The issue is open already: $title"
elif [[ -n ${GITHUB_ACTIONS:-} ]]; then
  gh issue create --title "$title" --body-file "$report"
else
  issues --data-urlencode "title=$title" --data-urlencode "description@$report" >/dev/null
fi
exit "$code"
