"""What the first hour asks of people: after a large import nothing is due, and the review is short."""
import json

from .embedded import Embedded

MOST = 20


def is_short(kith, rows, directory):
    own = directory / "review"
    own.mkdir()
    server = Embedded(kith, own)
    server.run("import", "csv", rows, "--everyone-is-a-member")
    members = json.loads(server.run("member", "list", "--format", "json"))
    longest, asked, due = 0, 0, 0
    for number, member in enumerate(members):
        key = own / f"{number}.key"
        server.run("key", "create", "--role", "member", "--member", member["member_id"], "--out", key)
        review = json.loads(server.run("review", "--format", "json", "--key-file", key))
        longest, asked = max(longest, len(review)), asked + bool(review)
        due += len(json.loads(server.run("due", "--format", "json", "--key-file", key)))
    server.stop()
    print(f"after the import: {len(members)} members, {due} things due; {asked} are shown a review, "
          f"of {longest} ties at most (bar: {MOST}, and nothing due)", flush=True)
    return bool(members) and longest <= MOST and due == 0
