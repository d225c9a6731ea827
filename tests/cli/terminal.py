"""The program in a pseudo-terminal whose screen can be read, for tests of what only a terminal has."""

import os
import pty
import re
import select
import signal
import subprocess
import time

from harness import ENVIRONMENT, MMTUI, check

LIMIT = 60  # seconds; whatever does not come until then is a failure
SEQUENCE = re.compile(r"\x1b\[([?>]?)([0-9;]*)(\$?[@-~])|\x1b[()][A-Z0-9]|\x1b\][^\x07]*\x07|\x1b[=>78M]|[\x00-\x1f]|[^\x00-\x1f]")
ROWS, COLUMNS = 24, 80


class Screen:
    """What a terminal of 80x24 makes of the sequences that ncurses sends one; characters are all as wide as one."""

    def __init__(self):
        self.cells = [[" "] * COLUMNS for _ in range(ROWS)]
        self.y = self.x = 0
        self.top, self.bottom = 0, ROWS  # what scrolls
        self.rest = ""
        self.last = " "

    def put(self, c):
        self.x = min(self.x, COLUMNS - 1)
        self.cells[self.y][self.x] = self.last = c
        self.x += 1

    def blank(self, y, start, end):
        self.cells[y][start:end] = [" "] * (end - start)

    def scroll(self, start, by):
        """Lines from start to the end of what scrolls: down by so many, or up."""
        lines = self.cells[start : self.bottom]
        new = [[" "] * COLUMNS for _ in range(min(abs(by), len(lines)))]
        self.cells[start : self.bottom] = new + lines[: len(lines) - len(new)] if by > 0 else lines[len(new):] + new

    def control(self, numbers, final):
        n = max(numbers[0], 1)
        row = self.cells[self.y]
        if final == "H":
            self.y, self.x = n - 1, max((numbers + [1])[1] if len(numbers) > 1 else 1, 1) - 1
        elif final == "d":
            self.y = n - 1
        elif final == "G":
            self.x = n - 1
        elif final in "ABCD":
            self.y += {"A": -n, "B": n}.get(final, 0)
            self.x += {"C": n, "D": -n}.get(final, 0)
        elif final == "K":
            self.blank(self.y, *((0, self.x + 1) if numbers[0] == 1 else (self.x, COLUMNS)))
        elif final == "J":
            first = 0 if numbers[0] == 2 else self.y + 1
            if numbers[0] != 2:
                self.blank(self.y, self.x, COLUMNS)
            for y in range(first, ROWS):
                self.blank(y, 0, COLUMNS)
        elif final == "X":
            self.blank(self.y, self.x, min(self.x + n, COLUMNS))
        elif final == "P":
            row[self.x:] = row[self.x + n:] + [" "] * n
        elif final == "@":
            row[self.x:] = ([" "] * n + row[self.x:])[: COLUMNS - self.x]
        elif final == "b":
            for _ in range(n):
                self.put(self.last)
        elif final == "r":
            self.top, self.bottom = (numbers + [ROWS])[0] - 1 if numbers[0] else 0, (numbers + [ROWS])[1]
            self.y = self.x = 0
        elif final in "LM":
            self.scroll(self.y, n if final == "L" else -n)
        elif final in "ST":
            self.scroll(self.top, n if final == "T" else -n)
        elif final not in "mhlctn":
            raise AssertionError(f"a sequence that the test does not know: {numbers} {final}")
        self.y, self.x = min(max(self.y, 0), ROWS - 1), max(self.x, 0)

    def feed(self, text):
        text, self.rest = self.rest + text, ""
        at = 0
        while at < len(text):
            match = SEQUENCE.match(text, at)
            if not match or (text[at] == "\x1b" and match.end() == at + 1):
                check(len(text) - at < 64, f"a sequence without an end: {text[at:at + 80]!r}")
                self.rest = text[at:]  # the other half comes later
                return
            at = match.end()
            if match.group(3):
                if not match.group(1):
                    self.control([int(n or 0) for n in match.group(2).split(";")], match.group(3))
            elif match.group() in "\r\b":
                self.x = 0 if match.group() == "\r" else self.x - 1
            elif match.group() in ("\n", "\x1bM"):
                down = match.group() == "\n"
                if self.y == (self.bottom - 1 if down else self.top):
                    self.scroll(self.top, -1 if down else 1)
                else:
                    self.y += 1 if down else -1
            elif match.group()[0] >= " ":
                self.put(match.group())

    def __str__(self):
        return "\n".join("".join(row).rstrip() for row in self.cells)


class Terminal:
    """The program, begun in a folder; its state is kept in `state` there."""

    def __init__(self, folder, *arguments, env=None):
        self.master, slave = pty.openpty()
        subprocess.run(["stty", "rows", str(ROWS), "cols", str(COLUMNS)], stdin=slave, check=True)
        env = {**ENVIRONMENT, "TERM": "xterm-256color", "XDG_STATE_HOME": str(folder / "state"), **(env or {})}
        self.process = subprocess.Popen([MMTUI, *map(str, arguments)], stdin=slave, stdout=slave, stderr=slave,
                                        env=env, cwd=folder, start_new_session=True)
        os.close(slave)
        self.screen = Screen()
        self.undecoded = b""

    def read(self, seconds):
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        data = self.undecoded + data
        end = len(data)
        while end > 0 and end > len(data) - 4 and data[end - 1] & 0xC0 == 0x80:
            end -= 1  # in the middle of a character, perhaps
        if end > 0 and data[end - 1] >= 0xC0:
            end -= 1
        else:
            end = len(data)
        try:
            text = data.decode("utf-8")
            end = len(data)
        except UnicodeDecodeError:
            text = data[:end].decode("utf-8")
        self.undecoded = data[end:]
        self.screen.feed(text)
        return bool(data)

    def shows(self, what):
        return what in str(self.screen)

    def wait(self, what, good=None):
        """Until the screen shows the text, or good() is true."""
        end = time.monotonic() + LIMIT
        while not (good() if good else self.shows(what)):
            alive = self.process.poll() is None
            check(time.monotonic() < end and alive, f"{what!r} never came:\n{self.screen}")
            self.read(0.02)

    def keys(self, text):
        os.write(self.master, text.encode())

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.end()

    def end(self):
        while self.read(LIMIT):
            pass
        status = self.process.wait(LIMIT)
        os.close(self.master)
        return status
