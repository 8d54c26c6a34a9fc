/** @file version.h  Which version of the program this is, for records. Local. */
#ifndef PSTM_CORE_VERSION_H
#define PSTM_CORE_VERSION_H

/** For example "0.1.0". */
const char *pstm_version(void);

/** The commit built from, with "+" when files were changed; "unknown" outside a checkout. */
const char *pstm_commit(void);

#endif
