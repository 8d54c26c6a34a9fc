#!/usr/bin/env bash
# Nothing but what a command makes is touched: paths that cannot be meant are refused before any header is read, links
# are not written through, pipes are not waited for, files of somebody else's are not replaced. usage: places.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"

check "make a survey" "$pstm" synth --preset diffractor --traces 400 --inline 20,25 --crossline 18,25 \
  --time 100,0.004 --out "$scratch/survey"
job=$scratch/survey/job.yaml
mkdir "$scratch/work" && cd "$scratch/work" || exit 1
echo precious >"$scratch/precious"
untouched() { [ "$(cat "$scratch/precious")" = precious ]; }
# Of these nobody may wait: a pipe without a writer, a refusal that comes after the work.
soon() { timeout $((60 * patience)) "$@"; }

# early CODE FRAGMENT WORDS OPTION...: refused before an input file is opened, of which there is none.
early() {
  local code=$1 fragment=$2 words=$3
  shift 3
  refuse "$code" "$fragment" "$words" soon "$pstm" run "$job" --set input.segy="$scratch/none.sgy" "$@"
}
early 1 "output.file: no/such/image.h5: its folder no/such is not there; make it with \`mkdir -p\`" \
  "a folder that is not there" --set output.file=no/such/image.h5
early 1 "\`~\` and \`\$NAME\` are not expanded here" "a home that nobody expands" --set 'output.file=~/image.h5'
early 1 "\`\$NO_SUCH/image.h5\`" "a variable that nobody expands" --set 'output.file=$NO_SUCH/image.h5'
early 1 "\`image_\${JOB}.h5\`" "a variable in the name" --set 'output.file=image_${JOB}.h5'
early 1 "velocity.file" "a velocity file at home" --set 'velocity.file=~/vrms.txt' --set output.file=image.h5
long=$(printf 'x%.0s' $(seq 222))
early 1 "the name has 222 bytes" "a name that leaves no room for those beside it" --set output.file="$long"
early 2 "none.sgy" "a name that just leaves room" --set output.file="${long:1}"
ln -s real.h5 link.h5
early 1 "output.file: link.h5 is a symbolic link to real.h5" "a link that leads nowhere" --set output.file=link.h5
ln -sf "$scratch/precious" link.h5
early 1 "is a symbolic link to $scratch/precious" "a link to a file" --set output.file=link.h5
early 1 "link.h5 is a symbolic link" "a link, with --overwrite" --set output.file=link.h5 --overwrite
mkfifo pipe.h5
early 1 "pipe.h5 is a named pipe" "a pipe" --set output.file=pipe.h5
early 1 "/dev/null is a device" "a device" --set output.file=/dev/null
mkdir folder.h5
early 1 "folder.h5 is a folder" "a folder" --set output.file=folder.h5
for ending in lock journal dropped.txt progress.json profile.json profile.csv traces.h5 making; do
  ln -s "$scratch/precious" image.h5.$ending
  early 1 "image.h5.$ending is a symbolic link" "a link at .$ending" --set output.file=image.h5
  rm image.h5.$ending
  mkfifo image.h5.$ending
  early 1 "image.h5.$ending is a named pipe" "a pipe at .$ending" --set output.file=image.h5
  rm image.h5.$ending
done
check "what the links named is untouched" untouched
nothing_made() { [ -z "$(find . -name 'image.h5*')" ]; }
check "nothing was made" nothing_made

# ---- files that are read ----------------------------------------------------------------------------------
before=$(find "$scratch/survey" -type f | sort | xargs sha256sum)
survey_is_whole() { [ "$before" = "$(find "$scratch/survey" -type f | sort | xargs sha256sum)" ]; }
read_and_made() { # WORDS OPTION...
  local words=$1
  shift
  refuse 1 "the run would make" "$words" soon "$pstm" run "$job" --overwrite "$@"
}
ln "$scratch/survey/velocity.txt" image.h5.dropped.txt
read_and_made "a hard link to the velocity file" --set output.file=image.h5
ln -f "$scratch/survey/survey.sgy" image.h5.profile.json && rm image.h5.dropped.txt
read_and_made "a hard link to the traces" --set output.file=image.h5
rm image.h5.profile.json
cp "$scratch/survey/velocity.txt" image.h5.timeline.1.json
read_and_made "the place of a timeline" --set output.file=../work/image.h5 --set velocity.file=image.h5.timeline.1.json
rm image.h5.timeline.1.json
mkfifo pipe
refuse 1 "pipe is a named pipe, not a file" "a pipe as job" soon "$pstm" run pipe
refuse 1 "velocity.txt is a named pipe, not a file" "a pipe as velocity" \
  soon "$pstm" run "$job" --set velocity.file="$(rm -f velocity.txt; mkfifo velocity.txt; echo velocity.txt)"
refuse 2 "pipe is not a regular file" "a pipe as traces" soon "$pstm" run "$job" --set input.segy=pipe
refuse 2 "it is no file" "a pipe as cube" soon "$pstm" view pipe
refuse 2 "pipe is a named pipe" "a pipe as profile" soon "$pstm" plan "$job" --profile pipe
check "the survey is untouched" survey_is_whole

# ---- every file of a run is in the list --------------------------------------------------------------------
check "migrate, with all reports" "$pstm" run "$job" --quiet --set output.file=all.h5 --set output.timeline=on \
  --set output.keep_store=on
all_known() {
  find . -name 'all.h5*' | grep -vE '^\./all\.h5(\.(lock|journal|dropped\.txt|progress\.json|profile\.json|profile\.csv|traces\.h5|timeline\.0\.json))?$' && return 1
  [ "$(find . -name 'all.h5*' | wc -l)" = 9 ]
}
check "it has made the files that are known, and no other" all_known
mkfifo other.h5.journal && cp all.h5 other.h5
refuse 1 "other.h5.journal is a named pipe" "a pipe as journal" soon "$pstm" view other.h5
rm other.h5.journal

# ---- commands that write by a name -------------------------------------------------------------------------
# theirs FRAGMENT FILE WORDS COMMAND...: refused without --overwrite, done with it and after it.
theirs() {
  local fragment=$1 file=$2 words=$3
  shift 3
  refuse 1 "$fragment" "$words" soon "$@"
  check "$words: it is untouched" grep -q somebody "$file"
  check "$words: with --overwrite" "$@" --overwrite
  check "$words: once more, without" "$@"
}
for out in view.png compare.png plan.png bench.json; do echo "somebody's" >$out; done
theirs "view.png is there already" view.png "view --out" "$pstm" view all.h5 --inline 3 --out view.png
theirs "compare.png is there already" compare.png "compare --out" "$pstm" compare all.h5 other.h5 --out compare.png
theirs "plan.png is there already" plan.png "plan --png" "$pstm" plan "$job" --ranks 2 --png plan.png
refuse 1 "bench.json is there already" "bench --json" soon "$pstm" bench --quick --json bench.json
echo "somebody's" >all.stack_inline_10.png
refuse 1 "all.stack_inline_10.png is there already" "a picture's own name" "$pstm" view all.h5 --inline 10
refuse 1 "--out all.h5 is the cube" "the cube as picture" "$pstm" view all.h5 --inline 3 --out all.h5 --overwrite
refuse 1 "is one of the cubes" "a cube as picture of a comparison" "$pstm" compare all.h5 other.h5 --out ./other.h5 --overwrite
refuse 1 "is the job file" "the job as picture" "$pstm" plan "$job" --ranks 2 --png "$job" --overwrite
ln -s "$scratch/precious" picture.png
refuse 1 "picture.png is a symbolic link" "a link as picture" "$pstm" view all.h5 --inline 3 --out picture.png --overwrite
refuse 1 "its folder no/such is not there" "a folder that is not there, for a picture" "$pstm" view all.h5 --inline 3 --out no/such/a.png

mkdir survey
for file in survey.sgy velocity.txt truth.txt job.yaml; do
  echo "somebody's" >survey/$file
  theirs "survey/$file is there already" survey/$file "synth over $file" "$pstm" synth --preset diffractor --traces 20 \
    --inline 16,25 --crossline 16,25 --time 20,0.004 --out survey
done
rm survey/survey.sgy && ln -s "$scratch/precious" survey/survey.sgy.part
check "synth, past a link" "$pstm" synth --preset diffractor --traces 20 --inline 16,25 --crossline 16,25 --time 20,0.004 --out survey

for i in 1 2; do
  check "shard $i" "$pstm" run "$job" --quiet --shard $i/2 --set tile.inline=16 --set output.file=part$i.h5
done
echo "somebody's" >merged.h5
refuse 2 "merged.h5" "merge into a file that is no cube" "$pstm" merge merged.h5 part1.h5 part2.h5
check "it is untouched" grep -q somebody merged.h5
rm merged.h5 && ln -s real.h5 merged.h5
refuse 1 "merged.h5 is a symbolic link" "merge into a link" "$pstm" merge merged.h5 part1.h5 part2.h5
rm merged.h5 && ln -s "$scratch/precious" merged.h5.journal
refuse 1 "merged.h5.journal is a symbolic link" "merge with a link as journal" "$pstm" merge merged.h5 part1.h5 part2.h5
check "what the links named is untouched" untouched

# Several processes that begin and end at once: none needs the folder that Open MPI would give to all of them.
mkdir "$scratch/tmp" && touch "$scratch/tmp/ompi.$(hostname -s).$(id -u)"
check "a process has a folder of its own for Open MPI" env TMPDIR="$scratch/tmp" "$pstm" plan "$job"
check "and leaves nothing in it" test "$(ls "$scratch/tmp")" = "ompi.$(hostname -s).$(id -u)"
finish
