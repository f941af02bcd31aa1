"""Programs that run while something is measured: started, killed, started again, ended in order."""
import atexit
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TOOLS = ROOT / "target/tools"
PATIENCE = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Program:
    """A program with its output in a file; it is up once it has said `ready`."""

    def __init__(self, command, log, ready, environment=None):
        self.command, self.log, self.ready = [str(word) for word in command], log, ready
        self.environment = environment
        # Whatever goes wrong: no program outlives the measuring.
        atexit.register(lambda: self.process.kill())
        self.start()

    def start(self, *more):
        """Starts it, this time with more arguments, and waits until it is up."""
        with open(self.log, "w") as log:
            self.process = subprocess.Popen([*self.command, *map(str, more)],
                                            env=self.environment, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE
        while self.ready not in self.log.read_text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"{self.command[0]} did not start:\n{self.log.read_text()}")
            time.sleep(0.01)

    def strike(self):
        """kill -9, and up again."""
        self.process.kill()
        self.process.wait()
        self.start()

    def peak_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024

    def stop(self):
        """Ends it as a container would: SIGTERM, and 0."""
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(PATIENCE) != 0:
            sys.exit(f"{self.command[0]} did not end with 0:\n{self.log.read_text()}")


class Commands:
    """The command line against one server; a base of everything that can be asked."""

    def __init__(self, kith, directory, more=()):
        self.kith = kith
        self.environment = {**os.environ, "XDG_CONFIG_HOME": str(directory / "config"),
                            **dict(more)}

    def begin(self, *arguments):
        return subprocess.Popen([self.kith, *map(str, arguments)], env=self.environment,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def run(self, *arguments):
        done = self.done(*arguments)
        return done.stdout + done.stderr

    def ask(self, *arguments):
        """The answer as a program reads it."""
        return json.loads(self.done(*arguments, "--format", "json").stdout)

    def done(self, *arguments):
        done = subprocess.run([self.kith, *map(str, arguments)], env=self.environment,
                              capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"kith {' '.join(map(str, arguments))}:\n{done.stdout}{done.stderr}")
        return done

    def catch_up(self):
        """Waits until the rows have every commit."""
        deadline = time.monotonic() + PATIENCE
        while self.ask("info")["lag"] > 0:
            if time.monotonic() > deadline:
                sys.exit("the read models do not catch up with the log")
            time.sleep(0.1)
