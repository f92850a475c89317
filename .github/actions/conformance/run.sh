#!/usr/bin/env bash
# Runs the suite on providers and compares the specification with a base, as the action
# beside it does, on any machine.
#
# usage: run.sh [--provider NAMES] [--arguments TEXT] [--spec PLACE] [--base PLACE]
#               [--reports FOLDER]
#
# Writes into FOLDER: what `conformance --report-dir` writes, and comment.md. The program
# is CONFORMANCE_BIN; without it, it is built from the repository that this script is in.
# Ends with the first exit code that is not 0: of the run, then of the diff.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../../.." && pwd)

provider='' arguments='' spec='' base='HEAD~1' reports='conformance-reports'
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || { echo "run.sh: $1 needs a value" >&2; exit 2; }
    case $1 in
        --provider) provider=$2 ;;
        --arguments) arguments=$2 ;;
        --spec) spec=$2 ;;
        --base) base=$2 ;;
        --reports) reports=$2 ;;
        *) echo "run.sh: $1 is not known" >&2; exit 2 ;;
    esac
    shift 2
done

bin=${CONFORMANCE_BIN:-}
if [ -z "$bin" ]; then
    cargo build --quiet --manifest-path "$repository/Cargo.toml"
    bin=${CARGO_TARGET_DIR:-$repository/target}/debug/conformance
fi
mkdir -p "$reports"
comment=$reports/comment.md
summary=${GITHUB_STEP_SUMMARY:-/dev/null}
# A comment is found again by its first line.
echo '<!-- cloud-wit conformance -->' >"$comment"

run_code=0 spec_code=0
if [ -n "$spec" ]; then
    "$bin" spec diff "$base" "$spec" --format markdown >"$reports/spec-diff.md" || spec_code=$?
    # What ended without a page said why on standard error.
    [ -s "$reports/spec-diff.md" ] ||
        echo "The specification could not be compared (exit code $spec_code)." >"$reports/spec-diff.md"
    cat "$reports/spec-diff.md" >>"$comment"
fi
if [ -n "$provider" ]; then
    read -r -a more <<<"$arguments"
    "$bin" --provider "$provider" --report-dir "$reports" ${more[@]+"${more[@]}"} || run_code=$?
    if [ -s "$reports/report.md" ]; then
        printf '\n' >>"$comment"
        cat "$reports/report.md" >>"$comment"
    fi
fi
cat "$comment" >>"$summary"
if [ -n "${GITHUB_OUTPUT:-}" ]; then
    { echo "exit-code=$run_code"; echo "spec-exit-code=$spec_code"; } >>"$GITHUB_OUTPUT"
fi
[ "$run_code" -eq 0 ] || exit "$run_code"
exit "$spec_code"
