#!/usr/bin/env bash
# usage: files_apart.sh PSTM SCRATCH
source "$(dirname "$0")/lib.sh"
# shifted FILE KM: the survey without its first trace's record number, moved along x.
shifted() {
  patched "$1" "for h in heads:
  put(h, 9, 'i', 7000)
  for at in (73, 81): put(h, at, 'i', struct.unpack('>i', b[h+at-1:h+at+3])[0] + $2 * 100000)"
}
shifted "$scratch/far.sgy" 150
doubted 0 files_apart "km apart" "two files 150 km apart" --set input.segy="[$good, $scratch/far.sgy]"
shifted "$scratch/gap.sgy" 25
doubted 0 files_apart "km apart" "two files 25 km apart, ten times as far as they are long" \
  --set input.segy="[$good, $scratch/gap.sgy]"
shifted "$scratch/near.sgy" 4
undoubted "two files 4 km apart" --set input.segy="[$good, $scratch/near.sgy]"
finish
