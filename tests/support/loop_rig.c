/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop_rig - see loop_rig.h. Failures of the rig itself abort. */
#include "tests/support/loop_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/str.h"
#include "gateway/core/compose.h"
#include "gateway/core/ends.h"
#include "gateway/core/escalation.h"

#define CONFIG_MAX 16384
#define ROWS_MAX 64

static const char config_format[] =
    "database = \"line.db\";\n"
    "public_url = \"https://line.example.org\";\n"
    "replies_texts = \"%s/config/replies\"; commands = \"%s/config/commands.conf\";\n"
    "countries = \"%s/config/countries.conf\";\n"
    "keys = { hot = \"@file:keys/hot.key\"; index = \"@file:keys/index.key\"; };\n"
    "channels = (\n"
    "  { name = \"line\"; kind = \"generic\"; auth = \"none\"; country = \"SA\"; send_url = \"https://sms.example.org/send\";\n"
    "    send_body = \"to={to}&text={text}\"; },\n"
    "  { name = \"mute\"; kind = \"generic\"; direction = \"in\"; auth = \"none\"; country = \"SA\"; number = \"+966500000001\"; },\n"
    "  { name = \"desk\"; kind = \"webhook\"; secret = \"whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\"; }\n"
    ");\n"
    "contacts = (\n"
    "  { name = \"amy\"; title = \"Amy's desk\"; kind = \"ngo\"; trust = \"full\"; reply_channel = \"line\";\n"
    "    addresses = ( { channel = \"line\"; to = \"+966500000101\"; } ); },\n"
    "  { name = \"bea\"; title = \"Bea's house\"; kind = \"shelter\"; trust = \"masked\";\n"
    "    addresses = ( { channel = \"line\"; to = \"+966500000102\"; }, { channel = \"desk\"; to = \"https://bea.example.org/\"; } ); },\n"
    "  { name = \"embassy\"; title = \"Embassy\"; kind = \"consulate\"; trust = \"full\";\n"
    "    addresses = ( { channel = \"line\"; to = \"+966500000103\"; } ); },\n"
    "  { name = \"boss\"; title = \"Boss\"; kind = \"ngo\"; trust = \"minimal\";\n"
    "    addresses = ( { channel = \"line\"; to = \"+966500000104\"; }, { channel = \"desk\"; to = \"https://boss.example.org/\"; } ); }\n"
    ");\n"
    "policies = (\n"
    "  { name = \"ladder\"; repeat = \"30 min\"; contacted_within = \"15 min\"; steps = (\n"
    "    { contacts = [ \"amy\" ]; }, { after = \"10 min\"; contacts = [ \"bea\" ]; },\n"
    "    { after = \"20 min\"; contacts = [ \"amy\", \"bea\" ]; } ); },\n"
    "  { name = \"wide\"; repeat = \"1 h\"; contacted_within = \"15 min\"; steps = (\n"
    "    { contacts = [ \"amy\", \"bea\", \"embassy\" ]; } ); }\n"
    ");\n"
    "routes = ( { categories = [ \"danger\" ]; policy = \"wide\"; }, { policy = \"ladder\"; } );\n"
    "auditor = { contacts = [ \"boss\" ]; };\n%s\n";

static const char words[] =
    "language = \"en\"; reviewed = \"no\"; reads = [ \"*\" ]; negation = \"before\"; negation_window = 3;\n"
    "categories = {\n"
    "  danger = ( \"kill me\" );\n"
    "  violence = ( \"beats me\" );\n"
    "  wages = ( \"no salary\" );\n"
    "};\n"
    "flags = { no_reply = ( \"dont reply\" ); safe_time = ( \"only after\", \"at night\" ); borrowed_phone = ( \"friends phone\" );\n"
    "  no_authorities = ( \"dont tell embassy\" ); third_party = ( \"my sister\" ); };\n"
    "intents = { stop = ( \"stop\" ); start = ( \"start\" ); safe = ( \"i am safe now\" ); yes = ( \"yes please\", \"okay\" );\n"
    "  no = ( \"no thanks\" ); thanks = ( \"thank you\" ); };\n"
    "concepts = { spam = ( \"prize\", \"winner\", \"loan\" ); neg = ( \"dont\" ); ask = ( \"where\" ); };\n";

static void must(bool is_right, const char *what)
{
    if (is_right)
        return;
    fprintf(stderr, "loop_rig: %s\n", what);
    abort();
}

static void load_words(struct core_rig *rig)
{
    AUTO_BUF report;
    buf_init(&report, 4096);
    lexicon_free(rig->lexicon);
    must(lexicon_new(&rig->lexicon) == 0, "no lexicon");
    int code = lexicon_add_text(rig->lexicon, span_of(words), "words", &report);
    if (!code)
        code = lexicon_close(rig->lexicon, NULL, &report);
    must(!code, report.data ? report.data : "the words do not load");
    rig->core.lexicon = rig->lexicon;
}

void loop_open(struct loop_rig *rig, const char *more)
{
    char *root = getcwd(NULL, 0), *text = malloc(CONFIG_MAX);
    must(root && text, "no memory");
    snprintf(text, CONFIG_MAX, config_format, root, root, root, more);
    memset(rig, 0, sizeof *rig);
    core_rig_open(&rig->core, text);
    load_words(&rig->core);
    free(text);
    free(root);
}

void loop_close(struct loop_rig *rig)
{
    core_rig_close(&rig->core);
}

/* ---- a dispatcher ---------------------------------------------------------------------------------------------- */

struct leased {
    unsigned count;
    struct outbox_row rows[ROWS_MAX];
};

static int collect(void *context, const struct outbox_row *row)
{
    struct leased *leased = context;
    must(leased->count < ROWS_MAX, "too many rows");
    leased->rows[leased->count++] = *row;
    return 0;
}

static void remember(struct loop_rig *rig, const struct outbox_row *row, const struct sms_out *message, int64_t now_ms)
{
    must(rig->sent_count < LOOP_SENT_MAX, "too many texts");
    struct loop_sent *sent = &rig->sent[rig->sent_count++];
    *sent = (struct loop_sent){ .kind = row->kind, .case_id = row->case_id, .row_id = row->id, .at = now_ms };
    str_copy(sent->contact, sizeof sent->contact, row->contact);
    str_copy(sent->to, sizeof sent->to, message->to);
    str_copy(sent->text, sizeof sent->text, message->text);
}

static void send_row(struct loop_rig *rig, struct outbox_row *row, int64_t now_ms)
{
    struct composed composed;
    int rc = compose_row(&rig->core.core, row, now_ms, &composed);
    char remote_id[32];
    bool is_lost = rig->is_lost && row->kind == OUTBOX_REPLY;
    struct outbox_settlement settlement = {
        .id = row->id,
        .state = is_lost ? STATE_outbox_dead : STATE_outbox_sent,
        .outcome = is_lost ? OUTCOME_uncertain : OUTCOME_sent,
        .provider_code = "",
        .remote_id = remote_id,
        .now_ms = now_ms,
    };
    snprintf(remote_id, sizeof remote_id, "remote-%lld", (long long)row->id);
    if (rc == ERR_CONFLICT) {
        must(ends_cancelled(&rig->core.core, row, now_ms) == 0, "not cancelled");
    } else if (!rc && composed.wait_until) {
        must(composed.wait_until > now_ms, "it waits for a time that is over");
        must(ends_put_off(&rig->core.core, row, composed.wait_until, now_ms) == 0, "not put off");
    } else {
        must(rc == 0, "not composed");
        remember(rig, row, &composed.message, now_ms);
        must(outbox_settle(rig->core.core.store, &settlement) == 0, "not settled");
        must(ends_settled(&rig->core.core, row, &settlement, now_ms) == 0, "no end");
    }
    composed_done(&composed);
}

static unsigned send_due(struct loop_rig *rig, int64_t now_ms)
{
    static const char *const channels[] = { "line", "desk" };
    unsigned count = 0;
    struct leased *leased = calloc(1, sizeof *leased);
    must(leased != NULL, "no memory");
    for (size_t i = 0; i < STR_COUNT(channels); i++) {
        leased->count = 0;
        must(outbox_lease(
                 rig->core.core.store, channels[i], now_ms, now_ms + 60000, "rig", ROWS_MAX, collect, leased) == 0,
            "no lease");
        for (unsigned row = 0; row < leased->count; row++)
            send_row(rig, &leased->rows[row], now_ms);
        count += leased->count;
    }
    free(leased);
    return count;
}

/* One turn; *ret_next is when something is due next. */
static void turn(struct loop_rig *rig, int64_t now_ms, int64_t *ret_next)
{
    int64_t due;
    core_rig_begin(&rig->core);
    do {
        must(escalation_run(&rig->core.core, now_ms, ret_next) == 0, "no escalation");
    } while (send_due(rig, now_ms) || *ret_next <= now_ms);
    if (outbox_next_due(rig->core.core.store, "line", &due) == 0 && due < *ret_next)
        *ret_next = due;
    if (outbox_next_due(rig->core.core.store, "desk", &due) == 0 && due < *ret_next)
        *ret_next = due;
    core_rig_commit(&rig->core);
}

void loop_run(struct loop_rig *rig, int64_t now_ms)
{
    int64_t next = 0;
    core_rig_begin(&rig->core);
    must(escalation_run(&rig->core.core, 0, &next) == 0, "no escalation");
    core_rig_commit(&rig->core);
    for (int64_t at = next < now_ms ? next : now_ms; at <= now_ms; at = next) {
        turn(rig, at, &next);
        must(next > at, "something stays due");
    }
    turn(rig, now_ms, &next);
}

void loop_run_late(struct loop_rig *rig, int64_t now_ms)
{
    int64_t next;
    turn(rig, now_ms, &next);
}

void loop_forget(struct loop_rig *rig)
{
    rig->sent_count = 0;
}

struct intake_result loop_text(struct loop_rig *rig, const char *from, const char *text, int64_t now_ms)
{
    char id[32];
    struct intake_result result;
    snprintf(id, sizeof id, "sms-%u", rig->next_sms++);
    struct sms_in sms = core_rig_sms(from, text, id);
    core_rig_begin(&rig->core);
    must(intake_message(&rig->core.core, "line", &sms, 0, now_ms, &result) == 0, "a message was not taken in");
    core_rig_commit(&rig->core);
    sms_in_done(&sms);
    loop_run(rig, now_ms);
    return result;
}

/* ---- looking --------------------------------------------------------------------------------------------------- */

unsigned loop_count(const struct loop_rig *rig, const char *to, const char *text)
{
    unsigned count = 0;
    for (unsigned i = 0; i < rig->sent_count; i++)
        count += str_equal(rig->sent[i].to, to) && strstr(rig->sent[i].text, text) != NULL;
    return count;
}

const char *loop_last(const struct loop_rig *rig, const char *to)
{
    for (unsigned i = rig->sent_count; i > 0; i--)
        if (str_equal(rig->sent[i - 1].to, to))
            return rig->sent[i - 1].text;
    return "";
}

struct newest_code {
    const char *contact;
    char *code;
};

static int note_code(void *context, const struct alert_row *row)
{
    struct newest_code *newest = context;
    if (!newest->code[0] && str_equal(row->contact, newest->contact))
        memcpy(newest->code, row->code, sizeof row->code);
    return 0;
}

const char *loop_code(struct loop_rig *rig, const char *contact, int64_t case_id)
{
    struct newest_code newest = { contact, rig->code };
    rig->code[0] = '\0';
    must(alerts_list(rig->core.core.store, case_id, NULL, 0, 100, note_code, &newest) == 0, "no alerts");
    must(rig->code[0] != '\0', "no code");
    return rig->code;
}

void loop_command(struct loop_rig *rig, const char *from, const char *contact, const char *word, int64_t case_id,
    const char *rest, int64_t now_ms)
{
    char text[1400];
    snprintf(text, sizeof text, "%s %lld %s %s", word, (long long)case_id, loop_code(rig, contact, case_id), rest);
    loop_text(rig, from, text, now_ms);
}

struct act loop_act(struct loop_rig *rig, int64_t case_id, struct buf *answer, int64_t now_ms)
{
    return (struct act){
        .core = &rig->core.core,
        .actor = "uid:7",
        .contact = "",
        .row = core_rig_case(&rig->core, case_id),
        .now_ms = now_ms,
        .answer = answer,
    };
}
