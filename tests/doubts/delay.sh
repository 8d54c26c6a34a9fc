#!/usr/bin/env bash
# usage: delay.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
patched "$scratch/garbage.sgy" 'for h in heads[:100]: put(h, 109, "h", 32000)'
doubted 0 delay "go from 0 to 32 s" "delays that differ by a large part of a record" \
  --set input.segy="$scratch/garbage.sgy"
undoubted "delays that are not used" --set input.segy="$scratch/garbage.sgy" --set input.delay=off
patched "$scratch/same.sgy" 'for h in heads: put(h, 109, "h", 20)'
undoubted "one delay" --set input.segy="$scratch/same.sgy"
# Delays of less than a quarter of a record that jump from trace to trace of a source, in a part of the traces; and delays
# for each record, or that go with the offset.
delays() {
  patched "$1" "for i, h in enumerate(heads):
  put(h, 109, 'h', int($2)); put(h, 9, 'i', i // 20)
  for byte in (73, 77): put(h, byte, 'i', struct.unpack_from('>i', b, heads[i - i % 20] + byte - 1)[0])
  put(h, 37, 'i', 0)"
}
fro=(--set accept='[offset_header]')
delays "$scratch/fro.sgy" "(i * 37) % 60"
doubted 0 delay "of both traces beside it of the same source" "delays that jump to and fro" --set input.segy="$scratch/fro.sgy" "${fro[@]}"
accepted delay "delays that jump to and fro" --set input.segy="$scratch/fro.sgy" --set accept='[offset_header, delay]'
delays "$scratch/some.sgy" "40 * (i % 9 == 4)"
doubted 0 delay "by up to 0.04 s: trace 5 is the first" "one of nine" --set input.segy="$scratch/some.sgy" "${fro[@]}"
delays "$scratch/few.sgy" "40 * (i % 11 == 4)"
undoubted "one of eleven" --set input.segy="$scratch/few.sgy" "${fro[@]}"
delays "$scratch/shots.sgy" "(i // 20 * 37) % 60"
undoubted "a delay for each record" --set input.segy="$scratch/shots.sgy" "${fro[@]}"
delays "$scratch/moveout.sgy" "4 * abs(i % 20 - 10)"
undoubted "delays that go with the offset" --set input.segy="$scratch/moveout.sgy" "${fro[@]}"
finish
