"""`kith up`: everything in one process on SQLite."""
import sqlite3

from .running import Commands, Program, free_port


class Embedded(Commands):
    """A fresh `kith up` on loopback, and commands against it."""

    def __init__(self, kith, directory):
        super().__init__(kith, directory)
        self.data = directory / "data"
        me = ["--me", "Bar Keeper <bar@x.example>"]
        command = [kith, "up", "--data", self.data, "--listen", f"127.0.0.1:{free_port()}"]
        self.server = Program([*command, *me], directory / "up.log", "listening", self.environment)
        # Who the first member is, is said once.
        self.server.command = [str(word) for word in command]

    def strike(self, _role):
        self.server.strike()

    def peak_mb(self):
        return self.server.peak_mb()

    def commits(self):
        log = sqlite3.connect(f"file:{self.data}/log.db?mode=ro", uri=True)
        return log.execute("SELECT count(*) FROM log").fetchone()[0]

    def interactions(self):
        """Rows, and different ones."""
        work = sqlite3.connect(f"file:{self.data}/work.db?mode=ro", uri=True)
        live = work.execute("SELECT name FROM generation").fetchone()[0]
        model = sqlite3.connect(f"file:{self.data}/{live}.db?mode=ro", uri=True)
        return model.execute("SELECT count(*), count(DISTINCT id) FROM interaction").fetchone()

    def verify(self):
        return self.run("verify", "--data", self.data).strip()

    def stop(self):
        self.server.stop()
