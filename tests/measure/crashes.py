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

    Each kill strikes the import of rows that are new. Every part's import succeeds in the end, which
    acknowledges all of its rows: they are counted before anything is imported once more, which would
    bring back what was lost.
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
    running.catch_up()
    found = running.interactions()
    again = running.ask("import", "csv", rows, "--everyone-is-a-member")["recorded"]
    verdict = running.verify()
    running.stop()
    print(f"{role or 'kith up'}: {struck} times kill -9 during an import, {retries} imports begun "
          f"again; {wanted} rows acknowledged, {found[0]} there, {found[1]} different, {again} "
          f"recorded by a further import; {verdict}", flush=True)
    held = found == (wanted, wanted) and again == 0 and verdict.startswith("equal")
    return struck == TIMES and held


def embedded(kith, rows, directory):
    return survives(kith, Embedded, "", rows, directory / "crashes-up")


def cluster(kith, rows, directory):
    held = [survives(kith, Cluster, role, rows, directory / f"crashes-{role}") for role in ROLES]
    return all(held)
