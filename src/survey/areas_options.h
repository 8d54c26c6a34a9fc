/** @file areas_options.h  What a trace stands for (survey/areas.h): `migrate.areas` of a job. */
#ifndef PSTM_SURVEY_AREAS_OPTIONS_H
#define PSTM_SURVEY_AREAS_OPTIONS_H

typedef enum pstm_areas_kind { PSTM_AREAS_OFF, PSTM_AREAS_VORONOI } pstm_areas_kind;

#endif
