/** @file command_list.h
 * The one list of commands, in the order of the help. X(name, what it does, in the help): `pstm name` is the
 * function pstm_command_name(), and its file in this folder is found by the build.
 */
#ifndef PSTM_COMMANDS_COMMAND_LIST_H
#define PSTM_COMMANDS_COMMAND_LIST_H

#define PSTM_COMMAND_LIST(X)                                                                                 \
    X(scan, "say what is in SEG-Y or SU files, and propose a grid and a job")                                \
    X(check, "say what a run of a job would do, and what is doubtful, before it")                            \
    X(run, "migrate a job; the same command resumes it")                                                     \
    X(plan, "say what a job costs, and simulate it on many ranks")                                           \
    X(synth, "make a survey with known answers, as SEG-Y with a job file")                                   \
    X(watch, "follow a run by the progress file beside its cube")                                            \
    X(report, "write a run as one HTML page: flags with advice, pictures, where the time went")              \
    X(view, "draw sections, slices and gathers of a cube as PNG")                                            \
    X(export, "write an image as SEG-Y or SU")                                                               \
    X(compare, "compare two cubes: equal bits, NRMS, peak shift, difference picture")                        \
    X(status, "say what of a cube is done; --verify: is it what was written?")                               \
    X(merge, "put the shards of one image together (pstm run --shard)")                                      \
    X(doctor, "say what jobs find here: cores, memory, devices, write rate; and what is wrong")              \
    X(bench, "measure the kernels of this machine against a plain loop")                                     \
    X(ladder, "measure each optimisation: its speed-up and what it changes in the image")                    \
    X(keys, "list every key of the job file")

#endif
