#include "qc/version.h"

#include <fftw3.h>
#include <hdf5.h>
#include <mpi.h>
#include <string.h>

#include "core/version.h"
#include "device/device.h"

static void print_devices(FILE *out)
{
    size_t n;
    const char *const *names = pstm_device_names(&n);
    fprintf(out, "devices ");
    for (size_t i = 0; i < n; i++) {
        pstm_device_info info = {0};
        if (pstm_device_find(names[i])->probe(&info) == PSTM_OK)
            fprintf(out, " %s(%s)", names[i], info.kernel);
        else
            fprintf(out, " %s(no)", names[i]);
    }
    fprintf(out, "\n");
}

void pstm_print_version(FILE *out)
{
    char mpi[MPI_MAX_LIBRARY_VERSION_STRING] = "";
    int length = 0;
    MPI_Get_library_version(mpi, &length);
    mpi[strcspn(mpi, ",\n")] = '\0';
    unsigned major = 0, minor = 0, release = 0;
    H5get_libversion(&major, &minor, &release);
    fprintf(out, "pstm     %s\ncommit   %s\n", pstm_version(), pstm_commit());
    print_devices(out);
    fprintf(out, "MPI      %s\nHDF5     %u.%u.%u\nFFTW     %s\n", mpi, major, minor, release, fftwf_version);
}
