"""Files of rows to import."""
import gzip
import random
import shutil


def unpacked(source, target):
    with gzip.open(source, "rt") as rows, open(target, "w") as out:
        shutil.copyfileobj(rows, out)
    return target


def shuffled(source, target):
    header, *rows = open(source).read().splitlines()
    random.Random(7).shuffle(rows)
    target.write_text("\n".join([header, *rows]) + "\n")
    return target


def parts(source, directory, count):
    """About as many files, with the rows of one in order; and how many rows there are.

    Equal rows of one file are told apart by their number, so they stay together: no part begins in
    the middle of a moment.
    """
    header, *rows = open(source).read().splitlines()
    time = header.split(",").index("unix_ts")
    size = -(-len(rows) // count)
    files, begin = [], 0
    while begin < len(rows):
        end = min(begin + size, len(rows))
        while end < len(rows) and rows[end].split(",")[time] == rows[end - 1].split(",")[time]:
            end += 1
        files.append(directory / f"part-{len(files)}.csv")
        files[-1].write_text("\n".join([header, *rows[begin:end]]) + "\n")
        begin = end
    return files, len(rows)
