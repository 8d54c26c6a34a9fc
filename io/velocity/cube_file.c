#include "io/velocity/cube_file.h"

#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static bool ends_with(const char *path, const char *ending)
{
    const size_t n = strlen(path), n_ending = strlen(ending);
    return n > n_ending && strcasecmp(path + n - n_ending, ending) == 0;
}

static bool is_hdf5(const char *path)
{
    static const unsigned char signature[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    unsigned char bytes[sizeof signature];
    const int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* a pipe would wait for its writer */
    if (file < 0) return false;
    const bool is = pread(file, bytes, sizeof bytes, 0) == (ssize_t)sizeof bytes &&
                    memcmp(bytes, signature, sizeof signature) == 0;
    close(file);
    return is;
}

pstm_velocity_format pstm_velocity_file_format(const pstm_velocity_options *options)
{
    if (options->format != PSTM_VELOCITY_AUTO) return options->format;
    if (ends_with(options->file, ".sgy") || ends_with(options->file, ".segy")) return PSTM_VELOCITY_SEGY;
    return is_hdf5(options->file) ? PSTM_VELOCITY_HDF5 : PSTM_VELOCITY_TEXT;
}

pstm_status pstm_velocity_cube_read(const pstm_velocity_options *options, pstm_velocity_format format,
                                    const pstm_node_place *place)
{
    return format == PSTM_VELOCITY_SEGY ? pstm_segy_cube_read(options, place)
                                        : pstm_h5_cube_read(options, place);
}
