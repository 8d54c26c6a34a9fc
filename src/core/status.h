/** @file status.h
 * What a fallible function returns, and the text of what went wrong.
 *
 * Every fallible function returns a pstm_status. The message is written where the fact is known, by
 * pstm_fail(); callers put "while ..." in front of it with pstm_while(). The text lives in the calling
 * thread: a status that crosses threads or ranks takes its text along (pstm_error_text()).
 * On failure the outputs of a function are untouched unless its header says otherwise.
 * A status is the program's exit code.
 */
#ifndef PSTM_CORE_STATUS_H
#define PSTM_CORE_STATUS_H

#define PSTM_MUST_CHECK __attribute__((warn_unused_result))
#define PSTM_PRINTF(text, first) __attribute__((format(printf, text, first)))

/** X(name, exit code, text): the one list of statuses. */
#define PSTM_STATUS_LIST(X)                                                                                  \
    X(OK, 0, "done")                                                                                         \
    X(USAGE, 1, "wrong usage or job file")                                                                   \
    X(DATA, 2, "unusable input data")                                                                        \
    X(SYSTEM, 3, "the system refused (memory, disk, MPI, device)")                                           \
    X(STOPPED, 75, "stopped in good order; the same command resumes")

typedef enum pstm_status {
#define PSTM_STATUS_ENTRY(name, code, text) PSTM_##name = code,
    PSTM_STATUS_LIST(PSTM_STATUS_ENTRY)
#undef PSTM_STATUS_ENTRY
} pstm_status;

/** The general text of a status, for example "unusable input data". Never NULL. Local. */
const char *pstm_status_text(pstm_status status);

/**
 * Sets this thread's error text and returns `status`.
 * A good text says place (file:line, trace, byte), cause, and remedy. Local.
 */
PSTM_MUST_CHECK pstm_status pstm_fail(pstm_status status, const char *format, ...) PSTM_PRINTF(2, 3);

/**
 * As pstm_fail(), with ": " and the text of the present errno behind it; PSTM_SYSTEM whatever the status
 * where that is one of the machine, such as EIO or EMFILE, and says nothing of a file or a job. Local.
 */
PSTM_MUST_CHECK pstm_status pstm_fail_errno(pstm_status status, const char *format, ...) PSTM_PRINTF(2, 3);

/** Puts the formatted words and ": " in front of this thread's error text; returns `status`. Local. */
PSTM_MUST_CHECK pstm_status pstm_while(pstm_status status, const char *format, ...) PSTM_PRINTF(2, 3);

/** This thread's error text; "" before the first failure. Borrowed until this thread's next failure. */
const char *pstm_error_text(void);

/** Returns the status of `call` from the calling function if it is not PSTM_OK. */
#define PSTM_TRY(call)                                                                                       \
    do {                                                                                                     \
        pstm_status try_status_ = (call);                                                                    \
        if (try_status_ != PSTM_OK) return try_status_;                                                      \
    } while (0)

/** Sets `status` to that of `call` and goes to `cleanup` if it is not PSTM_OK. */
#define PSTM_GO(call)                                                                                        \
    do {                                                                                                     \
        status = (call);                                                                                     \
        if (status != PSTM_OK) goto cleanup;                                                                 \
    } while (0)

#endif
