/** @file operator_list.h
 * The one list of tile operators (mpi/farm/tile_operator.h): what can be done with the traces of a tile. An
 * operator is its file mpi/farm/op_<word>.c, which the build finds, and its line here.
 */
#ifndef PSTM_PLAN_OPERATOR_LIST_H
#define PSTM_PLAN_OPERATOR_LIST_H

/** X(word, NAME, help): the job calls the operator "word", and its functions are pstm_op_word. */
#define PSTM_OPERATOR_LIST(X) X(sum, SUM, "Kirchhoff prestack time migration")

typedef enum pstm_operator {
#define PSTM_OPERATOR_ENTRY(word, NAME, help) PSTM_OPERATOR_##NAME,
    PSTM_OPERATOR_LIST(PSTM_OPERATOR_ENTRY)
#undef PSTM_OPERATOR_ENTRY
        PSTM_OPERATORS
} pstm_operator;

#endif
