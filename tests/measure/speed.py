"""Speed against the bare broker and database. The measuring itself is a Rust program: a client in
Python would measure Python."""
import subprocess

from .running import ROOT


def holds(kith):
    command = ["cargo", "run", "--quiet", "--release", "-p", "kith-tests", "--bin", "measure-speed"]
    return subprocess.run([*command, "--", kith], cwd=ROOT).returncode == 0
