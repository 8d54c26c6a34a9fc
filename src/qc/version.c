#include "qc/version.h"

#include <fftw3.h>
#include <hdf5.h>
#include <mpi.h>
#include <string.h>

#include "core/version.h"
#include "device/device.h"
#include "sum/laws.h"
#include "sum/weights.h"

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

/* Words of the lists that a job may choose from, and what of the build is not in every one. */
static void print_features(FILE *out)
{
#define WORD(A, NAME, name, ...) " " #name
    fprintf(out, "laws    %s\nweights %s\n", PSTM_LAW_LIST(WORD, ) "", PSTM_WEIGHT_LIST(WORD, ) "");
#undef WORD
    fprintf(out, "CUDA     %s\n",
            pstm_device_cuda.tile_bytes != NULL
                ? "yes"
                : "no; build with -DPSTM_CUDA=ON (cmake --preset cuda) for GPUs");
    fprintf(out, "compiler %s\n", __VERSION__);
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
    print_features(out);
    fprintf(out, "MPI      %s\nHDF5     %u.%u.%u\nFFTW     %s\n", mpi, major, minor, release, fftwf_version);
}
