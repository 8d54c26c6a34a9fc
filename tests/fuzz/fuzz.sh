#!/usr/bin/env bash
# Builds the fuzz targets with clang's libFuzzer under ASan and UBSan and gives each so many files to read, damaged from
# seeds that `pstm synth` makes. The journal of a run is read as `+` lines (fuzz_journal.c).
# usage: fuzz.sh PSTM SCRATCH FILES   FILES is the number of job files, of others so many times as many
source "$(dirname "$0")/../cli/lib.sh"
files=$3
here=$(cd "$(dirname "$0")" && pwd)
top=$here/../..
cc=(clang -gline-tables-only -O1 -std=gnu11 -D_GNU_SOURCE -ffp-contract=off -fno-omit-frame-pointer
  "-DCMPLX(re,im)=__builtin_complex(re,im)" # glibc has it for GCC alone
  -fsanitize=address,undefined -fno-sanitize-recover=all "-I$top" "-I$top/src" "-I$here")
read -ra hdf5 < <(pkg-config --cflags --libs hdf5-openmpi ompi-c)

echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' >"$scratch/try.c"
clang -fsanitize=fuzzer,address "$scratch/try.c" -o "$scratch/try" 2>"$scratch/out.txt" || {
  echo "no clang with libFuzzer (packages clang, libclang-rt-14-dev): skipped"
  exit 77
}

compile() { # the readers once, for all targets
  local object
  for source in "$top"/src/{core,job,survey,velocity}/*.c "$top"/io/{segy/*,journal,journal_lines,journal_record,digest,file_identity,durable,h5,store/{open,bytes,create,header,skeleton}}.c \
    "$here/fuzz.c"; do
    [[ $source == */core/version.c ]] && continue # its header is made by the build; no reader needs it
    object=$scratch/$(echo "${source#"$top"/}" | tr / _).o
    printf '%s\0-c\0%s\0-o\0%s\0' -fsanitize=fuzzer-no-link "$source" "$object"
  done | xargs -0 -n 5 -P 2 "${cc[@]}" "${hdf5[@]}" -Wno-unused-command-line-argument
}
check "compile the readers" compile

link() { # link TARGET SOURCE OPTION...
  "${cc[@]}" "${@:3}" -fsanitize=fuzzer "$here/$2" "$scratch"/*.o -o "$scratch/$1" \
    "${hdf5[@]}" -lsegyio -lyaml -ljansson -lxxhash -lpthread -lm
}
check "link segy" link segy fuzz_segy.c -DFUZZ_KIND=PSTM_KIND_SEGY
check "link su" link su fuzz_segy.c -DFUZZ_KIND=PSTM_KIND_SU
check "link job" link job fuzz_job.c
check "link velocity" link velocity fuzz_velocity.c
check "link journal" link journal fuzz_journal.c
check "link store" link store fuzz_store.c

mkdir -p "$scratch"/seeds/{segy,su,job,velocity,journal,store}
check "make a survey" "$pstm" synth --preset diffractor --traces 4 --record 20,0.004 \
  --inline 16,25 --crossline 16,25 --time 20,0.004 --out "$scratch/survey"
seeds() {
  local segy
  segy=$(find "$scratch/survey" -name '*.sgy' -o -name '*.segy' | head -n 1)
  cp "$segy" "$scratch/seeds/segy/whole" && tail -c +3601 "$segy" >"$scratch/seeds/su/whole" &&
    cp "$scratch/survey/job.yaml" "$scratch/seeds/job/synth" || return 1
  printf '0 1500\n0.5 2000 # a pick\n1.5 3200.5\n' >"$scratch/seeds/velocity/one"
  printf '0 0 0 1500\n0 0 1 2500\n1000 0 0 1600\n1000 0 2 3000\n0 900 0 1700\n' >"$scratch/seeds/velocity/placed"
  printf '+pstm-journal 1 key 0123456789abcdef columns 3 2 data stack,fold\nchunk 0 1 - - %s %s\nchunk 2 0 - - %s %s\npart 1 1 %064x - - %s %s\nframe %s\n' \
    0123456789abcdef 0000000000000001 ffffffffffffffff 00000000000000ab 255 00000000000000ef 0000000000000012 \
    00000000000000cd >"$scratch/seeds/journal/two"
  printf '\006' >"$scratch/seeds/store/good" # no change, and digests that are right (fuzz_store.c)
}
check "make seeds" seeds
# The job reader must not follow what a hostile job names: it runs in a folder of its own. A single request
# for 256 MiB is too much for any of the files.
fuzz() {
  (cd "$scratch/seeds" && "$scratch/$1" -runs=$((files * ${times[$1]})) -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=256 \
    -max_len=16384 -print_final_stats=1 "$scratch/seeds/$1")
}
declare -A times=([segy]=4 [su]=3 [job]=1 [velocity]=5 [journal]=3 [store]=3)
for target in segy su job velocity journal store; do
  check "fuzz $target on $((files * ${times[$target]})) files" fuzz $target
  grep -h 'number_of_executed_units' "$scratch/out.txt"
  [ $failed = 0 ] || { grep -A12 -m1 'ERROR\|runtime error' "$scratch/out.txt"; find "$scratch/seeds" -maxdepth 1 -type f -exec xxd {} \; | head -n 40; }
done
finish
