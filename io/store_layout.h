/** @file store_layout.h
 * Where things are in the file of a trace store (store.h): shared by the sources that create and open it, and
 * for nobody else. All functions are Local and for the main thread.
 */
#ifndef PSTM_IO_STORE_LAYOUT_H
#define PSTM_IO_STORE_LAYOUT_H

#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "core/text.h"
#include "io/store.h"

/** The root attribute `kind` of a store. */
#define PSTM_STORE_KIND "pstm trace store"

/** HDF5's file address of each dataset, 0 for an empty one. */
typedef struct pstm_store_places {
    int64_t trace_byte, leaf_byte, samples_byte;
} pstm_store_places;

/** What a file says of itself; all zero before. */
typedef struct pstm_store_layout {
    pstm_text key, commit;
    pstm_store_about about; /**< its texts are those above */
    bool complete;
    pstm_store_places places;
} pstm_store_layout;

/** The compound types of the rows of /trace and /leaf, laid out as the structs are. To be closed (H5Tclose).
 */
hid_t pstm_store_trace_type(void);
hid_t pstm_store_leaf_type(void);

/** The file address of a contiguous dataset; 0 when it has no room of its own. */
int64_t pstm_store_dataset_byte(hid_t dataset);

/**
 * Reads and checks everything but the rows. *foreign (NULL: not asked) tells, after a failure, that the file
 * is something else than a store. The caller clears the layout (pstm_store_layout_clear), after a failure
 * too.
 */
PSTM_MUST_CHECK pstm_status pstm_store_layout_read(const char *path, pstm_store_layout *layout,
                                                   bool *foreign);

/** Frees the texts. */
void pstm_store_layout_clear(pstm_store_layout *layout);

#endif
