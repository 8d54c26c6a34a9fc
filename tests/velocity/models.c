#include "models.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "core/memory.h"

pstm_grid model_grid(void)
{
    pstm_grid grid = {.n_inline = 1,
                      .n_crossline = 1,
                      .step_inline_m = 1,
                      .step_crossline_m = 1,
                      .n_times = N_TIMES,
                      .time_step_s = 0.1};
    pstm_grid_prepare(&grid);
    return grid;
}

pstm_velocity *model_of_constant(double vrms_m_s)
{
    const pstm_velocity_options options = {.constant_m_s = vrms_m_s, .scale = 1, .unit_m_s = 1};
    pstm_velocity *velocity = NULL;
    ck_assert_msg(pstm_velocity_create(&options, NULL, &velocity) == PSTM_OK, "%s", pstm_error_text());
    return velocity;
}

pstm_status model_read(const char *text, double m_s_per_unit, pstm_velocity **out)
{
    static char name[] = "v.txt";
    const pstm_velocity_options options = {.file = name, .scale = 1, .unit_m_s = m_s_per_unit};
    return pstm_velocity_create(&options, text, out);
}

pstm_velocity *model_of_text(const char *text)
{
    pstm_velocity *velocity = NULL;
    ck_assert_msg(model_read(text, 1, &velocity) == PSTM_OK, "%s", pstm_error_text());
    return velocity;
}

float cube_columns[CUBE_U * CUBE_V][CUBE_T];

static pstm_status read_memory(const pstm_vcube *cube, int64_t first, int64_t n, float *columns)
{
    (void)cube;
    memcpy(columns, cube_columns[first], (size_t)n * sizeof cube_columns[0]);
    return PSTM_OK;
}

static double *new_axis(int n, double first, double step)
{
    double *axis = NULL;
    ck_assert(PSTM_NEW(&axis, n, "an axis") == PSTM_OK);
    for (int i = 0; i < n; i++)
        axis[i] = first + i * step;
    return axis;
}

pstm_vcube *new_cube(void)
{
    pstm_vcube *cube = NULL;
    ck_assert(PSTM_NEW(&cube, 1, "a cube") == PSTM_OK);
    cube->shape = (pstm_cube_shape){.n_u = CUBE_U,
                                    .n_v = CUBE_V,
                                    .n_t = CUBE_T,
                                    .labels = true,
                                    .origin_x_m = 100,
                                    .origin_y_m = 200,
                                    .u_of = {10, cos(0.3) / 100, sin(0.3) / 100},
                                    .v_of = {50, -sin(0.3) / 100, cos(0.3) / 100},
                                    .u = new_axis(CUBE_U, 10, 5),
                                    .v = new_axis(CUBE_V, 50, 7),
                                    .t_s = new_axis(CUBE_T, 0, 0.4)};
    cube->file = -1;
    cube->read = read_memory;
    ck_assert(PSTM_NEW(&cube->source, CUBE_U * CUBE_V, "nodes") == PSTM_OK);
    uint64_t state = 3;
    for (int64_t node = 0; node < CUBE_U * CUBE_V; node++) {
        bool is_hole;
        cube->source[node] = node;
        for (int k = 0; k < CUBE_T; k++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            cube_columns[node][k] = (float)(1500 + 500 * k + (double)(state >> 40) / (1 << 24) * 700);
        }
        ck_assert(pstm_vcube_take(cube, "cube", node / CUBE_V, node % CUBE_V, cube_columns[node], &is_hole) ==
                  PSTM_OK);
    }
    return cube;
}

pstm_velocity *model_of_cube(pstm_vcube *cube, double scale)
{
    static char name[] = "cube.sgy";
    const pstm_velocity_options options = {.file = name, .cube = cube, .scale = scale, .unit_m_s = 1};
    pstm_velocity *velocity = NULL;
    ck_assert_msg(pstm_velocity_create(&options, NULL, &velocity) == PSTM_OK, "%s", pstm_error_text());
    return velocity;
}

void model_column(const pstm_velocity *velocity, double x_m, double y_m, float vrms_m_s[N_TIMES])
{
    const pstm_grid grid = model_grid();
    const pstm_columns column = {.n_times = N_TIMES, .one_column = true, .vrms_m_s = vrms_m_s};
    ck_assert_msg(pstm_velocity_inputs(velocity, &x_m, &y_m, 1, &grid, &column) == PSTM_OK, "%s",
                  pstm_error_text());
}

double model_at(const pstm_velocity *velocity, double x_m, double y_m, int k)
{
    float vrms_m_s[N_TIMES];
    model_column(velocity, x_m, y_m, vrms_m_s);
    return vrms_m_s[k];
}
