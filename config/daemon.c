/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * daemon - see daemon.h. A default stands here and nowhere else.
 * Not here: keys of a channel kind (its own file in handlers/); checks over two keys (the load_*.c files).
 */
#include "config/daemon.h"

#include <assert.h>
#include <stddef.h>

#include "config/config.h"

#define DAY_MS 86400000LL
#define HOUR_MS 3600000LL

const char *const daemon_urgency_words[] = {
#define URGENCY(word, meaning) #word,
#include "gateway/base/words.def"
#undef URGENCY
    NULL
};
static const char *const category_words[] = {
#define CATEGORY(word, usual, meaning) #word,
#include "gateway/base/words.def"
#undef CATEGORY
    NULL
};
static const char *const flag_words[] = {
#define FLAG(word, meaning) #word,
#include "gateway/base/words.def"
#undef FLAG
    NULL
};
const char *const daemon_replies_words[] = { "off", "silent", "neutral", NULL };
const char *const daemon_consent_words[] = { "off", "ask", NULL };
static const char *const signature_words[] = { "enforce", "shadow", NULL };
static const char *const direction_words[] = { "in", "out", "both", NULL };

#define DAEMON_END                                                                                                     \
    {                                                                                                                  \
        .name = NULL                                                                                                   \
    }

static const struct key root_keys[] = { { "database", KEY_TEXT, KEY_REQUIRED, 1, 1024, NULL, NULL,
                                            "The database file; its folder must belong to the service's user.",
                                            "/var/lib/helplined/helplined.db" },
    { "lexicon", KEY_TEXT, 0, 1, 1024, NULL, NULL,
        "The folder of the word lists, one file a language. Without it: the folder `lexicon` beside this file if there is one, "
        "else /usr/share/helplined/lexicon.",
        NULL },
    { "replies_texts", KEY_TEXT, 0, 1, 1024, NULL, NULL,
        "The folder of the fixed sentences, one file a language. Without it: the folder `replies` beside this file if there is "
        "one, else beside the lexicon, else /usr/share/helplined/replies.",
        NULL },
    { "commands", KEY_TEXT, 0, 1, 1024, NULL, NULL,
        "The file of the words that contacts answer with (OK, NO, END ... in their languages). Without it: commands.conf in the "
        "same places; the English words always work.",
        NULL },
    { "countries", KEY_TEXT, 0, 1, 1024, NULL, NULL,
        "The file of the countries' sending rules. Without it: countries.conf in the same places.", NULL },
    { "public_url", KEY_URL, 0, 0, 0, NULL, NULL,
        "Where contacts reach the pages of this server; links for acknowledging begin with it. Without it alerts carry no link.",
        "https://helpline.example.org" },
    DAEMON_END };

static const struct key listen_keys[] = {
    { "webhooks", KEY_TEXT, 0, 1, 120, "127.0.0.1:8480", NULL,
        "Where providers deliver messages: a numeric address with a port (0 = any free one), or unix:PATH. TLS is the task of "
        "a proxy in front.",
        NULL },
    { "console", KEY_TEXT, 0, 0, 120, NULL, NULL,
        "Where the pages for people are served, in the same form; empty = nowhere.", "127.0.0.1:8481" },
    { "proxies", KEY_TEXTS, 0, 2, 45, NULL, NULL,
        "Numeric addresses of proxies on other machines that stand before the console: what they say in X-Forwarded-For about "
        "who asks is believed. This machine is always believed.",
        NULL },
    { "metrics", KEY_BOOL, 0, 0, 0, "true", NULL,
        "Figures without personal data for Prometheus at /metrics of the console's address, and the health of the line and "
        "its modems at /healthz/detail, for who asks without a proxy between; false = neither.",
        NULL },
    { "control", KEY_TEXT, 0, 1, 1024, "/run/helplined/control.sock", NULL, "The socket of helplinectl(1).", NULL },
    { "workers", KEY_TEXT, 0, 1, 1024, "/run/helplined/workers.sock", NULL,
        "The socket to which the sender and the modem programs connect.", NULL },
    DAEMON_END
};

static const struct key keys_keys[] = {
    { "hot", KEY_TEXT, KEY_REQUIRED, 1, 1024, NULL, NULL,
        "Opens the keys of the cases: 32 bytes, or 64 hexadecimal digits, by @credential:NAME or @file:PATH. Whoever has it "
        "and the database reads every open case.",
        "@credential:hot.key" },
    { "index", KEY_TEXT, KEY_REQUIRED, 1, 1024, NULL, NULL,
        "Finds the case of a telephone number without storing the number: 32 bytes as above, another value. It cannot be "
        "changed later without losing that link.",
        "@credential:index.key" },
    DAEMON_END
};

static const struct key limits_keys[] = {
    { "body_max", KEY_INT, 0, 1024, 1048576, "16384", NULL,
        "Bytes of one inbound request; more is answered 413. A channel whose provider sends lists has room for one.",
        NULL },
    { "connections_max", KEY_INT, 0, 8, 8192, "512", NULL, "Inbound connections at a time.", NULL },
    { "request_deadline", KEY_DURATION, 0, 1000, 60000, "10 s", NULL,
        "A request that is not complete after this is cut off.", NULL },
    { "second_address_after", KEY_DURATION, 0, 5000, HOUR_MS, "60 s", NULL,
        "A critical alert that nobody has answered by then goes to the next address of its contact as well.", NULL },
    { "drain_deadline", KEY_DURATION, 0, 0, 5 * 60000, "10 s", NULL,
        "How long an orderly stop waits for what is in flight.", NULL },
    DAEMON_END
};

static const struct key storage_keys[] = {
    { "ballast", KEY_INT, 0, 0, 4096, "16", NULL,
        "Mebibytes that a file beside the database keeps free on the disk: it is removed when the disk is full, and made "
        "again when there is room. 0 = none.",
        NULL },
    { "spool", KEY_TEXT, 0, 1, 1024, NULL, NULL,
        "The folder that keeps texts, encrypted, while the database cannot; best on another disk. Without it: the name of "
        "the database with `.spool`.",
        NULL },
    { "spool_max", KEY_INT, 0, 1, 4096, "64", NULL, "Mebibytes of such texts; beyond that, providers are answered 503.",
        NULL },
    DAEMON_END
};

static const struct key replies_keys[] = {
    { "mode", KEY_WORD, 0, 0, 0, "off", daemon_replies_words,
        "off or silent: nothing automatic is sent (silent says that this is meant); neutral: one text without name, "
        "link or telling word, for whom no rule says otherwise. A reply can be read by somebody else.",
        NULL },
    { "window", KEY_DURATION, 0, HOUR_MS, 30 * DAY_MS, "24 h", NULL,
        "At most one automatic reply to a number within this time.", NULL },
    { "daily_budget", KEY_INT, 0, 1, 100000, "200", NULL,
        "Automatic messages to all persons together within 24 hours; after that only people write.", NULL },
    DAEMON_END
};

static const struct key reply_rule_keys[] = { { "mode", KEY_WORD, KEY_REQUIRED, 0, 0, NULL, daemon_replies_words,
                                                  "What is done when the rule fits.", NULL },
    { "languages", KEY_TEXTS, 0, 2, LANGUAGE_MAX - 1, NULL, NULL,
        "Fits when her text is in one of these (BCP 47 tags).", NULL },
    { "countries", KEY_TEXTS, 0, 2, 2, NULL, NULL,
        "Fits when her phone is in one of these (ISO 3166 codes; \"??\" = unknown).", NULL },
    { "urgencies", KEY_WORDS, 0, 0, 0, NULL, daemon_urgency_words, "Fits exactly these.", NULL }, DAEMON_END };

static const struct key consent_keys[] = {
    { "mode", KEY_WORD, 0, 0, 0, "off", daemon_consent_words,
        "off: authorities are held until a person records her consent; ask: she is asked one neutral question in her language, "
        "and her yes releases them.",
        NULL },
    DAEMON_END
};

static const struct key auditor_keys[] = {
    { "contacts", KEY_TEXTS, 0, 1, NAME_MAX_LEN - 1, NULL, NULL,
        "Who is told when something that was due did not happen; empty = it is only logged and listed.", "network" },
    { "every", KEY_DURATION, 0, 1000, HOUR_MS, "1 min", NULL, "How often it compares.", NULL },
    { "stale_after", KEY_DURATION, 0, DAY_MS, 365 * DAY_MS, "30 d", NULL,
        "A contact whose address carried nothing, or who answered no drill, for so long is reported.", NULL },
    DAEMON_END
};

static const struct key retention_keys[] = {
    { "text_after", KEY_DURATION, 0, DAY_MS, 3650 * DAY_MS, "90 d", NULL,
        "Texts, notes and numbers of a case are destroyed so long after it was closed.", NULL },
    { "quarantine_after", KEY_DURATION, 0, DAY_MS, 365 * DAY_MS, "30 d", NULL,
        "A quarantined request that nobody has looked at is destroyed after this.", NULL },
    DAEMON_END
};

static const struct key sender_keys[] = {
    { "private_networks", KEY_BOOL, 0, 0, 0, "false", NULL,
        "Let the sender connect to loopback and private addresses: for trials, or for a mail relay in the house.",
        NULL },
    DAEMON_END
};

static const struct key channel_keys[] = {
    { "name", KEY_TEXT, KEY_REQUIRED, 1, NAME_MAX_LEN - 1, NULL, NULL,
        "Small letters, digits, '-' and '_'. It is part of the address for the provider: /in/NAME/message, and /in/NAME/status "
        "for delivery reports.",
        NULL },
    { "kind", KEY_TEXT, KEY_REQUIRED, 1, NAME_MAX_LEN - 1, NULL, NULL, "What it speaks; the kinds are listed below.",
        NULL },
    { "enabled", KEY_BOOL, 0, 0, 0, "true", NULL, "false: it is checked, and takes part in nothing.", NULL },
    { "direction", KEY_WORD, 0, 0, 0, "both", direction_words, "Use only one side of what the kind can do.", NULL },
    { "country", KEY_TEXT, 0, 2, 2, NULL, NULL,
        "ISO 3166 code of the country where its number stands; numbers in local form are read by it.", NULL },
    { "number", KEY_TEXT, 0, 5, 32, NULL, NULL,
        "The telephone number of this channel, with + and country: where a looped test (loop_tests) of it is sent.",
        NULL },
    { "signature", KEY_WORD, 0, 0, 0, "enforce", signature_words,
        "enforce: a request that does not prove its origin is refused and kept in quarantine. shadow: its text is taken, "
        "marked as unproved, obeyed in nothing (a STOP holds what would be sent to her, for a person to decide) and never "
        "answered by the machine; only for the hour in which a "
        "provider is set up or a secret is changed, and the auditor alarms every day until it ends.",
        NULL },
    { "senders", KEY_TEXTS, 0, 4, 24, NULL, NULL,
        "What shows as sender in a country instead of the usual: \"SA=Line\" (a name that is registered there, at most 11 "
        "letters) or \"SG=+6591234567\" (a number of yours). Nobody can answer a name, so she is asked nothing there.",
        NULL },
    { "in_flight_max", KEY_INT, 0, 1, 256, "8", NULL, "Messages handed to the sender at a time.", NULL },
    { "attempts_max", KEY_INT, 0, 1, 100, "12", NULL, "Tries before a message is given up and listed as dead.", NULL },
    { "retry_first", KEY_DURATION, 0, 100, HOUR_MS, "2 s", NULL,
        "Wait before the second try; it doubles from try to try.", NULL },
    { "retry_max", KEY_DURATION, 0, 1000, DAY_MS, "10 min", NULL, "The longest wait between two tries.", NULL },
    { "catch_up", KEY_DURATION, 0, 0, DAY_MS, "5 min", NULL,
        "How often the provider's own list of received messages is read, where the kind can, for what no webhook "
        "brought; it is also read at start and after a reload. \"0 s\" turns it off.",
        NULL },
    { "catch_up_max", KEY_DURATION, 0, HOUR_MS, 30 * DAY_MS, "2 d", NULL,
        "How far back it is read at most; what was sent before that is left out.", NULL },
    DAEMON_END
};

static const struct key contact_keys[] = { { "name", KEY_TEXT, KEY_REQUIRED, 1, NAME_MAX_LEN - 1, NULL, NULL,
                                               "Small letters, digits, '-' and '_'.", NULL },
    { "title", KEY_TEXT, KEY_REQUIRED, 1, 120, NULL, NULL, "How people call it.", NULL },
    { "kind", KEY_WORD, KEY_REQUIRED, 0, 0, NULL, contact_kind_words,
        "ngo and shelter are alerted at once; the others are authorities and are held until she agrees, or a named person "
        "overrides. A recruitment agency cannot be a contact.",
        NULL },
    { "trust", KEY_WORD, 0, 0, 0, "masked", contact_trust_words,
        "minimal: code, urgency, category and country; masked: the text with numbers and names hidden; full: everything.",
        NULL },
    { "languages", KEY_TEXTS, 0, 2, LANGUAGE_MAX - 1, NULL, NULL,
        "BCP 47 tags of what its staff speak; empty = not known.", NULL },
    { "countries", KEY_TEXTS, 0, 2, 2, NULL, NULL, "ISO 3166 codes of where it can help; empty = anywhere.", NULL },
    { "staff_sex", KEY_WORD, 0, 0, 0, "unknown", contact_sex_words, "Who answers there.", NULL },
    { "time_zone", KEY_TEXT, 0, 1, ZONE_NAME_MAX - 1, "UTC", NULL,
        "IANA name, such as Asia/Riyadh, for duty and holidays.", NULL },
    { "duty", KEY_TEXTS, 0, 1, 60, NULL, NULL,
        "When it is staffed: \"Sun-Thu 08:00-17:00\", \"Fri,Sat 20:00-06:00\" over midnight, \"daily 00:00-24:00\"; empty = "
        "all hours. A critical alert ignores it.",
        NULL },
    { "holidays", KEY_TEXTS, 0, 5, 10, NULL, NULL,
        "Days off duty: \"2026-12-25\", or \"12-25\" for every year; a night that began the day before goes on.",
        NULL },
    { "reply_channel", KEY_TEXT, 0, 1, NAME_MAX_LEN - 1, NULL, NULL,
        "The channel on which its answers by SMS come in: on another nothing of it is obeyed, and it is told so; empty = any "
        "channel.",
        NULL },
    DAEMON_END };

static const struct key address_keys[] = { { "channel", KEY_TEXT, KEY_REQUIRED, 1, NAME_MAX_LEN - 1, NULL, NULL,
                                               "Name of a channel that sends.", NULL },
    { "to", KEY_TEXT, KEY_REQUIRED, 1, CONFIG_ADDRESS_LEN_MAX, NULL, NULL,
        "Telephone number with + and country, mail address or URL, as the channel needs it.", NULL },
    DAEMON_END };

static const struct key policy_keys[] = { { "name", KEY_TEXT, KEY_REQUIRED, 1, NAME_MAX_LEN - 1, NULL, NULL,
                                              "Small letters, digits, '-' and '_'.", NULL },
    { "repeat", KEY_DURATION, 0, 0, 7 * DAY_MS, "0 s", NULL,
        "After the last step start again when so long nobody took the case; 0 s = do not.", NULL },
    { "contacted_within", KEY_DURATION, 0, 60000, 7 * DAY_MS, "15 min", NULL,
        "When a case was taken but nobody recorded that she was reached, the alarm resumes after this.", NULL },
    { "consent_given", KEY_BOOL, 0, 0, 0, "false", NULL,
        "True for routes on which her first text itself asks for the embassy or another authority: authorities in these "
        "steps are alerted without asking her, unless she wrote that they must not be told.",
        NULL },
    DAEMON_END };

static const struct key step_keys[] = {
    { "after", KEY_DURATION, 0, 0, 7 * DAY_MS, "0 s", NULL,
        "How long after the case was opened; the first step has 0 s, each next one more.", NULL },
    { "contacts", KEY_TEXTS, KEY_REQUIRED, 1, NAME_MAX_LEN - 1, NULL, NULL, "Who is alerted then.", NULL }, DAEMON_END
};

static const struct key route_keys[] = { { "policy", KEY_TEXT, KEY_REQUIRED, 1, NAME_MAX_LEN - 1, NULL, NULL,
                                             "What is done with a case that fits.", NULL },
    { "categories", KEY_WORDS, 0, 0, 0, NULL, category_words, "Fits when the case has one of these.", NULL },
    { "urgency_min", KEY_WORD, 0, 0, 0, NULL, daemon_urgency_words, "Fits from this urgency upwards.", NULL },
    { "urgencies", KEY_WORDS, 0, 0, 0, NULL, daemon_urgency_words, "Fits exactly these; not together with urgency_min.",
        NULL },
    { "flags", KEY_WORDS, 0, 0, 0, NULL, flag_words, "Fits when the case has one of these.", NULL },
    { "languages", KEY_TEXTS, 0, 2, LANGUAGE_MAX - 1, NULL, NULL,
        "Fits when her text is in one of these (BCP 47 tags).", NULL },
    { "countries", KEY_TEXTS, 0, 2, 2, NULL, NULL,
        "Fits when her phone is in one of these (ISO 3166 codes; \"??\" = unknown).", NULL },
    DAEMON_END };

static const struct key loop_test_keys[] = { { "from", KEY_TEXT, KEY_REQUIRED, 1, NAME_MAX_LEN - 1, NULL, NULL,
                                                 "The channel that sends the test.", NULL },
    { "to", KEY_TEXT, KEY_REQUIRED, 1, NAME_MAX_LEN - 1, NULL, NULL,
        "The channel whose `number` it is sent to, and on which it must come in; may be the same as `from`.", NULL },
    { "every", KEY_DURATION, 0, 5000, 7 * DAY_MS, "1 h", NULL, "How often a test is sent; each costs an SMS.", NULL },
    { "within", KEY_DURATION, 0, 1000, DAY_MS, "5 min", NULL,
        "When it has not come in after this, the auditor's contacts are told; shorter than `every`.", NULL },
    DAEMON_END };

static const struct daemon_table tables[DAEMON_GROUP_COUNT] = {
    [DAEMON_ROOT] = { "", DAEMON_ROOT, false, true, "Keys outside any group.", root_keys },
    [DAEMON_LISTEN] = { "listen", DAEMON_ROOT, false, false,
        "Sockets. Those that systemd passes to the service are used instead of these.", listen_keys },
    [DAEMON_KEYS] = { "keys", DAEMON_ROOT, false, true,
        "Keys of the encryption at rest. They are never written into this file itself.", keys_keys },
    [DAEMON_LIMITS] = { "limits", DAEMON_ROOT, false, false, "Ceilings and deadlines.", limits_keys },
    [DAEMON_STORAGE] = { "storage", DAEMON_ROOT, false, false,
        "What happens when the disk is full, read-only or broken: texts are kept elsewhere and contacts are alerted from "
        "memory until it works again.",
        storage_keys },
    [DAEMON_REPLIES] = { "replies", DAEMON_ROOT, false, false, "What is sent to the person who texted.", replies_keys },
    [DAEMON_REPLY_RULES] = { "rules", DAEMON_REPLIES, true, false,
        "Exceptions from `mode`: the first rule whose conditions all fit decides.", reply_rule_keys },
    [DAEMON_CONSENT] = { "consent", DAEMON_ROOT, false, false,
        "Whether consulates, labour offices, police and medics may be told.", consent_keys },
    [DAEMON_AUDITOR] = { "auditor", DAEMON_ROOT, false, false,
        "Compares what should have been sent with what was, and tells by another way.", auditor_keys },
    [DAEMON_RETENTION] = { "retention", DAEMON_ROOT, false, false, "How long things are kept.", retention_keys },
    [DAEMON_SENDER] = { "sender", DAEMON_ROOT, false, false,
        "helpline-sender may contact only hosts that this file names.", sender_keys },
    [DAEMON_CHANNELS] = { "channels", DAEMON_ROOT, true, true,
        "Ways in and out. A channel has the keys below and those of its kind.", channel_keys },
    [DAEMON_CONTACTS] = { "contacts", DAEMON_ROOT, true, true, "Who receives alerts.", contact_keys },
    [DAEMON_ADDRESSES] = { "addresses", DAEMON_CONTACTS, true, true, "How to reach the contact, in the order to try.",
        address_keys },
    [DAEMON_POLICIES] = { "policies", DAEMON_ROOT, true, true, "Who is alerted when, until somebody takes the case.",
        policy_keys },
    [DAEMON_STEPS] = { "steps", DAEMON_POLICIES, true, true, "In rising order of time.", step_keys },
    [DAEMON_ROUTES] = { "routes", DAEMON_ROOT, true, true,
        "Which policy a case follows: the first route whose conditions all fit. The last one has no condition.",
        route_keys },
    [DAEMON_LOOP_TESTS] = { "loop_tests", DAEMON_ROOT, true, false,
        "The line tests itself: a coded SMS goes from one channel to the number of another, or of the same one, and must "
        "come in. It opens no case. When it stays out, the auditor's contacts are told by a channel that is neither.",
        loop_test_keys },
};

const struct daemon_table *daemon_table(enum daemon_group group)
{
    assert(group < DAEMON_GROUP_COUNT);
    return &tables[group];
}
