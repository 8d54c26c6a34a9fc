#include "shapes.h"

#include <check.h>
#include <math.h>

static const double LAST_S = 6, INTEGRATED_S = 0.001;

static double interval_m_s(shape kind, double t_s)
{
    switch (kind) {
    case WATER_BOTTOM:
        return t_s < 0.8 ? 1500 : 1900 + 500 * (t_s - 0.8);
    case LAYER:
        return t_s < 1.5 ? 2000 : t_s < 2 ? 5000 : 2500;
    default:
        return 1500 + 2500 * (1 - exp(-t_s / 2));
    }
}

static void add_pick(double t_s, double v_m_s, pstm_text *text)
{
    ck_assert(pstm_text_add(text, "%.9g %.9g\n", t_s, v_m_s) == PSTM_OK);
}

/** The rms of the interval velocity, picked every `step` milliseconds. */
static void add_rms(shape kind, int step, pstm_text *text)
{
    double sum = 0;
    for (int ms = 0; ms <= lround(1000 * LAST_S); ms++) {
        const double t_s = ms * INTEGRATED_S;
        double rms_m_s = ms == 0 ? interval_m_s(kind, 0) : sqrt(sum / ms);
        if (kind == ROUNDED_20) rms_m_s = round(100 * rms_m_s) / 100;
        if (ms % step == 0) add_pick(t_s, rms_m_s, text);
        sum += pow(interval_m_s(kind, t_s + INTEGRATED_S / 2), 2);
    }
}

void shape_add(shape kind, pstm_text *text)
{
    switch (kind) {
    case LINEAR:
        add_pick(0, 1700, text);
        add_pick(LAST_S, 1700 + 400 * LAST_S, text);
        return;
    case STEP:
        add_pick(0, 2000, text);
        add_pick(1.0065, 2000, text);
        add_pick(1.0075, 4000, text);
        return;
    case SMOOTH_100:
        add_rms(kind, 100, text);
        return;
    case SMOOTH_300:
        add_rms(kind, 300, text);
        return;
    default:
        add_rms(kind, 20, text);
    }
}

const char *shape_name(shape kind)
{
    static const char *const names[] = {
#define SHAPE_TEXT(NAME) #NAME,
        SHAPE_LIST(SHAPE_TEXT)
#undef SHAPE_TEXT
    };
    return names[kind];
}
