"""The roles as processes of their own, on a real nats-server and a real Postgres."""
import glob
import os
import secrets
import shutil
import subprocess
import sys

from .running import ROOT, TOOLS, Commands, Program, free_port

WITH_POSTGRES = ROOT / "target/debug/with-postgres"


def psql():
    """The client that came with the server that the tests use."""
    found = shutil.which("psql") or next(iter(glob.glob("/usr/lib/postgresql/*/bin/psql")), None)
    return found or sys.exit("no psql here: it comes with Postgres, which `tests/tools fetch` installs")


class Postgres:
    """A server of its own, which ends with this object's pipe."""

    def __init__(self):
        if not WITH_POSTGRES.exists():
            subprocess.run(["cargo", "build", "-p", "kith-testkit"], cwd=ROOT, check=True)
        say = 'echo "$KITH_TEST_POSTGRES"; cat'
        self.process = subprocess.Popen([WITH_POSTGRES, "sh", "-c", say], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.url = self.process.stdout.readline().strip()

    def ask(self, sql):
        done = subprocess.run([psql(), "--no-psqlrc", "-At", "-F", " ", self.url, "-c", sql],
                              capture_output=True, text=True, check=True)
        return done.stdout.split()

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


class Cluster(Commands):
    """nats-server that syncs every write, Postgres, an api, two projectors and a scheduler."""

    def __init__(self, kith, directory):
        self.postgres, port = Postgres(), free_port()
        key = directory / "master.key"
        key.touch(mode=0o600)
        key.write_text(secrets.token_hex(32))
        super().__init__(kith, directory, {
            "KITH_NATS_URL": f"nats://127.0.0.1:{port}",
            "KITH_DATABASE_URL": self.postgres.url,
            "KITH_MASTER_KEY_FILE": str(key),
        })
        self.programs = {"nats-server": self.nats_server(directory, port)}
        self.run("migrate", "up")
        self.run("bootstrap", "--me", "Bar Keeper <bar@x.example>", "--out", directory)
        for role in ["api", "projector", "projector-2", "scheduler"]:
            address = f"127.0.0.1:{free_port()}"
            command = [kith, role.removesuffix("-2"), "--listen", address]
            log = directory / f"{role}.log"
            self.programs[role] = Program(command, log, "listening", self.environment)
            if role == "api":
                # Commands of people know nothing of the servers behind the api.
                self.environment = {**self.environment, "KITH_SERVER": f"http://{address}",
                                    "KITH_KEY_FILE": str(directory / "admin.key")}

    @staticmethod
    def nats_server(directory, port):
        configuration = directory / "nats.conf"
        configuration.write_text(
            f"host: 127.0.0.1\nport: {port}\nmax_payload: 1MB\n"
            f'jetstream {{ store_dir: "{directory}/store", sync_interval: always }}\n')
        command = [TOOLS / "nats-server", "-c", configuration]
        return Program(command, directory / "nats.log", "Server is ready", dict(os.environ))

    def strike(self, role):
        self.programs[role].strike()

    def interactions(self):
        """Rows, and different ones."""
        [live] = self.postgres.ask("SELECT name FROM work.generation")
        counts = self.postgres.ask(f"SELECT count(*), count(DISTINCT id) FROM {live}.interaction")
        return tuple(int(count) for count in counts)

    def verify(self):
        # On the servers themselves, as an operator beside them would: not through the api.
        environment, self.environment = self.environment, {
            name: value for name, value in self.environment.items()
            if name not in ("KITH_SERVER", "KITH_KEY_FILE")}
        try:
            return self.run("verify").strip()
        finally:
            self.environment = environment

    def stop(self):
        for role in ["api", "projector", "projector-2", "scheduler"]:
            self.programs[role].stop()
        self.programs["nats-server"].process.kill()
        self.programs["nats-server"].process.wait()
        self.postgres.stop()
