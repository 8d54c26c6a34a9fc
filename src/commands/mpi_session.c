#include "commands/mpi_session.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "commands/command.h"
#include "core/log.h"
#include "mpi/comm/stop.h"
#include "mpi/run/launch.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
/* MPI_Finalize() unloads libraries whose own leaks are suppressed by their names: look before. */
#define CHECK_LEAKS() __lsan_do_leak_check()
#else
#define CHECK_LEAKS() ((void)0)
#endif

/* Of Open MPI, for a process without a launcher; empty where there is none. */
static char session_folder[4096];

/* Open MPI gives all such processes of a user the same folder: one that ends takes it from under another that
 * begins, which then dies in MPI_Init(). So each gets its own; where none can be made, Open MPI's. */
static void make_session_folder(void)
{
    const char *place = getenv("TMPDIR");
    if (getenv("OMPI_MCA_orte_tmpdir_base") != NULL) return;
    snprintf(session_folder, sizeof session_folder, "%s/pstm-mpi.XXXXXX", place != NULL ? place : "/tmp");
    if (mkdtemp(session_folder) == NULL)
        session_folder[0] = '\0';
    else
        setenv("OMPI_MCA_orte_tmpdir_base", session_folder, 0);
}

static void remove_session_folder(void)
{
    if (session_folder[0] != '\0') (void)!rmdir(session_folder);
}

/* The rank. */
static int begin(const char *command, bool quiet)
{
    int provided, rank;
    pstm_stop_on_signals(); /* also while MPI starts; and once more behind it, which may set its own */
    /* Open MPI's shared file pointers, which nothing here uses, overrun a buffer on long paths (lockedfile)
     * and complain when another run on this host, which has ended, has taken their folder away (sm). */
    setenv("OMPI_MCA_sharedfp", "^lockedfile,sm", 0);
    /* Without a launcher there is nobody to spawn ranks with: no daemon of Open MPI's own beside this
     * process, whose end races with that of a short run. */
    if (getenv("OMPI_COMM_WORLD_SIZE") == NULL && getenv("PMIX_RANK") == NULL) {
        setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
        make_session_folder();
    }
    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    if (provided < MPI_THREAD_FUNNELED) {
        fprintf(stderr, "pstm %s: this MPI library does not allow threads beside the one that calls it\n",
                command);
        MPI_Abort(MPI_COMM_WORLD, PSTM_SYSTEM);
    }
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    pstm_log_setup(command, rank, quiet);
    pstm_stop_on_signals();
    return rank;
}

int pstm_command_with_mpi(const char *name, bool quiet, pstm_mpi_work *work, const void *options)
{
    const bool is_first = pstm_launch_is_first();
    const pstm_status launched = pstm_launch_check();
    if (launched != PSTM_OK) return is_first ? pstm_command_end(name, launched) : (int)launched;
    const int rank = begin(name, quiet);
    int n_ranks;
    MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
    const pstm_status status = work(options, rank, n_ranks);
    if (rank == 0 && (n_ranks > 1 || is_first)) pstm_command_end(name, status);
    CHECK_LEAKS();
    MPI_Finalize();
    remove_session_folder();
    return (int)status;
}
