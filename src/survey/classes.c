#include "survey/classes.h"

#include <math.h>

pstm_classes pstm_classes_of_job(const pstm_job_offsets *offsets, const pstm_range *select)
{
    return (pstm_classes){
        .all = offsets->n == 0,
        .first_m = offsets->first_m,
        .step_m = offsets->step_m,
        .n = offsets->n == 0 ? 1 : offsets->n,
        .select_min_m = select->set ? select->first : 0,
        .select_max_m = select->set ? select->last : INFINITY,
    };
}

/** Lower edge of class k: the one formula that both sides of an edge are decided by. */
static double class_edge_m(const pstm_classes *classes, double k)
{
    return classes->first_m + (k - 0.5) * classes->step_m;
}

int32_t pstm_classes_index(const pstm_classes *classes, double offset_m)
{
    if (!(offset_m >= classes->select_min_m && offset_m <= classes->select_max_m)) return -1;
    if (classes->all) return 0;
    if (offset_m < class_edge_m(classes, 0) || offset_m >= class_edge_m(classes, classes->n)) return -1;

    /* The division may round across an edge; the edges themselves decide. */
    int32_t k = (int32_t)floor((offset_m - classes->first_m) / classes->step_m + 0.5);
    while (k > 0 && offset_m < class_edge_m(classes, k))
        k--;
    while (k < classes->n - 1 && offset_m >= class_edge_m(classes, k + 1.0))
        k++;
    return k;
}
