# SPDX-License-Identifier: GPL-3.0-or-later
# modem_worker - the modem's side of the worker protocol (gateway/PROTOCOL.md 2.8), played by a story: it says what a SIM would hold.
# What:  `with Worker(line, "sim1") as worker:` says hello, waits for the welcome and is ready; then messages, jobs, progress, results.
# Keeps: every wait ends; a ping is answered on the way.
# Not here: AT commands (tests/support/modem_sim.py).
import base64
import json
import socket
import struct
import time

PATIENCE_S = 15


class Closed(Exception):
    """The daemon has closed the connection."""


class Worker:
    def __init__(self, line, name="sim1", is_ready=True, role="modem"):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(line.path("workers.sock"))
        self.waiting = []
        self.buffer = b""
        self.count = 0
        self.send(hello=1, role=role, name=name, capacity=1)
        self.first = self.read(lambda frame: "welcome" in frame or "refused" in frame)
        self.modem = self.first.get("modem")
        if is_ready and self.modem is not None:
            self.status("ready")

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.close()

    def close(self):
        self.socket.close()

    # ---- frames

    def send(self, **frame):
        text = json.dumps(frame).encode()
        self.socket.sendall(struct.pack(">I", len(text)) + text)

    def take(self):
        """One frame from the socket; TimeoutError, Closed."""
        while len(self.buffer) < 4 or len(self.buffer) < 4 + struct.unpack(">I", self.buffer[:4])[0]:
            more = self.socket.recv(65536)
            if not more:
                raise Closed()
            self.buffer += more
        size = struct.unpack(">I", self.buffer[:4])[0]
        text, self.buffer = self.buffer[4:4 + size], self.buffer[4 + size:]
        return json.loads(text)

    def read(self, is_wanted, patience=PATIENCE_S):
        """The next frame that is wanted; others wait for their turn."""
        for number, frame in enumerate(self.waiting):
            if is_wanted(frame):
                return self.waiting.pop(number)
        end = time.monotonic() + patience
        while True:
            self.socket.settimeout(max(end - time.monotonic(), 0.01))
            frame = self.take()
            if "ping" in frame:
                self.send(pong=frame["ping"])
            elif is_wanted(frame):
                return frame
            else:
                self.waiting.append(frame)

    def hears_nothing(self, is_wanted, patience):
        """Nothing of that kind comes within the time."""
        try:
            self.read(is_wanted, patience)
        except TimeoutError:
            return True
        return False

    # ---- what a modem says

    def status(self, state, problem="none", **more):
        self.send(status=dict(state=state, problem=problem, **more))

    def message(self, kind="pdu", identity=None, **fields):
        """Sends one message and does not wait; its id."""
        self.count += 1
        identity = identity or "m%d" % self.count
        self.send(message=identity, kind=kind, **fields)
        return identity

    def pdu(self, vector, kind="pdu", identity=None):
        """A vector of tests/golden/pdus.json."""
        return self.message(kind, identity, pdu=vector["pdu"], length=vector.get("length", -1), storage="SM", index=self.count,
                            read_at=int(time.time() * 1000))

    def call(self, number, at=None):
        return self.message("call", **{"from": number, "type": 145, "read_at": at or int(time.time() * 1000)})

    def answer(self, identity, patience=PATIENCE_S):
        """"stored" or "busy"."""
        frame = self.read(lambda f: identity in (f.get("stored"), f.get("busy")), patience)
        return "stored" if "stored" in frame else "busy"

    def store(self, *arguments, **fields):
        """A message that must be stored."""
        answer = self.answer(self.message(*arguments, **fields))
        assert answer == "stored", answer

    def store_pdu(self, vector, kind="pdu"):
        answer = self.answer(self.pdu(vector, kind))
        assert answer == "stored", answer

    # ---- jobs

    def job(self, patience=PATIENCE_S):
        return self.read(lambda frame: "job" in frame, patience)

    def _body(self, sent, error=None):
        body = {"sent": [{"part": part, "ref": ref} for part, ref in sent]}
        if error:
            body["error"] = error
        return base64.b64encode(json.dumps(body).encode()).decode()

    def progress(self, job, sent):
        self.send(progress=job["job"], body=self._body(sent))

    def result(self, job, sent=(), kind="answered", status=0, error=None):
        self.send(result=job["job"], kind=kind, status=status, retry_after=0, body=self._body(sent, error), truncated=False, reason="x")

    def send_all(self, job, first_reference=1):
        """The network takes every part; the references by part."""
        sent = []
        for number, part in enumerate(job["parts"]):
            sent.append((part["part"], (first_reference + number) % 256))
            self.progress(job, sent)
        self.result(job, sent)
        return dict(sent)


# ---- the octets that stories make up ---------------------------------------------------------------------------------

def _semi_octets(digits):
    digits += "F" * (len(digits) % 2)
    return "".join(digits[i + 1] + digits[i] for i in range(0, len(digits), 2))


def report(reference, number, status):
    """A delivery report as a modem prints it, with its length (3GPP TS 23.040, 9.2.2.3)."""
    digits = number.lstrip("+")
    moment = _semi_octets(time.strftime("%y%m%d%H%M%S", time.gmtime())) + "00"
    tpdu = "06%02X%02X91%s%s%s%02X" % (reference, len(digits), _semi_octets(digits), moment, moment, status)
    return {"pdu": "00" + tpdu, "length": len(tpdu) // 2}


def deliver(number, text, moment="26112312050600"):
    """A text in UCS-2 as it arrives."""
    digits = number.lstrip("+")
    data = text.encode("utf-16-be")
    stamp = _semi_octets(moment[:12]) + moment[12:]
    tpdu = "04%02X91%s0008%s%02X%s" % (len(digits), _semi_octets(digits), stamp, len(data), data.hex().upper())
    return {"pdu": "00" + tpdu, "length": len(tpdu) // 2}


def submitted(part):
    """Recipient, reference of the parts (None = one alone), number and total, and text of a part of a job (GSM-7 or UCS-2)."""
    octets = bytes.fromhex(part["pdu"])[1:]
    first, length = octets[0], octets[2]
    at = 4 + (length + 1) // 2
    digits = "".join("%X%X" % (o & 15, o >> 4) for o in octets[4:at])[:length]
    coding = octets[at + 1]
    at += 2 + (1 if first & 0x18 == 0x10 else 7 if first & 0x18 else 0)
    units, data = octets[at], octets[at + 1:]
    header = data[:data[0] + 1] if first & 0x40 else b""
    text = data[len(header):].decode("utf-16-be") if coding == 8 else _septets(data, units, len(header))
    concat = (header[3], header[5], header[4]) if header[1:3] == b"\0\3" else (None, 1, 1)
    return ("+" + digits,) + concat + (text,)


def _septets(data, units, header_len):
    alphabet = ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
                "¿abcdefghijklmnopqrstuvwxyzäöñüà")
    bits = int.from_bytes(data, "little")
    first = (header_len * 8 + 6) // 7
    return "".join(alphabet[bits >> (7 * i) & 127] for i in range(first, units))
