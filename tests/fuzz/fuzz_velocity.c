/* Velocity text: read, described and looked up. */
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "fuzz.h"
#include "velocity/velocity.h"

static void look_up(const pstm_velocity *velocity)
{
    enum { N = 8 };
    const pstm_grid grid = {.n_inline = 1, .n_crossline = 1, .n_times = N, .time_step_s = 0.3};
    float vrms_m_s[N];
    const pstm_columns column = {.n_times = N, .one_column = true, .vrms_m_s = vrms_m_s};
    pstm_velocity_column(velocity, 100, -50, &grid, &column);
    for (int k = 0; k < N; k++)
        if (!(vrms_m_s[k] > 0)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    pstm_velocity *velocity = NULL;
    pstm_text about = {0};
    char *text = malloc(n + 1);
    if (text == NULL) abort();
    memcpy(text, bytes, n);
    text[n] = '\0';
    if (fuzz_is_ok(pstm_velocity_from_text(text, "fuzz", 1, &velocity))) {
        look_up(velocity);
        fuzz_is_ok(pstm_velocity_describe(velocity, &about));
    }
    pstm_text_clear(&about);
    pstm_velocity_destroy(&velocity);
    free(text);
    return 0;
}
