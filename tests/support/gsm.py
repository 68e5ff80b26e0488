# SPDX-License-Identifier: GPL-3.0-or-later
# gsm - short messages as PDUs, from the network's side: what a scripted modem needs (3GPP TS 23.040, 23.038).
# What:  deliver(), parts_of() and report() write what a network hands to a modem; read_submit() reads what a modem is asked to send, and
#        text_of() joins the parts of one message.
# Why:   written apart from the product's own codec (handlers/gsm/), so that one does not confirm the other's mistakes;
#        tests/integration/it_modem_sim.py holds it against tests/golden/pdus.json.
# Keeps: a PDU that is not well-formed raises ValueError. Not here: national shift tables (their identifiers are told, not applied).
import datetime

BASIC = ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
         "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")
EXTENSION = {0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|", 0x65: "€"}
ESCAPE = 0x1B
OCTETS_MAX = 140
NUMBER_DIGITS = "0123456789*#abc"
UTC = datetime.timezone.utc


# ---- septets ---------------------------------------------------------------------------------------------------

def septets_of(text):
    """The septets of a text, or None when the default alphabet lacks a character."""
    written = []
    escaped = {character: code for code, character in EXTENSION.items()}
    for character in text:
        if character in escaped:
            written += [ESCAPE, escaped[character]]
        elif character != "\x1b" and character in BASIC:
            written.append(BASIC.index(character))
        else:
            return None
    return written


def text_of_septets(septets):
    text, is_escaped = "", False
    for septet in septets:
        if is_escaped:
            text += EXTENSION.get(septet, BASIC[septet])
            is_escaped = False
        elif septet == ESCAPE:
            is_escaped = True
        else:
            text += BASIC[septet]
    return text


def pack(septets, skip_bits=0):
    """Septets as octets, from that bit on."""
    value = 0
    for place, septet in enumerate(septets):
        value |= septet << (skip_bits + 7 * place)
    return value.to_bytes((skip_bits + 7 * len(septets) + 7) // 8, "little")


def unpack(octets, count, skip_bits=0):
    value = int.from_bytes(octets, "little") >> skip_bits
    return [value >> 7 * place & 0x7F for place in range(count)]


# ---- fields ----------------------------------------------------------------------------------------------------

def swapped(digits):
    """Digits as semi-octets, filled with F."""
    digits += "f" * (len(digits) % 2)
    return bytes(int(digits[i + 1] + digits[i], 16) for i in range(0, len(digits), 2))


def address_of(number):
    """A TP address: length in semi-octets, type, value. A name (letters) is alphanumeric."""
    digits = number[1:] if number.startswith("+") else number
    if all(character in "0123456789*#" for character in digits):
        coded = digits.replace("*", "a").replace("#", "b")
        return bytes([len(digits), 0x91 if number.startswith("+") else 0x81]) + swapped(coded)
    septets = septets_of(number)
    return bytes([(len(septets) * 7 + 3) // 4, 0xD0]) + pack(septets)


def smsc_of(number):
    if not number:
        return b"\x00"
    value = swapped(number.lstrip("+"))
    return bytes([len(value) + 1, 0x91 if number.startswith("+") else 0x81]) + value


def stamp_of(moment):
    """TP-SCTS: seven semi-octet pairs, the zone in quarters of an hour."""
    quarters = int(moment.utcoffset().total_seconds()) // 900
    pairs = ["%02d" % n for n in (moment.year % 100, moment.month, moment.day, moment.hour, moment.minute, moment.second, abs(quarters))]
    octets = bytearray(swapped("".join(pairs)))
    octets[6] |= 0x08 if quarters < 0 else 0
    return bytes(octets)


class Reader:
    """Takes octets from the front and refuses to run out."""

    def __init__(self, octets):
        self.octets = octets

    def take(self, count):
        if count > len(self.octets):
            raise ValueError("%d octets wanted, %d left" % (count, len(self.octets)))
        taken, self.octets = self.octets[:count], self.octets[count:]
        return taken

    def one(self):
        return self.take(1)[0]

    def address(self):
        length, kind = self.one(), self.one()
        if length > 20:
            raise ValueError("an address of %d semi-octets" % length)
        value = self.take((length + 1) // 2)
        if kind & 0x70 == 0x50:
            return text_of_septets(unpack(value, length * 4 // 7))
        digits = "".join("%x%x" % (octet & 15, octet >> 4) for octet in value)[:length]
        if "f" in digits or "d" in digits or "e" in digits:
            raise ValueError("an address that is no number")
        return ("+" if kind & 0x70 == 0x10 else "") + digits.replace("a", "*").replace("b", "#")


# ---- what a network delivers -----------------------------------------------------------------------------------

def deliver(number, text=None, coding=None, header=b"", data=None, moment=None, smsc="+639170000130", message_class=None, protocol_id=0,
            first=0x04, alphabet=None):
    """One SMS-DELIVER as hex, with the SMSC. alphabet ("gsm7", "ucs2") and coding: None = what the text needs; `data` = octets instead of a text."""
    septets = septets_of(text) if text is not None and alphabet != "ucs2" else None
    if coding is None:
        coding = 4 if data is not None else 0 if septets is not None else 8
    if message_class is not None:
        coding |= 0x10 | message_class
    header = bytes([len(header)]) + header if header else b""
    if septets is not None:
        fill = -len(header) * 8 % 7
        length = (len(header) * 8 + fill) // 7 + len(septets)
        body = header + pack(septets, fill)
    else:
        body = header + (data if data is not None else text.encode("utf-16-be", "surrogatepass"))
        length = len(body)
    if len(body) > OCTETS_MAX:
        raise ValueError("too long for one message: %d octets" % len(body))
    moment = moment or datetime.datetime.now(UTC)
    tpdu = bytes([first | (0x40 if header else 0)]) + address_of(number) + bytes([protocol_id, coding]) + stamp_of(moment) + bytes([length]) + body
    return (smsc_of(smsc) + tpdu).hex().upper()


def concat(reference, total, part, bits=8):
    """The element of a user data header that names a part."""
    if bits == 16:
        return bytes([8, 4]) + reference.to_bytes(2, "big") + bytes([total, part])
    return bytes([0, 3, reference & 0xFF, total, part])


def parts_of(number, text, reference, bits=8, **others):
    """A text as the DELIVERs of its parts, cut by units as phones do: an escape stays whole, a surrogate pair may be split."""
    septets = septets_of(text)
    room = (OCTETS_MAX - 1 - len(concat(0, 1, 1, bits))) * 8 // 7 if septets is not None else (OCTETS_MAX - 1 - len(concat(0, 1, 1, bits))) // 2
    pieces = []
    if septets is not None:
        piece = ""
        for character in text:
            if len(septets_of(piece + character)) > room:
                pieces.append(piece)
                piece = ""
            piece += character
        pieces.append(piece)
    else:
        units = text.encode("utf-16-be")
        pieces = [units[i:i + 2 * room].decode("utf-16-be", "surrogatepass") for i in range(0, len(units), 2 * room)]
    alphabet = "gsm7" if septets is not None else "ucs2"
    return [deliver(number, piece, alphabet=alphabet, header=concat(reference, len(pieces), place, bits), **others) for place, piece in enumerate(pieces, 1)]


def report(number, reference, status=0, sent=None, discharged=None, smsc="+639170000130", first=0x06):
    """One SMS-STATUS-REPORT as hex."""
    sent = sent or datetime.datetime.now(UTC)
    tpdu = bytes([first, reference]) + address_of(number) + stamp_of(sent) + stamp_of(discharged or sent) + bytes([status])
    return (smsc_of(smsc) + tpdu).hex().upper()


def length_of(pdu):
    """What a modem prints beside a PDU: the octets behind the SMSC."""
    octets = bytes.fromhex(pdu)
    return len(octets) - 1 - octets[0] if octets else 0


def coding_of(pdu):
    """TP-DCS of a DELIVER, or None when there is none to be found."""
    try:
        reader = Reader(bytes.fromhex(pdu))
        reader.take(reader.one())
        if reader.one() & 3:
            return None
        length = reader.one()
        reader.take(1 + (length + 1) // 2)
        reader.one()
        return reader.one()
    except ValueError:
        return None


# ---- what a modem is asked to send -----------------------------------------------------------------------------

def elements(header):
    """The elements of a user data header, {identifier: octets}."""
    found, reader = {}, Reader(header)
    while reader.octets:
        identifier, length = reader.one(), reader.one()
        found[identifier] = reader.take(length)
    return found


def validity_octets(first):
    return {0x00: 0, 0x10: 1}.get(first & 0x18, 7)


def read_submit(pdu, length=None):
    """One SMS-SUBMIT, strictly: a dict with to, text, coding, part (reference, total, number, bits) or None, wants_report, national."""
    octets = bytes.fromhex(pdu)
    reader = Reader(octets)
    reader.take(reader.one())
    if length is not None and len(reader.octets) != length:
        raise ValueError("%d octets announced, %d given" % (length, len(reader.octets)))
    first = reader.one()
    if first & 3 != 1:
        raise ValueError("not a SUBMIT: %02X" % first)
    reader.one()
    number = reader.address()
    reader.one()
    coding = reader.one()
    reader.take(validity_octets(first))
    size = reader.one()
    body = reader.octets
    header = body[1:1 + body[0]] if first & 0x40 and body else b""
    found = elements(header)
    skipped = 1 + len(header) if first & 0x40 else 0
    is_ucs2 = coding & 0x0C == 0x08
    if is_ucs2:
        if size != len(body) or size > OCTETS_MAX:
            raise ValueError("the user data has %d octets, not %d" % (len(body), size))
        units, septets = body[skipped:], None
    else:
        fill = -skipped * 8 % 7
        count = size - (skipped * 8 + fill) // 7
        if size > 160 or count < 0 or (size * 7 + 7) // 8 != len(body):
            raise ValueError("%d septets do not fit %d octets" % (size, len(body)))
        units, septets = b"", unpack(body[skipped:], count, fill)
    part = None
    if 0 in found or 8 in found:
        octets, bits = (found[8], 16) if 8 in found else (found[0], 8)
        part = (int.from_bytes(octets[:-2], "big"), octets[-2], octets[-1], bits)
    text = units.decode("utf-16-be", "surrogatepass") if is_ucs2 else text_of_septets(septets)
    return {"to": number, "text": text, "coding": coding, "part": part, "wants_report": bool(first & 0x20),
            "national": {name: found[code][0] for code, name in ((0x24, "single"), (0x25, "locking")) if code in found}}


def text_of(submits):
    """The whole text of the parts of one message, in order."""
    ordered = sorted(submits, key=lambda one: one["part"][2] if one["part"] else 0)
    joined = "".join(one["text"] for one in ordered)
    return joined.encode("utf-16-be", "surrogatepass").decode("utf-16-be")
