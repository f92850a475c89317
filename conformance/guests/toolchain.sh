#!/usr/bin/env bash
# Finds or fetches a compiler for the guests, and prints the environment to use
# it with, one NAME=VALUE a line. Says what it does on standard error. Changes
# nothing on the machine but one cache folder; a second run only prints.
#
# 1. The active toolchain, if it has the target (rustup target add
#    wasm32-unknown-unknown).
# 2. Otherwise the compiler that Debian packages with the sources of its
#    standard library, unpacked into the cache folder, not installed.
#
# CLOUD_WIT_WASM_TOOLCHAIN names another cache folder. GUEST_TOOLCHAIN=debian
# passes over the first choice.
set -euo pipefail

target=wasm32-unknown-unknown
say() { printf 'toolchain: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

command -v rustc >/dev/null || fail "no rustc on the path: install Rust from https://rustup.rs"
# Cargo by its own path: rustup's proxy would put its own libraries in front.
sysroot=$(rustc --print sysroot)
cargo=$sysroot/bin/cargo
[ -x "$cargo" ] || cargo=$(command -v cargo) || fail "no cargo on the path"

if [ "${GUEST_TOOLCHAIN:-}" != debian ] && [ -d "$sysroot/lib/rustlib/$target/lib" ]; then
    say "the active toolchain has $target"
    echo "GUEST_CARGO=$cargo"
    echo "RUSTC=$sysroot/bin/rustc"
    echo "GUEST_LINKER=$(find "$sysroot/lib/rustlib" -name rust-lld -type f | head -n 1)"
    exit 0
fi

[ "$(uname -sm)" = "Linux x86_64" ] && command -v apt-get >/dev/null && command -v dpkg >/dev/null ||
    fail "the toolchain $sysroot lacks $target: run 'rustup target add $target'"

cache=${CLOUD_WIT_WASM_TOOLCHAIN:-${XDG_CACHE_HOME:-$HOME/.cache}/cloud-wit/wasm-toolchain}
if [ ! -f "$cache/complete" ]; then
    say "the active toolchain lacks $target; unpacking Debian's compiler into $cache"
    if ! apt-cache show rustc-web rust-web-src >/dev/null 2>&1; then
        apt-get update >&2 || fail "apt-get update failed: run it as root, or run 'rustup target add $target'"
    fi
    # The names carry version numbers, so they are followed from package to package.
    depends() { apt-cache depends --important "$1" | sed -n "s/^ *Depends: \($2[0-9.]*\)$/\1/p" | head -n 1; }
    std=$(depends libstd-rust-web-dev libstd-rust-web-)
    llvm=$(depends "$std" libllvm)
    [ -n "$std" ] && [ -n "$llvm" ] ||
        fail "this Debian has no rustc-web with its library: run 'rustup target add $target'"
    work=$cache.$$
    trap 'rm -rf "$work"' EXIT
    mkdir -p "$work/packages" "$work/prefix"
    (cd "$work/packages" &&
        apt-get download rustc-web rust-web-src libstd-rust-web-dev "$std" "$llvm" "lld-${llvm#libllvm}" >&2) ||
        fail "apt-get download failed: run 'apt-get update' as root and try again"
    for package in "$work"/packages/*.deb; do
        dpkg -x "$package" "$work/prefix"
    done
    for package in "$work"/packages/*.deb; do
        basename "$package"
    done >"$work/complete"
    echo "${llvm#libllvm}" >"$work/llvm"
    rm -rf "$work/packages" "$cache"
    mkdir -p "$(dirname "$cache")"
    mv "$work" "$cache"
fi

prefix=$cache/prefix/usr
llvm=$prefix/lib/llvm-$(cat "$cache/llvm")
echo "GUEST_CARGO=$cargo"
echo "RUSTC=$prefix/bin/rustc"
echo "LD_LIBRARY_PATH=$prefix/lib/x86_64-linux-gnu:$llvm/lib"
echo "RUSTC_BOOTSTRAP=1"
echo "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$llvm/bin/wasm-ld"
echo "GUEST_LINKER=$llvm/bin/wasm-ld"
echo "GUEST_BUILD_STD=std,panic_abort"
