#include "job/settings.h"

#include "core/memory.h"

pstm_status pstm_settings_add(pstm_settings *s, const char *text)
{
    PSTM_TRY(PSTM_GROW(&s->text, &s->capacity, (int64_t)s->n + 1, "the --set options"));
    s->text[s->n++] = text;
    return PSTM_OK;
}

void pstm_settings_clear(pstm_settings *s)
{
    PSTM_FREE(&s->text);
    s->n = 0;
    s->capacity = 0;
}
