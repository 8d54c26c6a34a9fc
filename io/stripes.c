#include "io/stripes.h"

#include <inttypes.h>
#include <mpi.h>
#include <stdio.h>
#include <unistd.h>

/* By the names that ROMIO and newer OMPIOs know, and by those of the OMPIO of Open MPI 4. */
static void add_hint(MPI_Info info, const char *name, const char *name_in_ompio_4, int64_t value)
{
    char text[32];
    if (value <= 0) return;
    snprintf(text, sizeof text, "%" PRId64, value);
    MPI_Info_set(info, name, text);
    MPI_Info_set(info, name_in_ompio_4, text);
}

pstm_status pstm_stripes_make_file(const char *path, const pstm_stripes *stripes)
{
    MPI_Info info;
    MPI_File file;
    MPI_Info_create(&info);
    add_hint(info, "striping_factor", "stripe_width", stripes->n);
    add_hint(info, "striping_unit", "stripe_size", stripes->bytes);
    int error =
        MPI_File_open(MPI_COMM_SELF, path, MPI_MODE_CREATE | MPI_MODE_EXCL | MPI_MODE_RDWR, info, &file);
    MPI_Info_free(&info);
    if (error == MPI_SUCCESS) error = MPI_File_close(&file);
    if (error == MPI_SUCCESS) return PSTM_OK;
    char reason[MPI_MAX_ERROR_STRING] = "";
    int n;
    MPI_Error_string(error, reason, &n);
    return pstm_fail(PSTM_SYSTEM, "cannot make %s with stripes: %s", path, reason);
}
