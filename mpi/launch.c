#include "mpi/launch.h"

#include <mpi.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"

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

int pstm_launch_is_first(void)
{
    return number_of("SLURM_PROCID") == 0 || step_tasks() < 2;
}

pstm_status pstm_launch_check(void)
{
    return step_tasks() >= TASKS_THAT_NEED_PMI && !has_pmi() ? refuse() : PSTM_OK;
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
