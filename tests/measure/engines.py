"""The same rows on both engines: the exported ties are byte-equal."""
import time

from .cluster import Cluster
from .embedded import Embedded
from .rows import unpacked

SET = "email_eu"
# A moment inside the set, so that as-of folding is part of it.
AS_OF, HORIZON = 1096070400, 30


def agree(kith, data, directory):
    rows = unpacked(data / f"{SET}.events.csv.gz", directory / "both.csv")
    exports = []
    for engine in [Embedded, Cluster]:
        own = directory / engine.__name__
        own.mkdir()
        running = engine(kith, own)
        begin = time.monotonic()
        running.run("import", "csv", rows, "--everyone-is-a-member")
        took = time.monotonic() - begin
        analyst, exported = own / "analyst.key", own / "ties.csv"
        running.run("key", "create", "--role", "analyst", "--out", analyst)
        running.run("export", "ties", "--all", "--key-file", analyst, "--as-of", AS_OF,
                    "--horizon", HORIZON, "--out", exported)
        exports.append(exported.read_bytes())
        verdict = running.verify()
        print(f"{SET} on {engine.__name__.lower()}: imported in {took:.1f} s, "
              f"{exports[-1].count(10) - 1} ties exported; {verdict}", flush=True)
        running.stop()
        if not verdict.startswith("equal"):
            return False
    return exports[0] == exports[1] and exports[0].count(10) > 1
