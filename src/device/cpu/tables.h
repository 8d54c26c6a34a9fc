/** @file tables.h
 * What the CPU device knows of the columns of a tile before it sees a trace (device/cpu/kernel.h
 * says what for). All functions are Local.
 */
#ifndef PSTM_DEVICE_CPU_TABLES_H
#define PSTM_DEVICE_CPU_TABLES_H

#include "device/cpu/kernel.h"

typedef struct pstm_cpu_tables {
    pstm_device_plan plan;
    int32_t n_blocks;  /**< of the whole time axis */
    int32_t block_end; /**< blocks from here on are behind k_end */
    int64_t n_padded;  /**< n_times in whole blocks */
    int64_t stride;    /**< of arrays over spans and blocks, in entries */
    float *tau2;       /**< [k] squared half times in squared input samples: the field of t0 alone */
    /* Of the tile's columns: */
    float *rays;                  /**< [column][field of sum/ray.h but tau2][k] */
    float *limit2_m2;             /**< [column][k]; -1 in blocks outside of [k_begin, k_end) */
    float *fields;                /**< [column][field][stride] */
    int32_t *numbers;             /**< [column][number][stride] */
    pstm_antialias_block *levels; /**< [column][block], with antialias */
    int64_t rays_capacity, limit_capacity, fields_capacity, numbers_capacity, levels_capacity;
} pstm_cpu_tables;

/** Bytes of the tables of n_columns. */
int64_t pstm_cpu_tables_bytes(const pstm_device_plan *plan, int64_t n_columns);

/** Makes what is the same for all tiles. On failure pstm_cpu_tables_clear() is still due. */
PSTM_MUST_CHECK pstm_status pstm_cpu_tables_start(const pstm_device_plan *plan, pstm_cpu_tables *tables);

/** Makes the tables of a tile's columns, with the plan's threads. */
PSTM_MUST_CHECK pstm_status pstm_cpu_tables_fill(pstm_cpu_tables *tables, const pstm_device_tile *tile);

/** Fills in all of a column but its position and sums; borrowed from the tables. */
void pstm_cpu_tables_column(const pstm_cpu_tables *tables, int64_t i_column, pstm_cpu_column *column);

/** Frees what the tables hold. */
void pstm_cpu_tables_clear(pstm_cpu_tables *tables);

#endif
