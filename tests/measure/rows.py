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
    """As many files, with the rows of one in order; and how many rows there are."""
    header, *rows = open(source).read().splitlines()
    size = -(-len(rows) // count)
    files = []
    for number in range(count):
        files.append(directory / f"part-{number}.csv")
        own = rows[number * size:(number + 1) * size]
        files[-1].write_text("\n".join([header, *own]) + "\n")
    return files, len(rows)
