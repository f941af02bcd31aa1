"""A briefing for a large gathering, and a curve ball: in seconds, and next to reading the same rows."""
import csv
import random
import sqlite3
import time

from .embedded import Embedded

PEOPLE, MOMENTS, ATTENDEES = 5_000, 300_000, 500
#: The organisation: the first is the reader, who has a tenth of all moments.
MEMBERS = 20
DAY = 86_400
#: Seconds, as the design has them. That of an encounter is for the answer of the whole command `kith met`.
COLD, CURVE_BALL, ENCOUNTER = 5.0, 0.2, 0.1
SUBJECTS = ["tide data", "heat pumps", "timber roofs", "noise maps", "shore power", "reuse halls",
            "boat moulds", "grant juries", "crane simulators", "salt-proof paint"]


def person(number):
    return f"person{number}@outside.example"


def written(path):
    """Moments of five years between members and people, the same for everybody who measures."""
    dice = random.Random(7)
    now = int(time.time())
    with open(path, "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["src", "dst", "unix_ts", "channel"])
        for _ in range(MOMENTS):
            member = 0 if dice.random() < 0.1 else dice.randrange(MEMBERS)
            at = now - 60 - int(dice.random() * 5 * 365 * DAY)
            ends = [f"member{member}@guild.example", person(dice.randrange(PEOPLE))]
            dice.shuffle(ends)
            writer.writerow([*ends, at, dice.choice(["mail", "call", "meeting"])])
    return path


def listed(path):
    """Three in four of the list are people whom somebody knows, by their address or their name."""
    dice = random.Random(8)
    with open(path, "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["name", "company", "email", "topics"])
        for number in range(ATTENDEES):
            known = dice.random() < 0.75
            address = person(dice.randrange(PEOPLE)) if known else ""
            writer.writerow([f"Attendee Number{number}", f"Company {number % 90}", address,
                             dice.choice(SUBJECTS)])
    return path


def rows_alone(model):
    """How long it takes to read what a briefing is made of, and nothing else."""
    database = sqlite3.connect(f"file:{model}?mode=ro", uri=True)
    busiest = "SELECT organisation, member FROM tie GROUP BY organisation, member ORDER BY COUNT(*) DESC LIMIT 1"
    reader = database.execute(busiest).fetchone()
    begun = time.perf_counter()
    for query, values in [
        ("SELECT * FROM person", ()),
        ("SELECT * FROM person_address", ()),
        ("SELECT * FROM fact", ()),
        ("SELECT * FROM gathering_attendee", ()),
        ("SELECT * FROM tie WHERE organisation = ? AND member = ?", reader),
        # In this order and by this index: SQLite would else read every tie for each attendee.
        ("SELECT t.* FROM gathering_attendee a CROSS JOIN person_address p ON p.organisation = a.organisation AND "
         "p.address = a.address CROSS JOIN tie t INDEXED BY tie_person ON t.organisation = p.organisation AND t.person = p.person", ()),
        ("SELECT i.id, i.kind, i.at_us, i.participants FROM participation p JOIN interaction i "
         "ON i.organisation = p.organisation AND i.id = p.interaction AND i.to_position IS NULL "
         "WHERE p.organisation = ? AND p.person = ? ORDER BY p.at_us DESC LIMIT 50000", reader),
    ]:
        database.execute(query, values).fetchall()
    return time.perf_counter() - begun


def timed(work):
    begun = time.perf_counter()
    answer = work()
    return time.perf_counter() - begun, answer


def holds(kith, directory):
    own = directory / "briefing"
    own.mkdir()
    server = Embedded(kith, own)
    for number in range(MEMBERS):
        server.run("member", "add", f"Member Number{number} <member{number}@guild.example>")
    server.run("import", "csv", written(own / "moments.csv"))
    server.catch_up()
    key = own / "reader.key"
    reader = server.ask("member", "list")
    reader = next(one for one in reader if one["address"] == "member0@guild.example")
    server.run("key", "create", "--role", "member", "--member", reader["member_id"], "--out", key)
    for number in range(0, PEOPLE, 10):
        subject = SUBJECTS[number // 10 % len(SUBJECTS)]
        kind, text = ("need", f"Looks for {subject} of the coast.") if number % 20 else ("offer", f"Shares {subject} of the coast.")
        server.run("note", person(number), text, "--kind", kind, "--key-file", key)
    begins = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 6 * DAY))
    ends = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 7 * DAY))
    server.run("gathering", "plan", "Harbour", "--from", begins, "--until", ends, "--key-file", key)
    server.run("gathering", "go", "harbour", "--key-file", key)
    server.run("gathering", "add", "harbour", listed(own / "list.csv"), "--key-file", key)

    def brief():
        return server.ask("briefing", "harbour", "--key-file", key)

    server.stop()
    server.server.start()
    cold, first = timed(brief)
    warm = sorted(timed(brief)[0] for _ in range(5))[2]
    late = own / "late.csv"
    balls = []
    for number in range(5):
        late.write_text(f"name,company,topics\nLate Comer{number},Company 3,tide data\n")
        server.run("gathering", "add", "harbour", late, "--key-file", key)
        balls.append(timed(brief)[0])
    ball = sorted(balls)[2]
    met = [timed(lambda at=number: server.run("met", person(at * 10), "runs a wind farm near Porto; promised the "
                                              "grid paper by friday", "--key-file", key))[0] for number in range(20)]
    met = sorted(met)[10]
    memory = server.peak_mb()
    work = sqlite3.connect(f"file:{server.data}/work.db?mode=ro", uri=True)
    model = f"{server.data}/{work.execute('SELECT name FROM generation').fetchone()[0]}.db"
    rows = sorted(rows_alone(model) for _ in range(5))[2]
    server.stop()
    pages = len(first["pages"])
    print(f"briefing of {ATTENDEES} attendees, {PEOPLE} people, {MOMENTS} moments: {pages} pages; cold {cold:.2f} s "
          f"(bar: {COLD}), warm {warm:.2f} s; after a curve ball {ball:.2f} s (bar: {CURVE_BALL}); reading the same "
          f"rows {rows:.2f} s: ratios {cold / rows:.1f}, {warm / rows:.1f}, {ball / rows:.1f}; an encounter is answered "
          f"in {met * 1000:.0f} ms (bar: {ENCOUNTER * 1000:.0f}); memory {memory:.0f} MB",
          flush=True)
    return pages > 0 and cold <= COLD and ball <= CURVE_BALL and met <= ENCOUNTER
