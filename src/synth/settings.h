/** @file settings.h
 * Changes to a synthetic survey by name and numbers, as the options of `pstm synth` are. All functions are
 * Local.
 */
#ifndef PSTM_SYNTH_SETTINGS_H
#define PSTM_SYNTH_SETTINGS_H

#include <stdbool.h>

#include "core/status.h"
#include "synth/synth.h"

/** What can be changed, in words. */
typedef struct pstm_synth_setting {
    const char *name;    /**< "diffractor" */
    const char *numbers; /**< "X,Y,Z[,A]" */
    const char *help;    /**< what they are */
} pstm_synth_setting;

/** A survey and what was changed of it; all zero but `synth` is nothing yet. */
typedef struct pstm_synth_changes {
    pstm_synth *synth;                    /**< borrowed */
    const char *word;                     /**< of a setting that is a word; borrowed while it is applied */
    bool own_diffractors, own_reflectors; /**< the first one given took the place of the preset's */
} pstm_synth_changes;

/** The settings, from i = 0 on; NULL behind the last. */
const pstm_synth_setting *pstm_synth_setting_at(int i);

/** Applies the setting `name` with numbers such as "300,300,250". PSTM_USAGE, naming it, if it is not one,
 * the text is not its numbers, or one is out of range; the whole is for pstm_synth_check(). */
PSTM_MUST_CHECK pstm_status pstm_synth_change(pstm_synth_changes *changes, const char *name,
                                              const char *text);

#endif
