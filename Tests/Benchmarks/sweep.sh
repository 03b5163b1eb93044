#!/usr/bin/env bash
# A sweep of 40 points with one job and with two, in turn, and once more when every point is stored: what
# is left then is the sweep's own cost (reading 40 scenarios, telling that they are known, printing).
set -euo pipefail
cd "$(dirname "$0")/../.."
qosdiff=.build/release/qosdiff
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
loads=0.40,0.42,0.44,0.46,0.48,0.50,0.52,0.54,0.56,0.58,0.60,0.62,0.64,0.66,0.68,0.70,0.72,0.74,0.76,0.78
seconds() {
  local start=$EPOCHREALTIME
  "$qosdiff" sweep Scenarios/quickstart.yaml --axis "workload.load=$loads" \
    --axis query.slo.scale=2,4 --jobs "$1" --db "$folder/$1.sqlite" > /dev/null 2>&1
  awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }'
}
one=$(seconds 1)
two=$(seconds 2)
again=$(seconds 2)
awk -v one="$one" -v two="$two" -v again="$again" 'BEGIN {
  printf "sweep of 40 points: 1 job %.1f s, 2 jobs %.1f s: %.2fx; with all points stored %.1f s: %.1f %%\n",
    one, two, one / two, again, 100 * again / two
}'
