"""kill -9 at random during imports that retry: nothing acknowledged is lost, nothing done twice."""
import random
import time

from .cluster import Cluster
from .embedded import Embedded
from .rows import parts

TIMES = 20
# More parts than kills: an import that ended before it was struck does not count.
PARTS = 3 * TIMES
ROLES = ["nats-server", "api", "projector", "scheduler"]


def survives(kith, make, role, rows, directory):
    """Whether all rows are there once, and a replay agrees, after 20 kills of one program.

    Each kill strikes the import of rows that are new. An import that succeeds has every one of its
    rows acknowledged, so that the rows found in the end are the rows acknowledged.
    """
    directory.mkdir()
    files, wanted = parts(rows, directory, PARTS)
    running, chance, struck, retries = make(kith, directory), random.Random(11), 0, 0
    for part in files:
        arguments = ["import", "csv", part, "--everyone-is-a-member", "--no-wait"]
        importing = running.begin(*arguments)
        time.sleep(chance.uniform(0.02, 0.2))
        if struck < TIMES and importing.poll() is None:
            # Of two projectors one works and one stands by: both must be able to go.
            running.strike(role + "-2" if role == "projector" and struck % 2 else role)
            struck += 1
        while importing.wait() != 0:
            retries += 1
            importing = running.begin(*arguments)
    # Once more, waiting for the figures: all of it is known.
    running.run("import", "csv", rows, "--everyone-is-a-member")
    found, verdict = running.interactions(), running.verify()
    running.stop()
    print(f"{role or 'kith up'}: {struck} times kill -9 during an import, {retries} imports begun "
          f"again; {wanted} rows wanted, {found[0]} there, {found[1]} different; {verdict}",
          flush=True)
    return struck == TIMES and found == (wanted, wanted) and verdict.startswith("equal")


def embedded(kith, rows, directory):
    return survives(kith, Embedded, "", rows, directory / "crashes-up")


def cluster(kith, rows, directory):
    held = [survives(kith, Cluster, role, rows, directory / f"crashes-{role}") for role in ROLES]
    return all(held)
