# SPDX-License-Identifier: GPL-3.0-or-later
# signers - how providers prove themselves, for requests that tests make themselves.
# What:  SIGNERS[scheme](request, key, at) adds to a request what that provider would add. `request` is a dict with method, path, query,
#        headers and body (bytes); `at` is the time in seconds that the provider's clock shows; `key` is the group's `key` of the corpus.
# Keeps: written from the providers' own descriptions, apart from the handlers.
import base64
import hashlib
import hmac
import json
import urllib.parse

import ed25519


def _mac(key, text, digest="sha256"):
    return hmac.new(key.encode(), text, digest)


def jwt(key, claims, header=None):
    """A signed token (HS256) with these claims."""
    def part(data):
        return base64.urlsafe_b64encode(data).decode().rstrip("=")
    text = part(json.dumps(header or {"alg": "HS256", "typ": "JWT"}).encode()) + "." + part(json.dumps(claims).encode())
    return text + "." + part(_mac(key, text.encode()).digest())


def sinch(request, key, at):
    signed = _mac(key, request["body"] + (".nonce-1.%d" % at).encode())
    request["headers"].update({"x-sinch-webhook-signature": base64.b64encode(signed.digest()).decode(),
                               "x-sinch-webhook-signature-nonce": "nonce-1", "x-sinch-webhook-signature-timestamp": str(at),
                               "x-sinch-webhook-signature-algorithm": "HmacSHA256"})


def android_sms_gateway(request, key, at):
    request["headers"].update({"X-Timestamp": str(at), "X-Signature": _mac(key, request["body"] + str(at).encode()).hexdigest()})


def httpsms(request, key, at):
    url = "https://line.example.org" + request["path"]
    claims = {"iss": "api.httpsms.com", "sub": "user-1", "aud": [url], "iat": at, "nbf": at - 600, "exp": at + 600}
    request["headers"]["Authorization"] = "Bearer " + jwt(key, claims)


def basic(request, key, at):
    """HTTP Basic; key is user:password."""
    del at
    request["headers"]["Authorization"] = "Basic " + base64.b64encode(key.encode()).decode()


def header(request, key, at):
    """A header with a fixed value; key is `Name: value`."""
    del at
    name, value = key.split(": ", 1)
    request["headers"][name] = value


def url_of(request, has_query=True):
    """The address as it is typed at the provider: what a URL is signed as."""
    query = "?" + request["query"] if has_query and request["query"] else ""
    return request.get("base", "https://line.example.org") + request["path"] + query


def _as_came(encoded):
    """The decoded pairs of a query or a form, as bytes, each name with its value."""
    text = encoded.decode("latin-1") if isinstance(encoded, bytes) else encoded
    pairs = urllib.parse.parse_qsl(text, keep_blank_values=True, encoding="latin-1", max_num_fields=1000)
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]


def _pairs(encoded):
    return sorted(_as_came(encoded))


def _base64_mac(key, text, digest="sha256"):
    return base64.b64encode(_mac(key, text, digest).digest()).decode()


def twilio(request, key, at):
    """URL, then each different pair of a form; a JSON body is announced by its digest in the query."""
    del at
    text = b""
    if "json" in request["headers"].get("Content-Type", ""):
        digest = "bodySHA256=" + hashlib.sha256(request["body"]).hexdigest()
        request["query"] += ("&" if request["query"] else "") + digest
    elif request["method"] == "POST":
        text = b"".join(name + value for name, value in sorted(set(_pairs(request["body"]))))
    request["headers"]["X-Twilio-Signature"] = _base64_mac(key, url_of(request).encode() + text, "sha1")


def vonage_sms(request, key, at):
    """The signature stands among the fields; key is `method secret`. A body of JSON stays JSON."""
    method, secret = key.split(" ", 1)
    is_json = request["body"][:1] == b"{"
    if is_json:
        pairs = [(name.encode(), (value if isinstance(value, str) else json.dumps(value)).encode()) for name, value in json.loads(request["body"]).items()]
    else:
        pairs = _as_came(request["body"] or request["query"])
    pairs.append((b"timestamp", str(at).encode()))
    text = b"".join(b"&" + name + b"=" + value.replace(b"&", b"_").replace(b"=", b"_")
                    for name, value in sorted(pairs, key=lambda pair: pair[0]))
    if method == "md5hash":
        signature = hashlib.md5(text + secret.encode()).hexdigest()
    else:
        signature = _mac(secret, text, method.replace("hmac", "")).hexdigest()
    added = "&timestamp=%d&sig=%s" % (at, signature.upper() if at % 2 else signature)
    if is_json:
        request["body"] = json.dumps(dict(json.loads(request["body"]), timestamp=str(at), sig=signature)).encode()
    elif request["body"]:
        request["body"] += added.encode()
    else:
        request["query"] += added


def vonage_messages(request, key, at):
    claims = {"iat": at, "jti": "id-1", "iss": "Vonage", "api_key": "abcd1234",
              "payload_hash": hashlib.sha256(request["body"]).hexdigest()}
    request["headers"]["Authorization"] = "Bearer " + jwt(key, claims)


def telnyx(request, key, at):
    """key is the seed, 32 letters."""
    signature = ed25519.sign(key.encode(), b"%d|" % at + request["body"])
    request["headers"].update({"Telnyx-Signature-Ed25519": base64.b64encode(signature).decode(), "Telnyx-Timestamp": str(at)})


def plivo_v2(request, key, at):
    request["headers"].update({"X-Plivo-Signature-V2-Nonce": str(at),
                               "X-Plivo-Signature-V2": _base64_mac(key, url_of(request, False).encode() + b"%d" % at)})


def plivo_v3(request, key, at):
    text = url_of(request, False).encode()
    query, body = _pairs(request["query"]), _pairs(request["body"]) if request["method"] == "POST" else []
    text += b"?" if query or body else b""
    text += b"&".join(name + b"=" + value for name, value in query)
    text += b"." if query and body else b""
    text += b"".join(name + value for name, value in body)
    request["headers"].update({"X-Plivo-Signature-V3-Nonce": str(at),
                               "X-Plivo-Signature-V3": "c29tZSBvdGhlciBrZXk=," + _base64_mac(key, text + b".%d" % at)})


def messagebird_jwt(request, key, at):
    claims = {"iss": "MessageBird", "nbf": at, "exp": at + 60, "jti": "id-1",
              "url_hash": hashlib.sha256(url_of(request).encode()).hexdigest()}
    if request["body"]:
        claims["payload_hash"] = hashlib.sha256(request["body"]).hexdigest()
    request["headers"]["MessageBird-Signature-JWT"] = jwt(key, claims)


def messagebird_legacy(request, key, at):
    query = urllib.parse.urlencode(sorted(_as_came(request["query"]), key=lambda pair: pair[0]), quote_via=urllib.parse.quote, safe="!'()*")
    text = b"%d\n" % at + query.encode() + b"\n" + hashlib.sha256(request["body"]).digest()
    request["headers"].update({"MessageBird-Request-Timestamp": str(at), "MessageBird-Signature": _base64_mac(key, text)})


def bird_channels(request, key, at):
    text = b"%d\n" % at + url_of(request).encode() + b"\n" + hashlib.sha256(request["body"]).digest()
    request["headers"].update({"messagebird-request-timestamp": str(at), "messagebird-signature": _base64_mac(key, text)})


def hub(request, key, at):
    """As Meta does it: the body in hex behind a prefix."""
    del at
    request["headers"]["X-Hub-Signature-256"] = "sha256=" + _mac(key, request["body"]).hexdigest()


def timed(request, key, at):
    """As payment providers do it: time and signature in one header, SHA-512, beside one under a key that nobody has."""
    signed = _mac(key, b"%d." % at + request["body"], "sha512").hexdigest()
    request["headers"]["X-Sign"] = "t=%d,v1=%s,v1=%s" % (at, "00" * 64, signed)


def sorted_nonce(request, key, at):
    """Near to Plivo: address, sorted fields and a nonce."""
    fields = sorted(urllib.parse.parse_qsl(request["body"].decode(), keep_blank_values=True))
    text = url_of(request) + "".join(name + value for name, value in fields) + ".n%d" % at
    request["headers"].update({"X-Plain-Nonce": "n%d" % at, "X-Plain-Signature": _base64_mac(key, text.encode())})


SIGNERS = {"hub": hub, "timed": timed, "sorted_nonce": sorted_nonce, "sinch": sinch, "android_sms_gateway": android_sms_gateway, "httpsms": httpsms, "basic": basic, "header": header,
           "twilio": twilio, "vonage_sms": vonage_sms, "vonage_messages": vonage_messages, "telnyx": telnyx, "plivo_v2": plivo_v2,
           "plivo_v3": plivo_v3, "messagebird_jwt": messagebird_jwt, "messagebird_legacy": messagebird_legacy,
           "bird_channels": bird_channels}
