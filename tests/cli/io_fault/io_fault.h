/** @file io_fault.h
 * A library to be preloaded that lists the calls of a program, or lets one of them fail. In the environment:
 *
 *   IO_FAULT_ROOT   the folder of the run, which is its working folder too
 *   IO_FAULT_LOG    the file that each line is appended to: a call that could fail, or one that has failed
 *   IO_FAULT        "CALL OBJECT FILE N[+] ERROR [RANK]": the Nth such call (with +: and all later ones)
 *                   fails with the number ERROR of errno; 0 has it read or write half of its bytes. Without
 *                   it calls are listed.
 *
 * A line is "RANK CALL OBJECT FILE". OBJECT is what calls: pstm, or the name of a library. FILE is the path
 * within the root, with * for numbers and for the random end of a draft; outside of the root the path for
 * calls of pstm itself, and its first folder for those of libraries. Memory has for its FILE the place in the
 * program, as site:HASH, for calls of pstm and - for those of libraries; * of a wish stands for every file.
 */
#ifndef IO_FAULT_H
#define IO_FAULT_H

#include <stdbool.h>

typedef enum io_verdict { IO_GOES_ON, IO_FAILS, IO_IS_SHORT } io_verdict;

/* What becomes of the call; errno is set where it fails. `caller` is its return address; `path` may be
 * relative to the folder that `folder`, a descriptor, means. */
io_verdict io_fault_on_path(const char *call, const void *caller, int folder, const char *path);
io_verdict io_fault_on_descriptor(const char *call, const void *caller, int descriptor);
io_verdict io_fault_on_memory(const char *call, const void *caller);

/* What this thread calls next is called by pstm, though by way of this library. */
void io_fault_lend_pstm(bool lent);
bool io_fault_is_pstm(const void *caller);

#define CALLER __builtin_return_address(0)

/* The function of this name that the program would have without this library. */
#define REAL(name)                                                                                           \
    if (real == NULL) *(void **)&real = dlsym(RTLD_NEXT, #name)

#endif
