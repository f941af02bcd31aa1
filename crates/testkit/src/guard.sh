#!/bin/sh
# Runs PROGRAM so that it never outlives whoever holds the other end of this script's standard
# input. A test process may end in ways in which no destructor runs (a static, an abort, a SIGKILL);
# the pipe is closed by the kernel in all of them.
#
#   guard.sh STOP_SIGNAL SCRATCH PROGRAM [ARG...] <pipe
#
# Each line on the pipe is the name of a signal to send (KILL, TERM, STOP, ...). At its end PROGRAM
# gets STOP_SIGNAL and SCRATCH is removed. SCRATCH/pid holds the pid of PROGRAM. Exits as PROGRAM
# does (128 + n after signal n), as soon as it does.
stop_signal=$1
scratch=$2
shift 2

exec 3<&0
"$@" </dev/null 3<&- &
child=$!
echo "$child" >"$scratch/pid.new" && mv "$scratch/pid.new" "$scratch/pid"
# From here on the shell's own remarks ("Killed") would only look like output of PROGRAM.
exec 2>/dev/null

(
    while read -r signal; do kill -s "$signal" "$child"; done
    # Left behind before the signal, so that the removal below can't miss it.
    : >"$scratch/abandoned"
    kill -s "$stop_signal" "$child"
) <&3 &
reader=$!
exec 3<&-

wait "$child"
code=$?
kill "$reader"
if [ -e "$scratch/abandoned" ]; then rm -rf "$scratch"; fi
exit "$code"
