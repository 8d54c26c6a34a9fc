#include "job/schema.h"

#include <math.h>
#include <string.h>

#include "core/doubt_list.h"
#include "core/words.h"
#include "device/device_list.h"

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
/* Of lists, which put a comma behind each word. */
#define LISTED(...) ((const char *const[]){__VA_ARGS__ NULL})
#define AT(field) .offset = offsetof(pstm_job, field)
#define FROM(x) .low = (x), .low_bound = PSTM_BOUND_CLOSED
#define OVER(x) .low = (x), .low_bound = PSTM_BOUND_OPEN
#define TO(x) .high = (x), .high_bound = PSTM_BOUND_CLOSED
#define BELOW(x) .high = (x), .high_bound = PSTM_BOUND_OPEN
/* Of the lists of sum/laws.h and sum/weights.h. */
#define WORD_OF(A, NAME, name, ...) #name,
#define LAW_HELP(A, NAME, name, fields, slope_margin, bends, in_depth, help) "; `" #name "`: " help
#define WEIGHT_HELP(A, NAME, name, of_pair, of_trace, tau_power, tolerance, instructions, is_true, on_line,  \
                    help)                                                                                    \
    "; `" #name "`: " help
#define DEVICE_HELP(name, is_automatic, has_depth_loop, help) "; `" #name "`: " help
#define ONLY(word) .choices = WORDS(word), .offset = PSTM_NOWHERE

/* First bytes of header fields: a trace header has 240 bytes, a field 2 or 4. */
#define HEADER_BYTE(name, field, byte, size, meaning)                                                        \
    {                                                                                                        \
        "input.bytes." name, PSTM_TYPE_INTEGER, byte, FROM(1), TO(241 - (size)), AT(input.bytes.field),      \
            .keys = PSTM_KEYS_TRACES, .help = "first byte (from 1) of the " meaning " in the trace header"   \
    }

/* The same of a field that cubes were made without. */
#define LATER_BYTE(name, field, byte, size, meaning)                                                         \
    {                                                                                                        \
        "input.bytes." name, PSTM_TYPE_INTEGER, byte, FROM(1), TO(241 - (size)), AT(input.bytes.field),      \
            .keys = PSTM_KEYS_TRACES, .added_later = true,                                                   \
            .help = "first byte (from 1) of the " meaning " in the trace header"                             \
    }

/* Of a SEG-Y cube of velocities. */
#define VELOCITY_BYTE(name, field, byte, meaning)                                                            \
    {                                                                                                        \
        "velocity.bytes." name, PSTM_TYPE_INTEGER, byte, FROM(1), TO(237), AT(velocity.bytes.field),         \
            .keys = PSTM_KEYS_ALL, .added_later = true,                                                      \
            .help = "first of the 4 bytes (from 1) of the " meaning " in the trace headers of a SEG-Y cube"  \
    }

#define SWITCH(name, at, value, set, meaning)                                                                \
    {                                                                                                        \
        name, PSTM_TYPE_SWITCH, value, .choices = WORDS("off", "on"), AT(at), .keys = PSTM_KEYS_##set,       \
                                       .help = meaning                                                       \
    }

#define DOUBT_WORD(NAME, name, status, meaning, remedy) #name,
#define DOUBT_HELP(NAME, name, status, meaning, remedy) "; `" #name "`: " meaning
#define WORD_HELP(word, NAME, help) "; `" #word "`: " help

const double pstm_velocity_units_m_s[] = {1.0, 1000.0, 0.3048};

/* clang-format off: one key a paragraph reads best */
const pstm_key pstm_schema[] = {
    {"input.segy", PSTM_TYPE_PATHS, NULL, AT(input.segy), .keys = PSTM_KEYS_ALL,
     .help = "the SEG-Y or SU files with the traces, one path or a list; a name with `*`, `?` or `[...]` "
             "that no file "
             "has stands for all files that match it, in the order of their names"},
    {"input.kind", PSTM_TYPE_CHOICE, "auto", .choices = WORDS("auto", "segy", "su"), AT(input.kind),
     .keys = PSTM_KEYS_TRACES, .help = "file format; `auto`: `.su` is SU, everything else is looked at"},
    {"input.byte_order", PSTM_TYPE_CHOICE, "auto", .choices = WORDS("auto", "big", "little"),
     AT(input.byte_order), .keys = PSTM_KEYS_TRACES, .help = "byte order of the files"},
    {"input.sample_order", PSTM_TYPE_CHOICE, "auto", .choices = WORDS("auto", "big", "little"),
     AT(input.sample_order), .keys = PSTM_KEYS_TRACES, .added_later = true,
     .help = "byte order of the samples alone; `auto`: that of the headers"},
    {"input.first_trace", PSTM_TYPE_INTEGER, "auto", FROM(1), TO(INT32_MAX), .word = "auto",
     AT(input.first_trace), .keys = PSTM_KEYS_TRACES, .added_later = true,
     .help = "bytes before the first trace of each file (3600 and the extended textual headers); `auto`: as "
             "the headers say, if the size of the file and the headers of its traces agree"},
    {"input.n_samples", PSTM_TYPE_INTEGER, "auto", FROM(1), TO(INT32_MAX), .word = "auto",
     AT(input.n_samples), .keys = PSTM_KEYS_TRACES, .added_later = true,
     .help = "samples that each trace takes in the files; `auto`: as the headers say, if the size of the "
             "file and the headers of its traces agree"},
    {"input.sample_format", PSTM_TYPE_INTEGER, "auto", FROM(1), TO(16), .word = "auto", AT(input.format),
     .keys = PSTM_KEYS_TRACES,
     .help =
         "SEG-Y sample format code (1 IBM, 2 and 3 integers, 5 IEEE, ...); `auto`: from the binary header"},
    {"input.sample_interval", PSTM_TYPE_NUMBER, "auto", "s", OVER(0), TO(1), .word = "auto",
     AT(input.sample_s), .keys = PSTM_KEYS_TRACES,
     .help = "sample interval of the input; `auto`: from the headers", .hint = "seconds, so 0.002 for 2 ms"},
    {"input.coordinate_scalar", PSTM_TYPE_NUMBER, "auto", FROM(-1e6), TO(1e6), .not_zero = true,
     .word = "auto", AT(input.coordinate_scalar), .keys = PSTM_KEYS_TRACES,
     .help = "multiplies the coordinates of the headers; negative: divides; `auto`: from the headers"},
    {"input.coordinate_format", PSTM_TYPE_CHOICE, "integer", .choices = WORDS("integer", "ieee", "ibm"),
     AT(input.coordinate_format), .keys = PSTM_KEYS_TRACES, .added_later = true,
     .help = "numbers of the coordinates; `ieee`, `ibm`: floats, which are metres whatever the coordinate "
             "scalar of the headers says"},
    SWITCH("input.delay", input.use_delay, "on", TRACES,
           "add the delay recording time of the headers to the times of samples"),
    {"input.trace_n_samples", PSTM_TYPE_CHOICE, "on", .choices = WORDS("on", "off"),
     AT(input.trace_n_samples), .keys = PSTM_KEYS_TRACES, .added_later = true,
     .help = "a count of samples in the header of a trace that is less than the file's shortens the trace; "
             "`off`: such counts are stale, traces are read whole"},
    {"input.geometry", PSTM_TYPE_CHOICE, "source_receiver", .choices = WORDS("source_receiver", "cdp_offset"),
     AT(input.geometry), .keys = PSTM_KEYS_TRACES, .added_later = true,
     .help = "where positions come from: `source_receiver`: source x, y and receiver x, y; `cdp_offset`: "
             "source and receiver lie half an offset on either side of CDP x, y, along the azimuth"},
    {"input.offset_azimuth", PSTM_TYPE_NUMBER, "grid", "degrees", FROM(-360), TO(360), .word = "grid",
     .word_value = PSTM_AZIMUTH_OF_GRID, AT(input.offset_azimuth_deg), .keys = PSTM_KEYS_TRACES,
     .added_later = true,
     .help =
         "with `cdp_offset`: azimuth from source to receiver of all traces, clockwise from north; `grid`: "
         "`grid.azimuth`; not used with `input.bytes.azimuth`"},
    {"input.offset_scalar", PSTM_TYPE_NUMBER, "1", FROM(-1e6), TO(1e6), .not_zero = true,
     AT(input.offset_scalar), .keys = PSTM_KEYS_TRACES, .added_later = true,
     .help = "with `cdp_offset`: multiplies the offsets of the headers to metres; negative: divides"},
    HEADER_BYTE("source_x", source_x, "73", 4, "source x"),
    HEADER_BYTE("source_y", source_y, "77", 4, "source y"),
    HEADER_BYTE("receiver_x", receiver_x, "81", 4, "receiver x"),
    HEADER_BYTE("receiver_y", receiver_y, "85", 4, "receiver y"),
    LATER_BYTE("cdp_x", cdp_x, "181", 4, "CDP x, for `cdp_offset`"),
    LATER_BYTE("cdp_y", cdp_y, "185", 4, "CDP y, for `cdp_offset`"),
    LATER_BYTE("offset", offset, "37", 4, "distance from source to receiver, for `cdp_offset` and checks"),
    {"input.bytes.azimuth", PSTM_TYPE_INTEGER, "off", FROM(1), TO(239), .word = "off",
     AT(input.bytes.azimuth), .keys = PSTM_KEYS_TRACES, .added_later = true,
     .help =
         "first of the 2 bytes (from 1) of the azimuth from source to receiver in the trace header, whole "
         "degrees clockwise from north, for `cdp_offset`"},
    HEADER_BYTE("coordinate_scalar", coordinate_scalar, "71", 2, "coordinate scalar"),
    HEADER_BYTE("n_samples", n_samples, "115", 2, "number of samples"),
    HEADER_BYTE("sample_interval", sample_interval, "117", 2, "sample interval"),
    HEADER_BYTE("delay", delay, "109", 2, "delay recording time"),
    HEADER_BYTE("trace_id", trace_id, "29", 2, "trace identification code"),
    HEADER_BYTE("mute_start", mute_start, "111", 2, "start of the mute"),
    HEADER_BYTE("mute_end", mute_end, "113", 2, "end of the mute"),
    /* The trace store holds all traces, so a selection shapes the image only. */
    {"input.select.offset", PSTM_TYPE_RANGE, "all", "m", FROM(0), .word = "all", AT(input.select_offset_m),
     .keys = PSTM_KEYS_IMAGE,
     .help = "traces with a source-receiver distance outside this range are left out"},

    {"condition.wavelet", PSTM_TYPE_CHOICE, "auto", .choices = WORDS("auto", "off", "2d", "3d"),
     AT(condition.wavelet), .keys = PSTM_KEYS_TRACES,
     .help = "filter that makes reflectors zero phase; `auto`: from the geometry, `2d` for a single line"},
    {"condition.bandpass", PSTM_TYPE_CORNERS, "off", "Hz", OVER(0), .word = "off", AT(condition.bandpass_hz),
     .keys = PSTM_KEYS_TRACES, .help = "corners of a trapezium in frequency, rising"},
    {"condition.agc", PSTM_TYPE_NUMBER, "off", "s", OVER(0), TO(100), .word = "off", AT(condition.agc_s),
     .keys = PSTM_KEYS_TRACES, .help = "window of the automatic gain control",
     .hint = "seconds, so 0.5 for 500 ms"},
    {"condition.mute.velocity", PSTM_TYPE_NUMBER, "off", "m/s", OVER(0), TO(1e5), .word = "off",
     AT(condition.mute_velocity_m_s), .keys = PSTM_KEYS_TRACES, .shorthand = "condition.mute",
     .help = "samples earlier than delay + offset / velocity are muted"},
    {"condition.mute.delay", PSTM_TYPE_NUMBER, "0", "s", FROM(-100), TO(100), AT(condition.mute_delay_s),
     .keys = PSTM_KEYS_TRACES, .help = "delay of that mute", .hint = "seconds, so 0.1 for 100 ms"},
    {"condition.mute.taper", PSTM_TYPE_NUMBER, "0.02", "s", FROM(0), TO(10), AT(condition.mute_taper_s),
     .keys = PSTM_KEYS_TRACES,
     .help = "length of the ramp after any mute, that of the headers too, and, with a weight that is true, "
             "before the records' ends",
     .hint = "seconds, so 0.02 for 20 ms"},
    SWITCH("condition.header_mute", condition.header_mute, "on", TRACES,
           "apply the mute times of the headers"),
    {"condition.max_over_rms", PSTM_TYPE_NUMBER, "off", OVER(1), TO(1e9), .word = "off",
     AT(condition.max_over_rms), .keys = PSTM_KEYS_TRACES,
     .help = "traces whose largest sample is more than this many times their rms are dropped"},

    {"grid.origin", PSTM_TYPE_PAIR, NULL, "m", FROM(-PSTM_GRID_MOST_ORIGIN_M), TO(PSTM_GRID_MOST_ORIGIN_M),
     AT(grid.origin_x_m), .keys = PSTM_KEYS_IMAGE, .help = "[x, y] of the centre of the first bin"},
    {"grid.azimuth", PSTM_TYPE_NUMBER, NULL, "degrees", FROM(-360), TO(360), AT(grid.azimuth_deg),
     .keys = PSTM_KEYS_IMAGE,
     .help =
         "clockwise from north (+y), of the direction in which the crossline number grows; the inline number "
         "grows towards azimuth + 90; a line along x has azimuth 90"},
    {"grid.inline.n", PSTM_TYPE_INTEGER, NULL, FROM(1), AT(grid.n_inline), .keys = PSTM_KEYS_IMAGE,
     .help = "number of inlines"},
    {"grid.inline.step", PSTM_TYPE_NUMBER, NULL, "m", FROM(PSTM_GRID_LEAST_STEP_M), TO(PSTM_GRID_MOST_STEP_M),
     AT(grid.step_inline_m), .keys = PSTM_KEYS_IMAGE, .help = "distance between inlines"},
    {"grid.inline.first", PSTM_TYPE_INTEGER, "1", AT(grid.first_inline), .keys = PSTM_KEYS_IMAGE,
     .help = "number of the first inline"},
    {"grid.crossline.n", PSTM_TYPE_INTEGER, NULL, FROM(1), AT(grid.n_crossline), .keys = PSTM_KEYS_IMAGE,
     .help = "number of crosslines"},
    {"grid.crossline.step", PSTM_TYPE_NUMBER, NULL, "m", FROM(PSTM_GRID_LEAST_STEP_M),
     TO(PSTM_GRID_MOST_STEP_M), AT(grid.step_crossline_m), .keys = PSTM_KEYS_IMAGE,
     .help = "distance between crosslines"},
    {"grid.crossline.first", PSTM_TYPE_INTEGER, "1", AT(grid.first_crossline), .keys = PSTM_KEYS_IMAGE,
     .help = "number of the first crossline"},
    {"grid.time.n", PSTM_TYPE_INTEGER, NULL, FROM(1), TO(PSTM_GRID_MOST_TIMES), AT(grid.n_times),
     .keys = PSTM_KEYS_IMAGE, .help = "number of output samples"},
    {"grid.time.step", PSTM_TYPE_NUMBER, NULL, "s", FROM(PSTM_GRID_LEAST_STEP_S), TO(PSTM_GRID_MOST_STEP_S),
     AT(grid.time_step_s), .keys = PSTM_KEYS_IMAGE, .help = "output sample interval, two-way time",
     .hint = "seconds, so 0.002 for 2 ms"},
    {"grid.time.first", PSTM_TYPE_NUMBER, "0", "s", FROM(0), TO(PSTM_GRID_MOST_FIRST_S),
     AT(grid.time_first_s), .keys = PSTM_KEYS_IMAGE, .help = "two-way time of the first output sample",
     .hint = "seconds, so 0.5 for 500 ms"},

    {"velocity.constant", PSTM_TYPE_NUMBER, "off", "m/s, or as `units` says", OVER(0), .word = "off",
     AT(velocity.constant), .keys = PSTM_KEYS_IMAGE,
     .help = "one vrms for the whole image; either this or `file`",
     .hint = "vrms lies within 100-10000 m/s; for 2.5 km/s write `constant: 2.5` and `units: km/s`"},
    {"velocity.file", PSTM_TYPE_PATH, "off", .word = "off", AT(velocity.file), .keys = PSTM_KEYS_ALL,
     .help = "velocities from a file: text lines `t v` or `x y t v`, VFUNC of Echos, tnmo and vnmo of "
             "Seismic Unix, or a cube as SEG-Y or HDF5 (netCDF-4)"},
    {"velocity.kind", PSTM_TYPE_CHOICE, "rms", .choices = WORDS("rms", "average", "interval", "layers"),
     AT(velocity.quantity), .keys = PSTM_KEYS_IMAGE, .added_later = true,
     .help =
         "what the velocities of the file are; rms velocities are made of the others; `average`: twice the "
         "depth over the time; `interval`: at each time, linear between the times given; `layers`: of "
         "layers, each up to its time from the time before"},
    {"velocity.format", PSTM_TYPE_CHOICE, "auto", .choices = WORDS("auto", "text", "segy", "hdf5"),
     AT(velocity.format), .keys = PSTM_KEYS_ALL, .added_later = true,
     .help = "what the file is; `segy`: a cube, a trace a column; `hdf5`: a cube as netCDF-4, of three named "
             "axes with coordinates; `text`: functions in any of the forms; `auto`: HDF5 by "
             "its first bytes, SEG-Y by its name in .sgy or .segy, else text"},
    VELOCITY_BYTE("inline", inline_number, "189", "inline number"),
    VELOCITY_BYTE("crossline", crossline_number, "193", "crossline number"),
    VELOCITY_BYTE("x", x, "181", "x"),
    VELOCITY_BYTE("y", y, "185", "y"),
    {"velocity.places", PSTM_TYPE_CHOICE, "auto", .choices = WORDS("auto", "coordinates", "labels"),
     AT(velocity.places), .keys = PSTM_KEYS_IMAGE, .added_later = true,
     .help = "places of velocities in the file; `coordinates`: x and y in metres; `labels`: inline and "
             "crossline numbers of the grid; `auto`: coordinates in a text, in HDF5 as its axes are named, "
             "in SEG-Y those "
             "numbers that agree with the coordinates or stand alone"},
    {"velocity.times", PSTM_TYPE_CHOICE, "auto", .choices = WORDS("auto", "s", "ms"), AT(velocity.times),
     .keys = PSTM_KEYS_IMAGE, .added_later = true,
     .help = "unit of the two-way times of the file; `auto`: as HDF5 says it (`units`), else "
             "seconds; SEG-Y knows its own"},
    {"velocity.scale", PSTM_TYPE_SCALES, "1", OVER(0), TO(100), AT(velocity.scales), .keys = PSTM_KEYS_IMAGE,
     .help = "multiplies every velocity; a list of factors makes a cube each, all from one store: "
             "`[0.95, 1]` with `file: image.h5` makes image.v0950.h5 and image.v1000.h5",
     .hint = "factors of a list are whole thousandths, which name the cubes, and differ"},
    {"velocity.units", PSTM_TYPE_UNIT, "m/s", .choices = WORDS("m/s", "km/s", "ft/s"), AT(velocity.unit_m_s),
     .keys = PSTM_KEYS_IMAGE, .help = "unit of the constant or of the file"},

    {"velocity.eta", PSTM_TYPE_NUMBER, "off", FROM(-0.2), TO(1), .word = "off", AT(velocity.eta),
     .keys = PSTM_KEYS_IMAGE, .added_later = true,
     .help = "anellipticity of all layers, for `traveltime: vti`; either this or `eta_file`",
     .hint = "eta is a number such as 0.1; without anisotropy say `off` and `traveltime: curved`"},
    {"velocity.eta_file", PSTM_TYPE_PATH, "off", .word = "off", AT(velocity.eta_file), .keys = PSTM_KEYS_ALL,
     .added_later = true,
     .help = "the same along time: a text of lines `t eta`, two-way time in seconds, linear between"},
    {"velocity.eta_kind", PSTM_TYPE_CHOICE, "interval", .choices = WORDS("interval", "effective"),
     AT(velocity.eta_kind), .keys = PSTM_KEYS_IMAGE, .added_later = true,
     .help = "what eta is of; `interval`: the layer at a time; `effective`: all layers down to it together"},

    {"bins.kind", PSTM_TYPE_CHOICE, "auto", .choices = LISTED("auto", PSTM_BINS_LIST(PSTM_WORD)),
     AT(bins.kind), .keys = PSTM_KEYS_IMAGE, .added_later = true,
     .help =
         "which traces make an image of their own, a class; `auto`: `offset` where `offsets` is given, else "
         "`all`" PSTM_BINS_LIST(WORD_HELP)},

    {"offsets.first", PSTM_TYPE_NUMBER, "0", "m", FROM(0), TO(1e6), AT(bins.offset.first_m),
     .keys = PSTM_KEYS_IMAGE,
     .help = "centre of offset class 0; class k is centred on first + k * step and takes offsets from half a "
             "step "
             "below (included) to half a step above (not included)"},
    {"offsets.step", PSTM_TYPE_NUMBER, "off", "m", OVER(0), TO(1e6), .word = "off", AT(bins.offset.step_m),
     .keys = PSTM_KEYS_IMAGE, .help = "distance of the centres and width of a class"},
    {"offsets.n", PSTM_TYPE_INTEGER, "off", FROM(1), TO(100000), .word = "off", AT(bins.offset.n),
     .keys = PSTM_KEYS_IMAGE, .help = "number of offset classes; `off`: one class with all traces"},

    {"migrate.aperture.distance", PSTM_TYPE_NUMBER, "off", "m", OVER(0), TO(1e6), .word = "off",
     .word_value = INFINITY, AT(aperture.distance_m), .keys = PSTM_KEYS_IMAGE,
     .help = "traces whose source or receiver is further from an image point do not contribute to it"},
    {"migrate.aperture.angle", PSTM_TYPE_NUMBER, "60", "degrees", OVER(0), TO(90), .word = "off",
     .word_value = 90, AT(aperture.angle_deg), .keys = PSTM_KEYS_IMAGE,
     .help = "the same limit as an angle: distance v t0 / 2 tan(angle), growing with depth; `off` is 90"},
    {"migrate.aperture.taper", PSTM_TYPE_NUMBER, "0.25", FROM(0), BELOW(1), AT(aperture.taper),
     .keys = PSTM_KEYS_IMAGE, .help = "outer fraction of the aperture over which the weight falls to zero",
     .hint = "a fraction, so 0.1 for 10 %"},
    {"migrate.weight", PSTM_TYPE_CHOICE, "true", .choices = LISTED(PSTM_WEIGHT_LIST(WORD_OF, )), AT(weight),
     .keys = PSTM_KEYS_IMAGE, .help = "weight of a contribution" PSTM_WEIGHT_LIST(WEIGHT_HELP, )},
    {"migrate.areas", PSTM_TYPE_CHOICE, "voronoi", .choices = WORDS("off", "voronoi"), AT(areas),
     .keys = PSTM_KEYS_IMAGE, .added_later = true,
     .help = "what a trace stands for with the weight `true`; `voronoi`: the area that is nearer to its "
             "midpoint than to others of its class, on a 2D line the length; `off`: 1, and amplitudes are "
             "relative"},
    {"migrate.spreading", PSTM_TYPE_CHOICE, "corrected", .choices = WORDS("corrected", "raw"),
     AT(condition.spreading), .keys = PSTM_KEYS_TRACES, .added_later = true,
     .help = "spreading of the input; `corrected`: processing has taken it out; `raw`: it is that of point "
             "sources, 1/(4 pi path), and is taken out here, by v(t0)^2 t/v(0)"},
    {"migrate.operator", PSTM_TYPE_CHOICE, "sum", .choices = LISTED(PSTM_OPERATOR_LIST(PSTM_WORD)),
     AT(tile_operator), .keys = PSTM_KEYS_IMAGE, .added_later = true,
     .help = "what is made of the traces of a tile" PSTM_OPERATOR_LIST(WORD_HELP)},
    {"migrate.antialias", PSTM_TYPE_CHOICE, "off", .choices = WORDS("off", "bank"),
     .planned = WORDS("triangle"), AT(antialias.method), .keys = PSTM_KEYS_IMAGE,
     .help = "protection against operator aliasing; `bank`: where the operator is steep it reads copies of "
             "the traces without the frequencies that it would alias (the trace store then holds up to 12 "
             "copies, more for wider steps and slower velocities)"},
    {"migrate.antialias_coefficient", PSTM_TYPE_NUMBER, "1", OVER(0), TO(4), AT(antialias.coefficient),
     .keys = PSTM_KEYS_IMAGE,
     .help = "what is kept ends at 1 / (2 x coefficient x moveout from one image location to the next); 1 is "
             "the aliasing criterion, more filters more"},
    {"migrate.traveltime", PSTM_TYPE_CHOICE, "straight", .choices = LISTED(PSTM_LAW_LIST(WORD_OF, ) "vti", ),
     AT(traveltime), .keys = PSTM_KEYS_IMAGE,
     .help = "law of travel times" PSTM_LAW_LIST(
         LAW_HELP, ) "; `vti`: as `curved`, in anisotropic layers of "
                     "`velocity.eta` or `velocity.eta_file`, the velocities being those of moveout"},
    {"migrate.interpolation", PSTM_TYPE_NAME, "linear", ONLY("linear"), .planned = WORDS("sinc"),
     .keys = PSTM_KEYS_IMAGE, .help = "interpolation between input samples"},
    {"migrate.stretch_mute", PSTM_TYPE_NAME, "off", ONLY("off"), .planned = WORDS("on", PSTM_ANY_NUMBER),
     .keys = PSTM_KEYS_IMAGE, .help = "mute of stretched samples"},

    SWITCH(
        "optimise.time_dependent_aperture", aperture.time_dependent, "on", IMAGE,
        "the aperture is min(distance, v t0 / 2 tan(angle)), and samples outside it are not visited; `off`: "
        "`migrate.aperture.distance` at all times, the angle is not used"),
    SWITCH("optimise.trace_prefilter", trace_prefilter, "on", ALL,
           "a tile takes only traces that can reach it at its deepest time; `off`: all traces"),
    SWITCH("optimise.spatial_index", spatial_index, "on", ALL,
           "those are found through a tree over the midpoints; `off`: by looking at every trace"),
    SWITCH("optimise.time_domain", time_domain, "on", IMAGE,
           "loop over time; `off`: the depth loop of the reference device, to compare with"),
    SWITCH("optimise.batch", batch, "on", ALL,
           "traces go to the device up to 256 at a time; `off`: one at a time"),
    SWITCH("optimise.fast_math", fast_math, "on", IMAGE,
           "arrival times of up to 64 samples by cubics and weights by quadratics, and square roots by "
           "reciprocals "
           "with refinement: times within 1/500 sample, weights within 0.1 %; `off`: a square root for each "
           "leg of each sample"),
    {"route", PSTM_TYPE_NAME, "kirchhoff", ONLY("kirchhoff"), .planned = WORDS("dmo", "multires"),
     .keys = PSTM_KEYS_IMAGE, .help = "way from traces to image"},

    {"target.tiles", PSTM_TYPE_TILES, "all", .word = "all", AT(target.tiles), .keys = PSTM_KEYS_ALL,
     .help = "tiles to migrate, by number"},
    {"target.inlines", PSTM_TYPE_LABELS, "all", .word = "all", AT(target.inlines), .keys = PSTM_KEYS_ALL,
     .help = "inlines that are wanted; the tiles that hold them are migrated whole"},
    {"target.crosslines", PSTM_TYPE_LABELS, "all", .word = "all", AT(target.crosslines),
     .keys = PSTM_KEYS_ALL,
     .help = "crosslines that are wanted; the tiles that hold them are migrated whole"},
    {"target.x", PSTM_TYPE_RANGE, "all", "m", .word = "all", AT(target.x_m), .keys = PSTM_KEYS_ALL,
     .help = "box in world coordinates: tiles that touch it"},
    {"target.y", PSTM_TYPE_RANGE, "all", "m", .word = "all", AT(target.y_m), .keys = PSTM_KEYS_ALL,
     .help = "box in world coordinates: tiles that touch it"},
    {"target.lines", PSTM_TYPE_LINES, "all", .word = "all", AT(target.lines), .keys = PSTM_KEYS_ALL,
     .help =
         "lines that are wanted, which are migrated alone; several in a tile with what lies between, and a "
         "tile in which two cross whole"},
    /* Part of the image keys, unlike the rest of the target: a tile is done for one time window only. */
    {"target.time", PSTM_TYPE_RANGE, "all", "s", FROM(0), .word = "all", AT(target.time_s),
     .keys = PSTM_KEYS_IMAGE, .help = "time window to migrate", .hint = "seconds, so [0.5, 1.5]"},

    {"tile.inline", PSTM_TYPE_INTEGER, "16", FROM(16), TO(1024), .multiple = 16, AT(tile_inline),
     .keys = PSTM_KEYS_ALL, .help = "inlines of a tile"},
    {"tile.crossline", PSTM_TYPE_INTEGER, "16", FROM(16), TO(1024), .multiple = 16, AT(tile_crossline),
     .keys = PSTM_KEYS_ALL, .help = "crosslines of a tile"},

    {"output.file", PSTM_TYPE_PATH, NULL, AT(output.file), .keys = PSTM_KEYS_ALL,
     .help = "the cube to write"},
    {"output.gathers", PSTM_TYPE_CHOICE, "auto", .choices = WORDS("off", "on", "auto"), AT(output.gathers),
     .keys = PSTM_KEYS_IMAGE,
     .help = "write the image of each class (`bins`); `auto`: with two classes or more"},
    SWITCH("output.stack", output.stack, "on", IMAGE,
           "write the mean over the live classes; of kinematic weights the sum, divided by the tapers' sum"),
    SWITCH("output.fold", output.fold, "on", IMAGE, "write the number of contributions"),
    SWITCH("output.profile", output.profile, "on", ALL, "write a profile of the run beside the cube"),
    SWITCH("output.timeline", output.timeline, "off", ALL,
           "write what each thread did when, a file a rank, for ui.perfetto.dev; needs output.profile"),
    SWITCH("output.keep_store", output.keep_store, "off", ALL,
           "keep the store of conditioned traces for the next run"),
    {"output.stripes", PSTM_TYPE_INTEGER, "auto", FROM(1), TO(65536), .word = "auto", AT(output.stripes),
     .keys = PSTM_KEYS_ALL,
     .help =
         "storage targets that a new cube is spread over on a striped file system (Lustre); `auto`: as its "
         "folder says"},
    {"output.stripe_size", PSTM_TYPE_SIZE, "auto", "bytes", FROM(1048576), TO(4294901760.0),
     .multiple = 65536, .word = "auto", AT(output.stripe_bytes), .keys = PSTM_KEYS_ALL,
     .help = "size of a stripe of a new cube there, a multiple of 64 KiB; `auto`: as its folder says",
     .hint = "Lustre takes multiples of 64 KiB"},

    {"accept", PSTM_TYPE_WORDS, "none", .choices = LISTED(PSTM_DOUBT_LIST(DOUBT_WORD)), .word = "none",
     AT(accepted), .keys = PSTM_KEYS_ALL,
     .help = "doubts about the inputs that are known and meant: their errors become warnings, their warnings "
             "are silent" PSTM_DOUBT_LIST(DOUBT_HELP)},

    {"devices", PSTM_TYPE_NAME, "auto", .choices = LISTED("auto", PSTM_DEVICE_LIST(PSTM_WORD) "mixed", ),
     AT(device), .keys = PSTM_KEYS_ALL,
     .help =
         "what computes; `auto`: the fastest that the machine offers; `mixed`: GPUs and processors together, "
         "agreeing to 1e-4 and not to the bit" PSTM_DEVICE_LIST(DEVICE_HELP)},
    {"memory", PSTM_TYPE_SIZE, "auto", "bytes", FROM(1048576), TO(1152921504606846976.0), .word = "auto",
     AT(memory_bytes), .keys = PSTM_KEYS_ALL,
     .help = "budget of a rank; `auto`: half of the node's memory, shared by its ranks"},
    {"threads", PSTM_TYPE_INTEGER, "auto", FROM(1), TO(65536), .word = "auto", AT(threads),
     .keys = PSTM_KEYS_ALL,
     .help =
         "threads of a rank; `auto`: the cores that the rank may use. What feeds a GPU takes at most four"},
};
/* clang-format on */

const size_t pstm_n_keys = sizeof pstm_schema / sizeof pstm_schema[0];

const pstm_key *pstm_key_find(const char *path)
{
    for (size_t i = 0; i < pstm_n_keys; i++)
        if (strcmp(pstm_schema[i].path, path) == 0) return &pstm_schema[i];
    return NULL;
}

const pstm_key *pstm_key_find_shorthand(const char *path)
{
    for (size_t i = 0; i < pstm_n_keys; i++)
        if (pstm_schema[i].shorthand != NULL && strcmp(pstm_schema[i].shorthand, path) == 0)
            return &pstm_schema[i];
    return NULL;
}

bool pstm_key_is_group(const char *path)
{
    const size_t length = strlen(path);
    for (size_t i = 0; i < pstm_n_keys; i++)
        if (strncmp(pstm_schema[i].path, path, length) == 0 && pstm_schema[i].path[length] == '.')
            return true;
    return false;
}
