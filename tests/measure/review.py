"""What the first hour asks of people: after a large import nothing is due, and the review is short."""
import csv
import json
import time

from .embedded import Embedded

MOST = 20
MEMBERS = 40
MONTH = 30 * 86_400


def busiest(rows):
    """Who wrote to the most people."""
    met = {}
    with open(rows, newline="") as given:
        for moment in csv.DictReader(given):
            met.setdefault(moment["src"], set()).add(moment["dst"])
    return sorted(met, key=lambda name: -len(met[name]))[:MEMBERS]


def recent(rows, to):
    """The same moments, the last of them a month ago: of what was long before, nothing is asked anyway."""
    with open(rows, newline="") as given:
        reader = csv.DictReader(given)
        moments = list(reader)
    later = int(time.time()) - MONTH - max(int(moment["unix_ts"]) for moment in moments)
    with open(to, "w", newline="") as out:
        writer = csv.DictWriter(out, reader.fieldnames)
        writer.writeheader()
        for moment in moments:
            writer.writerow({**moment, "unix_ts": int(moment["unix_ts"]) + later})
    return to


def is_short(kith, rows, directory):
    own = directory / "review"
    own.mkdir()
    server = Embedded(kith, own)
    moments = recent(rows, own / "recent.csv")
    keys = []
    # Ties among members ask nothing of anybody: the busiest are members, and all others are outside.
    for number, name in enumerate(busiest(moments)):
        added = json.loads(server.run("member", "add", "--external-key", name, "--format", "json"))
        keys.append(own / f"{number}.key")
        server.run("key", "create", "--role", "member", "--member", added["member_id"], "--out", keys[-1])
    server.run("import", "csv", moments)
    longest, asked, due = 0, 0, 0
    for key in keys:
        review = json.loads(server.run("review", "--format", "json", "--key-file", key))
        longest, asked = max(longest, len(review)), asked + bool(review)
        due += len(json.loads(server.run("due", "--format", "json", "--key-file", key)))
    server.stop()
    print(f"after the import: {len(keys)} members, {due} things due; {asked} are shown a review, "
          f"of {longest} ties at most (bar: {MOST}, and nothing due)", flush=True)
    return asked > 0 and longest <= MOST and due == 0
