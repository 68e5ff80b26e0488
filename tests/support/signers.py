# SPDX-License-Identifier: GPL-3.0-or-later
# signers - how providers prove themselves, for requests that tests make themselves.
# What:  SIGNERS[scheme](request, key, at) adds to a request what that provider would add. `request` is a dict with method, path, query,
#        headers and body (bytes); `at` is the time in seconds that the provider's clock shows; `key` is the group's `key` of the corpus.
# Keeps: written from the providers' own descriptions, apart from the handlers.
import base64
import hashlib
import hmac
import json


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


SIGNERS = {"sinch": sinch, "android_sms_gateway": android_sms_gateway, "httpsms": httpsms, "basic": basic, "header": header}
