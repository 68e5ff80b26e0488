#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_gsm_decoders - what we write for a modem is read by decoders that are not ours: tshark and libgammu.
# What:  texts in the scripts of the lexicon, with extension characters, emoji and texts of many parts, as tests/support/programs/gsm_write
#        writes them. Both decoders read every part; number, reference, part and text must be those that went in.
# Why:   an encoder that is only read by its own decoder may be wrong twice.
# Keeps: skipped, with the reason, where a decoder is not installed: `make decoders` installs both and then insists.
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap  # noqa: E402
from helpline import BUILD  # noqa: E402

MUST = os.environ.get("HELPLINED_DECODERS") == "must"
REFERENCE = 130
# Debian's python3-gammu belongs to Debian's Python.
GAMMU_TRIES = 3
GAMMU = """
import sys, gammu
for line in sys.stdin:
    pdu = gammu.DecodePDU(bytes.fromhex(line), True)
    text, udh = pdu["Text"].split("\\0")[0], pdu["UDH"]  # behind a NUL stands what was in memory before
    print(pdu["Number"], udh["ID8bit"], udh["PartNumber"], udh["AllParts"], pdu["Length"], text.encode("utf-8", "surrogatepass").hex(), sep=",")
"""
TEXTS = [
    ("+639171234567", "Natanggap namin. Sasagot kami dito."),
    ("+6281234567890", "ok"),
    ("+966512345678", "price {10} [a] ~b^ \\ | 5 \u20ac"),
    ("+254712345678", "@\u00a3$\u00a5\u00e8\u00e9\u00f9\u00ec\u00f2\u00c7\n\u00d8\u00f8\u00c5\u00e5\u0394_\u03a6\u0393\u039b\u03a9\u03a0\u03a8\u03a3\u0398\u039e\u00c6\u00e6\u00df\u00c9 !\"#\u00a4%&'()*+,-./"),
    ("8080", "x" * 160),
    ("+85291234567", "y" * 161),
    ("+639171234567", "a" * 152 + "\u20ac" + "b" * 100),
    ("+9779812345678", "\u0939\u093e\u092e\u0940\u0932\u0947 \u092a\u093e\u092f\u094c\u0902\u0964 \u092f\u0939\u0940\u0901 \u0909\u0924\u094d\u0924\u0930 \u0926\u093f\u0928\u0947\u091b\u094c\u0902\u0964 " * 5),
    ("+8801712345678", "\u0986\u09ae\u09b0\u09be \u09aa\u09c7\u09af\u09bc\u09c7\u099b\u09bf\u0964 " * 9),
    ("+94771234567", "\u0dc1\u0dca\u200d\u0dbb\u0dd3 " * 20),
    ("+66812345678", "\u0e01\u0e39\u0e49\u0e20\u0e31\u0e22 " * 25),
    ("+959123456789", "\u1000\u103b\u1031\u1038\u1007\u1030\u1038 " * 12),
    ("+251911234567", "\u12a5\u122d\u12f1\u129d\u1362 " * 20),
    ("+923001234567", "\u06c1\u0645\u06cc\u06ba \u0645\u0644 \u06af\u06cc\u0627\u06d4 " * 12),
    ("+8613812345678", "\u6211\u4eec\u6536\u5230\u4e86\u3002" * 20),
    ("+639171234567", "\U0001f198\U0001f62d" * 60),
    ("+639171234567", "\U0001f469\u200d\U0001f467 \U0001f1f5\U0001f1ed " * 20),
]


def written():
    """[(number, text, [(part, parts, length, hex)])]"""
    program = os.path.join(BUILD, "tests/programs/gsm_write")
    lines = "".join("%s %s\n" % (number, text.encode().hex()) for number, text in TEXTS)
    out = subprocess.run([program], input=lines, capture_output=True, text=True, check=True).stdout
    result = [(number, text, []) for number, text in TEXTS]
    for line in out.splitlines():
        index, part, parts, length, pdu = line.split()
        result[int(index) - 1][2].append((int(part), int(parts), int(length), pdu))
    return result


def check(rows, read):
    """read: [(number, reference or None, part, parts, text)] in the order of all parts."""
    found = iter(read)
    for number, text, parts in rows:
        got = ""
        for part, count, _, _ in parts:
            to, reference, index, total, piece = next(found)
            assert to.lstrip("+") == number.lstrip("+"), (number, to)
            if count > 1:
                assert (reference, index, total) == (REFERENCE, part, count), (text[:20], reference, index, total)
            got += piece
        assert got == text, (text, got)
    assert next(found, None) is None


def missing(what):
    if MUST:
        raise AssertionError(what)
    raise tap.Skip(what + "; `make decoders` installs it")


def libgammu_reads_what_we_write():
    python = "/usr/bin/python3"
    if not os.path.exists(python) or subprocess.run([python, "-c", "import gammu"], capture_output=True).returncode:
        missing("python3-gammu is not installed")
    rows = written()
    pdus = "".join(pdu + "\n" for _, _, parts in rows for _, _, _, pdu in parts)
    for _ in range(GAMMU_TRIES):  # it makes text of memory that it never set: seen to fail once in some fifty runs
        done = subprocess.run([python, "-c", GAMMU], input=pdus, capture_output=True, text=True, check=False)
        if not done.returncode:
            break
    assert not done.returncode, done.stderr
    out = done.stdout
    read = []
    for line in out.splitlines():
        number, reference, part, parts, _, text = line.split(",")
        # Its length counts characters of its own.
        read.append((number, int(reference), int(part), int(parts), bytes.fromhex(text).decode()))
    check(rows, read)


def capture(path, pdus):
    """A capture file whose packets are handed to the dissector gsm_sms, as sent by a phone."""
    def tag(kind, value):
        return struct.pack(">HH", kind, len(value)) + value
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 252))
        for second, pdu in enumerate(pdus):
            head = tag(12, b"gsm_sms\0") + tag(35, struct.pack(">I", 1)) + tag(0, b"")
            packet = head + bytes.fromhex(pdu)[1:]
            file.write(struct.pack("<IIII", second, 0, len(packet), len(packet)) + packet)


def tshark_reads_what_we_write():
    if not shutil.which("tshark"):
        missing("tshark is not installed")
    rows = written()
    fields = ["gsm_sms.tp-da", "gsm_sms.udh.mm.msg_id", "gsm_sms.udh.mm.msg_part", "gsm_sms.udh.mm.msg_parts", "gsm_sms.sms_text"]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "sms.pcap")
        capture(path, [pdu for _, _, parts in rows for _, _, _, pdu in parts])
        command = ["tshark", "-r", path, "-o", "gsm_sms.reassemble:false", "-T", "json"]
        for field in fields:
            command += ["-e", field]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    read = []
    for packet in json.loads(done.stdout):
        layer = packet["_source"]["layers"]
        number, reference, part, parts, text = (layer.get(field, [None])[0] for field in fields)
        read.append((number, reference and int(reference, 0), part and int(part), parts and int(parts), text or ""))
    check(rows, read)


tap.run([libgammu_reads_what_we_write, tshark_reads_what_we_write])
