#!/usr/bin/env bash
# `pstm plan` simulates two workers within 10 % of the run of two ranks that its rate is from. The time compared is that
# of the compute threads, from start to end, in the run's profile. On a machine that others use as well, what the rate
# was on average need not hold at the end of the run: one of three runs must do.
# usage: simulated.sh PSTM SCRATCH
source "$(dirname "$0")/../cli/lib.sh"

check "make a survey" "$pstm" synth --preset diffractor --noise 0.1 --traces 8000 --inline 160,25 --crossline 160,25 \
  --time 250,0.004 --out "$scratch/survey"
job=$scratch/survey/job.yaml
profile=$scratch/two.h5.profile.json

# compute_s: of the rank whose compute thread was there for longest.
compute_s() {
  /usr/bin/python3 -c 'import json, sys
print(max(rank["lanes"]["compute"]["wall_s"] for rank in json.load(open(sys.argv[1]))["ranks"]))' "$profile"
}

one_run() {
  rm -f "$scratch"/two.h5*
  ranks 2 "$pstm" run "$job" --quiet --set devices=cpu --set threads=1 --set output.file="$scratch/two.h5" || return 1
  local simulated measured
  simulated=$("$pstm" plan "$job" --set devices=cpu --ranks 2 --profile "$profile" | awk '$1 == 2 && $3 == "s" { print $2 }')
  measured=$(compute_s)
  echo "measured $measured s, simulated $simulated s"
  awk -v m="$measured" -v s="$simulated" 'BEGIN { exit !(m >= 1 && s >= 0.9 * m && s <= 1.1 * m) }'
}
one_of_three() { one_run || one_run || one_run; }
check "two ranks as simulated" one_of_three
cat "$scratch/out.txt"
finish
