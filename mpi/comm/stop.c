#include "mpi/comm/stop.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t wanted, says_so;

static void on_signal(int number)
{
    static const char words[] =
        "interrupted: the run stops in good order when the tiles in work are written; once more ends it at "
        "once. The same command goes on\n";
    wanted = 1;
    if (number == SIGINT && says_so && write(STDERR_FILENO, words, sizeof words - 1) < 0) return;
}

static void handle(int number, int flags)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void pstm_stop_on_signals(void)
{
    handle(SIGUSR1, SA_RESTART);
    handle(SIGTERM, SA_RESTART);
}

void pstm_stop_on_interrupt(bool says)
{
    says_so = says;
    handle(SIGINT, SA_RESTART | (int)SA_RESETHAND);
}

bool pstm_stop_is_wanted(void)
{
    return wanted != 0;
}
