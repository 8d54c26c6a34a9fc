# shellcheck shell=bash disable=SC2154  # sourced by run.sh, which sets here, python, surveys and the job f
# What the features of a job mean: its surveys, the settings of pstm run, and the ways to an image.

# ---- surveys and velocities ----

# centre_of SURVEY: of its image, rounded.
centre_of() {
  case $1 in
    cube) echo 449575 5199750 ;;
    demo) echo 606500 6077000 ;;
    *) echo 430 250 ;;
  esac
}

# make_surveys PROGRAM FOLDER: all surveys, made by this program, and the velocities that go with them.
make_surveys() {
  local pstm=$1 folder=$2 synth=(synth --noise 0.1 --dead 0.02 --offsets "0,900")
  "$pstm" "${synth[@]}" --preset diffractor --traces 400 --record 300,0.004 --inline 35,25 --crossline 20,25 \
    --time 150,0.004 --out "$folder/cloud" &&
    "$pstm" "${synth[@]}" --preset demo --traces 500 --inline 33,20 --crossline 34,20 --time 160,0.004 \
      --out "$folder/demo" &&
    "$pstm" "${synth[@]}" --preset diffractor --traces 120 --velocity 1500,1 --record 2000,0.002 --inline 16,25 \
      --crossline 34,25 --time 1000,0.004 --out "$folder/gradient" || return 1
  make_made "$folder" && make_velocities "$folder"
}

# make_velocities FOLDER: linear.txt and kinks.txt, lateral.SURVEY.txt (over an area) and stops.SURVEY.txt (along a line)
make_velocities() {
  local folder=$1 survey cx cy
  printf '%s\n' "0 1800" "1.2 2600" >"$folder/linear.txt"
  printf '%s\n' "0 1480" "0.11 1480" "0.13 1900" "0.3 2050" "0.31 2400" "0.7 2350" "0.72 3000" "2 3900" >"$folder/kinks.txt"
  for survey in cloud demo gradient cube line; do
    read -r cx cy <<<"$(centre_of $survey)"
    lateral $((cx - 3000)) $((cy - 3000)) $((cx + 3000)) $((cy + 3000)) "$cx" "$cy" >"$folder/lateral.$survey.txt"
    printf '%s\n' "$((cx - 250)) $cy 0 1600" "$((cx - 250)) $cy 1 2000" "$cx $((cy + 50)) 0.3 1900" \
      "$((cx + 250)) $((cy + 100)) 0 1700" "$((cx + 250)) $((cy + 100)) 0.6 2600" >"$folder/stops.$survey.txt"
  done
}

# make_made FOLDER: the surveys of survey.py, or those that pack.sh put beside this script.
make_made() {
  local survey
  for survey in cube line; do
    if [ -d "$here/made/$survey" ]; then
      cp -r "$here/made/$survey" "$1/"
    else
      "$python" "$here/survey.py" $survey "$1/$survey" || return 1
    fi
  done
}

# lateral X0 Y0 X1 Y1 X Y: functions at the corners of a square and two near its middle.
lateral() {
  local place x y v
  for place in "$1 $2 1500" "$1 $4 1700" "$3 $2 2300" "$3 $4 1900" "$(($5 - 110)) $(($6 + 70)) 2100" "$(($5 + 190)) $(($6 - 90)) 1650"; do
    read -r x y v <<<"$place"
    printf '%s\n' "$x $y 0 $v" "$x $y 0.2 $((v + 90))" "$x $y 0.26 $((v + 400))" "$x $y 1.5 $((v + 1100))"
  done
}

# ---- settings ----

# classes_of N: N offset classes over 900 m.
classes_of() { set_key offsets.first $((450 / $1)) offsets.step $((900 / $1)) offsets.n "$1" output.gathers on; }

# set_key KEY VALUE ...: adds to $settings
set_key() {
  while [ $# -gt 0 ]; do
    settings+=(--set "$1=$2")
    shift 2
  done
}

# translate FEATURE VALUE: adds the settings that it means.
translate() {
  case $1=$2 in
    device=*) set_key devices "${2%%/*}" ;;
    weight=*) set_key migrate.weight "$2" ;;
    antialias=*) set_key migrate.antialias "$2" ;;
    taper=*) set_key migrate.aperture.taper "$2" ;;
    fast=*) set_key optimise.fast_math "$2" ;;
    depth=*) set_key optimise.time_domain "$2" ;;
    velocity=own) ;;
    velocity=constant) set_key velocity.file off velocity.constant 2100 ;;
    velocity=lateral | velocity=stops) set_key velocity.constant off velocity.file "$surveys/$2.${f[survey]}.txt" ;;
    velocity=*) set_key velocity.constant off velocity.file "$surveys/$2.txt" ;;
    classes=off) ;;
    classes=*) classes_of "$2" ;;
    window=middle) set_key target.time "[0.21,0.453]" ;;
    window=early) set_key target.time "[0.06,0.15]" ;;
    target=tiles) set_key target.tiles "[0,2]" ;;
    target=lines) set_key target.lines "[inline 1, crossline 18]" ;;
    target=box) set_key target.crosslines "[3,9]" ;;
    tiling=*) set_key tile.inline "${2%x*}" tile.crossline "${2#*x}" ;;
    threads=*) set_key threads "$2" ;;
    aperture=both) ;;
    aperture=angle) set_key migrate.aperture.distance off ;;
    aperture=distance) set_key migrate.aperture.angle off migrate.aperture.distance 400 ;;
    aperture=constant) set_key optimise.time_dependent_aperture off migrate.aperture.distance 300 ;;
    work=single) set_key optimise.batch off ;;
    work=scan) set_key optimise.spatial_index off ;;
    work=all) set_key optimise.trace_prefilter off ;;
    condition=wavelet) set_key condition.wavelet auto ;;
    condition=bandpass) set_key condition.bandpass "[6,12,50,70]" ;;
    condition=agc) set_key condition.agc 0.3 ;;
    condition=mute) set_key condition.mute.velocity 1600 condition.mute.delay 0.03 condition.mute.taper 0.05 ;;
  esac
}

# ---- runs ----

# accept_all PROGRAM: what is strange in these surveys is meant, such as records that their headers cut; $accept are the
# options that say so to a program that doubts.
accept_all() {
  local kinds
  kinds=$("$1" keys | sed -n 's/^| `accept` | `none`, or one or a list of \([^|]*\) |.*/\1/p' | sed 's/ or /, /' | tr -d '` ')
  accept=(${kinds:+--set "accept=[$kinds]"})
}

# launch PROGRAM FILE OPTION...: one run of the job f into FILE; what it says is added to FILE.log. With memory=least it
# is given what the program says that it needs, which `wanted` keeps for the next run.
wanted=20
accept=()
launch() {
  local pstm=$1 file=$2 command=() tries code said=$2.said
  shift 2
  accept_all "$pstm"
  if [ "${f[ranks]}" != 1 ]; then command=(mpirun -n "${f[ranks]}" --oversubscribe --bind-to none); fi
  command+=("$pstm" run "$surveys/${f[survey]}/job.yaml" --quiet "${settings[@]}" "${accept[@]}" \
    --set output.file="$file" "$@")
  if [ "${f[memory]}" != least ]; then
    timeout -k 5 100 "${command[@]}" >>"$file.log" 2>&1
    return
  fi
  for ((tries = 0; tries < 6; tries++)); do
    timeout -k 5 100 "${command[@]}" --set memory="$wanted MiB" >"$said" 2>&1 && return
    code=$?
    cat "$said" >>"$file.log"
    grep -q 'at least [0-9]* MiB' "$said" || break
    wanted=$(grep -o 'at least [0-9]* MiB' "$said" | tail -n 1 | tr -dc 0-9)
  done
  return "$code"
}

# killed PROGRAM FILE: begins the job with slow tiles and kills it when two chunk columns are in the journal. On a machine
# with much to do it may be through before.
killed() {
  accept_all "$1"
  PSTM_FAULT=tile:-1:slow "$1" run "$surveys/${f[survey]}/job.yaml" --quiet "${settings[@]}" "${accept[@]}" \
    --set output.file="$2" >>"$2.log" 2>&1 &
  local pid=$! i
  for ((i = 0; i < 3000; i++)); do
    kill -0 $pid 2>/dev/null || break
    if [ "$(grep -c '^chunk' "$2.journal" 2>/dev/null)" -ge 2 ] 2>/dev/null; then break; fi
    sleep 0.01
  done
  kill -9 $pid 2>/dev/null
  wait $pid 2>/dev/null
  return 0
}

# broken PROGRAM FILE: a run that a failing device ends.
broken() { ! PSTM_FAULT=tile:0:error launch "$@" || { echo "PSTM_FAULT did nothing" >>"$2.log" && return 1; }; }

# migrate PROGRAM FILE: the job f into FILE, by its way. The exit code is that of pstm.
migrate() {
  local part
  wanted=20
  case ${f[way]} in
    whole) launch "$1" "$2" ;;
    shards)
      for part in 1 2; do launch "$1" "$2.part$part.h5" --shard $part/2 || return; done
      "$1" merge "$2" "$2".part[12].h5 >>"$2.log" 2>&1
      ;;
    resume) launch "$1" "$2" --set "target.crosslines=[1,16]" && launch "$1" "$2" ;;
    fault) broken "$1" "$2" && launch "$1" "$2" ;;
    kill) killed "$1" "$2" && launch "$1" "$2" ;;
  esac
}

# prepare JOB: reads its features into f, which the caller declared, and makes its settings and environment.
prepare() {
  local feature
  set_features "$1"
  settings=()
  for feature in "${features[@]}"; do translate "$feature" "${f[$feature]}"; done
  unset PSTM_CPU_KERNEL
  case ${f[device]} in */*) export PSTM_CPU_KERNEL=${f[device]#*/} ;; esac
}
