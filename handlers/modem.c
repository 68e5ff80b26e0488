/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modem - SMS through a modem with a SIM card of its own, by the worker helpline-modem.
 * What:  a frame of that worker (gateway/PROTOCOL.md 2.8) is a request of method SMS whose body is the frame: a PDU, a
 *        delivery report, a call that nobody took, or bytes that are no PDU.
 * Why:   every octet comes from a stranger's phone; what cannot be read is an error, so that core keeps it in
 *        quarantine and the slot of the SIM becomes free all the same.
 * Keeps: a name that looks like a number never becomes one: any bulk sender may choose it, and a responder's number
 *        would take cases.
 * Not here: the codec (gsm/), sending (modem_send.c), slots and AT commands (gateway/modem).
 */
#include "handlers/modem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/json/json.h"
#include "handlers/ack.h"
#include "handlers/contentid.h"
#include "handlers/gsm/pdu.h"
#include "handlers/inbound.h"
#include "handlers/jsonhook.h"
#include "handlers/report.h"

#define METHOD "SMS"       /* no HTTP request has it: the HTTP layer knows GET and POST */
#define PART_BYTES_MAX 512 /* of one part as UTF-8: 160 septets of three bytes at most */
#define PARTS_MAX 255      /* of one message */
#define LENGTH_MAX 1000    /* announced octets; the codec refuses far less */
#define TYPE_INTERNATIONAL 145
#define CALL_KEY_MAX 64
#define READ_AT_MAX 4102444800000 /* the year 2100: later than any clock that can be believed */
#define PIN_MIN 4
#define PIN_MAX 8
#define PID_SILENT 0x40u

static const char *const storage_words[] = { "auto", "SM", "ME", NULL };
static const char *const calls_words[] = { "contact", "ignore", NULL };

static const struct key keys[] = {
    { .name = "device",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED,
        .min = 2,
        .max = 255,
        .doc =
            "The serial device that takes AT commands, by its name under /dev/serial/by-id, which stays when the stick is "
            "plugged in elsewhere.",
        .example = "/dev/serial/by-id/usb-HUAWEI_Mobile-if02-port0" },
    { .name = "pin",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 128,
        .doc =
            "The PIN of the SIM, 4 to 8 digits. A wrong one is tried once and not again until another stands here. A SIM "
            "without a PIN is better: nobody has to type it after a power cut." },
    { .name = "number", .type = KEY_TEXT, .max = 32, .doc = "The number of the SIM, with plus and country." },
    { .name = "storage",
        .type = KEY_WORD,
        .words = storage_words,
        .fallback = "auto",
        .doc = "The memory for received messages; auto takes the SIM, or what the modem offers first." },
    { .name = "sweep_every",
        .type = KEY_DURATION,
        .min = 1000,
        .max = 3600000,
        .fallback = "30 s",
        .doc = "How often all slots are listed, also when the modem announces nothing." },
    { .name = "health_every",
        .type = KEY_DURATION,
        .min = 1000,
        .max = 3600000,
        .fallback = "30 s",
        .doc = "How often signal, registration and memory are looked at." },
    { .name = "reports",
        .type = KEY_BOOL,
        .fallback = "true",
        .doc = "Ask the network for delivery reports; some operators charge for them." },
    { .name = "calls",
        .type = KEY_WORD,
        .words = calls_words,
        .fallback = "contact",
        .doc = "What a missed call is: a contact that opens a case, or nothing. It is never answered." },
    { .name = "send_interval",
        .type = KEY_DURATION,
        .max = 10000,
        .fallback = "0 s",
        .doc = "The pause between two SMS of one message, where an operator blocks who sends fast." },
    { .name = "validity",
        .type = KEY_DURATION,
        .min = 300000,
        .max = 604800000,
        .fallback = "24 h",
        .doc =
            "How long the network keeps trying to deliver, and how long we try again when it takes nothing for now." },
    { .name = "text_max",
        .type = KEY_INT,
        .min = 70,
        .max = MODEM_TEXT_MAX,
        .fallback = "1600",
        .doc = "The longest text that is sent, in UTF-16 units; a longer one is cut and ends in \"...\"." },
    { .name = "national_tables",
        .type = KEY_BOOL,
        .fallback = "false",
        .doc =
            "Write Turkish, Spanish, Portuguese and Indian languages with their shift tables where that saves SMS; old phones "
            "show other characters then." },
    { .name = "ussd",
        .type = KEY_TEXT,
        .max = 32,
        .doc = "The code that asks the operator for the credit, such as *123#; without it the credit is not known." },
    { .name = "ussd_every",
        .type = KEY_DURATION,
        .min = 60000,
        .max = 2592000000,
        .fallback = "24 h",
        .doc = "How often the credit is asked for." },
    { .name = "credit_low",
        .type = KEY_INT,
        .max = 1000000,
        .fallback = "0",
        .doc = "Alarm when the answer to that code names less than this, in the currency's unit; 0 = do not." },
    { .name = "silent_after",
        .type = KEY_DURATION,
        .max = 2592000000,
        .fallback = "0 s",
        .doc =
            "Alarm when nothing at all was received for so long; \"0 s\" = do not. A looped test tells sooner and more." },
    { .name = "baud",
        .type = KEY_INT,
        .min = 1200,
        .max = 4000000,
        .fallback = "115200",
        .doc = "The speed of a real serial line; USB ignores it." },
    { .name = "deadline_percent",
        .type = KEY_INT,
        .min = 5,
        .max = 1000,
        .fallback = "100",
        .doc = "Scales every deadline of the dialogue with the modem: more for a slow one, less for tests." },
    { .name = NULL },
};

static enum verdict verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)settings, (void)now_ms;
    /* The peer of the worker's socket was checked; nothing that came by HTTP has this method. */
    return str_equal(request->method, METHOD) ? VERDICT_VALID : VERDICT_INVALID;
}

/* ---- a frame --------------------------------------------------------------------------------------------------- */

static json_t *read_frame(const struct request *request)
{
    struct error error;
    json_t *frame = json_read(request->body, &error);
    if (json_is_object(frame))
        return frame;
    json_decref(frame);
    return NULL;
}

static bool is_pdu(const json_t *frame)
{
    const char *kind = json_text(frame, "kind", "");
    return str_equal(kind, "pdu") || str_equal(kind, "report");
}

static int read_pdu(const json_t *frame, struct gsm_pdu *ret)
{
    int64_t length = json_int(frame, "length", -1);
    if (!is_pdu(frame) || length > LENGTH_MAX)
        return ERR_INVALID;
    return gsm_pdu_parse(span_of(json_text(frame, "pdu", "")), length < 0 ? -1 : (int)length, ret);
}

/* ---- messages -------------------------------------------------------------------------------------------------- */

/* Octets that are no text are shown as octets, so that nothing is lost; unless they read as text, which some phones
 * send so. */
static void add_data(const struct gsm_pdu *pdu, struct buf *out)
{
    struct span octets = { (const char *)pdu->data, pdu->data_len };
    bool is_text = pdu->alphabet == GSM_8BIT && !pdu->has_ports && octets.len > 0;
    for (size_t i = 0; is_text && i < octets.len; i++)
        is_text = pdu->data[i] >= 0x20 || pdu->data[i] == '\n' || pdu->data[i] == '\r';
    if (is_text && inbound_decode(out, octets, NULL) == 0)
        return;
    buf_add_text(out, "[data] ");
    str_hex_encode(out, octets.data, octets.len);
}

/* ERR_NOMEM. */
static int add_text(const struct gsm_pdu *const *parts, size_t count, struct buf *out)
{
    size_t size = count * PART_BYTES_MAX + 1;
    AUTO_FREE char *text = malloc(size);
    if (!text)
        return ERR_NOMEM;
    size_t len = gsm_pdu_text(parts, count, text, size);
    len = len < size ? len : strlen(text);
    for (size_t i = 0; i < len; i++)
        text[i] = text[i] ? text[i] : ' ';
    buf_add(out, text, len);
    return buf_check(out);
}

static bool has_text(const struct gsm_pdu *pdu)
{
    return pdu->alphabet == GSM_7BIT || pdu->alphabet == GSM_UCS2;
}

/* A name of digits would be read as a number further on, so it is quoted. */
static void set_sender(const struct gsm_pdu *pdu, struct sms_in *sms)
{
    sms->from_kind = phone_normalise(pdu->address, NULL, sms->from);
    if (!pdu->is_alphanumeric || sms->from_kind == PHONE_HIDDEN)
        return;
    sms->from_kind = PHONE_ALPHANUMERIC;
    bool is_name = false;
    for (const char *at = pdu->address; *at; at++)
        is_name = is_name || (*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z');
    if (is_name)
        str_copy(sms->from, sizeof sms->from, pdu->address);
    else
        (void)snprintf(sms->from, sizeof sms->from, "name \"%s\"", pdu->address);
}

static void set_part(const struct gsm_pdu *pdu, struct sms_in *sms)
{
    if (pdu->part == 0 || pdu->part_total < 2 || !has_text(pdu))
        return;
    sms->part = pdu->part;
    sms->part_total = pdu->part_total;
    (void)snprintf(sms->part_ref, sizeof sms->part_ref, pdu->is_part_ref_16bit ? "%u/16" : "%u", pdu->part_ref);
}

/* Voice mail lamps, silent pings and settings for the phone say nothing, and nobody is woken by them. */
static bool is_machine(const struct gsm_pdu *pdu)
{
    return pdu->has_ports || pdu->waiting != GSM_WAITING_NONE || pdu->protocol_id == PID_SILENT;
}

static int fill_message(
    const struct settings *settings, const json_t *frame, const struct gsm_pdu *pdu, struct sms_in *sms)
{
    AUTO_BUF text;
    buf_init(&text, INBOUND_TEXT_MAX);
    buf_add_text(&text, "");
    *sms = (struct sms_in){ .provider_intent = INTENT_help, .sent_at = pdu->sent_at };
    set_sender(pdu, sms);
    (void)phone_normalise(settings_text(settings, "number"), NULL, sms->to);
    set_part(pdu, sms);
    if (has_text(pdu) && add_text(&pdu, 1, &text))
        return ERR_NOMEM;
    bool is_empty = str_trim(buf_span(&text)).len == 0;
    if (!has_text(pdu))
        add_data(pdu, &text);
    if (is_empty && is_machine(pdu))
        sms->provider_intent = INTENT_not_help;
    const char *hex = json_text(frame, "pdu", "");
    sms->text = buf_take(&text);
    sms->raw = sms->part ? strdup(hex) : NULL;
    if (!sms->text || (sms->part && !sms->raw)) {
        sms_in_done(sms);
        return ERR_NOMEM;
    }
    contentid_set(span_of(hex), sms);
    return 1;
}

/* It has no text; when it rang is the same when the worker tells it again. */
static int fill_call(const struct settings *settings, const json_t *frame, struct sms_in *sms)
{
    char number[PHONE_MAX], key[CALL_KEY_MAX];
    const char *from = json_text(frame, "from", "");
    bool is_bare = json_int(frame, "type", 0) == TYPE_INTERNATIONAL && *from >= '0' && *from <= '9';
    if (str_equal(settings_text(settings, "calls"), "ignore"))
        return 0;
    *sms = (struct sms_in){ .provider_intent = INTENT_help, .is_call = true };
    str_copy(number, sizeof number, is_bare ? "+" : "");
    struct span shown = span_of(from);
    shown.len = utf8_prefix(shown, sizeof number - 2);
    str_copy_span(number + is_bare, sizeof number - is_bare, shown);
    sms->from_kind = phone_normalise(number, NULL, sms->from);
    (void)phone_normalise(settings_text(settings, "number"), NULL, sms->to);
    int64_t read_at = json_int(frame, "read_at", 0);
    sms->sent_at = read_at > 0 && read_at < READ_AT_MAX ? read_at : 0;
    sms->text = strdup("");
    if (!sms->text)
        return ERR_NOMEM;
    (void)snprintf(key, sizeof key, "call:%lld", (long long)sms->sent_at);
    if (sms->sent_at)
        contentid_set(span_of(key), sms);
    return 1;
}

static int parse_message(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    struct gsm_pdu pdu;
    AUTO_JSON *frame = read_frame(request);
    if (!frame)
        return ERR_INVALID;
    if (max < 1)
        return ERR_LIMIT;
    if (str_equal(json_text(frame, "kind", ""), "call"))
        return fill_call(settings, frame, out);
    if (read_pdu(frame, &pdu))
        return ERR_INVALID;
    return pdu.type == GSM_DELIVER ? fill_message(settings, frame, &pdu, out) : 0;
}

/* One character may lie across two parts, so their octets are put together first. */
static int join(const struct settings *settings, const char *const *raws, size_t count, struct buf *out)
{
    (void)settings;
    const struct gsm_pdu *parts[PARTS_MAX];
    if (count > PARTS_MAX)
        return ERR_LIMIT;
    AUTO_FREE struct gsm_pdu *pdus = calloc(count ? count : 1, sizeof *pdus);
    if (!pdus)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        if (gsm_pdu_parse(span_of(raws[i]), -1, &pdus[i]))
            return ERR_INVALID;
        parts[i] = &pdus[i];
    }
    return add_text(parts, count, out);
}

/* ---- reports --------------------------------------------------------------------------------------------------- */

static int status_of(const struct gsm_pdu *pdu)
{
    switch (gsm_pdu_fate(pdu->status)) {
    case GSM_DELIVERED:
    case GSM_FORWARDED: /* the other network does not say more, and never will */
        return REPORT_DELIVERED;
    case GSM_TRYING:
        return REPORT_PENDING;
    default: /* 23.040 9.2.3.15: from 0x60 on the reason was a passing one */
        return pdu->status >= 0x60 && pdu->status < 0x80 ? REPORT_FAILED_TEMPORARY : REPORT_FAILED;
    }
}

static int parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max)
{
    (void)settings;
    struct gsm_pdu pdu;
    AUTO_JSON *frame = read_frame(request);
    if (!frame || read_pdu(frame, &pdu))
        return ERR_INVALID;
    if (pdu.type != GSM_STATUS_REPORT)
        return 0;
    if (max < 1)
        return ERR_LIMIT;
    *out = (struct delivery_report){ .status = (unsigned)status_of(&pdu), .at = pdu.discharged_at };
    (void)snprintf(out->remote_id, sizeof out->remote_id, "%u", pdu.reference);
    (void)snprintf(out->provider_code, sizeof out->provider_code, "st-%02x", pdu.status);
    (void)phone_normalise(pdu.address, NULL, out->to);
    return 1;
}

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    (void)settings;
    ack_fill(to, 200, ret_reply);
}

/* ---- settings -------------------------------------------------------------------------------------------------- */

static void add_texts(const struct settings *settings, json_t *object)
{
    static const char *const names[] = { "device", "pin", "storage", "calls", "ussd" };
    for (size_t i = 0; i < STR_COUNT(names); i++) {
        const char *text = settings_text(settings, names[i]);
        if (*text)
            json_object_set_new(object, names[i], json_string(text));
    }
}

static int write_modem(const struct settings *settings, struct buf *out)
{
    AUTO_JSON *object = json_object();
    if (!object)
        return ERR_NOMEM;
    add_texts(settings, object);
    int rc = json_object_set_new(object, "sweep_s", json_integer(settings_int(settings, "sweep_every") / 1000)) ||
             json_object_set_new(object, "health_s", json_integer(settings_int(settings, "health_every") / 1000)) ||
             json_object_set_new(object, "reports", json_boolean(settings_bool(settings, "reports"))) ||
             json_object_set_new(object, "send_interval_ms", json_integer(settings_int(settings, "send_interval"))) ||
             json_object_set_new(object, "ussd_every_s", json_integer(settings_int(settings, "ussd_every") / 1000)) ||
             json_object_set_new(object, "baud", json_integer(settings_int(settings, "baud"))) ||
             json_object_set_new(object, "deadline_percent", json_integer(settings_int(settings, "deadline_percent")));
    return rc ? ERR_NOMEM : json_write(object, out);
}

static int check_pin(const char *pin, struct error *error)
{
    size_t len = strlen(pin);
    if (len == 0 || (len >= PIN_MIN && len <= PIN_MAX && strspn(pin, "0123456789") == len))
        return 0;
    return error_set(error, ERR_INVALID, "pin is 4 to 8 digits");
}

/* Those that the driver can set (gateway/modem/serial.c). */
static bool is_speed(int64_t baud)
{
    static const int64_t speeds[] = { 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600 };
    for (size_t i = 0; i < STR_COUNT(speeds); i++)
        if (speeds[i] == baud)
            return true;
    return false;
}

static int check(const struct settings *settings, struct error *error)
{
    char number[PHONE_MAX];
    const char *own = settings_text(settings, "number"), *ussd = settings_text(settings, "ussd");
    if (settings_text(settings, "device")[0] != '/')
        return error_set(error, ERR_INVALID, "device is a path that begins with a slash");
    if (*own && phone_normalise(own, NULL, number) != PHONE_E164)
        return error_set(error, ERR_INVALID, "number is written with plus and country, such as +15005550006");
    if (strspn(ussd, "*#0123456789") != strlen(ussd))
        return error_set(error, ERR_INVALID, "ussd is made of digits, * and #");
    if (!is_speed(settings_int(settings, "baud")))
        return error_set(error, ERR_INVALID, "baud is no speed of a serial device: 115200 is usual");
    return check_pin(settings_text(settings, "pin"), error);
}

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    (void)settings, (void)now_ms, (void)out;
    return error_set(error, ERR_UNSUPPORTED,
        "a modem proves nothing: its worker is known by the user it runs as; whether it receives shows when a text is sent "
        "to its number, and `channels list` shows whether it is ready");
}

const struct channel_ops modem_channel = {
    .kind = "modem",
    .summary = "SMS through a USB modem with a SIM card of its own",
    .caps = CHANNEL_RECEIVES | CHANNEL_SENDS | CHANNEL_REPORTS | CHANNEL_SMS | CHANNEL_SPLITS | CHANNEL_ALERTS |
            CHANNEL_MODEM,
    .keys = keys,
    .verify = verify,
    .parse_message = parse_message,
    .parse_status = parse_status,
    .answer = answer,
    .build_send = modem_build_send,
    .read_reply = modem_read_reply,
    .join = join,
    .write_modem = write_modem,
    .build_self_test = build_self_test,
    .check = check,
};
