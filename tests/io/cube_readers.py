"""cube_readers.py MAKE_CUBE: the cube opens in h5py, netCDF4, xarray and h5dump, and says the same in all.

The figures are those of cube_fixture.c; exit 77 when a reader is not installed.
"""
import math
import os
import shutil
import struct
import subprocess
import sys
import tempfile

try:
    import h5py
    import netCDF4
    import numpy
    import xarray
    import h5netcdf  # noqa: F401  (the engine of xarray)
except ImportError as missing:
    print("skipped:", missing)
    sys.exit(77)
if shutil.which("h5dump") is None:
    print("skipped: there is no h5dump")
    sys.exit(77)

# What lies along the axis of the classes: of offset classes its own numbers, else coordinates beside it.
OFFSETS = {"offset": ("m", [150, 450, 750])}
AZIMUTHS = {"bin": ("1", [0, 1, 2]), "offset": ("m", [450, 450, 450]), "azimuth": ("degrees", [60, 180, 300])}
STACK = ("inline", "crossline", "twt")


class Cube:
    """What is expected of a cube whose classes lie along the first of `classes`."""

    def __init__(self, bins, classes):
        axis = next(iter(classes))
        gather = ("inline", "crossline", axis, "twt")
        self.bins, self.classes, self.axis = bins, classes, axis
        self.shape = {"inline": 37, "crossline": 21, axis: 3, "twt": 19}
        self.data = {
            "gather": (gather, "float32"),
            "gather_fold": (gather, "uint32"),
            "stack": (STACK, "float32"),
            "fold": (STACK, "uint32"),
        }
        self.coordinates = {"inline", "crossline", "twt", "cdp_x", "cdp_y", *classes}


def place_hash(i, j, c, k):
    mix = ((i * 1009 + j) * 13 + c) * 4099 + k
    return (((mix + 1) * 0x9E3779B97F4A7C15) & (2**64 - 1)) >> 33


def single(number):
    return struct.unpack("f", struct.pack("f", number))[0]


def check_values(data):
    """data: name -> array, compared with the fixture's rule at some places."""
    for i, j, k in ((0, 0, 0), (5, 20, 18), (31, 16, 7)):
        numbers = [place_hash(i, j, c, k) & 0xFFFFFFFF for c in range(3)]
        sums = [numpy.float32(n) / numpy.float32(1e6) - numpy.float32(1000) for n in numbers]
        folds = [n % 7 for n in numbers]
        assert list(data["gather"][i, j, :, k]) == sums, (i, j, k)
        assert list(data["gather_fold"][i, j, :, k]) == folds
        assert data["fold"][i, j, k] == sum(folds)
        total = (sums[0] + sums[1]) + sums[2]
        assert data["stack"][i, j, k] == total / numpy.float32(max(sum(folds), 1))
    for name in data:
        assert not numpy.any(data[name][32:]), "what was not migrated is zero"


def check_positions(x, y):
    azimuth = math.radians(32.5)
    for i, j in ((0, 0), (36, 20), (3, 17)):
        expected_x = 606000.125 + j * 25 * math.sin(azimuth) + i * 12.5 * math.cos(azimuth)
        expected_y = 6077000.1 + j * 25 * math.cos(azimuth) - i * 12.5 * math.sin(azimuth)
        assert abs(x[i, j] - expected_x) < 1e-8 and abs(y[i, j] - expected_y) < 1e-8


def check_attributes(attributes, bins):
    def text(name):
        value = attributes[name]
        return value.decode() if isinstance(value, bytes) else str(value)

    assert text("Conventions") == "CF-1.8"
    assert text("version") == "0.1.0" and text("commit") == "abcdef0"
    assert text("numerics_id") == "cpu/avx2/1" and text("devices") == "cpu"
    assert text("job") == "input.segy: line1.sgy\nmigrate.weight: none\n"
    assert text("image_key") == "0123456789abcdef0123456789abcdef"
    assert text("bins") == bins
    assert text("image_key_text").splitlines()[1] == "migrate.weight: none"
    assert len(text("image_checksum")) == 16 and text("image_checksum") != 16 * "0"
    assert int(attributes["complete"]) == 0
    assert int(attributes["columns"]) == 6 and int(attributes["columns_done"]) == 4
    assert int(attributes["time_window_begin"]) == 0 and int(attributes["time_window_end"]) == 19


def with_xarray(path, engine, expected):
    with xarray.open_dataset(path, engine=engine) as cube:
        assert dict(cube.sizes) == expected.shape, cube.sizes
        assert set(cube.data_vars) == set(expected.data), set(cube.data_vars)
        assert expected.coordinates == set(cube.coords), set(cube.coords)
        for name, (axes, kind) in expected.data.items():
            assert cube[name].dims == axes and cube[name].dtype == kind, name
            assert cube[name].attrs["long_name"]
        for name, (units, values) in expected.classes.items():
            assert cube[name].dims == (expected.axis,) and list(cube[name].values) == values, name
            assert cube[name].attrs["units"] == units and name in cube.gather.coords
        assert list(cube.inline.values) == list(range(1001, 1038))
        assert list(cube.crossline.values) == list(range(-4, 17))
        assert cube.twt.dtype == "float64", "times stay numbers"
        assert cube.twt.attrs["units"] == "s"
        assert list(cube.twt.values) == [0.1 + k * 0.002 for k in range(19)]
        check_positions(cube.cdp_x.values, cube.cdp_y.values)
        check_values({name: cube[name].values for name in expected.data})
        check_attributes(cube.attrs, expected.bins)
        # What one does with labels.
        name, (_, values) = next(iter(expected.classes.items()))
        section = cube.gather.sel({"inline": 1006, name: values[1]})
        assert section.shape == (21, 19)


def with_h5py(path, expected):
    with h5py.File(path, "r") as cube:
        for name, (axes, kind) in expected.data.items():
            data = cube[name]
            assert data.shape == tuple(expected.shape[axis] for axis in axes) and data.dtype == kind
            assert data.chunks == (16, 16) + (1,) * (len(axes) - 3) + (19,)
            assert tuple(d[0].name.strip("/") for d in data.dims) == axes
        for name, (_, values) in expected.classes.items():
            assert list(cube[name][()]) == values
        check_values({name: cube[name][()] for name in expected.data})
        check_attributes(cube.attrs, expected.bins)


def with_netcdf(path, expected):
    with netCDF4.Dataset(path) as cube:
        cube.set_auto_mask(False)
        assert {name: len(axis) for name, axis in cube.dimensions.items()} == expected.shape
        gather = expected.data["gather"][0]
        assert cube["gather"].dimensions == gather and cube["cdp_x"].dimensions == gather[:2]
        for name, (_, values) in expected.classes.items():
            assert cube[name].dimensions == (expected.axis,) and list(cube[name][:]) == values
        check_values({name: cube[name][:] for name in expected.data})
        check_attributes({name: cube.getncattr(name) for name in cube.ncattrs()}, expected.bins)


def with_h5dump(path, expected):
    text = subprocess.run(["h5dump", "-H", path], check=True, capture_output=True, text=True).stdout
    for name in [*expected.data, *expected.coordinates]:
        assert f'DATASET "{name}"' in text, name


def read_all(path, expected, arguments):
    # The libraries of Python come with an HDF5 of their own build: no sanitizer and no MPI for them.
    environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=0")
    subprocess.run([sys.argv[1], path, *arguments], check=True, env=environment)
    with_h5py(path, expected)
    with_netcdf(path, expected)
    with_xarray(path, "h5netcdf", expected)
    with_xarray(path, "netcdf4", expected)
    with_h5dump(path, expected)


def main():
    with tempfile.TemporaryDirectory() as folder:
        read_all(os.path.join(folder, "offsets.h5"), Cube("offset", OFFSETS), [])
        read_all(os.path.join(folder, "azimuths.h5"), Cube("azimuth", AZIMUTHS), ["azimuths"])
    print("h5py, netCDF4, xarray (h5netcdf, netcdf4) and h5dump agree")


main()
