#!/usr/bin/env bash
# The simulation's library builds with GSL, SQLite and a header of GLPK alone: this builds it where the headers of oneDNN,
# libpng and zlib are empty files. Hiding them takes root; without it, this says so and ends.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! unshare --mount true 2> /dev/null; then
  echo "bare_build: skipped, this user may not hide headers (unshare --mount)"
  exit 0
fi
hidden=$(find /usr/include /usr/local/include -path '*dnnl*' -name '*.h*' -o -name 'png*.h' -o -name 'zlib.h' 2> /dev/null)
[ -n "$hidden" ] || { echo "bare_build: none of libdnnl-dev, libpng-dev and zlib1g-dev is installed: nothing to hide"; }
unshare --mount bash -euo pipefail -c '
  for header in $1; do mount --bind /dev/null "$header"; done
  swift build --product Simulation --scratch-path .build-bare
  # Were the headers to be seen, this would show nothing.
  if swift build --target KernelBench --scratch-path .build-bare > /dev/null 2>&1; then
    echo "bare_build: KernelBench builds without the headers of oneDNN: they are not hidden" >&2
    exit 1
  fi
  if swift build --target Gzip --scratch-path .build-bare > /dev/null 2>&1; then
    echo "bare_build: Gzip builds without the header of zlib: it is not hidden" >&2
    exit 1
  fi' bare "$hidden"
echo "bare_build: the Simulation library builds without oneDNN, libpng and zlib"
