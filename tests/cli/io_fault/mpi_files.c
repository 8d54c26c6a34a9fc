/* Files by MPI-IO, which HDF5 uses for a cube that a run writes. */
#include <dlfcn.h>
#include <fcntl.h>
#include <mpi.h>
#include <stdio.h>
#include <string.h>

#include "io_fault.h"

/* One cube is open at a time; of others there is no name. */
static MPI_File known_file;
static char known_path[4096];

static bool fails(const char *call, const void *caller, MPI_File file)
{
    return file == known_file && io_fault_on_path(call, caller, AT_FDCWD, known_path) == IO_FAILS;
}

#define HOOK_FILE(name, parameters, ...)                                                                     \
    int MPI_File_##name parameters                                                                           \
    {                                                                                                        \
        static int(*real) parameters;                                                                        \
        REAL(MPI_File_##name);                                                                               \
        return fails("MPI_File_" #name, CALLER, file) ? MPI_ERR_IO : real(__VA_ARGS__);                      \
    }

int MPI_File_open(MPI_Comm comm, const char *path, int mode, MPI_Info info, MPI_File *file)
{
    static int (*real)(MPI_Comm, const char *, int, MPI_Info, MPI_File *);
    REAL(MPI_File_open);
    if (io_fault_on_path("MPI_File_open", CALLER, AT_FDCWD, path) == IO_FAILS) return MPI_ERR_IO;
    const int error = real(comm, path, mode, info, file);
    if (error != MPI_SUCCESS) return error;
    known_file = *file;
    snprintf(known_path, sizeof known_path, "%s", path);
    return error;
}

/* As close() of calls.c. */
int MPI_File_close(MPI_File *file)
{
    static int (*real)(MPI_File *);
    REAL(MPI_File_close);
    const bool fail = fails("MPI_File_close", CALLER, *file);
    const int error = real(file);
    return fail ? MPI_ERR_IO : error;
}

HOOK_FILE(read_at, (MPI_File file, MPI_Offset at, void *to, int n, MPI_Datatype type, MPI_Status *status),
          file, at, to, n, type, status)
HOOK_FILE(read_at_all, (MPI_File file, MPI_Offset at, void *to, int n, MPI_Datatype type, MPI_Status *status),
          file, at, to, n, type, status)
HOOK_FILE(write_at,
          (MPI_File file, MPI_Offset at, const void *from, int n, MPI_Datatype type, MPI_Status *status),
          file, at, from, n, type, status)
HOOK_FILE(write_at_all,
          (MPI_File file, MPI_Offset at, const void *from, int n, MPI_Datatype type, MPI_Status *status),
          file, at, from, n, type, status)
HOOK_FILE(set_view,
          (MPI_File file, MPI_Offset at, MPI_Datatype element, MPI_Datatype type, const char *form,
           MPI_Info info),
          file, at, element, type, form, info)
HOOK_FILE(get_size, (MPI_File file, MPI_Offset *n), file, n)
HOOK_FILE(set_size, (MPI_File file, MPI_Offset n), file, n)
HOOK_FILE(sync, (MPI_File file), file)
