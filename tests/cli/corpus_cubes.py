"""What may be wrong with a cube: alterations of a finished one, each attribute, axis, dataset, link and chunk in turn.

all_of(CUBE) lists them as (name, kind, alter): alter(folder, random) changes cube.h5 or cube.h5.journal of the folder.
Of kind "damaged" is what HDF5 itself may fall over; all others are well-formed HDF5.
"""
import os

import h5py
import numpy

JOURNAL = "cube.h5.journal"
IMAGE = ("gather", "gather_fold", "stack", "fold")
OUTSIDE = "../../outside/bait.h5"  # seen from the folder of a case
HUGE = 1 << 40


def in_cube(alter):
    """alter(file, random) -> alter(folder, random)"""

    def altered(folder, random):
        with h5py.File(os.path.join(folder, "cube.h5"), "r+", libver=("v108", "v110")) as file:
            alter(file, random)

    return altered


def in_journal(alter):
    """alter(lines, random) gives other bytes."""

    def altered(folder, random):
        path = os.path.join(folder, JOURNAL)
        with open(path, "rb") as file:
            lines = file.read().splitlines(keepends=True)
        with open(path, "wb") as file:
            file.write(alter(lines, random))

    return altered


def in_bytes(alter):
    """alter(bytes, random) changes a bytearray of the whole file."""

    def altered(folder, random):
        path = os.path.join(folder, "cube.h5")
        with open(path, "rb") as file:
            content = bytearray(file.read())
        content = alter(content, random)
        with open(path, "wb") as file:
            file.write(content)

    return altered


def without_frame(alter):
    """The same where the journal says nothing of axes and attributes."""

    def altered(folder, random):
        in_journal(lambda lines, _: b"".join(line for line in lines if not line.startswith(b"frame")))(folder, random)
        alter(folder, random)

    return altered


# ---- attributes --------------------------------------------------------------------------------------------------


def set_attribute(place, name, value, **how):
    def alter(file, _):
        attributes = file[place].attrs
        del attributes[name]
        attributes.create(name, value, **how)

    return alter


def remove_attribute(place, name):
    def alter(file, _):
        del file[place].attrs[name]

    return alter


def attribute_cases(place, name, value):
    yield "removed", remove_attribute(place, name)
    yield "empty", set_attribute(place, name, h5py.Empty("f8"))
    yield "a list", set_attribute(place, name, numpy.arange(5.0))
    if isinstance(value, (bytes, str, numpy.bytes_)):
        text = value if isinstance(value, str) else bytes(value).decode()
        yield "another text", set_attribute(place, name, numpy.bytes_(text[:-1] + "~"))
        yield "a huge text", set_attribute(place, name, numpy.bytes_(b"x" * 60000))
        yield "a text of any length", set_attribute(place, name, text, dtype=h5py.string_dtype())
        yield "a number", set_attribute(place, name, 7)
        yield "%s%n", set_attribute(place, name, numpy.bytes_(b"%s%n%s%n\xff\n: ~"))
    elif numpy.issubdtype(numpy.asarray(value).dtype, numpy.floating):
        yield "another number", set_attribute(place, name, numpy.float64(value + 1))
        yield "not a number", set_attribute(place, name, numpy.float64("nan"))
        yield "infinite", set_attribute(place, name, numpy.float64("-inf"))
        yield "huge", set_attribute(place, name, numpy.float64(1e300))
        yield "a text", set_attribute(place, name, numpy.bytes_(b"12.5"))
    else:
        yield "another number", set_attribute(place, name, numpy.int64(value + 1))
        yield "huge", set_attribute(place, name, numpy.int64((1 << 63) - 1))
        yield "2^31 - 1", set_attribute(place, name, numpy.int64((1 << 31) - 1))
        yield "negative", set_attribute(place, name, numpy.int64(-(1 << 31)))
        yield "a float", set_attribute(place, name, numpy.float64("nan"))


def all_attributes(file):
    for name, value in sorted(file.attrs.items()):
        for what, alter in attribute_cases("/", name, value):
            yield f"attribute {name}: {what}", "attribute", in_cube(alter)
    for place in sorted(file):
        for name in sorted(file[place].attrs):
            if name in ("DIMENSION_LIST", "REFERENCE_LIST"):
                yield f"/{place}: {name} removed", "attribute", in_cube(remove_attribute(place, name))
            else:
                change = set_attribute(place, name, numpy.bytes_(b"other"))
                yield f"/{place}: attribute {name} another", "attribute", in_cube(change)


# ---- datasets ----------------------------------------------------------------------------------------------------


def replace(name, make):
    """make(file, values) makes the dataset anew; its attributes are kept."""

    def alter(file, _):
        old = file[name]
        values, attributes = old[()], [(a, old.attrs.get_id(a)) for a in old.attrs]
        kept = [(a, i.dtype, i.shape, old.attrs[a]) for a, i in attributes if a not in ("DIMENSION_LIST", "REFERENCE_LIST")]
        del file[name]
        made = make(file, values)
        if isinstance(made, h5py.Dataset):
            for a, kind, shape, value in kept:
                made.attrs.create(a, value, shape=shape, dtype=kind)

    return alter


def dataset(name, shape=None, dtype=None, change=None, **how):
    """The dataset anew with other values, type, shape or creation properties."""

    def make(file, values):
        values = values if change is None else change(values)
        if shape is not None:
            return file.create_dataset(name, shape=shape, dtype=dtype or values.dtype, **how)
        return file.create_dataset(name, data=values.astype(dtype or values.dtype), **how)

    return replace(name, make)


def instead(name, make):
    def alter(file, random):
        del file[name]
        make(file, name)

    return alter


def links_instead(name):
    yield "removed", instead(name, lambda file, _: None)
    yield "a group", instead(name, lambda file, n: file.create_group(n))
    yield "a soft link", instead(name, lambda file, n: file.__setitem__(n, h5py.SoftLink("/inline")))
    yield "a soft link to itself", instead(name, lambda file, n: file.__setitem__(n, h5py.SoftLink("/" + n)))
    yield "a link to another file", instead(name, lambda file, n: file.__setitem__(n, h5py.ExternalLink(OUTSIDE, "/" + n)))
    yield "a named type", instead(name, lambda file, n: file.__setitem__(n, numpy.dtype("f4")))
    yield "the root group", instead(name, lambda file, n: file.__setitem__(n, file["/"]))

    def virtual(file, values):
        layout = h5py.VirtualLayout(values.shape, values.dtype)
        layout[...] = h5py.VirtualSource(OUTSIDE, name, values.shape, values.dtype)
        return file.create_virtual_dataset(name, layout)

    yield "virtual", replace(name, virtual)
    def outside(file, values):
        raw = [(os.path.join(os.path.dirname(OUTSIDE), "raw.bin"), 0, h5py.h5f.UNLIMITED)]
        return file.create_dataset(name, shape=values.shape, dtype=values.dtype, external=raw)

    yield "values in another file", replace(name, outside)


def axis_cases(name, values):
    """An axis, or positions."""
    yield from links_instead(name)
    yield "longer", dataset(name, change=lambda v: numpy.concatenate([v, v]))
    yield "shorter", dataset(name, change=lambda v: v[:-1])
    yield "one value", dataset(name, change=lambda v: v.ravel()[0])
    yield "without a space", empty(name)
    yield "no value", dataset(name, shape=(0,))
    yield "rows of nothing", dataset(name, shape=(5, 0))
    yield "huge", dataset(name, shape=(HUGE,))
    yield "32 axes", dataset(name, shape=(1,) * 32)
    yield "texts", dataset(name, dtype="S8")
    yield "its bits as integers", dataset(name, change=lambda v: v.view(f"i{v.dtype.itemsize}"))
    yield "big-endian", dataset(name, dtype=values.dtype.newbyteorder(">"))
    yield "in 4 bytes", dataset(name, dtype="f4")
    yield "chunked", dataset(name, chunks=True)
    yield "compressed", dataset(name, chunks=True, compression="gzip")
    yield "chunked, other values", dataset(name, change=lambda v: v + 1, chunks=True)
    yield "other values", in_place(name, lambda v: v + 1)
    yield "falling", in_place(name, lambda v: v[::-1])
    yield "constant", in_place(name, lambda v: v * 0)
    if values.dtype.kind == "f":
        yield "not a number", in_place(name, lambda v: v * float("nan"))
        yield "infinite", in_place(name, lambda v: v + float("inf"))


def empty(name):
    return replace(name, lambda file, values: file.create_dataset(name, data=h5py.Empty("f8")))


def in_place(name, change):
    def alter(file, _):
        file[name][...] = change(file[name][()])

    return alter


def image_cases(name, values, chunks):
    yield from links_instead(name)
    yield "as double", dataset(name, dtype="f8", chunks=chunks)
    yield "big-endian", dataset(name, dtype=values.dtype.newbyteorder(">"), chunks=chunks)
    yield "signed", dataset(name, change=lambda v: v.view("i4"), chunks=chunks)
    yield "texts", dataset(name, dtype="S4", chunks=chunks)
    yield "one axis", dataset(name, change=lambda v: v.ravel(), chunks=True)
    yield "a trace less", dataset(name, change=lambda v: v[:-1], chunks=chunks)
    yield "huge", dataset(name, shape=(HUGE,) * values.ndim, chunks=chunks)
    yield "5 axes", dataset(name, change=lambda v: v.reshape(v.shape + (1,) * (5 - v.ndim)), chunks=True)
    yield "contiguous", dataset(name)
    yield "other chunks", dataset(name, chunks=(8,) + chunks[1:])
    yield "may grow", dataset(name, chunks=chunks, maxshape=(None,) * values.ndim)
    yield "the same anew", dataset(name, chunks=chunks)
    yield "compressed", dataset(name, chunks=chunks, compression="gzip")
    yield "shuffled", dataset(name, chunks=chunks, shuffle=True)
    yield "with checksums", dataset(name, chunks=chunks, fletcher32=True)
    yield "another fill value", dataset(name, chunks=chunks, fillvalue=3)
    yield "without a chunk", dataset(name, shape=values.shape, chunks=chunks)
    yield "without a chunk, another fill value", dataset(name, shape=values.shape, chunks=chunks, fillvalue=7)


def chunk_at(file, name, random):
    """The slices of one chunk."""
    data = file[name]
    info = data.id.get_chunk_info(random.randrange(data.id.get_num_chunks()))
    return tuple(slice(o, min(o + c, s)) for o, c, s in zip(info.chunk_offset, data.chunks, data.shape))


def change_chunk(name, change):
    def alter(file, random):
        place = chunk_at(file, name, random)
        file[name][place] = change(file[name][place])

    return alter


def lose_chunk(name):
    """All chunks but one."""

    def alter(file, random):
        lost = chunk_at(file, name, random)
        values, chunks = file[name][()], file[name].chunks

        def make(_, __):
            made = file.create_dataset(name, shape=values.shape, dtype=values.dtype, chunks=chunks)
            for place in made.iter_chunks():
                if [axis.start for axis in place] != [axis.start for axis in lost]:
                    made[place] = values[place]
            return made

        replace(name, make)(file, random)

    return alter


def one_value(change):
    def changed(values):
        values = values.copy()
        values.ravel()[0] = change(values.ravel()[0])
        return values

    return changed


def chunk_cases(name, values):
    yield "other values", change_chunk(name, lambda v: v + v.dtype.type(1))
    yield "one other value", change_chunk(name, one_value(lambda v: v + 1))
    yield "zeros", in_place(name, lambda v: v * 0)
    yield "falling", in_place(name, lambda v: v[::-1])
    yield "missing", lose_chunk(name)
    if values.dtype.kind == "f":
        yield "not a number", change_chunk(name, lambda v: v * float("nan"))
        yield "infinite", change_chunk(name, one_value(lambda v: float("inf")))
        yield "huge values", in_place(name, lambda v: v * 0 + 3e38)
        yield "-0 for 0", in_place(name, lambda v: numpy.where(v == 0, v.dtype.type(-0.0), v))


def all_datasets(file):
    for name in sorted(file):
        data = file[name]
        if name in IMAGE:
            cases = list(image_cases(name, data[()], data.chunks))
            cases += [(f"a chunk: {what}", alter) for what, alter in chunk_cases(name, data[()])]
        else:
            cases = list(axis_cases(name, data[()]))
        for what, alter in cases:
            yield f"/{name}: {what}", "dataset", in_cube(alter)
            yield f"/{name}: {what}, no frame", "dataset", without_frame(in_cube(alter))


# ---- other things in the file ------------------------------------------------------------------------------------


def cycle(file, _):
    a = file.create_group("a")
    b = a.create_group("b")
    b["a"] = a
    b["root"] = file["/"]


def deep(file, _):
    group = file
    for n in range(500):
        group = group.create_group(f"g{n}")


def many(file, _):
    for n in range(3000):
        file.create_group(f"g{n}")


def many_attributes(file, _):
    for n in range(2000):
        file["stack"].attrs[f"a{n}"] = n


def extras():
    yield "another dataset", lambda file, _: file.create_dataset("extra", data=numpy.arange(9))
    yield "a huge dataset", lambda file, _: file.create_dataset("extra", shape=(HUGE,), dtype="f8")
    yield "a huge dataset of rows", lambda file, _: file.create_dataset("extra", shape=(2, 1 << 22, 1 << 22), dtype="f8")
    yield "rows of nothing", lambda file, _: file.create_dataset("extra", shape=(9, 0), dtype="f8")
    yield "one number", lambda file, _: file.create_dataset("extra", data=4.0)
    yield "texts of any length", lambda file, _: file.create_dataset("extra", data=["a", "b"], dtype=h5py.string_dtype())
    yield "an empty group", lambda file, _: file.create_group("extra")
    yield "a cycle of groups", cycle
    yield "groups in groups", deep
    yield "3000 groups", many
    yield "2000 attributes", many_attributes
    yield "the stack twice", lambda file, _: file.__setitem__("extra", file["stack"])
    yield "a soft link", lambda file, _: file.__setitem__("extra", h5py.SoftLink("/stack"))
    yield "a link to nothing", lambda file, _: file.__setitem__("extra", h5py.SoftLink("/none"))
    yield "a link to another file", lambda file, _: file.__setitem__("extra", h5py.ExternalLink(OUTSIDE, "/stack"))
    yield "a link to itself in another file", lambda file, _: file.__setitem__("extra", h5py.ExternalLink("cube.h5", "/"))
    yield "a name of 60000 letters", lambda file, _: file.create_group("x" * 60000)
    yield "a name that is a format", lambda file, _: file.create_group("%s%n%s")
    yield "an attribute more", lambda file, _: file.attrs.__setitem__("extra", 1)
    yield "an attribute of texts", lambda file, _: file.attrs.__setitem__("extra", ["a", "bc"])
    yield "an attribute of references", lambda file, _: file.attrs.__setitem__("extra", file["stack"].ref)
    yield "an empty attribute", lambda file, _: file["stack"].attrs.__setitem__("extra", h5py.Empty("f4"))


# ---- journals ----------------------------------------------------------------------------------------------------


def flip(lines, random):
    content = bytearray(b"".join(lines))
    content[random.randrange(len(content))] ^= 1 + random.randrange(255)
    return bytes(content)


def journals():
    yield "empty", lambda lines, _: b""
    yield "its first line alone", lambda lines, _: lines[0]
    yield "without its first line", lambda lines, _: b"".join(lines[1:])
    yield "a record less", lambda lines, _: b"".join(line for n, line in enumerate(lines) if n != 2)
    yield "its last lines cut", lambda lines, _: b"".join(lines)[:-40]
    yield "each line twice", lambda lines, _: lines[0] + b"".join(line + line for line in lines[1:])
    yield "backwards", lambda lines, _: lines[0] + b"".join(lines[:0:-1])
    yield "zeros behind", lambda lines, _: b"".join(lines) + bytes(4096)
    yield "zeros before", lambda lines, _: bytes(512) + b"".join(lines)
    yield "one long line", lambda lines, _: b"".join(lines) + b"x" * (1 << 20)
    yield "bytes of no sense", lambda lines, random: bytes(random.randrange(256) for _ in range(4096))
    for n in range(6):
        yield f"a flipped byte, {n}", flip


def remove_journal(folder, _):
    os.remove(os.path.join(folder, JOURNAL))


def other_journal(name):
    """That of the finished cube `name` of another job."""

    def altered(folder, _):
        with open(os.path.join(folder, "../..", name, JOURNAL), "rb") as file:
            content = file.read()
        with open(os.path.join(folder, JOURNAL), "wb") as file:
            file.write(content)

    return altered


# ---- damage ------------------------------------------------------------------------------------------------------


def flip_byte(content, random):
    content[random.randrange(len(content))] ^= 1 + random.randrange(255)
    return content


def flip_head(content, random):
    content[random.randrange(6000)] ^= 1 + random.randrange(255)
    return content


def flip_signed(content, random):
    """In what HDF5 has signed: headers, heaps, indices."""
    signs = [at for sign in (b"OHDR", b"OCHK", b"FRHP", b"FHDB", b"BTHD", b"BTLF", b"FAHD", b"FADB", b"EAHD", b"EADB",
                             b"GCOL", b"HEAP", b"SNOD", b"TREE") for at in places(content, sign)]
    content[random.choice(signs) + random.randrange(60)] ^= 1 + random.randrange(255)
    return content


def places(content, sign):
    at = content.find(sign)
    while at >= 0:
        yield at
        at = content.find(sign, at + 1)


def zero_block(content, random):
    at = random.randrange(0, len(content), 512)
    content[at : at + 512] = bytes(len(content[at : at + 512]))
    return content


def damages():
    for n in range(8):
        yield f"a flipped byte, {n}", flip_byte
    for n in range(8):
        yield f"a flipped byte near the start, {n}", flip_head
    for n in range(16):
        yield f"a flipped byte of structure, {n}", flip_signed
    for n in range(6):
        yield f"512 zeros, {n}", zero_block
    for part in (0, 8, 100, 2048, 50000):
        yield f"cut to {part} bytes", lambda content, _, part=part: content[:part]
    yield "cut in half", lambda content, _: content[: len(content) // 2]
    yield "its last byte cut", lambda content, _: content[:-1]
    yield "something behind", lambda content, random: content + bytes(1000)
    yield "512 bytes before", lambda content, random: bytes(512) + content
    yield "its first 48 bytes are zeros", lambda content, _: bytes(48) + content[48:]


def all_of(path):
    with h5py.File(path, "r") as file:
        found = list(all_attributes(file)) + list(all_datasets(file))
    found += [(f"in the file: {what}", "extra", in_cube(alter)) for what, alter in extras()]
    found += [(f"in the file: {what}, no frame", "extra", without_frame(in_cube(alter))) for what, alter in extras()]
    found += [(f"journal: {what}", "journal", in_journal(alter)) for what, alter in journals()]
    found += [("journal: removed", "journal", remove_journal)]
    found += [(f"journal: of {name}", "journal", other_journal(name)) for name in ("other", "twin")]
    found += [(f"damage: {what}", "damaged", in_bytes(alter)) for what, alter in damages()]
    return found
