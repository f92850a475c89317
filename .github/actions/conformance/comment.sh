#!/usr/bin/env bash
# Puts FOLDER/comment.md under a pull request, in place of the comment of an earlier run.
#
# usage: comment.sh FOLDER NUMBER     with gh, and GH_TOKEN and GITHUB_REPOSITORY set
set -euo pipefail
file=$1/comment.md number=$2
[ -s "$file" ] || { echo "comment.sh: there is no $file" >&2; exit 2; }
# A comment has at most 65,536 characters.
if [ "$(wc -m <"$file")" -gt 65000 ]; then
    short=$(mktemp)
    head -c 64000 "$file" | iconv -c -f UTF-8 -t UTF-8 >"$short"
    printf '\n\nThe rest is in the reports of this run.\n' >>"$short"
    file=$short
fi
mark=$(head -n 1 "$file")
earlier=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$number/comments" \
    --jq ".[] | select(.body | startswith(\"$mark\")) | .id" | head -n 1)
if [ -n "$earlier" ]; then
    gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$earlier" -F body=@"$file" >/dev/null
else
    gh api --method POST "repos/$GITHUB_REPOSITORY/issues/$number/comments" -F body=@"$file" >/dev/null
fi
