#!/usr/bin/env bash
# Holds `sweep --engine slurm` to `--engine local` on a real Slurm: a cluster of this one machine, in a
# folder of its own, that goes when the test ends. 40 points; a task is killed half way, the sweep is
# interrupted and given again; all tables but `provenance` must be the same. 'make test-slurm' installs
# what it needs.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
qosdiff=$root/.build/release/qosdiff
PATH=$PATH:/usr/sbin

folder=$(mktemp -d)
chmod 700 "$folder"
finish() {
  for daemon in slurmd slurmctld munge; do
    [ -f "$folder/$daemon.pid" ] && kill "$(cat "$folder/$daemon.pid")" 2>/dev/null || true
  done
  sleep 1
  rm -rf "$folder"
}
trap finish EXIT
fail() {
  echo "FAILED: $*" >&2
  tail -n 5 "$folder"/*.log "$folder"/*.text 2>/dev/null >&2 || true
  exit 1
}

host=$(hostname -s)
user=$(id -un)
port=$((20000 + $$ % 20000))
head -c 1024 /dev/urandom > "$folder/munge.key"
chmod 600 "$folder/munge.key"
munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" \
  --pid-file="$folder/munge.pid" --log-file="$folder/munge.log" --seed-file="$folder/munge.seed"
mkdir "$folder/state" "$folder/spool" "$folder/work"
export SLURM_CONF=$folder/slurm.conf
cat > "$SLURM_CONF" <<CONF
ClusterName=qosdiff
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
CredType=cred/munge
SlurmUser=$user
SlurmdUser=$user
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=1,batch_sched_delay=0
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
slurmctld
slurmd
for _ in $(seq 30); do
  sinfo --noheader --format=%t 2>/dev/null | grep -q idle && break
  sleep 1
done
sinfo --noheader --format=%t | grep -q idle || fail "the Slurm node did not come up"

cd "$folder/work"
cp -r "$root/Scenarios" "$root/Traces" .
loads=0.40,0.42,0.44,0.46,0.48,0.50,0.52,0.54,0.56,0.58,0.60,0.62,0.64,0.66,0.68,0.70,0.72,0.74,0.76,0.78
sweep=("$qosdiff" sweep Scenarios/quickstart.yaml --axis "workload.load=$loads" --axis query.slo.scale=2,4)

echo "local: 40 points"
"${sweep[@]}" --db local.sqlite > local.text 2> local.log || fail "the local sweep"

shards() { find slurm.sqlite.slurm/shards -name '*.sqlite' 2>/dev/null | wc -l; }
stored() { sqlite3 slurm.sqlite 'SELECT count(*) FROM experiment WHERE is_complete' 2>/dev/null || echo 0; }

echo "slurm: 40 points, a task killed, then the sweep interrupted"
# A background job of a script ignores SIGINT, which exec would pass on.
python3 - "${sweep[@]}" --db slurm.sqlite --engine slurm > first.text 2> first.log <<'PY' &
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
PY
sweeper=$!
for _ in $(seq 600); do [ "$(stored)" -ge 10 ] && break; sleep 0.1; done
victim=$(pgrep -f "qosdiff sweep-task $folder" | head -1 || true)
for _ in $(seq 100); do
  [ -n "$victim" ] && kill -KILL "$victim" 2>/dev/null && break
  sleep 0.02
  victim=$(pgrep -f "qosdiff sweep-task .*slurm.sqlite.slurm" | head -1 || true)
done
[ -n "$victim" ] || fail "no task could be killed half way"
echo "killed a task with $(stored) of 40 points stored"
for _ in $(seq 600); do [ "$(stored)" -ge 20 ] && break; sleep 0.1; done
kill -INT $sweeper
status=0
wait $sweeper || status=$?
[ "$status" = 130 ] || fail "an interrupted sweep exits with 130, not $status"
grep -q '^Interrupted: ' first.log || fail "the interrupted sweep does not say so"
cat first.log
[ "$(stored)" -lt 40 ] || fail "the interruption came too late to test anything"

echo "slurm: the same command again"
"${sweep[@]}" --db slurm.sqlite --engine slurm > second.text 2> second.log || fail "the second part"
cat second.log
grep -q 'submitted again' first.log second.log || fail "the killed task was not submitted again"
[ ! -e slurm.sqlite.slurm ] || fail "the folder of the tasks is left behind"

cmp local.text second.text || fail "the printed tables differ"
for table in profile experiment experiment_profile run query worker cpu_pool run_metric summary claim; do
  for db in local slurm; do
    sqlite3 $db.sqlite "SELECT * FROM $table" | sort > $db.$table.rows
  done
  cmp local.$table.rows slurm.$table.rows || fail "table $table differs"
done
[ "$(wc -l < local.experiment.rows)" -ge 40 ] || fail "fewer than 40 points"
echo "PASSED: 40 points, all tables identical to those of --engine local"
