"""A gigabyte of awkward mail: what reading it costs, next to mail-parser alone."""
import json
import os
import statistics
import subprocess

from .running import ROOT

CORPUS = ROOT / "crates/capture/tests/mail"
SIZE = 1 << 30
ROUNDS = 3
MEMORY_MIB = 100
RATE = 0.5


def mailbox(path):
    """The mails of the corpus over and over, with separators; answers their number."""
    letters = []
    for letter in sorted(CORPUS.glob("*.eml")):
        lines = letter.read_bytes().split(b"\n")
        quoted = [b">" + line if line.startswith(b"From ") else line for line in lines]
        letters.append(b"From bo@y.example Tue Aug  6 13:34:34 2002\n" + b"\n".join(quoted) + b"\n\n")
    once = b"".join(letters)
    times = SIZE // len(once) + 1
    with open(path, "wb") as file:
        for _ in range(times):
            file.write(once)
    return times * len(letters)


def dry_run(kith, path):
    """Messages a second, and the most memory in MiB."""
    command = [kith, "import", "mbox", str(path), "--dry-run", "--me", "ana@x.example",
               "--me", "ana.silva@old.example", "--format", "json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"kith import mbox ends with {process.returncode}")
    report = json.loads(output)
    return report["read"] / report["seconds"], used.ru_maxrss / 1024


def alone(program, path):
    """Messages a second."""
    answer = subprocess.run([program, str(path)], stdout=subprocess.PIPE, check=True, text=True).stdout
    messages, seconds, _ = answer.split()
    return int(messages) / float(seconds)


def holds(kith, directory):
    """Whether memory and rate are within their bars."""
    subprocess.run(["cargo", "build", "--release", "-p", "kith-capture", "--example", "mail-parser-alone"],
                   cwd=ROOT, check=True)
    program = ROOT / "target/release/examples/mail-parser-alone"
    path = directory / "awkward.mbox"
    written = mailbox(path)
    print(f"mail: {written} mails in {path.stat().st_size / (1 << 20):.0f} MiB", flush=True)
    ratios, most = [], 0.0
    for number in range(ROUNDS):
        theirs = alone(program, path)
        ours, memory = dry_run(kith, path)
        ratios.append(ours / theirs)
        most = max(most, memory)
        print(f"  round {number + 1}: kith {ours:.0f}/s, mail-parser alone {theirs:.0f}/s, "
              f"ratio {ours / theirs:.2f}, at most {memory:.0f} MiB", flush=True)
    path.unlink()
    ratio = statistics.median(ratios)
    print(f"mail: ratio {ratio:.2f} (bar {RATE}), memory {most:.0f} MiB (bar {MEMORY_MIB})")
    return ratio >= RATE and most < MEMORY_MIB
