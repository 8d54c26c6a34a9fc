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

SHAPE = {"inline": 37, "crossline": 21, "offset": 3, "twt": 19}
GATHER = ("inline", "crossline", "offset", "twt")
STACK = ("inline", "crossline", "twt")
DATA = {
    "gather": (GATHER, "float32"),
    "gather_fold": (GATHER, "uint32"),
    "stack": (STACK, "float32"),
    "fold": (STACK, "uint32"),
}


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
    for name in DATA:
        assert not numpy.any(data[name][32:]), "what was not migrated is zero"


def check_positions(x, y):
    azimuth = math.radians(32.5)
    for i, j in ((0, 0), (36, 20), (3, 17)):
        expected_x = 606000.125 + j * 25 * math.sin(azimuth) + i * 12.5 * math.cos(azimuth)
        expected_y = 6077000.1 + j * 25 * math.cos(azimuth) - i * 12.5 * math.sin(azimuth)
        assert abs(x[i, j] - expected_x) < 1e-8 and abs(y[i, j] - expected_y) < 1e-8


def check_attributes(attributes):
    def text(name):
        value = attributes[name]
        return value.decode() if isinstance(value, bytes) else str(value)

    assert text("Conventions") == "CF-1.8"
    assert text("version") == "0.1.0" and text("commit") == "abcdef0"
    assert text("numerics_id") == "cpu/avx2/1" and text("devices") == "cpu"
    assert text("job") == "input.segy: line1.sgy\nmigrate.weight: none\n"
    assert text("image_key") == "0123456789abcdef0123456789abcdef"
    assert text("image_key_text").splitlines()[1] == "migrate.weight: none"
    assert len(text("image_checksum")) == 16 and text("image_checksum") != 16 * "0"
    assert int(attributes["complete"]) == 0
    assert int(attributes["columns"]) == 6 and int(attributes["columns_done"]) == 4
    assert int(attributes["time_window_begin"]) == 0 and int(attributes["time_window_end"]) == 19


def with_xarray(path, engine):
    with xarray.open_dataset(path, engine=engine) as cube:
        assert dict(cube.sizes) == SHAPE, cube.sizes
        assert set(cube.data_vars) == set(DATA), set(cube.data_vars)
        assert {"inline", "crossline", "offset", "twt", "cdp_x", "cdp_y"} == set(cube.coords)
        for name, (axes, kind) in DATA.items():
            assert cube[name].dims == axes and cube[name].dtype == kind, name
            assert cube[name].attrs["long_name"]
        assert list(cube.inline.values) == list(range(1001, 1038))
        assert list(cube.crossline.values) == list(range(-4, 17))
        assert list(cube.offset.values) == [150, 450, 750] and cube.offset.attrs["units"] == "m"
        assert cube.twt.dtype == "float64", "times stay numbers"
        assert cube.twt.attrs["units"] == "s"
        assert list(cube.twt.values) == [0.1 + k * 0.002 for k in range(19)]
        check_positions(cube.cdp_x.values, cube.cdp_y.values)
        check_values({name: cube[name].values for name in DATA})
        check_attributes(cube.attrs)
        # What one does with labels.
        section = cube.gather.sel(inline=1006, offset=450)
        assert section.shape == (21, 19)


def with_h5py(path):
    with h5py.File(path, "r") as cube:
        for name, (axes, kind) in DATA.items():
            data = cube[name]
            assert data.shape == tuple(SHAPE[axis] for axis in axes) and data.dtype == kind
            assert data.chunks == (16, 16) + (1,) * (len(axes) - 3) + (19,)
            assert tuple(d[0].name.strip("/") for d in data.dims) == axes
        check_values({name: cube[name][()] for name in DATA})
        check_attributes(cube.attrs)


def with_netcdf(path):
    with netCDF4.Dataset(path) as cube:
        cube.set_auto_mask(False)
        assert {name: len(axis) for name, axis in cube.dimensions.items()} == SHAPE
        assert cube["gather"].dimensions == GATHER and cube["cdp_x"].dimensions == GATHER[:2]
        check_values({name: cube[name][:] for name in DATA})
        check_attributes({name: cube.getncattr(name) for name in cube.ncattrs()})


def with_h5dump(path):
    text = subprocess.run(["h5dump", "-H", path], check=True, capture_output=True, text=True).stdout
    for name in list(DATA) + ["inline", "crossline", "offset", "twt", "cdp_x", "cdp_y"]:
        assert f'DATASET "{name}"' in text, name


def main():
    # The libraries of Python come with an HDF5 of their own build: no sanitizer and no MPI for them.
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "image.h5")
        environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=0")
        subprocess.run([sys.argv[1], path], check=True, env=environment)
        with_h5py(path)
        with_netcdf(path)
        with_xarray(path, "h5netcdf")
        with_xarray(path, "netcdf4")
        with_h5dump(path)
    print("h5py, netCDF4, xarray (h5netcdf, netcdf4) and h5dump agree")


main()
