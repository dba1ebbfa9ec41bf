#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs the benchmark with the peers beside it: tests/bench/run.sh
# [OPTION...], the options being run.py's.  It works in a Debian 13 root of
# its own, made on first use, with the libraries that it compares with;
# nothing else in the project needs that root.
set -euo pipefail

top=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)

say () { printf '==> %s\n' "$*" >&2; }
die () { printf 'bench: %s\n' "$*" >&2; exit 1; }

# shellcheck source=tests/dev/system.sh
. "$top/tests/dev/system.sh"

# The engine and the tool, the peers, and a compiler for torch.compile.
# shellcheck disable=SC2034  # system.sh reads it
packages=(
  ca-certificates build-essential meson ninja-build pkg-config gettext
  libgegl-dev gegl libgexiv2-dev libtiff-dev libopenblas-dev
  libjson-glib-dev
  python3-numpy python3-pil python3-torch python3-safetensors
  python3-onnx python3-onnxruntime libdnnl-dev libopenblas0-openmp
  libtorch-dev libsleef-dev python3-dev
)
cache=$cache/bench            # beside the roots that ./dev works in
release=trixie                # the one that the figures are of
system=root

prepare_root
build=build-bench
if [ ! -e "$top/$build/build.ninja" ]; then
  inside meson setup $build -Dplugin=disabled >"$cache/configure.log" 2>&1 ||
    { tail -n 20 "$cache/configure.log" >&2; die "configuring failed"; }
fi
inside ninja -C $build bench-programs \
  >"$cache/compile.log" 2>&1 ||
  { tail -n 40 "$cache/compile.log" >&2; die "compiling failed"; }
revision=$(git -C "$top" rev-parse --short HEAD 2>/dev/null) || revision=unknown
extra_env+=("DIF_REVISION=$revision")
inside python3 tests/bench/run.py --build $build "$@"
