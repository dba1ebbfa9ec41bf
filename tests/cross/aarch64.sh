#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Builds the engine for 64-bit ARM with Debian's cross compiler and runs its
# tests of kernels, network, patches and samplers under an emulator: aarch64.sh
# [TEST...], the names of meson's tests.  It works in a Debian 13 root of its
# own, made on first use (about 1.3 GB); nothing else needs that root.
set -euo pipefail

top=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)

say () { printf '==> %s\n' "$*" >&2; }
die () { printf 'aarch64: %s\n' "$*" >&2; exit 1; }

# shellcheck source=tests/dev/system.sh
. "$top/tests/dev/system.sh"

# shellcheck disable=SC2034  # system.sh reads these
packages=(
  ca-certificates build-essential meson ninja-build pkg-config python3-numpy
  libglib2.0-dev libjson-glib-dev gcc-aarch64-linux-gnu qemu-user
  libglib2.0-dev:arm64 libjson-glib-dev:arm64 libopenblas-dev:arm64
)
# shellcheck disable=SC2034
foreign=arm64
cache=$cache/aarch64          # beside the roots that ./dev works in
# shellcheck disable=SC2034
release=trixie
system=root

prepare_root
build=build-aarch64
if [ ! -e "$top/$build/build.ninja" ]; then
  inside meson setup $build --cross-file tests/cross/aarch64.ini \
      -Dplugin=disabled -Dtool=disabled >"$cache/configure.log" 2>&1 ||
    { tail -n 20 "$cache/configure.log" >&2; die "configuring failed"; }
fi
inside ninja -C $build >"$cache/compile.log" 2>&1 ||
  { tail -n 40 "$cache/compile.log" >&2; die "compiling failed"; }
tests=("$@")
[ $# -gt 0 ] || tests=(kernels golden-unet golden-unet-vector golden-unet-neon golden-scheduler
                          golden-patches patches pool)
inside meson test -C $build --no-rebuild --print-errorlogs \
  --timeout-multiplier 10 "${tests[@]}"
