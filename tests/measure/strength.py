"""Strength through import and as-of export, scored; and what an import costs."""
import csv
import gzip
import shutil
import subprocess
import sys
import time

from .embedded import Embedded
from .rows import shuffled, unpacked
from .running import TOOLS

SETS = ["email_eu", "manufacturing", "collegemsg", "git_git", "conf_iccss17", "conf_ws16"]
MAX_RSS_MB = 250
MAX_NEW_COMMITS = 0.01


def measure(kith, data, sets, directory):
    """The names of the bars that broke."""
    failed, score = [], [TOOLS / "venv/bin/python", data / "score.py", "--bars", data / "bars.json"]
    for name in sets:
        own = directory / name
        own.mkdir()
        server = Embedded(kith, own)
        if not imports_cheaply(server, data, name, own):
            failed.append(f"import of {name}")
        analyst = own / "analyst.key"
        server.run("key", "create", "--role", "analyst", "--out", analyst)
        labels = data / f"{name}.labels.csv.gz"
        predictions = answer(server, labels, name, directory, analyst)
        score += ["--labels", labels, "--pred", predictions]
        server.stop()
        shutil.rmtree(own)
    if subprocess.run(list(map(str, score))).returncode != 0:
        failed.append("score")
    return failed


def imports_cheaply(server, data, name, directory):
    rows = unpacked(data / f"{name}.events.csv.gz", directory / "events.csv")
    begin = time.monotonic()
    server.run("import", "csv", rows, "--everyone-is-a-member")
    first, commits = time.monotonic() - begin, server.commits()
    again = shuffled(rows, directory / "shuffled.csv")
    server.run("import", "csv", again, "--everyone-is-a-member")
    added = (server.commits() - commits) / commits
    print(f"{name}: imported in {first:.1f} s, peak {server.peak_mb():.0f} MB, "
          f"{commits} commits, a shuffled second import added {added:.2%}", flush=True)
    return server.peak_mb() <= MAX_RSS_MB and added <= MAX_NEW_COMMITS


def answer(server, labels, name, directory, analyst):
    """A predictions file for every question of a label file."""
    questions = {}
    with gzip.open(labels, "rt") as rows:
        for row in csv.DictReader(rows):
            questions.setdefault((row["cutoff"], row["H"]), []).append(row["tie"])
    formula = "v1-gathering" if name.startswith("conf_") else "v1"
    predictions = directory / f"{name}.csv"
    with open(predictions, "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["set", "cutoff", "H", "tie", "score", "prob"])
        for (cutoff, horizon), ties in sorted(questions.items()):
            exported = directory / "export.csv"
            exported.unlink(missing_ok=True)
            server.run("export", "ties", "--all", "--key-file", analyst, "--as-of", cutoff,
                       "--horizon", horizon, "--formula", formula, "--out", exported)
            with open(exported) as rows:
                figures = {f"{r['member']}-{r['person']}": r for r in csv.DictReader(rows)}
            for tie in ties:
                row = figures.get(tie)
                if row is None:
                    sys.exit(f"{name}: tie {tie} is missing as of {cutoff}")
                writer.writerow([name, cutoff, horizon, tie, row["score"], row["alive"]])
    return predictions
