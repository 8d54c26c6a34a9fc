/** @file skeleton.h
 * The HDF5 part of a trace store (store.h): for people and their tools; the program writes it once and never
 * reads it.
 */
#ifndef PSTM_IO_STORE_SKELETON_H
#define PSTM_IO_STORE_SKELETON_H

#include "core/status.h"
#include "io/store/header.h"
#include "io/store/store.h"

/**
 * Makes the HDF5 file `path` of a store with its attributes, an empty user block and datasets whose rows have
 * their room but nothing written to it; a file that is there is cut. Gives the places of the datasets in the
 * file to the header. Local. Main thread: HDF5 is not thread-safe here. PSTM_SYSTEM with HDF5's reason.
 */
PSTM_MUST_CHECK pstm_status pstm_store_skeleton_make(const char *path, const pstm_store_about *about,
                                                     pstm_store_header *header);

#endif
