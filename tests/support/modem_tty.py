# SPDX-License-Identifier: GPL-3.0-or-later
# modem_tty - the wire of a scripted modem: a pty behind a symbolic link, which can be unplugged and plugged in again, and a thread with
#             timers that serves it.
# What:  class Wire: emit() puts bytes on the line, now or later, always in order; at() calls something later; received() is what a modem
#        makes of what came. All of it happens in one thread under `lock`, which the stories take too.
# Keeps: what nobody reads is dropped from 64 KiB on; the link is gone while the modem is unplugged.
import contextlib
import heapq
import itertools
import os
import select
import threading
import time
import tty

UNREAD_MAX = 65536


class Wire:
    def __init__(self, link):
        self.link = link
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.timers, self.serial = [], itertools.count()
        self.output, self.output_at = b"", 0.0
        self.held_back = 0  # of what was emitted, until its moment has come
        self.master = self.slave = None
        self.is_ended = False
        self.alarm_out, self.alarm_in = os.pipe()
        self.plugs = 0
        self.thread = threading.Thread(target=self.serve, daemon=True)

    # ---- the plug

    def plug(self):
        with self.lock:
            if self.master is not None:
                return
            self.master, self.slave = os.openpty()
            tty.setraw(self.slave)
            os.set_blocking(self.master, False)
            spare = "%s.%d" % (self.link, self.plugs)
            os.symlink(os.ttyname(self.slave), spare)
            os.replace(spare, self.link)
            self.plugs += 1
            self.wake()

    def unplug(self):
        with self.lock:
            if self.master is None:
                return
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.link)
            os.close(self.slave)
            os.close(self.master)
            self.master = self.slave = None
            self.output, self.output_at = b"", 0.0
            self.wake()

    def is_plugged(self):
        return self.master is not None

    # ---- time and bytes

    def wake(self):
        self.changed.notify_all()
        with contextlib.suppress(OSError):
            os.write(self.alarm_in, b"!")

    def at(self, delay, call, *arguments):
        with self.lock:
            heapq.heappush(self.timers, (time.monotonic() + delay, next(self.serial), call, arguments))
            self.wake()

    def emit(self, data, delay=0.0):
        """Bytes to the other side, behind everything emitted before; returns after how many seconds they leave."""
        with self.lock:
            now = time.monotonic()
            self.output_at = max(self.output_at, now + delay)
            if self.output_at <= now and not self.held_back:
                self.put(self.plugs, data)
            else:
                self.held_back += 1
                self.at(self.output_at - now, self.put_later, self.plugs, data)
            return max(0.0, self.output_at - now)

    def put_later(self, plug, data):
        self.held_back -= 1
        self.put(plug, data)

    def put(self, plug, data):
        if plug == self.plugs and self.master is not None:
            self.output = (self.output + data)[-UNREAD_MAX:]
            self.flush()

    def flush(self):
        try:
            while self.output:
                self.output = self.output[os.write(self.master, self.output):]
        except BlockingIOError:
            pass
        except OSError:
            self.output = b""

    # ---- the thread

    def start(self):
        self.plug()
        self.thread.start()

    def close(self):
        with self.lock:
            self.is_ended = True
            self.wake()
        self.thread.join()
        self.unplug()
        for descriptor in (self.alarm_in, self.alarm_out):
            os.close(descriptor)

    def serve(self):
        while True:
            with self.lock:
                if self.is_ended:
                    return
                wait = self.run_timers()
                master = self.master
                wanted = [self.alarm_out] + ([master] if master is not None else [])
                writable = [master] if self.output else []
            try:
                readable, writable, _ = select.select(wanted, writable, [], wait)
            except (OSError, ValueError):
                continue  # unplugged by a story at this moment
            with self.lock:
                if self.alarm_out in readable:
                    os.read(self.alarm_out, 4096)
                if master is not None and self.master == master:
                    if writable:
                        self.flush()
                    if master in readable:
                        with contextlib.suppress(OSError):
                            self.received(os.read(master, 4096))
                self.changed.notify_all()

    def run_timers(self):
        """Calls what is due; seconds to the next one, or None."""
        while self.timers and self.timers[0][0] <= time.monotonic():
            _, _, call, arguments = heapq.heappop(self.timers)
            call(*arguments)
        return max(0.0, self.timers[0][0] - time.monotonic()) if self.timers else None

    def received(self, data):
        raise NotImplementedError
