/** @file links.h
 * That a cube holds all its data itself. A link to another file, a dataset made of parts of others or one
 * whose values lie in a file of their own would have a program read, and a run write, where nobody meant it
 * to. Private to the cube. Local.
 */
#ifndef PSTM_IO_CUBE_LINKS_H
#define PSTM_IO_CUBE_LINKS_H

#include "io/h5.h"

/** PSTM_DATA, naming what and the remedy, unless all of the root group are hard links, to datasets in this
 * file. */
PSTM_MUST_CHECK pstm_status pstm_cube_check_links(hid_t file);

#endif
