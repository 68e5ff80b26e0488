/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * correct - one act of acts.h: a person puts right what the machine read in her texts.
 * Keeps: what stood there before is kept; a request is never without a category; a rise of urgency is told like one
 * that she causes herself, and urgency that falls ends no alarm: taking and closing do that. Not here: what the lexicon
 * learns of it (candidates).
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/acts_parts.h"
#include "gateway/core/alerting.h"
#include "gateway/core/family.h"
#include "gateway/core/origin.h"
#include "gateway/store/corrections.h"
#include "gateway/store/messages.h"

#define DETAIL_MAX 1000
#define TAG_PART_MAX 8 /* letters between two hyphens of a language tag (RFC 5646 2.1) */

/* Well-formed is enough: the lexicon may lack the language that she writes. */
static bool is_language(const char *tag)
{
    size_t len = strlen(tag), part = 0;
    if (len < 2 || len >= LANGUAGE_MAX)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (tag[i] == '-' && (!part || i + 1 == len || i < 2)) /* the first part has two letters or more */
            return false;
        part = tag[i] == '-' ? 0 : part + 1;
        if ((tag[i] != '-' && !isalnum((unsigned char)tag[i])) || part > TAG_PART_MAX)
            return false;
    }
    return isalpha((unsigned char)tag[0]) != 0;
}

static int note_help(void *context, const struct correction_row *row)
{
    *(bool *)context = row->after.is_help;
    return 0;
}

/* As it stands: a case is a request until a person said that it is none. */
static int read_labels(const struct act *act, struct labels *ret)
{
    const struct case_row *row = &act->row;
    *ret =
        (struct labels){ .is_help = true, .urgency = row->urgency, .categories = row->categories, .flags = row->flags };
    str_copy(ret->language, sizeof ret->language, row->language);
    return corrections_list(act->core->store, row->id, 0, 1, note_help, &ret->is_help);
}

static enum urgency worst_usual(category_set categories)
{
    enum urgency worst = URGENCY_routine;
    for (int i = 0; i < CATEGORY_COUNT; i++)
        if ((categories & 1u << i) && category_usual_urgency((enum category)i) > worst)
            worst = category_usual_urgency((enum category)i);
    return worst;
}

static struct labels apply(const struct labels *before, const struct correction *correction)
{
    struct labels after = *before;
    if (correction->language[0])
        str_copy(after.language, sizeof after.language, correction->language);
    if (correction->is_help >= 0)
        after.is_help = correction->is_help;
    if (correction->has_flags)
        after.flags = correction->flags;
    if (correction->has_categories)
        after.categories = correction->categories;
    after.categories = (after.categories | correction->added) & ~correction->dropped;
    after.flags = (after.flags | correction->flags_added) & ~correction->flags_dropped;
    if (after.categories & ~CATEGORY_BIT(unclear))
        after.categories &= ~CATEGORY_BIT(unclear);
    if (after.is_help && !after.categories)
        after.categories = CATEGORY_BIT(unclear);
    category_set added = after.categories & ~before->categories & ~CATEGORY_BIT(unclear);
    if (correction->urgency >= 0)
        after.urgency = (enum urgency)correction->urgency;
    else if (worst_usual(added) > after.urgency)
        after.urgency = worst_usual(added);
    return after;
}

static bool is_same(const struct labels *a, const struct labels *b)
{
    return str_equal(a->language, b->language) && a->is_help == b->is_help && a->urgency == b->urgency &&
           a->categories == b->categories && a->flags == b->flags;
}

/* ---- the rows -------------------------------------------------------------------------------------------------- */

static void add_set(struct buf *out, const char *title, uint32_t before, uint32_t after, const char *(*word)(unsigned))
{
    unsigned count = 0;
    for (unsigned i = 0; i < 32; i++)
        if ((before ^ after) >> i & 1)
            buf_add_format(out, "%s%c%s", count++ ? "," : title, after >> i & 1 ? '+' : '-', word(i));
}

static const char *category_at(unsigned index)
{
    return category_word((enum category)index);
}

static const char *flag_at(unsigned index)
{
    return flag_word((enum flag)index);
}

static void print_change(const struct labels *before, const struct labels *after, struct buf *out)
{
    add_set(out, "categories=", before->categories, after->categories, category_at);
    add_set(out, out->len ? " flags=" : "flags=", before->flags, after->flags, flag_at);
    const char *gap = out->len ? " " : "";
    if (before->urgency != after->urgency)
        buf_add_format(out, "%surgency=%s>%s", gap, urgency_word(before->urgency), urgency_word(after->urgency));
    gap = out->len ? " " : "";
    if (!str_equal(before->language, after->language))
        buf_add_format(out, "%slanguage=%s>%s", gap, before->language, after->language);
    gap = out->len ? " " : "";
    if (before->is_help != after->is_help)
        buf_add_format(out, "%srequest=%s", gap, after->is_help ? "yes" : "no");
}

static int keep(struct act *act, int64_t message_id, const struct labels *before, const struct labels *after)
{
    AUTO_BUF detail;
    buf_init(&detail, DETAIL_MAX);
    struct correction_row row = {
        .case_id = act->row.id, .message_id = message_id, .at = act->now_ms, .before = *before, .after = *after
    };
    str_copy(row.actor, sizeof row.actor, act->actor);
    print_change(before, after, &detail);
    int rc = buf_check(&detail);
    if (!rc)
        rc = corrections_insert(act->core->store, &row);
    return rc ? rc : acts_audit(act, "case.correct", detail.data);
}

/* Whoever holds it learns of a rise; while nobody does, everybody is asked whom the new urgency wants. */
static int tell_rise(struct act *act)
{
    int64_t newest;
    int rc = alerting_newest_message(act->core, act->row.id, &newest);
    if (!rc && act->row.state == STATE_case_open)
        rc = alerting_start(act->core, &act->row, newest, act->now_ms);
    else if (!rc && act->row.state == STATE_case_taken)
        rc = alerting_run_update(act->core, &act->row, newest, act->now_ms);
    return rc;
}

/* ---- the act --------------------------------------------------------------------------------------------------- */

static int check_text(struct act *act, int64_t message_id)
{
    struct message_row message;
    struct family family;
    int rc = message_id ? messages_get(act->core->store, message_id, &message) : 0;
    if (rc == ERR_NOT_FOUND)
        return acts_refuse(act, "there is no such text in it.");
    if (rc || !message_id)
        return rc;
    bool is_hers = message.direction == MESSAGE_IN && !message.author[0];
    int64_t owner = message.case_id;
    rc = family_find(act->core->store, act->row.id, &family);
    if (!rc && (!is_hers || !family_has(&family, owner)))
        rc = acts_refuse(act, "there is no such text in it.");
    return rc;
}

static void answer(struct act *act, const struct labels *before, const struct labels *after)
{
    bool is_live = act->row.state != STATE_case_closed;
    if (after->urgency > before->urgency && is_live)
        acts_answer(act, act->row.state == STATE_case_open ? "corrected; it is more urgent now, its contacts are asked."
                                                           : "corrected; it is more urgent now, its holder is told.");
    else if (!after->is_help && is_live)
        acts_answer(act, "corrected; close it if nobody needs to do anything.");
    else if (after->urgency < before->urgency && act->row.state == STATE_case_open)
        acts_answer(act, "corrected; what was asked before goes on until somebody takes it.");
    else
        acts_answer(act, "corrected.");
}

int act_correct(struct act *act, const struct correction *correction)
{
    struct labels before, after;
    if (correction->language[0] && !is_language(correction->language))
        return acts_refuse(act, "that is no language tag (tl, ne-Latn, zh-Hans ...).");
    int rc = check_text(act, correction->message_id);
    if (!rc)
        rc = read_labels(act, &before);
    if (rc)
        return rc;
    after = apply(&before, correction);
    if (is_same(&before, &after))
        return acts_refuse(act, "nothing of it differs from what stands there.");
    act->row.urgency = after.urgency;
    act->row.categories = after.categories;
    act->row.flags = after.flags;
    str_copy(act->row.language, sizeof act->row.language, after.language);
    origin_guess_again(&act->row, before.language);
    rc = keep(act, correction->message_id, &before, &after);
    if (!rc && after.urgency > before.urgency)
        rc = tell_rise(act);
    if (!rc)
        rc = acts_save(act);
    if (rc)
        return rc;
    log_event(LOG_LEVEL_NOTICE, EV_case_corrected, F_INT("case", act->row.id), F_WORD("by", act->actor),
        F_WORD("urgency", urgency_word(act->row.urgency)));
    answer(act, &before, &after);
    return 0;
}
