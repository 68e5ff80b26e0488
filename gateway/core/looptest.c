/* SPDX-License-Identifier: GPL-3.0-or-later */
/* looptest - see looptest.h. */
#include "gateway/core/looptest.h"

#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/command.h"
#include "gateway/core/copies.h"
#include "gateway/core/notices.h"
#include "gateway/store/outbox.h"

/* What a phone bill or a provider's list shows: neutral, without a name, in the basic alphabet of SMS. */
#define TEXT_BEGIN "Note "
#define TEXT_END ": all fine here today."
#define TEXT_ROOM 64
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define CANDIDATES_MAX 8 /* words of that form that are looked up */

static void tag_code(const struct core *core, const char *code, unsigned char *ret_tag)
{
    vault_tag(core->vault, "loop", (struct span){ code, LOOPTEST_CODE_LEN }, ret_tag);
}

bool looptest_is_on(const struct config_loop_test *test)
{
    return test->from->is_enabled && test->to->is_enabled;
}

bool looptest_is_failing(const struct loop_summary *summary)
{
    return summary->settled.id && summary->settled.state != STATE_loop_passed;
}

int64_t looptest_latency_ms(const struct loop_row *row)
{
    if (!row->id || !row->arrived_at)
        return -1;
    return row->arrived_at > row->started_at ? row->arrived_at - row->started_at : 0;
}

/* ---- sending --------------------------------------------------------------------------------------------------- */

static void new_code(char *ret_code)
{
    static const char letters[] = COMMAND_CODE_LETTERS;
    for (size_t i = 0; i < LOOPTEST_CODE_LEN; i++)
        ret_code[i] = letters[vault_random_below(sizeof letters - 1)];
    ret_code[LOOPTEST_CODE_LEN] = '\0';
}

static int queue_text(
    struct core *core, const struct config_loop_test *test, const char *code, int64_t outbox_id, int64_t now_ms)
{
    AUTO_BUF text;
    AUTO_BUF payload;
    buf_init(&text, TEXT_ROOM);
    buf_init(&payload, TEXT_ROOM + 512);
    buf_add_format(&text, "%s%s%s", TEXT_BEGIN, code, TEXT_END);
    struct outbox_row row = {
        .id = outbox_id,
        .kind = OUTBOX_LOOP,
        .urgency = URGENCY_routine,
        .state = STATE_outbox_queued,
        .due_at = now_ms,
        .outcome = -1,
        .created_at = now_ms,
    };
    str_copy(row.channel, sizeof row.channel, test->from->name);
    int rc = buf_check(&text);
    if (!rc)
        rc = notices_seal_payload(core, 0, row.id, buf_span(&text), &payload);
    row.payload = buf_span(&payload);
    return rc ? rc : outbox_insert(core->store, &row);
}

static int start(struct core *core, const struct config_loop_test *test, int64_t now_ms, int64_t *ret_due_at)
{
    char code[LOOPTEST_CODE_LEN + 1];
    struct loop_row row = { .started_at = now_ms, .due_at = now_ms + test->within_ms };
    new_code(code);
    tag_code(core, code, row.tag);
    str_copy(row.from, sizeof row.from, test->from->name);
    str_copy(row.to, sizeof row.to, test->to->name);
    row.outbox_id = store_next_id(core->store, SEQUENCE_OUTBOX);
    int rc = queue_text(core, test, code, row.outbox_id, now_ms);
    if (!rc)
        rc = loops_insert(core->store, &row);
    *ret_due_at = row.due_at;
    if (!rc)
        log_event(LOG_LEVEL_INFO, EV_loop_started, F_WORD("from", row.from), F_WORD("to", row.to));
    return rc;
}

int looptest_find_number(struct core *core, int64_t outbox_id, const char **ret_number)
{
    struct loop_row row;
    int rc = loops_find_outbox(core->store, outbox_id, &row);
    if (rc)
        return rc == ERR_NOT_FOUND ? ERR_CONFLICT : rc;
    if (row.state != STATE_loop_waiting)
        return ERR_CONFLICT;
    const struct config_channel *to = config_find_channel(core->config, row.to);
    if (!to || !*to->number)
        return ERR_NOT_FOUND;
    *ret_number = to->number;
    return 0;
}

/* ---- what is due ----------------------------------------------------------------------------------------------- */

/* What has not left by now is of no use any more. */
static int miss(struct core *core, const struct loop_row *row)
{
    int rc = loops_set_missed(core->store, row->id);
    if (!rc)
        rc = outbox_drop(core->store, row->outbox_id);
    if (rc == ERR_CONFLICT || rc == ERR_NOT_FOUND) /* it has left */
        rc = 0;
    if (!rc)
        log_event(LOG_LEVEL_ERROR, EV_loop_missed, F_WORD("from", row->from), F_WORD("to", row->to));
    return rc;
}

static int end_overdue(struct core *core, int64_t now_ms, int64_t *ret_next_due)
{
    struct loop_row row;
    int rc;
    while (!(rc = loops_first_due(core->store, &row)) && row.due_at <= now_ms) {
        rc = miss(core, &row);
        if (rc)
            return rc;
    }
    *ret_next_due = rc ? INT64_MAX : row.due_at;
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

static int look_at(struct core *core, const struct config_loop_test *test, int64_t now_ms, int64_t *ret_next_due)
{
    struct loop_summary summary;
    *ret_next_due = INT64_MAX;
    if (!looptest_is_on(test))
        return 0;
    int rc = loops_sum_up(core->store, test->from->name, test->to->name, &summary);
    if (rc)
        return rc;
    const struct loop_row *last = &summary.last;
    /* A test that began in the future was written by a clock that was wrong. */
    bool is_due = !last->id || last->started_at > now_ms || last->started_at + test->every_ms <= now_ms;
    *ret_next_due = last->started_at + test->every_ms;
    if (last->id && last->state == STATE_loop_waiting && last->started_at <= now_ms) {
        *ret_next_due = last->due_at > *ret_next_due ? last->due_at : *ret_next_due;
        return 0;
    }
    return is_due ? start(core, test, now_ms, ret_next_due) : 0;
}

int looptest_run(struct core *core, int64_t now_ms, int64_t *ret_next_due)
{
    const struct config *config = core->config;
    int rc = end_overdue(core, now_ms, ret_next_due);
    for (unsigned i = 0; !rc && i < config->loop_test_count; i++) {
        int64_t due;
        rc = look_at(core, &config->loop_tests[i], now_ms, &due);
        *ret_next_due = due < *ret_next_due ? due : *ret_next_due;
    }
    return rc;
}

/* No longer than until the next test would be due, so that a daemon that ends again and again cannot hide an absence.
 */
int looptest_recover(struct core *core, int64_t now_ms)
{
    const struct config *config = core->config;
    int rc = 0;
    for (unsigned i = 0; !rc && i < config->loop_test_count; i++) {
        const struct config_loop_test *test = &config->loop_tests[i];
        rc = loops_put_off(
            core->store, test->from->name, test->to->name, now_ms + test->within_ms, test->every_ms + test->within_ms);
    }
    return rc;
}

int looptest_forget(struct core *core, int64_t now_ms)
{
    return loops_forget(core->store, now_ms - LOOPTEST_KEEP_MS);
}

/* ---- receiving ------------------------------------------------------------------------------------------------- */

/* A byte above 127 belongs to a letter too: a code stands alone. */
static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (unsigned char)c > 127;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* The next word of ten code letters at or behind *at; false when there is none. */
static bool next_code(struct span text, size_t *at, char *ret_code)
{
    while (*at < text.len) {
        size_t begin = *at;
        while (*at < text.len && is_letter(text.data[*at]))
            (*at)++;
        size_t len = *at - begin;
        if (len == 0)
            (*at)++;
        if (len != LOOPTEST_CODE_LEN)
            continue;
        for (size_t i = 0; i < len; i++)
            ret_code[i] = upper(text.data[begin + i]);
        ret_code[len] = '\0';
        if (strspn(ret_code, COMMAND_CODE_LETTERS) == len)
            return true;
    }
    return false;
}

/* Nothing but our own words, whatever became of their capitals. */
static bool is_bare_test(struct span text, const char *code)
{
    AUTO_BUF ours;
    buf_init(&ours, TEXT_ROOM);
    buf_add_format(&ours, "%s%s%s", TEXT_BEGIN, code, TEXT_END);
    text = str_trim(text);
    if (buf_check(&ours) || text.len != ours.len)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (upper(text.data[i]) != upper(ours.data[i]))
            return false;
    return true;
}

/* A number that is none of ours may be a person's, and so may a hidden one; a name or a short code is a provider's. */
static bool may_be_person(const struct core *core, const struct sms_in *sms)
{
    for (unsigned i = 0; sms->from[0] && i < core->config->channel_count; i++)
        if (str_equal(core->config->channels[i].number, sms->from))
            return false;
    bool is_name = sms->from_kind == PHONE_ALPHANUMERIC && sms->from[strcspn(sms->from, LETTERS)];
    return !is_name && sms->from_kind != PHONE_SHORT_CODE;
}

static int find_test(struct core *core, const char *channel, const struct sms_in *sms, struct loop_row *ret_row)
{
    char code[LOOPTEST_CODE_LEN + 1];
    struct span text = span_of(sms->text);
    size_t at = 0;
    int rc = ERR_NOT_FOUND;
    if (text.len > LOOPTEST_TEXT_MAX)
        return rc;
    for (unsigned i = 0; rc == ERR_NOT_FOUND && i < CANDIDATES_MAX && next_code(text, &at, code); i++) {
        unsigned char tag[STORE_TAG_LEN];
        tag_code(core, code, tag);
        rc = loops_find_tag(core->store, tag, ret_row);
        bool is_test =
            !rc && str_equal(ret_row->to, channel) && (is_bare_test(text, code) || !may_be_person(core, sms));
        if (!rc && !is_test)
            rc = ERR_NOT_FOUND;
    }
    return rc;
}

static int arrive(struct core *core, struct loop_row *row, const unsigned char *dedupe, int64_t now_ms)
{
    memcpy(row->dedupe, dedupe, sizeof row->dedupe);
    int rc = loops_set_arrived(core->store, row, now_ms);
    row->arrived_at = now_ms;
    if (!rc)
        log_event(row->state == STATE_loop_waiting ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, EV_loop_arrived,
            F_WORD("from", row->from), F_WORD("to", row->to), F_INT("latency_ms", looptest_latency_ms(row)),
            F_INT("late", row->state != STATE_loop_waiting));
    return rc;
}

int looptest_receive(struct core *core, const char *channel, const struct sms_in *sms, const unsigned char *dedupe,
    int64_t now_ms, bool *ret_is_test)
{
    struct loop_row row;
    *ret_is_test = false;
    int rc = find_test(core, channel, sms, &row);
    if (rc)
        return rc == ERR_NOT_FOUND ? 0 : rc;
    if (row.arrived_at) { /* the same again, or the same from the provider's list */
        bool is_same = memcmp(row.dedupe, dedupe, sizeof row.dedupe) == 0;
        *ret_is_test = is_same || copies_has_list(core, channel);
        return 0;
    }
    if (row.state != STATE_loop_waiting && row.started_at < now_ms - LOOPTEST_LATE_MS)
        return 0;
    *ret_is_test = true;
    return arrive(core, &row, dedupe, now_ms);
}
