/** @file doubt_list.h
 * What the program may doubt of its inputs. Each entry is
 *
 *   X(NAME, name, STATUS, meaning, remedy)
 *
 * name     the word in brackets before a doubt, and in the job's `accept`
 * STATUS   of a run that it ends: USAGE where the job is wrong, DATA where the data are; OK: it is always a
 *          warning
 * meaning  what is doubtful, in general, for the manual
 * remedy   what to do, printed behind each doubt
 *
 * An entry has a script tests/doubts/<name>.sh, which makes an input that raises it and a neighbour that does
 * not, and a paragraph in docs/troubleshooting.md; the test `doubts_listed` looks for both.
 */
#ifndef PSTM_CORE_DOUBT_LIST_H
#define PSTM_CORE_DOUBT_LIST_H

#define PSTM_DOUBT_LIST(X)                                                                                   \
    X(REVISION, revision, OK, "the revision number of a SEG-Y file is unknown",                              \
      "if traces are misread, correct bytes 3501-3502")                                                      \
    X(SAMPLE_INTERVAL, sample_interval, OK,                                                                  \
      "headers of a file contradict each other on the sample interval",                                      \
      "set input.sample_interval if another one is right")                                                   \
    X(SAMPLE_COUNT, sample_count, OK, "headers of a file contradict each other on the number of samples",    \
      "correct bytes 3221-3222, or name the right byte in input.bytes.n_samples")                            \
    X(COORDINATE_UNITS, coordinate_units, OK,                                                                \
      "coordinates are angles by their unit code and lengths by size",                                       \
      "correct bytes 89-90 if they are lengths; project them to metres if they are angles")                  \
    X(FEET, feet, OK, "a file says that its lengths are feet",                                               \
      "if coordinates are feet, set input.coordinate_scalar to the headers' scalar times 0.3048; else "      \
      "accept "                                                                                              \
      "it")                                                                                                  \
    X(VELOCITY_PLACE, velocity_place, DATA, "velocity functions have nothing to do with the grid",           \
      "give x and y in metres of the grid's coordinates (`x y t v`), or correct grid.origin")                \
    X(VELOCITY_TIME, velocity_time, DATA, "velocity functions have nothing to do with the image's times",    \
      "give two-way times in seconds, no milliseconds and no depths")                                        \
    X(VELOCITY_JUMP, velocity_jump, DATA, "velocities jump as rms velocities cannot",                        \
      "give rms velocities, made of interval velocities by Dix, and look at this pick")

#endif
