/* SPDX-License-Identifier: GPL-3.0-or-later */
/* core_rig - see core_rig.h. Failures of the rig itself abort: a test on a broken rig proves nothing. */
#include "tests/support/core_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/core/kinds.h"

const char core_rig_text[] =
    "database = \"line.db\";\n"
    "public_url = \"https://line.example.org\";\n"
    "keys = { hot = \"@file:keys/hot.key\"; index = \"@file:keys/index.key\"; };\n"
    "channels = (\n"
    "  { name = \"in\"; kind = \"generic\"; direction = \"in\"; auth = \"token\"; secret = \"open-sesame\"; country = \"PH\"; },\n"
    "  { name = \"modem\"; kind = \"generic\"; direction = \"in\"; auth = \"token\"; secret = \"open-sesame\"; country = \"PH\"; },\n"
    "  { name = \"desk\"; kind = \"webhook\"; secret = \"whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\";\n"
    "    in_flight_max = 4; attempts_max = 3; retry_first = \"2 s\"; },\n"
    "  { name = \"post\"; kind = \"mail\"; url = \"smtps://mail.example.org:465\"; security = \"tls\"; from = \"line@example.org\";\n"
    "    attempts_max = 3; },\n"
    "  { name = \"self\"; kind = \"loopback\"; }\n"
    ");\n"
    "contacts = (\n"
    "  { name = \"ngo\"; title = \"Desk\"; kind = \"ngo\"; trust = \"full\";\n"
    "    addresses = ( { channel = \"desk\"; to = \"https://desk.example.org/a\"; },\n"
    "                  { channel = \"post\"; to = \"desk@example.org\"; } ); },\n"
    "  { name = \"house\"; title = \"House\"; kind = \"shelter\"; trust = \"masked\";\n"
    "    addresses = ( { channel = \"post\"; to = \"house@example.org\"; } ); },\n"
    "  { name = \"watch\"; title = \"Watch\"; kind = \"ngo\"; trust = \"minimal\";\n"
    "    addresses = ( { channel = \"self\"; to = \"+639175550199\"; } ); },\n"
    "  { name = \"embassy\"; title = \"Embassy\"; kind = \"consulate\"; trust = \"full\";\n"
    "    addresses = ( { channel = \"desk\"; to = \"https://embassy.example.org/\"; } ); }\n"
    ");\n"
    "policies = (\n"
    "  { name = \"all\"; repeat = \"1 h\"; steps = (\n"
    "    { contacts = [ \"ngo\", \"house\", \"watch\", \"embassy\" ]; },\n"
    "    { after = \"10 min\"; contacts = [ \"house\" ]; } ); },\n"
    "  { name = \"one\"; steps = (\n"
    "    { contacts = [ \"ngo\" ]; },\n"
    "    { after = \"30 min\"; contacts = [ \"house\" ]; } ); }\n"
    ");\n"
    "routes = (\n"
    "  { urgency_min = \"urgent\"; policy = \"all\"; },\n"
    "  { policy = \"one\"; }\n"
    ");\n";

/* Enough words for each urgency and for an advert. */
static const char words[] =
    "language = \"en\"; reviewed = \"no\"; reads = [ \"*\" ]; negation = \"before\"; negation_window = 3;\n"
    "categories = {\n"
    "  danger = ( \"kill me\" );\n"
    "  violence = ( \"beats me\", \"beat me\" );\n"
    "  wages = ( \"no salary\" );\n"
    "};\n"
    "flags = { no_authorities = ( \"dont tell embassy\" ); };\n"
    "intents = { stop = ( \"stop\" ); };\n"
    "concepts = { spam = ( \"prize\", \"winner\", \"loan\" ); };\n"
    "places = { SA = ( \"Dammam\" ); AE = ( \"Dubai\" ); };\n";

static void must(bool is_right, const char *what)
{
    if (is_right)
        return;
    fprintf(stderr, "core_rig: %s\n", what);
    abort();
}

static void load_words(struct core_rig *rig)
{
    AUTO_BUF report;
    buf_init(&report, 4096);
    must(lexicon_new(&rig->lexicon) == 0, "no lexicon");
    int code = lexicon_add_text(rig->lexicon, span_of(words), "words", &report);
    if (code == 0)
        code = lexicon_close(rig->lexicon, NULL, &report);
    must(code == 0, report.data ? report.data : "the words do not load");
}

void core_rig_configure(struct core_rig *rig, const char *config_text)
{
    struct config_report *report = report_new();
    struct config *config = NULL;
    const char *text = config_text ? config_text : core_rig_text;
    int code = config_load_text(rig->folder.path, span_of(text), &kinds_registry, 0, report, &config);
    if (code != 0)
        lineconf_print(report, "core_rig");
    must(code == 0, "the configuration does not load");
    report_free(report);
    config_free(rig->config);
    rig->config = config;
    rig->core.config = config;
}

void core_rig_open(struct core_rig *rig, const char *config_text)
{
    memset(rig, 0, sizeof *rig);
    lineconf_open(&rig->folder);
    rig_open_memory(&rig->base);
    load_words(rig);
    rig->core = (struct core){ .lexicon = rig->lexicon, .store = rig->base.store, .vault = rig->base.vault };
    core_rig_configure(rig, config_text);
}

void core_rig_close(struct core_rig *rig)
{
    config_free(rig->config);
    lexicon_free(rig->lexicon);
    rig_close(&rig->base);
    lineconf_close(&rig->folder);
}

void core_rig_begin(struct core_rig *rig)
{
    must(store_begin(rig->core.store) == 0, "no transaction");
}

void core_rig_commit(struct core_rig *rig)
{
    must(store_commit(rig->core.store) == 0, "no commit");
}

struct sms_in core_rig_sms(const char *from, const char *text, const char *id)
{
    struct sms_in sms = { .provider_intent = INTENT_help };
    sms.from_kind = phone_normalise(from, "PH", sms.from);
    str_copy(sms.remote_id, sizeof sms.remote_id, id);
    sms.text = strdup(text);
    must(sms.text != NULL, "no memory");
    return sms;
}

struct intake_result core_rig_text_in(
    struct core_rig *rig, const char *from, const char *text, const char *id, int64_t now_ms)
{
    struct intake_result result = { 0 };
    struct sms_in sms = core_rig_sms(from, text, id);
    core_rig_begin(rig);
    must(intake_message(&rig->core, "in", &sms, 0, now_ms, &result) == 0, "a message was not taken in");
    core_rig_commit(rig);
    sms_in_done(&sms);
    return result;
}

/* ---- lists ----------------------------------------------------------------------------------------------------- */

static void *zeroed(size_t size)
{
    void *memory = calloc(1, size);
    must(memory != NULL, "no memory");
    return memory;
}

static int add_outbox(void *context, const struct outbox_row *row)
{
    struct rig_outbox *list = context;
    must(list->count < RIG_ROWS_MAX, "too many rows");
    list->rows[list->count++] = *row;
    return 0;
}

struct rig_outbox *core_rig_outbox(struct core_rig *rig, const char *state)
{
    struct rig_outbox *list = zeroed(sizeof *list);
    struct outbox_filter filter = { .state = state ? state : "all", .limit = RIG_ROWS_MAX };
    must(outbox_list(rig->core.store, &filter, add_outbox, list) == 0, "no outbox");
    for (unsigned i = 0; i < list->count / 2; i++) {
        struct outbox_row row = list->rows[i];
        list->rows[i] = list->rows[list->count - 1 - i];
        list->rows[list->count - 1 - i] = row;
    }
    return list;
}

static int add_alert(void *context, const struct alert_row *row)
{
    struct rig_alerts *list = context;
    must(list->count < RIG_ROWS_MAX, "too many alerts");
    memmove(list->rows + 1, list->rows, list->count++ * sizeof *list->rows);
    list->rows[0] = *row;
    return 0;
}

struct rig_alerts *core_rig_alerts(struct core_rig *rig, int64_t case_id)
{
    struct rig_alerts *list = zeroed(sizeof *list);
    must(alerts_list(rig->core.store, case_id, NULL, 0, RIG_ROWS_MAX, add_alert, list) == 0, "no alerts");
    return list;
}

static int add_step(void *context, const struct step_row *row)
{
    struct rig_steps *list = context;
    must(list->count < RIG_ROWS_MAX, "too many steps");
    list->rows[list->count++] = *row;
    return 0;
}

struct rig_steps *core_rig_steps(struct core_rig *rig, int64_t case_id)
{
    struct rig_steps *list = zeroed(sizeof *list);
    must(steps_list(rig->core.store, case_id, add_step, list) == 0, "no steps");
    return list;
}

unsigned core_rig_count_outbox(struct core_rig *rig, const char *state)
{
    int64_t counts[STATE_COUNT];
    must(outbox_count(rig->core.store, counts) == 0, "no counts");
    unsigned count = 0;
    for (int i = STATE_outbox_queued; i <= STATE_outbox_cancelled; i++)
        count += !state || str_equal(state, state_word((enum state)i)) ? (unsigned)counts[i] : 0;
    return count;
}

unsigned core_rig_count_alerts(struct core_rig *rig, int64_t case_id, const char *state)
{
    struct rig_alerts *list = core_rig_alerts(rig, case_id);
    unsigned count = 0;
    for (unsigned i = 0; i < list->count; i++)
        count += !state || str_equal(state, state_word(list->rows[i].state));
    free(list);
    return count;
}

struct audit_count {
    const char *action;
    unsigned count;
};

static int count_audit(void *context, const struct audit_row *row)
{
    struct audit_count *audit = context;
    audit->count += !audit->action || str_equal(audit->action, row->action);
    return 0;
}

unsigned core_rig_count_audit(struct core_rig *rig, const char *action)
{
    struct audit_count audit = { action, 0 };
    must(audit_list(rig->core.store, 0, 0, 1000, count_audit, &audit) == 0, "no audit");
    return audit.count;
}

static int count_message(void *context, const struct message_row *row)
{
    (void)row;
    ++*(unsigned *)context;
    return 0;
}

unsigned core_rig_count_messages(struct core_rig *rig)
{
    unsigned count = 0;
    struct messages_filter filter = { .limit = 1000 };
    must(messages_list(rig->core.store, &filter, count_message, &count) == 0, "no messages");
    return count;
}

struct case_row core_rig_case(struct core_rig *rig, int64_t id)
{
    struct case_row row;
    must(cases_get(rig->core.store, id, &row) == 0, "no such case");
    return row;
}

struct outbox_row core_rig_row(struct core_rig *rig, const char *contact, int address)
{
    struct rig_outbox *list = core_rig_outbox(rig, NULL);
    struct outbox_row found = { 0 };
    unsigned count = 0;
    for (unsigned i = 0; i < list->count; i++) {
        if (!str_equal(list->rows[i].contact, contact) || list->rows[i].address != address)
            continue;
        found = list->rows[i];
        count++;
    }
    free(list);
    must(count == 1, "not exactly one row of that contact and address");
    return found;
}
