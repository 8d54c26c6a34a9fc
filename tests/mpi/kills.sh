#!/usr/bin/env bash
# Kills runs at points of their phases: headers, store, migration, sync, finish (kill_points.c says what a point is). Each
# killed run must have been killed in its phase; its cube is read by h5dump and by `pstm status --verify`; and the same job
# goes on with other ranks, tiles and memory, to the bits of a run that nobody disturbed. In the end one cube is killed
# again and again. usage: kills.sh PSTM SCRATCH PSTM_WITH_POINTS KILLS_A_PHASE [SEED [DEVICE]]
source "$(dirname "$0")/../cli/lib.sh"
with_points=$3
n_each=$4
seed=${5:-1}
device=${6:-cpu}
RANDOM=$seed
command -v h5dump >/dev/null || { echo "h5dump (hdf5-tools) is missing: skipped"; exit 77; }
echo "seed $seed"

phases=(headers store migration sync finish)
# The ways to run the job; two of them differ in everything.
n_ranks=(3 1 2 4)
tiles=("16 16" "16 48" "32 16" "48 32")
budgets=("512 MiB" "the least" "300 MiB" "1 GiB")
n_ways=$((n_each > 1 ? 4 : 2)) # in which jobs are killed: a run of each counts its points

check "make a survey" "$pstm" synth --preset diffractor --traces 1500 --noise 0.1 \
  --inline 160,25 --crossline 96,25 --time 25,0.016 --out "$scratch/survey"
n_columns=60

# migrate PROGRAM WAY FILE [OPTION...]: with a deadline. Slow tiles (PSTM_FAULT) have the ranks work side by side.
migrate() {
  local program=$1 way=$2 file=$3 tile
  shift 3
  read -ra tile <<<"${tiles[way]}"
  timeout --foreground -k 5 $((120 * patience)) mpirun -n "${n_ranks[way]}" --oversubscribe --bind-to none "$program" run \
    "$scratch/survey/job.yaml" --set devices="$device" --set threads=1 --set tile.inline="${tile[0]}" \
    --set tile.crossline="${tile[1]}" --set memory="${budgets[way]}" --set output.file="$file" "$@"
}

# A run that goes on looks through the cube and holds somewhat more.
find_least() {
  local least
  budgets[1]="512 MiB" # later options count
  least=$(with_least_memory migrate "$pstm" 1 "$scratch/least.h5" --overwrite) || { echo "$least"; return 1; }
  budgets[1]="$((${least% MiB} + 16)) MiB"
}
check "the least memory" find_least

# numbers FILE: what the ranks have counted, and their processes.
numbers() { od -An -v -w84 -td4 "$1"; }

# ---- runs that nobody disturbs: the bits, and how many points each phase has ---------------------------------------------
declare -A n_points
undisturbed() {
  local way=$1 phase counted
  KILL_POINTS=$scratch/points.$way KILL_FOLDER=$scratch PSTM_FAULT=tile:-1:slow migrate "$with_points" "$way" \
    "$scratch/way$way.h5" || return 1
  read -ra counted <<<"$(numbers "$scratch/points.$way")"
  for phase in 0 1 2 3 4; do n_points[$way,$phase]=${counted[phase]}; done
  "$pstm" compare "$scratch/way$way.h5" "$scratch/base.h5" --require bit-equal
}
# count_points WAY: once for each way.
count_points() {
  local phase
  [ -z "${n_points[$1,0]:-}" ] || return
  check "${n_ranks[$1]} rank(s), tiles of ${tiles[$1]}, ${budgets[$1]}: the same bits" undisturbed "$1"
  [ $failed = 0 ] || finish
  for phase in 0 1 2 3 4; do printf '        %s %s' "${phases[phase]}" "${n_points[$1,$phase]}"; done
  echo " points"
}
check "an uninterrupted run" migrate "$pstm" 0 "$scratch/base.h5"

# ---- one kill ------------------------------------------------------------------------------------------------------------
cube=$scratch/killed.h5
draw() { drawn=$((1 + (RANDOM * 32768 + RANDOM) % $1)); }

# draw_point WAY PHASE [MOST]: sets at=(number, when, who).
draw_point() {
  local most=${3:-${n_points[$1,$2]}} whens=(before half after) whos=(one other all mpirun)
  # Tiles that come in quick succession are synced together, more of them where the machine is busy; but each has a line
  # of the journal, which is one of at most three points.
  [ "$2" = 3 ] && [ $# = 2 ] && most=$((most / 3))
  draw "$most" && at=("$drawn")
  draw 3 && at+=("${whens[drawn - 1]}")
  draw 4 && at+=("${whos[drawn - 1]}")
}

# Nothing of a killed run may still be at work: its lock would, rightly, refuse the next.
all_are_gone() {
  local i pids
  pids=$(numbers "$scratch/points" | cut -d' ' -f1- | awk '{ for (i = 6; i <= NF; i++) if ($i) print $i }')
  for i in $(seq $((200 * patience))); do
    # shellcheck disable=SC2086
    kill -0 $pids 2>/dev/null || return 0
    sleep 0.1
  done
  echo "processes of the killed run are still there: $pids"
  return 1
}

# kill_at WAY PHASE NUMBER WHEN WHO: the job is killed there.
kill_at() {
  local code
  rm -f "$scratch/points" "$scratch/hits"
  KILL_POINTS=$scratch/points KILL_FOLDER=$scratch KILL_HITS=$scratch/hits KILL_AT="${phases[$2]} $3 $4 $5" \
    PSTM_FAULT=tile:-1:slow migrate "$with_points" "$1" "$cube" >"$scratch/said.txt" 2>&1
  code=$?
  cat "$scratch/said.txt"
  [ -s "$scratch/hits" ] || { echo "the run ended with $code and was not killed"; return 1; }
  [ $code != 124 ] || return 1
  all_are_gone
}

# The whole lines of columns; the last line may be torn.
chunk_lines() { grep -E '^chunk [0-9]+ [0-9]+ .* [0-9a-f]{16}$' "$cube.journal" 2>/dev/null; }

# What the kill has left is read, and told as it is.
is_told() {
  local n
  n=$(chunk_lines | cut -d' ' -f2,3 | sort -u | wc -l)
  if [ ! -e "$cube" ]; then
    "$pstm" status --verify "$cube" >"$scratch/status.txt" 2>&1 && return 1
    cat "$scratch/status.txt"
    grep -q "No such file" "$scratch/status.txt"
    return
  fi
  h5dump "$cube" >/dev/null || return 1
  "$pstm" status --verify "$cube" >"$scratch/status.txt" 2>&1
  local code=$?
  cat "$scratch/status.txt"
  grep -q "no journal beside it says what it should hold" "$scratch/status.txt" && [ "$n" = 0 ] && return
  [ $code = 0 ] && grep -q "migrated: *$n of $n_columns chunk" "$scratch/status.txt"
}

# Other tiles may have a column migrated again, to the same digests: lines that are equal count once.
the_job_is_right() {
  echo "journal: $(chunk_lines | wc -l) lines, $(chunk_lines | sort -u | wc -l) that differ"
  [ "$(chunk_lines | sort -u | wc -l)" = $n_columns ] && [ "$(chunk_lines | cut -d' ' -f2,3 | sort -u | wc -l)" = $n_columns ] &&
    "$pstm" compare "$cube" "$scratch/base.h5" --require bit-equal &&
    "$pstm" status --verify "$cube" &&
    [ -z "$(find "$scratch" -name 'killed.h5.traces*' -o -name '*.making')" ]
}

# goes_on WAY PHASE: to the end; traces that were not conditioned to the end are conditioned anew, others are not.
goes_on() {
  migrate "$pstm" "$1" "$cube" >"$scratch/said.txt" 2>&1
  local code=$?
  cat "$scratch/said.txt"
  [ $code = 0 ] || return 1
  case ${phases[$2]} in
    headers) grep -q "^conditioning" "$scratch/said.txt" || return 1 ;;
    # Killed after its last tile, a job has nothing left to do.
    migration | sync) grep -q "reusing conditioned traces\|^ *nothing to do" "$scratch/said.txt" || return 1 ;;
  esac
  the_job_is_right
}

# ---- every phase ---------------------------------------------------------------------------------------------------------
n_hits=0
for phase in 0 1 2 3 4; do
  for i in $(seq "$n_each"); do
    draw $n_ways && way=$((drawn - 1))
    draw 3 && next=$(((way + drawn) % 4))
    count_points $way
    draw_point $way $phase
    rm -f "$cube"*
    check "killed: $way ${phases[phase]} ${at[*]}" kill_at $way $phase "${at[@]}"
    [ -s "$scratch/hits" ] && n_hits=$((n_hits + 1)) && echo "        $(sed "s!$scratch/!!" "$scratch/hits"); $(chunk_lines | wc -l) lines"
    check "  what is left is told" is_told
    check "  goes on: ${n_ranks[next]} rank(s), tiles of ${tiles[next]}, ${budgets[next]}" goes_on $next $phase
  done
done
check "$n_hits kills in their phases" test $n_hits = $((5 * n_each))

# ---- one cube again and again: all die at once, after three tiles at most, so that twelve lives do not get it done ----------
rm -f "$cube"*
for i in $(seq $((2 * n_each))); do
  way=$((i % 3)) phase=$((2 + i % 2))
  draw_point $way $phase 3
  at[2]=all
  check "again: $way ${phases[phase]} ${at[*]}" kill_at $way $phase "${at[@]}"
  check "  what is left is told" is_told
done
check "the same job: to the end, right" goes_on 1 3
finish
