# shellcheck shell=bash disable=SC2034  # sourced by run.sh, which reads what is set here
# Which jobs the pins run. A job is a line "feature=value ..."; migrate.sh says what each value means.

# The values of each feature, in the order in which they are dealt. A value stands twice to be dealt twice as often.
features=(device survey weight antialias taper fast depth velocity classes window target tiling memory ranks threads way
  aperture work condition)
declare -A values=(
  [device]="" # of run.sh --devices
  [survey]="cloud demo gradient cube line"
  [weight]="none obliquity"
  [antialias]="off bank"
  [taper]="0 0.1 0.2 0.3"
  [fast]="on off"
  [depth]="on"
  [velocity]="own constant linear kinks lateral lateral stops"
  [classes]="off 1 3 7 30"
  [window]="all all middle early"
  [target]="all all tiles lines box"
  [tiling]="16x16 32x16 48x64 128x128"
  [memory]="auto auto auto auto auto least"
  [ranks]="1 1 1 2 1 4"
  [threads]="1 1 2"
  [way]="whole whole whole whole whole whole shards resume fault kill"
  [aperture]="both angle distance constant"
  [work]="on on single scan all"
  [condition]="own own wavelet bandpass agc mute"
)

# Jobs with checksums in literal.tsv; what is not named has the value of this list.
plain="survey=cube weight=none antialias=off taper=0 fast=on depth=on velocity=own classes=off window=all target=all
  tiling=16x16 memory=auto ranks=1 threads=1 way=whole aperture=both work=on condition=own"
literal=(
  "name=line-none survey=line fast=off aperture=distance"
  "name=line-obliquity survey=line weight=obliquity velocity=kinks classes=3"
  "name=line-taper survey=line weight=obliquity taper=0.2 velocity=linear fast=off"
  "name=cube-none velocity=linear tiling=48x64 threads=2"
  "name=cube-classes weight=obliquity velocity=lateral classes=7 ranks=2"
  "name=cube-window weight=obliquity velocity=kinks classes=3 window=middle target=box taper=0.1"
  "name=cube-shards weight=obliquity velocity=lateral taper=0.3 fast=off way=shards"
  "name=cube-depth device=reference weight=obliquity velocity=kinks depth=off"
)

# literal_on I DEVICE: whether literal[I] runs on it. The two avx512 kernels have one numerics id and take turns; paranoid is
# the fastest kernel once more and takes every third.
literal_on() {
  if [[ ${literal[$1]} = *device=* && ${literal[$1]} != *"device=$2 "* ]]; then return 1; fi
  case $2 in
    stopwatch) false ;;
    paranoid) (($1 % 3 == 1)) ;;
    cpu/avx512-halves) (($1 % 2 == 0)) ;;
    cpu/avx512-whole) (($1 % 2 == 1)) ;;
  esac
}

# Weight, antialias, taper and fast_math on one device: in these eight every value of any three meets.
orthogonal=(
  "weight=none antialias=off taper=0 fast=on" "weight=none antialias=bank taper=0.2 fast=on"
  "weight=obliquity antialias=off taper=0.1 fast=on" "weight=obliquity antialias=bank taper=0 fast=on"
  "weight=none antialias=off taper=0.3 fast=off" "weight=none antialias=bank taper=0 fast=off"
  "weight=obliquity antialias=off taper=0 fast=off" "weight=obliquity antialias=bank taper=0.2 fast=off"
)

# What must be there, whatever is drawn. device=each: once for each device.
forced=(
  "device=each survey=gradient weight=obliquity velocity=own aperture=angle window=all"
  "device=each survey=cube weight=obliquity taper=0.2 fast=on velocity=lateral classes=7"
  "device=each survey=line weight=obliquity fast=on velocity=kinks classes=30"
  "device=reference depth=off survey=cloud weight=obliquity antialias=off"
  "device=reference depth=off survey=line taper=0.2"
  "device=stopwatch survey=line"
  "way=kill" "way=kill survey=cube classes=3" "way=fault ranks=2 threads=1" "way=shards ranks=2" "way=resume ranks=4"
  "ranks=4 memory=least survey=demo classes=7" "memory=least antialias=bank survey=gradient"
)

# ---- chance ----

random_state=1
dealt=""
declare -A deck=()

# below N: $drawn is a number from 0 to N - 1.
below() {
  random_state=$((random_state * 6364136223846793005 + 1442695040888963407))
  drawn=$(((random_state >> 33 & 0x7fffffff) % $1))
}

# deal FEATURE: $dealt is the next value of its deck, which is shuffled anew when it is empty.
deal() {
  local cards i swap
  read -ra cards <<<"${deck[$1]:-}"
  if [ ${#cards[@]} = 0 ]; then
    read -ra cards <<<"${values[$1]}"
    for ((i = ${#cards[@]} - 1; i > 0; i--)); do
      below $((i + 1))
      swap=${cards[i]} cards[i]=${cards[drawn]} cards[drawn]=$swap
    done
  fi
  dealt=${cards[0]}
  deck[$1]=${cards[*]:1}
}

# ---- jobs ----

# set_features LINE: into the array f, which the caller declared.
set_features() {
  local pair
  for pair in $1; do f[${pair%%=*}]=${pair#*=}; done
}

# settle: what does not go together, or would take long, gives way.
settle() {
  if [ "${f[survey]}" = gradient ] && [[ ${f[device]} = reference || ${f[device]} = stopwatch ]]; then
    f[way]=whole f[target]=box
  fi
  if [ "${f[device]}" != reference ]; then f[depth]=on; fi
  if ! command -v mpirun >/dev/null; then f[ranks]=1; fi
  if [ "${f[way]}" != whole ]; then
    f[target]=all
    case ${f[tiling]} in 48x64 | 128x128) f[tiling]=16x16 ;; esac
  fi
  if [ "${f[way]}" = kill ]; then f[ranks]=1 f[threads]=1; fi
  if [ "${f[target]}" = tiles ]; then f[tiling]=16x16; fi
  if [ "${f[survey]}" = gradient ] && [ "${f[classes]}" = 30 ]; then f[classes]=3; fi
  if [ "${f[survey]}" = demo ] && [ "${f[classes]}" = off ]; then f[classes]=3; fi # which has classes of its own
}

# draw N SEED DEVICE...: N jobs into the array jobs. First what is forced, then each device with each row of the
# orthogonal list, over and over; what a line leaves open is dealt.
draw() {
  local n=$1 lines=() line device i
  random_state=$2
  shift 2
  values[device]=$(printf '%s\n' "$@" | grep -v stopwatch | tr '\n' ' ')
  for line in "${forced[@]}"; do
    case $line in
      device=each*) for device in ${values[device]}; do lines+=("device=$device${line#device=each}"); done ;;
      device=*) device=${line#device=} device=${device%% *} && [[ " $* " != *" $device "* ]] || lines+=("$line") ;;
      *) lines+=("$line") ;;
    esac
  done
  for ((i = 0; ${#lines[@]} < n; i++)); do
    for device in ${values[device]}; do lines+=("device=$device ${orthogonal[i % 8]}"); done
  done
  jobs=()
  for line in "${lines[@]:0:n}"; do draw_one "$line"; done
}

# draw_one LINE: adds a job.
draw_one() {
  local -A f=()
  local feature text=""
  for feature in "${features[@]}"; do
    deal "$feature"
    f[$feature]=$dealt
  done
  set_features "$1"
  settle
  for feature in "${features[@]}"; do text+=" $feature=${f[$feature]}"; done
  jobs+=("name=$(printf %03d $((${#jobs[@]} + 1)))$text")
}
