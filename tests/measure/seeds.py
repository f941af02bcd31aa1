"""Tests that are seeded, with the full number of seeds that their bars ask for."""
import os
import subprocess

# What the bar is about, its number of seeds, and the test.
TESTS = [
    ("two worlds, 200 questions of each RPC", 20, ["--test", "two_worlds"]),
    ("racing merges, embedded", 1000, ["--test", "journeys", "merging::embedded::of_racing"]),
    ("racing merges, on servers", 1000, ["--test", "journeys", "merging::on_servers::of_racing"]),
]


def hold(root):
    """Runs each; prints which fail and answers whether none did."""
    subprocess.run(["cargo", "build", "-p", "kith-testkit", "--bins"], cwd=root, check=True)
    with_postgres = root / os.environ.get("CARGO_TARGET_DIR", "target") / "debug/with-postgres"
    failed = 0
    for what, seeds, test in TESTS:
        command = [with_postgres, "cargo", "test", "-p", "kith-tests", *test]
        done = subprocess.run(command, cwd=root, env={**os.environ, "KITH_SEEDS": str(seeds)})
        print(f"{what}: {'ok' if done.returncode == 0 else 'FAILED'}")
        failed += done.returncode != 0
    return failed == 0
