# A Slurm of one node in a scratch folder, from Debian's packages slurm-wlm and munge: sourced by the tests.
#   slurm_can_run               whether all is there; says what is missing
#   slurm_start FOLDER [LINE]   starts munged, slurmctld, slurmd; LINE is added to slurm.conf
#   slurm_stop FOLDER           stops them by their pid files; safe when they do not run
# The daemons listen on 127.0.0.1 alone. Slurm's commands then work by SLURM_CONF. The daemons end with the
# shell that started them, however it ends.
patience=${PSTM_TEST_PATIENCE:-1} # times each deadline, as in tests/cli/lib.sh

slurm_can_run() {
  local command
  for command in munged slurmctld slurmd sbatch; do
    PATH=$PATH:/usr/sbin command -v $command >/dev/null || { echo "skipped: $command is missing (apt-get install slurm-wlm munge)"; return 1; }
  done
  [ "$(id -u)" = 0 ] || { echo "skipped: slurmd wants root"; return 1; }
}

# A port that nobody listens on, from the dynamic range's lower neighbours.
slurm_free_port() {
  local port
  for _ in $(seq 50); do
    port=$((20000 + RANDOM % 10000))
    (: <>/dev/tcp/127.0.0.1/$port) 2>/dev/null || { echo $port; return; }
  done
  return 1
}

slurm_write_conf() { # FOLDER LINE
  local s=$1 host
  host=$(hostname -s)
  cat >"$s/slurm.conf" <<EOF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 RealMemory=2000 State=UNKNOWN Gres=gpu:2
PartitionName=test Nodes=$host Default=YES MaxTime=INFINITE State=UP
GresTypes=gpu
SlurmUser=root
SlurmdUser=root
SlurmctldPort=$(slurm_free_port)
SlurmdPort=$(slurm_free_port)
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$s/munge.socket,cred_expire=5
StateSaveLocation=$s/state
SlurmdSpoolDir=$s/spool
SlurmctldPidFile=$s/slurmctld.pid
SlurmdPidFile=$s/slurmd.pid
SlurmctldLogFile=$s/slurmctld.log
SlurmdLogFile=$s/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/affinity
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
JobRequeue=1
KillWait=5
MinJobAge=3600
MpiDefault=none
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SchedulerParameters=batch_sched_delay=0,bf_interval=1,sched_interval=1
$2
EOF
  # GPUs in name only: two files that stand for their devices.
  touch "$s/gpu0" "$s/gpu1"
  echo "Name=gpu File=$s/gpu[0-1]" >"$s/gres.conf"
}

slurm_start() {
  local s=$1
  mkdir -p "$s/state" "$s/spool"
  chmod 755 "$s"
  slurm_write_conf "$s" "${2:-}"
  head -c 128 /dev/urandom >"$s/munge.key"
  chmod 400 "$s/munge.key"
  export SLURM_CONF=$s/slurm.conf PATH=$PATH:/usr/sbin
  # Whatever becomes of this shell, somebody stops the daemons: out of its process tree, so that it is not
  # ended along with it.
  ( setsid bash -c 'source "$1"; while kill -0 "$2" 2>/dev/null; do sleep 1; done; export SLURM_CONF=$3/slurm.conf; slurm_stop "$3"' \
    watch "${BASH_SOURCE[0]}" $$ "$s" >/dev/null 2>&1 </dev/null & )
  munged --force --key-file="$s/munge.key" --socket="$s/munge.socket" --pid-file="$s/munged.pid" \
    --log-file="$s/munged.log" --seed-file="$s/munge.seed" || return 1
  slurmctld -f "$s/slurm.conf" && slurmd -f "$s/slurm.conf" -N "$(hostname -s)" || return 1
  for _ in $(seq $((100 * patience))); do
    [ "$(timeout $((10 * patience)) sinfo -h -o %T 2>/dev/null)" = idle ] && return
    sleep 0.2
  done
  echo "Slurm has not become idle"
  tail -n 5 "$s"/slurmctld.log "$s"/slurmd.log
  return 1
}

# Ends the process of a pid file and waits for it, 10 seconds at most.
slurm_stop_daemon() {
  local pid
  pid=$(cat "$1" 2>/dev/null) || return 0
  kill "$pid" 2>/dev/null || return 0
  for _ in $(seq $((100 * patience))); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -9 "$pid" 2>/dev/null
}

slurm_stop() {
  local s=$1
  [ -e "$s/slurm.conf" ] || return 0
  if [ -e "$s/slurmctld.pid" ]; then
    timeout $((10 * patience)) scancel -u root 2>/dev/null
    for _ in $(seq $((100 * patience))); do # a job's slurmstepd would outlive slurmd
      [ -n "$(timeout $((10 * patience)) squeue -h 2>/dev/null)" ] || break
      sleep 0.2
    done
  fi
  slurm_stop_daemon "$s/slurmd.pid"
  slurm_stop_daemon "$s/slurmctld.pid"
  slurm_stop_daemon "$s/munged.pid"
}
