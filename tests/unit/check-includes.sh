#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check-includes.sh SOURCE CC [FLAGS...]: the house's one-way roads, as the
# include lines show them, and whether every header of the engine stands on
# its own.  TAP.
set -u
cd "$1" || exit 1
shift
n=0 status=0

report () # DESCRIPTION OFFENDERS
{
  n=$((n + 1))
  if [ -z "$2" ]; then
    echo "ok $n - $1"
  else
    echo "not ok $n - $1"
    echo "$2" | sed 's/^/# /'
    status=1
  fi
}

# Lines of FOLDER's sources that include something of our own outside the
# folders ALLOWED.
strangers () # FOLDER ALLOWED
{
  grep -rnE '#include "[a-z-]+/' "$1" --include='*.[ch]' |
    grep -vE "#include \"($2)/"
}

echo "TAP version 13"
report "core does not know GIMP, GTK or GEGL" "$(
  grep -rniE '#include.*(gimp|gtk|gdk|gegl|babl)' core --include='*.[ch]' |
    grep -v '^core/tool/')"
report "core/base stands alone" "$(strangers core/base base)"
report "core/kernels sees base" "$(strangers core/kernels 'base|kernels')"
report "core/nn sees base and kernels" "$(strangers core/nn 'base|kernels|nn')"
report "core/sample sees base, no denoiser" "$(strangers core/sample 'base|sample')"
report "core/denoise sees base and sample, no kind of denoiser" "$(
  strangers core/denoise 'base|sample|denoise' | grep -v '^core/denoise/[a-z]*/'
  grep -nE '#include "denoise/[a-z-]+/' core/denoise/*.[ch])"
report "core/denoise/unet sees what networks are built of" "$(
  strangers core/denoise/unet 'base|kernels|nn|sample|denoise')"
report "core/bundle sees all but the pipeline" "$(
  strangers core/bundle 'base|kernels|nn|sample|denoise|bundle')"
report "core/pipeline sees denoisers, of no kind" "$(
  strangers core/pipeline 'base|sample|denoise|pipeline'
  grep -rnE '#include "denoise/[a-z-]+/' core/pipeline --include='*.[ch]')"
report "core/tool sees itself and the public headers" "$(
  strangers core/tool tool)"
report "ui and plugin see no folder of the core" "$(
  grep -rnE '#include ".*(base|kernels|nn|sample|denoise|bundle|pipeline|tool)/' \
    ui plugin --include='*.[ch]'
  strangers ui '-'; strangers plugin '-')"
report "no source knows a folder that is not there" "$(
  grep -rnhoE '#include "[a-z/-]+/' core tests --include='*.[ch]' |
    sed 's/.*"//; s|/$||' | sort -u | while read -r folder; do
      [ -d "core/$folder" ] || [ "$folder" = .. ] || echo "$folder"
    done)"
for header in core/*.h core/*/*.h core/*/*/*.h; do
  case $header in
    core/tool/*) continue ;;                   # needs GEGL
    core/kernels/vector*.h | core/kernels/bf16.h) continue ;;
                                   # compiled for one instruction set each
  esac
  report "$header compiles alone" "$(
    echo "#include \"${header#core/}\"" |
      "$@" -std=gnu11 -fsyntax-only -Icore -x c - 2>&1)"
done
echo "1..$n"
exit $status
