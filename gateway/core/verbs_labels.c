/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verbs_labels - a person's judgement of what she wrote: correct, split, open; and a look at a message to her before
 * it leaves.
 */
#include "gateway/core/verbs_labels.h"

#include <string.h>

#include "gateway/base/gsm7.h"
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/core/acts.h"
#include "gateway/core/verbs.h"
#include "gateway/core/verbs_act.h"

#define WORDS_MAX 512

json_t *verb_labels(const struct labels *labels)
{
    return json_pack("{s:s, s:b, s:s, s:o, s:o}", "language", labels->language, "request", (int)labels->is_help,
        "urgency", urgency_word(labels->urgency), "categories", verb_categories(labels->categories), "flags",
        verb_flags(labels->flags));
}

/* ---- correct --------------------------------------------------------------------------------------------------- */

struct word_set {
    bool is_whole; /* the set as it shall be */
    uint32_t set, added, dropped;
};

static bool take_word(const char *word, int (*from_word)(const char *), struct word_set *ret)
{
    bool has_sign = word[0] == '+' || word[0] == '-';
    int index = from_word(has_sign ? word + 1 : word);
    if (index < 0)
        return false;
    if (!has_sign)
        ret->is_whole = true;
    *(word[0] == '+' ? &ret->added : word[0] == '-' ? &ret->dropped : &ret->set) |= 1u << index;
    return true;
}

/* Words with blanks or commas between them, each with + or - before it or none of them; "none" is the empty set. False
 * when one is unknown. */
static bool read_set(const char *text, int (*from_word)(const char *), struct word_set *ret)
{
    char words[WORDS_MAX];
    *ret = (struct word_set){ .is_whole = str_equal(text, "none") };
    if (ret->is_whole)
        return true;
    if (!str_copy(words, sizeof words, text))
        return false;
    for (char *at = words; *at;) {
        size_t len = strcspn(at, " ,");
        char *next = at + len + (at[len] != '\0');
        at[len] = '\0';
        if (len && !take_word(at, from_word, ret))
            return false;
        at = next;
    }
    return !ret->is_whole || !(ret->added | ret->dropped);
}

static int read_correction(struct verb_call *call, struct correction *ret)
{
    const char *categories = verb_text(call, "categories"), *flags = verb_text(call, "flags");
    const char *urgency = verb_text(call, "urgency"), *request = verb_text(call, "request");
    *ret = (struct correction){
        .message_id = verb_id(call, "message"),
        .language = verb_text(call, "language"),
        .is_help = request[0] ? str_equal(request, "yes") : -1,
        .urgency = urgency[0] ? urgency_from_word(urgency) : -1,
    };
    struct word_set about, marks;
    if (ret->message_id < 0)
        return verb_usage(call, "--message takes the number of a text");
    if (request[0] && !ret->is_help && !str_equal(request, "no"))
        return verb_usage(call, "--request takes yes or no");
    if (urgency[0] && ret->urgency < 0)
        return verb_usage(call, "--urgency takes critical, urgent, soon or routine");
    if (!read_set(categories, category_from_word, &about))
        return verb_usage(call, "--categories takes words of the list, with commas between them, or none");
    if (!read_set(flags, flag_from_word, &marks))
        return verb_usage(call, "--flags takes words of the list, with commas between them, or none");
    ret->has_categories = about.is_whole;
    ret->categories = about.set;
    ret->added = about.added;
    ret->dropped = about.dropped;
    ret->has_flags = marks.is_whole;
    ret->flags = marks.set;
    ret->flags_added = marks.added;
    ret->flags_dropped = marks.dropped;
    return 0;
}

/* What is said of her comes first: what the labels answer is the more urgent to know. */
static int correct(struct act *act, const struct facts *facts, const struct correction *correction)
{
    bool has_facts = facts->origin[0] || facts->sex[0] || facts->ending[0];
    bool has_labels = correction->has_categories || correction->added || correction->dropped || correction->has_flags ||
                      correction->flags_added || correction->flags_dropped || correction->urgency >= 0 ||
                      correction->is_help >= 0 || correction->language[0];
    int rc = has_facts ? act_describe(act, facts) : 0;
    return rc || (has_facts && !has_labels) ? rc : act_correct(act, correction);
}

int verb_cases_correct(struct verb_call *call)
{
    static const char *const options[] = { "categories", "flags", "urgency", "language", "request", "origin", "sex",
        "ending" };
    struct correction correction;
    struct facts facts = { verb_text(call, "origin"), verb_text(call, "sex"), verb_text(call, "ending") };
    bool has_any = false;
    int rc = read_correction(call, &correction);
    if (rc)
        return rc;
    for (size_t i = 0; i < STR_COUNT(options); i++)
        has_any = has_any || verb_text(call, options[i])[0];
    if (!has_any)
        return verb_usage(call, "say what is to be corrected: --categories, --flags, --urgency, --language, --request, "
                                "--origin, --sex or --ending");
    VERB_ACT(call, "", correct(&acting.act, &facts, &correction));
}

/* ---- texts in another case ------------------------------------------------------------------------------------- */

int verb_cases_split(struct verb_call *call)
{
    int64_t message = verb_id(call, "message"), fresh;
    if (message <= 0)
        return verb_usage(call, "MESSAGE must be the number of a text");
    VERB_ACT(call, "", act_split(&acting.act, message, &fresh));
}

int verb_messages_open(struct verb_call *call)
{
    int64_t message = verb_id(call, "message");
    struct verb_acting acting = {
        .act = { .core = call->core, .actor = call->actor, .contact = "", .now_ms = call->now_ms }
    };
    if (message <= 0)
        return verb_usage(call, "MESSAGE must be the number of a text");
    buf_init(&acting.answer, VERB_ANSWER_MAX);
    acting.act.answer = &acting.answer;
    return verb_act_end(call, &acting, act_open(&acting.act, message));
}

/* ---- preview --------------------------------------------------------------------------------------------------- */

static const char *verdict_word(const struct act *act, const struct say_outlook *outlook, bool is_refused)
{
    if (is_refused)
        return act->may_override ? "hold" : "never";
    return outlook->verdict == RULES_WAIT ? "wait" : "send";
}

/* The first sign that makes the text cost more: a typographic apostrophe is seen by nobody. */
static json_t *first_foreign(struct span text)
{
    uint32_t character;
    size_t at = gsm7_first_foreign(text);
    size_t len = at < text.len ? utf8_decode(text.data + at, text.len - at, &character) : 0;
    return len ? json_stringn(text.data + at, len) : json_null();
}

static int add_preview(
    struct verb_call *call, const struct act *act, const struct say_outlook *outlook, bool is_refused)
{
    struct gsm7_size size;
    struct span text = span_of(verb_text(call, "text"));
    gsm7_measure(text, &size);
    json_t *row = json_pack("{s:s, s:s, s:s, s:o, s:b, s:s, s:i, s:i, s:i, s:i, s:o}", "section", "preview", "verdict",
        verdict_word(act, outlook, is_refused), "sentence",
        is_refused ? (act->answer->data ? act->answer->data : "") : outlook->sentence, "until",
        verb_time(is_refused ? 0 : outlook->due_at), "may_override", (int)(is_refused && act->may_override), "encoding",
        size.is_ucs2 ? "UCS-2" : "GSM-7", "characters", (int)utf8_count(text), "units", (int)size.units, "segments",
        (int)size.segments, "left", (int)size.left, "first_foreign", first_foreign(text));
    if (!row)
        return ERR_NOMEM;
    verb_row(call, row);
    buf_clear(act->answer);
    return 0;
}

static int preview(struct verb_call *call, struct act *act)
{
    struct say_outlook outlook;
    int rc = act_preview(act, span_of(verb_text(call, "text")), &outlook);
    return rc && rc != ERR_REFUSED ? rc : add_preview(call, act, &outlook, rc == ERR_REFUSED);
}

int verb_cases_preview(struct verb_call *call)
{
    if (!verb_text(call, "text")[0])
        return verb_usage(call, "TEXT is missing");
    VERB_ACT(call, "", preview(call, &acting.act));
}
