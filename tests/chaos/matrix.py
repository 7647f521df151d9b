"""The faults the bot must survive, and what is promised for each: the one table that tests and documents go by."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Fault:
    """One row.

    Attributes:
        id: What tests name in their marker: R is REST, G gateway, P process, D deploys, I interactions, S storage,
            A what a later review added to all of them.
        title: What goes wrong.
        promise: What the bot does about it.
    """

    id: str
    title: str
    promise: str


MATRIX: Final = (
    Fault("R1", "429 with Retry-After, once", "waits and delivers once"),
    Fault("R2", "429 with Retry-After, five times", "one kind error, no crash"),
    Fault("R3", "global 429 for 2 s", "no other POST before it ends; interaction answers pass"),
    Fault("R4", "2,000 commands at once, 50 requests a second enforced", "all answered or kindly refused; few 429"),
    Fault("R5", "429 without Via, or in HTML, while running", "nothing sent within Retry-After"),
    Fault("R6", "Cloudflare's 429 in HTML at login", "stays up, live and not ready; waits grow; a signal ends it"),
    Fault("R7", "Retry-After of an hour at login", "no request before it; a signal ends the wait"),
    Fault("R8", "500, 502, 504 on a send", "tried again with backoff; exactly one message"),
    Fault("R9", "503, 520 on a send", "tried again with backoff; exactly one message"),
    Fault("R10", "reset before or after the effect; truncated body", "exactly one message"),
    Fault("R11", "200 with broken JSON", "one error to the user; the next command works"),
    Fault("R12", "401 while running", "at most 2 more requests, exit 78"),
    Fault("R13", "403 in one channel, 60 commands", "at most 3 requests, then the channel is muted"),
    Fault("R14", "one slow channel, 10 s an answer", "the others are answered in under a second"),
    Fault("R15", "a burst of 12 commands in one channel", "no 429"),
    Fault("G1", "op 7, reconnect", "session resumed, nothing lost, every command answered once"),
    Fault("G2", "op 9, invalid session, resumable or not", "resumed or identified; at most one IDENTIFY in 5 s"),
    Fault("G3", "op 9 for ever", "the time between two IDENTIFYs grows"),
    Fault("G4", "close 4000 to 4009, 1000, 1001, 1006", "resumes"),
    Fault("G5", "close 4004, 4010 to 4014", "exit 78 with the meaning, after one connect"),
    Fault("G6", "a gateway that accepts and closes, for ever", "at most 6 connects in 5 s; recovers"),
    Fault("G7", "gateway down at boot", "comes up when it heals"),
    Fault("G8", "gateway down in mid-life", "session resumed when it heals, nothing lost"),
    Fault("G9", "silence", "reconnects within 60 s"),
    Fault("G10", "heartbeats go unacknowledged while events flow", "reconnects after two of them"),
    Fault("G11", "garbage frame; event without id", "survives; dropped, counted, the next command is answered"),
    Fault("G12", "no HELLO", "tries again"),
    Fault("G13", "dead resume URL", "falls back to the main gateway and resumes there"),
    Fault("G14", "identify budget spent", "no IDENTIFY before it is renewed"),
    Fault("P1", "SIGTERM in mid-command", "finished, exit 0"),
    Fault("P2", "SIGTERM as PID 1", "finished, exit 0"),
    Fault("P3", "SIGTERM while waiting, at login, before HELLO, in standby", "exit 0 within 2 s"),
    Fault("P4", "SIGTERM twice", "ends at once"),
    Fault("P5", "SIGKILL in mid-command, then a restart", "no half-written state, no double answer"),
    Fault("P6", "disk full or read-only, for the log or for DATA_DIR", "answers go on; one line a minute; recovers"),
    Fault("P7", "the clock jumps by an hour, either way", "nothing stalls"),
    Fault("P8", "event loop blocked for 4 s; for good", "503 while blocked, 200 after; a stack in the log; exit 70"),
    Fault("P9", "port taken", "exit 78 before any login"),
    Fault("P10", "DNS fails at boot", "tries again, comes up when it heals"),
    Fault("P11", "four restarts inside a ban", "one request"),
    Fault("D1", "two processes with one token, as in a deploy", "every message answered by one of them"),
    Fault("D2", "interaction acknowledged late or twice", "quiet and counted"),
    # Buttons, menus and modals.
    Fault("I1", "a press answered too late", "quiet and counted; the next one is answered"),
    Fault("I2", "pressed twice; an answer whose confirmation got lost", "two rolls; one answer"),
    Fault("I3", "a press on a message that is gone", "answered"),
    Fault("I4", "a press during a drain", "told so, and nothing is rolled"),
    Fault("I5", "1,000 presses in a minute", "all answered in time, past the pacing of the channels"),
    # The database.
    Fault("S1", "SIGKILL under load, again and again", "no answered roll missing, no chain broken, no damaged file"),
    Fault("S2", "the database stopped, restarted or silent", "answers say so, within 250 ms; recording resumes"),
    Fault("S3", "the database's disk full or read-only", "answers go on and say so; recording resumes"),
    Fault("S4", "a damaged file; a newer schema", "exit 78 with the reason; nothing is overwritten"),
    Fault("S5", "two processes on one database", "one answers and records, the other succeeds it"),
    Fault("S6", "the clock set back by an hour", "the chain keeps its order"),
    Fault("S7", "SIGTERM while the database is silent", "exit 0 within 2 s"),
    # Sends and their answers.
    Fault("A7", "global 429 of 387 s; a refused token that cannot be checked", "not ready, and the verdict says so"),
    Fault("A8", "a send answered by HTML, {}, 204 or a redirect", "not sent: repeated under its nonce, or told"),
    Fault("A12", "a wait of 1e9 s, 1e13 s, NaN or text in an answer", "finite, capped, logged; the bot goes on"),
    Fault("A22", "500 on every send; 403 of any code; 429 for one route", "degraded, not ready; muted; only it waits"),
    Fault("A23", "an API that states no limits; a refusal that got lost", "all are answered; the next one is told"),
    # What else the gateway, the files and the signals can do: test_events.py.
    Fault("A6", "no READY, or no RESUMED, while heartbeats are acknowledged", "a new session by the deadline"),
    Fault("A10", "messages that Discord writes with people's words", "left unread"),
    Fault("A11", "a slash command in a channel of unknown type", "an answer, an incident, a count"),
    Fault("A13", "an event whose name is no text", "dropped and counted; the metrics go on"),
    Fault("A14", "the log's folder is removed", "made again; the next lines are in it"),
    Fault("A15", "nonsense in the backoff file", "ignored, with a line in the log"),
    Fault("A17", "5,000 malformed events; SIGHUP; readable files; left-over files", "a line a minute; drains; 0600"),
    Fault("A20", "a gateway that acknowledges heartbeats at once", "shown with a small latency"),
    Fault("A21", "op 9 after a RESUME; a refused port", "one IDENTIFY, no backoff; waits from the first refusal"),
    # Login and publishing.
    Fault("A3", "slash commands that cannot be published", "connects at once and answers; publishing is tried again"),
    Fault("A4", "answers of the wrong shape at login", "an outage: waited out with a growing backoff, never exit 70"),
    Fault("A5", "SIGTERM while a name is slow to resolve", "exit 0 within 2 s"),
    Fault("A18", "a request that is never answered, or byte by byte", "given up after REST_TIMEOUT_SECONDS, by name"),
    Fault("A19", "a refusal by Discord", "names request, status, code, message; a refused token is exit 78"),
    # The sidecar under attack.
    Fault("A1", "80,000 pipelined requests to the sidecar", "/healthz within 1 s, a signal ends it within 2 s"),
    Fault("A2", "requests without end to the sidecar, slow, broken or fast", "30 MB at most; players are answered"),
    Fault("A9", "600 idle sockets at the sidecar, 256 descriptors", "its share is bounded; players are answered"),
    Fault("A16", "wrong tokens and malformed requests to the sidecar", "the right token passes; 400, no traceback"),
)

IDS: Final = tuple(fault.id for fault in MATRIX)
