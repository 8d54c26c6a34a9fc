#include "qc/guarded.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char SIGN = '.', TEXT = 'T'; /* what the child writes: signs, then this and its error text */
static int to_parent = -1;

/* A parent that is gone must not end the child with SIGPIPE in the middle of a line: what cannot be told is
 * not. */
static void tell(const void *bytes, size_t n)
{
    if (to_parent >= 0 && write(to_parent, bytes, n) < 0) to_parent = -1;
}

void pstm_guarded_lives(void)
{
    tell(&SIGN, 1);
}

static _Noreturn void be_child(int descriptor, pstm_status (*work)(const void *), const void *argument)
{
    to_parent = descriptor;
    signal(SIGPIPE, SIG_IGN);
    pstm_status status = work(argument);
    if ((fflush(stdout) != 0 || ferror(stdout)) && status == PSTM_OK)
        status = pstm_fail_errno(PSTM_SYSTEM, "standard output cannot be written");
    if (status != PSTM_OK) {
        tell(&TEXT, 1);
        tell(pstm_error_text(), strlen(pstm_error_text()));
    }
    _exit((int)status);
}

/* How long the child may be silent: it may take long to read one chunk column. */
static double longest_silence_s(void)
{
    const char *text = getenv("PSTM_SILENCE_S");
    const double seconds = text == NULL ? 0 : atof(text);
    return seconds > 0 ? seconds : 600;
}

/* What the child says until it ends, or is silent for too long; its error text goes into text[n], *told:
 * there is one. */
static pstm_status listen_to(int descriptor, char *text, size_t n, bool *told)
{
    const double silence_s = longest_silence_s();
    double silent_s = 0;
    size_t length = 0;
    *told = false;
    while (silent_s < silence_s) {
        char bytes[512];
        struct pollfd wanted = {.fd = descriptor, .events = POLLIN};
        const int ready = poll(&wanted, 1, 1000);
        silent_s = ready == 0 ? silent_s + 1 : 0; /* by steps: both processes may have been paused */
        if (ready == 0) continue;
        const ssize_t got = ready < 0 ? -1 : read(descriptor, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return PSTM_OK;
        for (ssize_t i = 0; i < got; i++) {
            if (*told && length + 1 < n) text[length++] = bytes[i];
            *told = *told || bytes[i] == TEXT;
        }
        text[length] = '\0';
    }
    return pstm_fail(PSTM_DATA, "nothing happened for %.0f s", silence_s);
}

static pstm_status be_parent(const char *what, pid_t child, int descriptor)
{
    char text[2048] = "";
    int ended;
    bool told;
    const pstm_status heard = listen_to(descriptor, text, sizeof text, &told);
    if (heard != PSTM_OK) kill(child, SIGKILL);
    while (waitpid(child, &ended, 0) < 0 && errno == EINTR)
        continue;
    if (heard != PSTM_OK) return pstm_while(heard, "%s: the file is damaged", what);
    if (WIFSIGNALED(ended))
        return pstm_fail(PSTM_DATA, "%s: the file is damaged: HDF5 crashed on it (%s)", what,
                         strsignal(WTERMSIG(ended)));
    if (WEXITSTATUS(ended) == 0) return PSTM_OK;
    if (!told) return pstm_fail(PSTM_DATA, "%s: the file is damaged: HDF5 ended the program", what);
    return pstm_fail((pstm_status)WEXITSTATUS(ended), "%s", text);
}

pstm_status pstm_guarded(const char *what, pstm_status (*work)(const void *), const void *argument)
{
    int ends[2];
    if (pipe(ends) != 0) return pstm_fail_errno(PSTM_SYSTEM, "cannot make a pipe");
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        be_child(ends[1], work, argument);
    }
    close(ends[1]);
    pstm_status status =
        child < 0 ? pstm_fail_errno(PSTM_SYSTEM, "cannot start a process") : be_parent(what, child, ends[0]);
    close(ends[0]);
    return status;
}
