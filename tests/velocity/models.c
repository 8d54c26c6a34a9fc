#include "models.h"

#include <check.h>

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
