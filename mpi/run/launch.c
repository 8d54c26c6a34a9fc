#include "mpi/run/launch.h"

#include <mpi.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "io/h5.h"

static int number_of(const char *name)
{
    const char *text = getenv(name);
    return text == NULL ? 0 : atoi(text);
}

#ifdef OPEN_MPI
enum { TASKS_THAT_NEED_PMI = 1 }; /* its MPI_Init() dies even in a single task of srun without PMI */
#else
enum { TASKS_THAT_NEED_PMI = 2 };
#endif

/* The tasks of this srun; 0 when srun did not start this process, or mpirun did below it. */
static int step_tasks(void)
{
    if (getenv("OMPI_COMM_WORLD_SIZE") != NULL || getenv("HYDRA_CONTROL_FD") != NULL) return 0;
    return number_of("SLURM_STEP_NUM_TASKS");
}

/* Open MPI and MPICH find each other by one of these. */
static bool has_pmi(void)
{
    return getenv("PMIX_RANK") != NULL || getenv("PMI_RANK") != NULL || getenv("PMI_FD") != NULL;
}

static pstm_status refuse(void)
{
    return pstm_fail(
        PSTM_USAGE,
        "srun has started %d task(s) that do not know of each other (no PMI): each would "
        "migrate the whole job into the same cube; start them with `srun --mpi=pmix` (what there "
        "is: `srun --mpi=list`) or with mpirun",
        step_tasks());
}

/* Open MPI has two MPI-IOs: its own, and ROMIO, whose name there has a version. */
static pstm_status choose_mpi_io(void)
{
    const char *wish = getenv("PSTM_MPI_IO");
    if (wish == NULL || *wish == '\0') return PSTM_OK;
#ifdef OPEN_MPI
    const bool romio = strcmp(wish, "romio") == 0;
    if (!romio && strcmp(wish, "ompio") != 0)
        return pstm_fail(PSTM_USAGE, "PSTM_MPI_IO: `%s` is no MPI-IO of Open MPI; ompio or romio", wish);
    setenv("OMPI_MCA_io", romio ? "^ompio" : "ompio", 1);
    return PSTM_OK;
#else
    return pstm_fail(PSTM_USAGE, "PSTM_MPI_IO: this MPI library has one MPI-IO only, so `%s` cannot be had",
                     wish);
#endif
}

int pstm_launch_is_first(void)
{
    return number_of("PMIX_RANK") == 0 && (number_of("SLURM_PROCID") == 0 || step_tasks() < 2);
}

pstm_status pstm_launch_check(void)
{
    pstm_h5_setup();
    if (step_tasks() >= TASKS_THAT_NEED_PMI && !has_pmi()) return refuse();
    return choose_mpi_io();
}

pstm_status pstm_launch_check_ranks(int n_ranks)
{
    if (n_ranks > 1) return PSTM_OK;
    if (step_tasks() > 1) return refuse();
    if (step_tasks() == 0 && getenv("OMPI_COMM_WORLD_SIZE") == NULL && number_of("SLURM_NTASKS") > 1)
        pstm_warn("one rank runs in a Slurm job of %d tasks; `mpirun` or `srun --mpi=pmix` in front of pstm "
                  "starts them all",
                  number_of("SLURM_NTASKS"));
    return PSTM_OK;
}
