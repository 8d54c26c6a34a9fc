/** @file antialias_options.h  Protection against operator aliasing: `migrate.antialias` of a job. */
#ifndef PSTM_SUM_ANTIALIAS_OPTIONS_H
#define PSTM_SUM_ANTIALIAS_OPTIONS_H

/** Bank: low-passed copies of each trace (device/antialias.h). */
typedef enum pstm_antialias { PSTM_ANTIALIAS_OFF, PSTM_ANTIALIAS_BANK } pstm_antialias;

typedef struct pstm_antialias_options {
    pstm_antialias method;
    double coefficient; /**< (0, 4]; 1 keeps what is not aliased, more keeps less */
} pstm_antialias_options;

#endif
