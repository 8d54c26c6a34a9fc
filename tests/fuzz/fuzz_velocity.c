/* Velocity text: read, described and looked up. */
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "fuzz.h"
#include "velocity/model.h"

static void look_up(const pstm_velocity *velocity)
{
    enum { N = 8 };
    const pstm_grid grid = {.origin_x_m = 100,
                            .origin_y_m = -50,
                            .cos_azimuth = 1,
                            .n_inline = 1,
                            .n_crossline = 3,
                            .step_inline_m = 10,
                            .step_crossline_m = 25,
                            .n_times = N,
                            .time_step_s = 0.3};
    float vrms_m_s[N];
    const pstm_columns column = {.n_times = N, .one_column = true, .vrms_m_s = vrms_m_s};
    const pstm_grid_area first = {0, 1, 0, 1};
    if (pstm_velocity_columns(velocity, &grid, &first, &column) != PSTM_OK) abort();
    for (int k = 0; k < N; k++)
        if (!(vrms_m_s[k] > 0)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static char name[] = "fuzz";
    const pstm_velocity_options options = {.file = name, .scale = 1, .unit_m_s = 1};
    pstm_velocity *velocity = NULL;
    pstm_text about = {0};
    char *text = malloc(n + 1);
    if (text == NULL) abort();
    memcpy(text, bytes, n);
    text[n] = '\0';
    if (fuzz_is_ok(pstm_velocity_create(&options, text, &velocity))) {
        look_up(velocity);
        fuzz_is_ok(pstm_velocity_describe(velocity, &about));
    }
    pstm_text_clear(&about);
    pstm_velocity_destroy(&velocity);
    free(text);
    return 0;
}
