/** @file doubt_list.h
 * What the program may doubt of its inputs. Each entry is
 *
 *   X(NAME, name, STATUS, meaning, remedy)
 *
 * name     the word in brackets before a doubt, and in the job's `accept`
 * STATUS   of a run that it ends: USAGE where the job is wrong, DATA where the data are; OK: it is always a
 *          warning
 * meaning  what is doubtful, in general, for the manual
 * remedy   what to do, printed behind each doubt
 *
 * An entry has a script tests/doubts/<name>.sh, which makes an input that raises it and a neighbour that does
 * not, and a paragraph in docs/troubleshooting.md; the test `doubts_listed` looks for both.
 */
#ifndef PSTM_CORE_DOUBT_LIST_H
#define PSTM_CORE_DOUBT_LIST_H

#define PSTM_DOUBT_LIST(X)                                                                                   \
    X(REVISION, revision, OK, "the revision number of a SEG-Y file is unknown",                              \
      "if traces are misread, correct bytes 3501-3502")                                                      \
    X(SAMPLE_INTERVAL, sample_interval, OK,                                                                  \
      "headers of a file contradict each other on the sample interval",                                      \
      "set input.sample_interval if another one is right")                                                   \
    X(SAMPLE_COUNT, sample_count, DATA, "headers of a file contradict each other on the number of samples",  \
      "set input.n_samples if another one is right")                                                         \
    X(LAYOUT, layout, OK,                                                                                    \
      "traces begin elsewhere, or have headers of another length, than the headers of a file say",           \
      "set input.first_trace if another place is right, or correct the bytes")                               \
    X(PARTIAL, partial, DATA, "a file ends inside a trace, or something else than traces follows a trace",   \
      "copy the file again, or split it; if there is no more, accept it and the whole traces before are "    \
      "taken")                                                                                               \
    X(TAIL, tail, OK, "zeros or text stand behind the last trace of a file",                                 \
      "if they are traces, set input.n_samples")                                                             \
    X(TAPE_LABEL, tape_label, OK, "a tape label stands before the headers of a file",                        \
      "cut it off (tail -c +129), or accept it")                                                             \
    X(INTERVAL_UNIT, interval_unit, DATA, "a sample interval is no recording's as microseconds",             \
      "set input.sample_interval, in seconds; accept it if it is meant so")                                  \
    X(SAMPLE_FORMAT, sample_format, DATA, "samples look like another format than that of the header",        \
      "set input.sample_format: 1 IBM or 5 IEEE floats, 2, 3, 7, 9 integers, 10, 11, 12, 15 without a sign") \
    X(MIXED_FORMAT, mixed_format, DATA, "samples of a part of a file look like another format",              \
      "split the file where the format changes, and convert the parts to one; accept it if the samples are " \
      "right")                                                                                               \
    X(SAMPLE_ORDER, sample_order, DATA, "samples look byte-swapped",                                         \
      "set input.sample_order, big or little")                                                               \
    X(ABSURD_SAMPLES, absurd_samples, OK,                                                                    \
      "a few traces have samples beyond 1e25, or that are no number, and are dropped",                       \
      "see the list of dropped traces; set input.sample_format if it is wrong")                              \
    X(FILE_GAIN, file_gain, OK, "the traces of a file are far louder or quieter than those of the others",   \
      "bring the files to one gain, or migrate them in jobs of their own; condition.agc makes all traces "   \
      "equally loud")                                                                                        \
    X(LOUD_TRACES, loud_traces, OK, "a few traces are far louder than all others of their file",             \
      "mark them as dead (byte 29: 2) or scale them; condition.agc makes all traces equally loud")           \
    X(LONE_SAMPLES, lone_samples, OK, "samples stand alone, far above all others of their trace",            \
      "if they are null values or spikes, replace them by zeros; condition.max_over_rms drops traces with "  \
      "spikes")                                                                                              \
    X(FAINT_SAMPLES, faint_samples, OK, "all samples are so small that sums lose their digits",              \
      "multiply the samples by a power of ten, or set input.sample_format if it is wrong")                   \
    X(COORDINATE_FORMAT, coordinate_format, DATA, "coordinates look like floats",                            \
      "set input.coordinate_format: ieee (or ibm); accept it if they are whole numbers")                     \
    X(COORDINATE_UNITS, coordinate_units, OK,                                                                \
      "coordinates are angles by their unit code and lengths by size",                                       \
      "correct bytes 89-90 if they are lengths; project them to metres if they are angles")                  \
    X(FEET, feet, OK, "a file says that its lengths are feet",                                               \
      "if coordinates are feet, set input.coordinate_scalar to the headers' scalar times 0.3048; else "      \
      "accept "                                                                                              \
      "it")                                                                                                  \
    X(VELOCITY_PLACE, velocity_place, DATA, "velocity functions have nothing to do with the grid",           \
      "give x and y in metres of the grid's coordinates (`x y t v`), set velocity.places: labels where "     \
      "they "                                                                                                \
      "are inline and crossline numbers, or correct grid.origin")                                            \
    X(VELOCITY_TIME, velocity_time, DATA, "velocity functions have nothing to do with the image's times",    \
      "give two-way times, no depths; set velocity.times: ms if they are milliseconds")                      \
    X(VELOCITY_JUMP, velocity_jump, DATA, "velocities jump as rms velocities cannot",                        \
      "set velocity.kind if they are interval or average velocities; else look at this pick")                \
    X(VELOCITY_UNIT, velocity_unit, DATA, "velocities are such as another unit would give",                  \
      "set velocity.units (m/s, km/s, ft/s); accept it if rock is so fast, or so slow")                      \
    X(VELOCITY_HOLES, velocity_holes, DATA, "a cube of velocities has zeros or holes",                       \
      "fill them where the cube was made; accept them and the nearest velocities are taken")                 \
    X(NO_GEOMETRY, no_geometry, DATA, "all sources and receivers are at one place",                          \
      "set input.bytes.source_x, source_y, receiver_x, receiver_y; where CDP x, y and the offset are set "   \
      "instead, set input.geometry: cdp_offset")                                                             \
    X(MISSING_POSITION, missing_position, DATA,                                                              \
      "all sources, or all receivers, are at (0, 0) or at one place that other headers speak against",       \
      "set input.bytes.source_x, source_y, receiver_x, receiver_y; where CDP x, y and the offset are "       \
      "right, "                                                                                              \
      "set input.geometry: cdp_offset")                                                                      \
    X(NO_COORDINATES, no_coordinates, OK, "some traces have no coordinates",                                 \
      "if they are auxiliary traces, accept it; else correct their headers")                                 \
    X(OFFSET_HEADER, offset_header, DATA,                                                                    \
      "the offset in the headers is not the distance from source to receiver in most traces",                \
      "look at input.bytes and input.coordinate_scalar; where CDP x, y and the offset are right, set "       \
      "input.geometry: cdp_offset")                                                                          \
    X(COORDINATE_SCALARS, coordinate_scalars, OK,                                                            \
      "some traces have another coordinate scalar than the others, and the same numbers before it",          \
      "if one scalar is right for all, set input.coordinate_scalar")                                         \
    X(FILE_COORDINATES, file_coordinates, OK,                                                                \
      "a file lies outside the others and would lie with them if its coordinates were read otherwise",       \
      "bring the headers of the files into one form; input.bytes and input.coordinate_scalar hold for all "  \
      "files")                                                                                               \
    X(FILES_APART, files_apart, OK, "files lie so far from each other that they cannot be one survey",       \
      "migrate them in jobs of their own, or bring their coordinates into one projection")                   \
    X(FAR_TRACES, far_traces, OK, "a few traces lie far from all others",                                    \
      "correct their positions, or mark them as dead (byte 29: 2); one off its line makes a 3D survey of a " \
      "2D line, whose wavelet filter is another (condition.wavelet)")                                        \
    X(SWAPPED_TRACES, swapped_traces, OK,                                                                    \
      "a few traces would lie beside their neighbours in the file if their x and y were swapped",            \
      "swap x and y in their headers, or mark them as dead (byte 29: 2)")                                    \
    X(TRACE_ID, trace_id, OK, "most traces are left out by their identification code",                       \
      "if they are live seismic traces, name another byte in input.bytes.trace_id; if they are not, accept " \
      "it")                                                                                                  \
    X(TRACE_N_SAMPLES, trace_n_samples, DATA, "counts of samples in trace headers shorten traces",           \
      "if the counts are stale, set input.trace_n_samples: off; if the rest of these traces is no data, "    \
      "accept it")                                                                                           \
    X(HEADER_MUTE, header_mute, DATA, "mute times in trace headers take away most of many records",          \
      "if the bytes hold something else, set condition.header_mute: off, or name the right bytes in "        \
      "input.bytes.mute_start, mute_end")                                                                    \
    X(DELAY, delay, OK, "delays in trace headers differ by a large part of a record, or jump to and fro",    \
      "if the bytes hold something else, set input.delay: off, or name the right byte in input.bytes.delay") \
    X(REPEATED_TRACES, repeated_traces, OK, "traces are there more than once",                               \
      "leave copies out of input.segy; if records were shot again, give them other record numbers, or "      \
      "accept it")                                                                                           \
    X(GRID_POSITION, grid_position, USAGE,                                                                   \
      "the grid has next to no midpoints, or would have more if it were turned, or if x and y were swapped", \
      "look at grid.origin, grid.azimuth (docs/conventions.md) and steps; to swap x and y, name their "      \
      "bytes in "                                                                                            \
      "input.bytes")                                                                                         \
    X(EMPTY_IMAGE, empty_image, DATA, "no trace contributes to the image",                                   \
      "look at grid.origin, grid.azimuth, grid.time, target, migrate.aperture, input.coordinate_scalar, "    \
      "input.sample_interval, input.delay and mutes")                                                        \
    X(RECORD_WINDOW, record_window, DATA, "records are too short, or too early or late, for the image",      \
      "look at input.sample_interval, input.delay, mutes and grid.time")                                     \
    X(BANDPASS, bandpass, USAGE, "a band-pass has corners that the sample interval cannot hold",             \
      "lower the corners, or look at input.sample_interval")                                                 \
    X(AMPLITUDE, amplitude, OK, "the job contradicts the weight `true`, so that no reflectivity comes out",  \
      "change what is named, or take migrate.weight obliquity or none and call the image kinematic")

#endif
