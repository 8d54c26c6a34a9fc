"""make_cubes.py FOLDER: one velocity model as a text, SEG-Y cubes and HDF5 cubes, and cubes that are wrong.

The grid is that of `pstm synth` in velocity_cubes.sh: inline i at x = 25 (i - 1), crossline j at y = 25 (j - 1). 1/v^2 is a
plane over x and y, so that triangles of the text and cells of the cubes say the same. Exit 77 without xarray.
"""
import struct
import sys

try:
    import numpy as np
    import xarray
    import h5netcdf  # noqa: F401  (xarray writes with it)
except ImportError as missing:
    print("skipped:", missing)
    sys.exit(77)

folder = sys.argv[1]
LINES = np.array([1, 5, 11, 16, 20])
TIMES_S = np.arange(13) * 0.02


def model(inline, crossline, t_s, bend=0.0):
    """v in m/s as float32; with a bend 1/v^2 is no plane."""
    x, y = 25.0 * (inline - 1), 25.0 * (crossline - 1)
    at_surface = 1 / np.sqrt((1 + 3e-4 * x - 2e-4 * y + bend * x * y) / 1800.0**2)
    return (at_surface * (1 + 0.6 * t_s + 0.3 * t_s**2)).astype(np.float32)


def cube(bend=0.0):
    return model(LINES[:, None, None], LINES[None, :, None], TIMES_S[None, None, :], bend)


def write_text(name, values):
    with open(f"{folder}/{name}", "w") as out:
        for i, inline in enumerate(LINES):
            for j, crossline in enumerate(LINES):
                for k, t_s in enumerate(TIMES_S):
                    out.write(f"{inline} {crossline} {1000 * t_s:.10g} {values[i, j, k]:.9g}\n")


def write_segy(name, values, bytes_at=(189, 193, 181, 185), shift=0, coordinates=True, leave_out=None):
    """Traces in disorder, IEEE floats, coordinates in decimetres; `shift` is added to inline numbers."""
    n_t = values.shape[2]
    binary = bytearray(400)
    for byte, value in ((17, 20000), (21, n_t), (25, 5), (301, 0x0100), (303, 1)):
        struct.pack_into(">h", binary, byte - 1, value)
    places = [(i, j) for i in range(values.shape[0]) for j in range(values.shape[1]) if (i, j) != leave_out]
    with open(f"{folder}/{name}", "wb") as out:
        out.write(b"\x40" * 3200 + bytes(binary))
        for i, j in sorted(places, key=lambda p: (7 * p[0] + 3 * p[1]) % 11):
            header = bytearray(240)
            words = [int(LINES[i]) + shift, int(LINES[j])]
            words += [250 * (int(LINES[i]) - 1), 250 * (int(LINES[j]) - 1)] if coordinates else [0, 0]
            for byte, word in zip(bytes_at, words):
                struct.pack_into(">i", header, byte - 1, word)
            struct.pack_into(">hh", header, 28, 1, 0)
            struct.pack_into(">h", header, 70, -10)
            struct.pack_into(">HH", header, 114, n_t, 20000)
            out.write(bytes(header) + values[i, j].astype(">f4").tobytes())


def write_nc(name, values, dims, coords, units=None, time_units=None, more=None, kind=None):
    array = xarray.DataArray(values, dims=dims, coords=coords, name=f"{kind}_velocity" if kind else "v")
    if units:
        array.attrs["units"] = units
    if time_units:
        array.coords[dims[[d in ("twt", "time", "t0") for d in dims].index(True)]].attrs["units"] = time_units
    data = array.to_dataset()
    for other in more or []:
        data[other] = array
    data.to_netcdf(f"{folder}/{name}", engine="h5netcdf")


plane, bent = cube(), cube(2e-7)
x_m = 25.0 * (LINES - 1)
write_text("plane.txt", plane)
write_segy("plane.sgy", plane)
write_segy("other_bytes.sgy", plane, (9, 21, 201, 205))
write_segy("bare.sgy", plane, coordinates=False)
write_segy("shifted.sgy", plane, shift=1000)
write_segy("bent.sgy", bent)
write_segy("hole.sgy", plane, leave_out=(2, 3))
zeros = plane.copy()
zeros[1, 1, 5:7] = 0
write_segy("zeros.sgy", zeros)
labels = {"inline": LINES, "crossline": LINES, "twt": TIMES_S}
write_nc("plane.nc", plane, ("inline", "crossline", "twt"), labels)
write_nc("bent.nc", bent, ("inline", "crossline", "twt"), labels)
turned = {"time": 1000 * TIMES_S, "xline": LINES, "iline": LINES[::-1]}
write_nc("turned.nc", plane[::-1].transpose(2, 1, 0) / np.float32(1000), ("time", "xline", "iline"), turned, "km/s", "ms")
write_nc("metres.h5", plane, ("x", "y", "t0"), {"x": x_m, "y": x_m, "t0": TIMES_S}, "m/s", "s")
write_nc("constant.nc", np.full((2, 2, 2), 2000, np.float32), ("inline", "crossline", "twt"),
         {"inline": [1, 20], "crossline": [1, 20], "twt": [0, 0.3]})
write_nc("interval.nc", plane, ("inline", "crossline", "twt"), labels, kind="interval")
write_nc("rms.nc", plane, ("inline", "crossline", "twt"), labels, kind="RMS")
gaps = xarray.DataArray(np.where(zeros == 0, np.float32(4321), plane), dims=("inline", "crossline", "twt"), coords=labels, name="v")
gaps.attrs["missing_value"] = np.float32(4321)
gaps.to_dataset().to_netcdf(f"{folder}/missing_value.nc", engine="h5netcdf")
write_nc("two.nc", plane, ("inline", "crossline", "twt"), labels, more=["w"])
write_nc("no_times.nc", plane, ("inline", "crossline", "twt"), {"inline": LINES, "crossline": LINES})
write_nc("depths.nc", plane, ("inline", "crossline", "twt"), {**labels, "twt": TIMES_S}, None, "m")
write_nc("no_unit_ms.nc", plane, ("inline", "crossline", "twt"), {**labels, "twt": 1000 * TIMES_S})
write_nc("odd.nc", plane, ("inline", "crossline", "z"), {"inline": LINES, "crossline": LINES, "z": TIMES_S})
write_nc("elsewhere.nc", plane, ("inline", "crossline", "twt"), {**labels, "inline": LINES + 500})
write_nc("half.nc", plane[:2], ("inline", "crossline", "twt"), {**labels, "inline": LINES[:2]})
write_nc("part.nc", plane[:3], ("inline", "crossline", "twt"), {**labels, "inline": LINES[:3] - 1})
write_nc("short.nc", plane[:, :, :2], ("inline", "crossline", "twt"), {**labels, "twt": [0, 0.1]})
# As deep as a survey's: more bytes than the run may take.
deep = xarray.DataArray(np.broadcast_to(np.float32(2000), (300, 300, 300)), dims=("inline", "crossline", "twt"), name="v",
                        coords={"inline": np.arange(300) - 100, "crossline": np.arange(300) - 100, "twt": np.arange(300) * 0.004})
deep.to_dataset().to_netcdf(f"{folder}/deep.nc", engine="h5netcdf")
