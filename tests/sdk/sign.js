// SPDX-License-Identifier: GPL-3.0-or-later
// sign - the official libraries of providers as a filter, for tests/integration/it_sdk.py: one JSON object a line in, one a line out.
// What:  {"sdk", "secret", "url", "text", "from"} gives the request that this provider would send now, with what its library says of it
//        (`accepts`) and of the same request with one byte changed (`accepts_altered`); {"check", ...} asks it about a request of ours.
// Why:   a library that can only verify cannot tell whether we understood it; so what is signed here by hand is shown to it first.
'use strict';
const crypto = require('crypto');
const readline = require('readline');

const FORM = 'application/x-www-form-urlencoded';
const now = () => Math.floor(Date.now() / 1000);
const sha256 = (data) => crypto.createHash('sha256').update(data).digest('hex');
const form = (fields) => new URLSearchParams(fields).toString();
const altered = (body) => body.replace('salt', 'silt');

async function holds(check) {
  try {
    return (await check()) !== false;
  } catch {
    return false;
  }
}

// Each gives headers, body and `verify(body)`, which throws or is false when the library refuses.
const providers = {
  async twilio({ secret, url, text, from }) {
    const twilio = require('twilio');
    const fields = { AccountSid: 'AC' + '0'.repeat(32), Body: text, From: from, MessageSid: 'SM' + crypto.randomBytes(16).toString('hex'),
      NumMedia: '0', To: '+966500000000' };
    const signature = twilio.getExpectedTwilioSignature(secret, url, fields);
    return { headers: { 'Content-Type': FORM, 'X-Twilio-Signature': signature }, body: form(fields),
      verify: (body) => twilio.validateRequest(secret, signature, url, Object.fromEntries(new URLSearchParams(body))) };
  },

  async telnyx({ secret, text, from }) {
    const Telnyx = require('telnyx').default;
    const { key, publicKey } = ed25519(secret);
    const body = JSON.stringify({ data: { event_type: 'message.received', id: crypto.randomUUID(), record_type: 'event', payload: {
      direction: 'inbound', id: crypto.randomUUID(), type: 'SMS', from: { phone_number: from }, to: [{ phone_number: '+13125550002' }], text } } });
    const at = String(now());
    const signature = crypto.sign(null, Buffer.from(at + '|' + body), key).toString('base64');
    const headers = { 'Content-Type': 'application/json', 'telnyx-timestamp': at, 'telnyx-signature-ed25519': signature };
    const client = new Telnyx({ apiKey: 'none', publicKey });
    return { headers, body, verify: (given) => client.webhooks.unwrap(given, { headers, key: publicKey }) };
  },

  async vonage({ secret, text, from }) {
    const { verifySignature } = require('@vonage/jwt');
    const body = JSON.stringify({ message_uuid: crypto.randomUUID(), from: from.slice(1), to: '447700900000', channel: 'sms', message_type: 'text',
      text, timestamp: new Date().toISOString() });
    const claims = { iat: now(), jti: crypto.randomUUID(), iss: 'Vonage', payload_hash: sha256(body), api_key: 'abcd1234' };
    const token = require('jsonwebtoken').sign(claims, secret, { algorithm: 'HS256' });
    return { headers: { 'Content-Type': 'application/json', Authorization: 'Bearer ' + token }, body,
      verify: (given) => verifySignature(token, secret) && sha256(given) === claims.payload_hash };
  },

  async plivo({ secret, url, text, from }) {
    const plivo = require('plivo');
    const fields = { From: from.slice(1), MessageUUID: crypto.randomUUID(), Text: text, To: '14155550100', Type: 'sms', Units: '1' };
    const nonce = crypto.randomBytes(10).toString('hex');
    const sorted = Object.keys(fields).sort().map((name) => name + fields[name]).join('');
    const mac = crypto.createHmac('sha256', secret).update(url + '?' + sorted + '.' + nonce).digest('base64');
    return { headers: { 'Content-Type': FORM, 'X-Plivo-Signature-V3': mac, 'X-Plivo-Signature-V3-Nonce': nonce }, body: form(fields),
      verify: (body) => plivo.validateV3Signature('POST', url, nonce, secret, mac, Object.fromEntries(new URLSearchParams(body))) };
  },

  async messagebird({ secret, url, text, from }) {
    const { verify } = require('messagebird/lib/webhook-signature-jwt');
    const { SignJWT } = require('jose');
    const key = crypto.createSecretKey(Buffer.from(secret, 'utf8'));
    const body = form({ id: crypto.randomUUID(), originator: from.slice(1), recipient: '31612345678', body: text, createdDatetime: new Date().toISOString() });
    const token = await new SignJWT({ url_hash: sha256(url), payload_hash: sha256(body) }).setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer('MessageBird').setJti(crypto.randomUUID()).setNotBefore(now()).setExpirationTime(now() + 60).sign(key);
    return { headers: { 'Content-Type': FORM, 'MessageBird-Signature-JWT': token }, body,
      verify: (given) => verify(url, Buffer.from(given), token, key) };
  },

  async standardwebhooks({ secret, text, from }) {
    const { Webhook } = require('standardwebhooks');
    const id = 'msg_' + crypto.randomBytes(12).toString('hex');
    const body = JSON.stringify({ id, from, text });
    const at = new Date();
    const headers = { 'Content-Type': 'application/json', 'webhook-id': id, 'webhook-timestamp': String(Math.floor(at / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, at, body) };
    return { headers, body, verify: (given) => new Webhook(secret).verify(given, headers) };
  },
};

function ed25519(seed) {
  const raw = crypto.createHash('sha256').update(seed).digest();
  const key = crypto.createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), raw]), format: 'der', type: 'pkcs8' });
  const der = crypto.createPublicKey(key).export({ format: 'der', type: 'spki' });
  return { key, publicKey: der.subarray(-32).toString('base64') };
}

// What the daemon has signed, in the eyes of a library.
const checks = {
  standardwebhooks({ secret, headers, body }) {
    const { Webhook } = require('standardwebhooks');
    new Webhook(secret).verify(body, headers);
  },
};

async function answer(asked) {
  if (asked.key) return { public_key: ed25519(asked.key).publicKey };
  if (asked.check) return { accepts: await holds(() => checks[asked.check](asked)) };
  const made = await providers[asked.sdk](asked);
  return { headers: made.headers, body: made.body, altered: altered(made.body), accepts: await holds(() => made.verify(made.body)),
    accepts_altered: await holds(() => made.verify(altered(made.body))) };
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + '\n');
}
main();
