"""Writes traces as SEG-Y of revisions 0, 1 and 2, or as SU: for the good surveys of good.py."""
import struct

FLOATS = (1, 5, 6)
LARGEST_INTEGER = {2: 2**31 - 1, 3: 2**15 - 1, 8: 2**7 - 1}

HEADER_FIELDS = {  # first byte (from 1) and struct code
    "line_number": (1, "i"), "file_number": (5, "i"), "record": (9, "i"), "channel": (13, "i"), "source": (17, "i"),
    "cdp": (21, "i"), "cdp_trace": (25, "i"), "trace_id": (29, "h"), "n_stacked": (33, "h"), "use": (35, "h"),
    "offset": (37, "i"), "receiver_elevation": (41, "i"), "source_elevation": (45, "i"), "source_depth": (49, "i"),
    "water_depth": (61, "i"), "elevation_scalar": (69, "h"), "scalar": (71, "h"), "sx": (73, "i"), "sy": (77, "i"),
    "gx": (81, "i"), "gy": (85, "i"), "units": (89, "h"), "source_static": (99, "h"), "receiver_static": (101, "h"),
    "total_static": (103, "h"), "delay": (109, "h"), "mute_start": (111, "h"), "mute_end": (113, "h"),
    "n_samples": (115, "H"), "interval": (117, "H"), "gain": (119, "h"), "year": (157, "h"), "day": (159, "h"),
    "hour": (161, "h"), "minute": (163, "h"), "second": (165, "h"), "time_basis": (167, "h"), "cdp_x": (181, "i"),
    "cdp_y": (185, "i"), "inline": (189, "i"), "crossline": (193, "i"), "shotpoint": (197, "i")}


def ibm(value):
    """The word of an IBM float."""
    if value == 0:
        return 0
    sign, value, exponent = (1 << 31 if value < 0 else 0), abs(value), 64
    while value >= 1:
        value, exponent = value / 16, exponent + 1
    while value < 1 / 16:
        value, exponent = value * 16, exponent - 1
    return sign | exponent << 24 | min(int(value * 2**24), 2**24 - 1)


def packed_samples(samples, code, end):
    """Floats as samples of a SEG-Y format code; integers must be in range."""
    if code == 1:
        return struct.pack(f"{end}{len(samples)}I", *map(ibm, samples))
    letter = {2: "i", 3: "h", 5: "f", 6: "d", 8: "b"}[code]
    return struct.pack(f"{end}{len(samples)}{letter}", *(samples if code in FLOATS else map(int, samples)))


def text_header(lines, ebcdic):
    text = "".join(f"C{i + 1:2} {lines[i] if i < len(lines) else '':76}" for i in range(40))
    return text.encode("cp037" if ebcdic else "ascii")


def binary_header(survey, end):
    binary = bytearray(400)

    def put(byte, code, value):
        struct.pack_into(end + code, binary, byte - 3201, value)

    put(3201, "i", survey.job_number), put(3205, "i", 1), put(3213, "h", survey.n_channels)
    put(3217, "H", survey.interval_us), put(3219, "H", survey.interval_us)
    put(3221, "H", survey.n_samples), put(3223, "H", survey.n_samples), put(3225, "h", survey.format)
    put(3227, "h", survey.fold), put(3229, "h", survey.sorting), put(3255, "h", survey.length_unit)
    if survey.revision > 0:
        binary[300] = survey.revision
        put(3503, "h", 1), put(3505, "h", survey.n_extended)
    if survey.revision == 2:
        put(3261, "i", survey.n_channels), put(3269, "i", survey.n_samples), put(3273, "d", survey.interval_us)
        put(3281, "d", survey.interval_us), put(3289, "i", survey.n_samples), put(3297, "i", 16909060)
    return binary


def trace_header(fields, end):
    header = bytearray(240)
    for name, value in fields.items():
        byte, code = HEADER_FIELDS[name]
        struct.pack_into(end + code, header, byte - 1, value)
    return header


def write(path, survey, traces):
    """traces: (fields of the header, samples packed by packed_samples()) of each."""
    end = "<" if survey.little else ">"
    with open(path, "wb") as file:
        if not survey.su:
            file.write(text_header(survey.text, survey.ebcdic))
            binary = binary_header(survey, end)
            if survey.revision == 2:
                struct.pack_into(end + "Q", binary, 3513 - 3201, len(traces))
            file.write(binary)
            for i in range(survey.n_extended):
                file.write(text_header([f"((SEG: Notes {i + 1}))", "Observer's notes"], survey.ebcdic))
        for fields, samples in traces:
            file.write(trace_header(fields, end) + samples)
