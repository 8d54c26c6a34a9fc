/** @file commands.h
 * The commands of the program: the one list, and what a command is.
 *
 * A command gets argv[0] = its own name and its arguments behind it. It prints results to standard output,
 * errors as "pstm NAME: text" to standard error, and returns a pstm_status as exit code.
 */
#ifndef PSTM_COMMANDS_COMMANDS_H
#define PSTM_COMMANDS_COMMANDS_H

#include "core/status.h"

/** X(name, what it does): every command. */
#define PSTM_COMMAND_LIST(X)                                                                                 \
    X(run, "migrate a job; the same command resumes it")                                                     \
    X(plan, "say what a job costs, and simulate it on many ranks")                                           \
    X(synth, "make a survey with known answers, as SEG-Y with a job file")                                   \
    X(view, "draw sections, slices and gathers of a cube as PNG")                                            \
    X(compare, "compare two cubes: equal bits, NRMS, peak shift, difference picture")                        \
    X(status, "say what of a cube is done; --verify: is it what was written?")                               \
    X(merge, "put the shards of one image together (pstm run --shard)")                                      \
    X(doctor, "say what jobs find here: cores, memory, devices, write rate; and what is wrong")              \
    X(bench, "measure the kernels of this machine against a plain loop")                                     \
    X(ladder, "measure each optimisation: its speed-up and what it changes in the image")                    \
    X(keys, "list every key of the job file")

#define PSTM_COMMAND_DECLARE(name, what) int pstm_command_##name(int argc, char **argv);
PSTM_COMMAND_LIST(PSTM_COMMAND_DECLARE)
#undef PSTM_COMMAND_DECLARE

/** Prints "pstm NAME: " and this thread's error text to standard error; returns `status`. */
int pstm_command_failed(const char *name, pstm_status status);

#endif
