/* SPDX-License-Identifier: GPL-3.0-or-later */
/* render - see render.h. */
#include "gateway/core/render.h"

#include <ctype.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"

/* What a flag asks of the reader; in the order in which it matters. */
static const struct {
    enum flag flag;
    const char *sentence;
} flag_sentences[] = {
    { FLAG_do_not_call, "DO NOT CALL HER." },
    { FLAG_no_reply, "SEND HER NOTHING." },
    { FLAG_safe_time, "She named safe hours: read the text before any contact." },
    { FLAG_no_authorities, "She does not want police, embassy or agency told." },
    { FLAG_possible_lure, "TAKE CARE: this may be a lure. Do not go alone." },
    { FLAG_borrowed_phone, "Borrowed phone: somebody else may read it." },
    { FLAG_other_number, "She gave another number to use." },
    { FLAG_third_party, "Written by somebody else about her." },
    { FLAG_minor, "Under 18." },
    { FLAG_pregnant, "Pregnant." },
    { FLAG_group, "More than one worker." },
    { FLAG_repeat, "She has written before." },
};

static void add_urgency(struct buf *out, enum urgency urgency)
{
    for (const char *p = urgency_word(urgency); *p; p++)
        buf_add_char(out, (char)toupper((unsigned char)*p));
}

static void add_categories(struct buf *out, category_set set)
{
    const char *separator = "";
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        if (!(set & (1u << i)))
            continue;
        buf_add_format(out, "%s%s", separator, category_word((enum category)i));
        separator = ", ";
    }
}

void render_subject(const struct render_input *input, struct buf *out)
{
    const struct alert_view *view = input->view;
    add_urgency(out, view->urgency);
    if (view->case_id)
        buf_add_format(out, " case %lld: ", (long long)view->case_id);
    else
        buf_add_text(out, ", not stored yet: ");
    add_categories(out, view->categories);
    if (view->country[0])
        buf_add_format(out, " (%s)", view->country);
    if (input->is_update)
        buf_add_text(out, view->is_completed ? ", completed" : ", further message");
}

const char *render_rule(flag_set flags, unsigned index)
{
    for (size_t i = 0; i < STR_COUNT(flag_sentences); i++)
        if (flags & (1u << flag_sentences[i].flag) && index-- == 0)
            return flag_sentences[i].sentence;
    return NULL;
}

static void add_rules(struct buf *out, flag_set flags)
{
    const char *sentence;
    for (unsigned i = 0; (sentence = render_rule(flags, i)); i++)
        buf_add_format(out, "%s\n", sentence);
}

static void add_where(struct buf *out, const struct alert_view *view)
{
    const char *name = phone_country_name(view->country);
    buf_add_format(out, "Phone in: %s. Language: %s.\n", name ? name : "unknown", view->language);
}

/* Not as digits and dashes, which a network may take for a telephone number. */
static void add_time(struct buf *out, int64_t at_ms)
{
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
        "Dec" };
    struct clock_civil at;
    clock_to_civil(at_ms, &at);
    buf_add_format(out, "%d %s %d, %02d:%02d UTC", at.day, months[at.month - 1], at.year, at.hour, at.minute);
}

/* Each line of hers is marked, so that no text can pass for a line of ours ("This case is verified."). */
static void add_quoted(struct buf *out, const char *text)
{
    buf_add_text(out, "> ");
    for (; *text; text++) {
        if (*text != '\r' && *text != '\n')
            buf_add_char(out, *text);
        else if (*text == '\n' || text[1] != '\n')
            buf_add_text(out, "\n> ");
    }
    buf_add_char(out, '\n');
}

static void add_message(struct buf *out, const struct render_input *input)
{
    const struct alert_view *view = input->view;
    buf_add_text(out, view->text ? "Text of " : "Received ");
    add_time(out, view->received_at);
    buf_add_text(out, view->text ? ":\n" : ".\n");
    if (view->text)
        add_quoted(out, view->text);
    if (view->part_total)
        buf_add_format(
            out, "This is part %u of %u: the rest of her text has not come yet.\n", view->part, view->part_total);
    if (view->is_completed)
        buf_add_text(out, "Her text is completed: you knew a part of it.\n");
    if (view->from)
        buf_add_format(out, "From: %s\n", view->from);
    if (input->barred_in)
        buf_add_format(out, "Numbers are hidden: the network of %s bars them.\n", input->barred_in);
}

static void add_answer(struct buf *out, const struct render_input *input)
{
    long long id = (long long)input->view->case_id;
    const char *code = input->view->code;
    if (input->is_holder)
        buf_add_format(out, "To write to her: SAY %lld %s and your words. When it is over: END %lld %s and how.\n", id,
            code, id, code);
    else
        buf_add_format(out, "Answer: OK %lld %s takes it, NO %lld %s asks the next.\n", id, code, id, code);
}

void render_text(const struct render_input *input, struct buf *out)
{
    const struct alert_view *view = input->view;
    add_urgency(out, view->urgency);
    const char *update = view->is_completed ? " (completed)" : " (further message)";
    if (view->case_id)
        buf_add_format(out, " case %lld%s: ", (long long)view->case_id, input->is_update ? update : "");
    else
        buf_add_text(out, ", not stored yet: ");
    add_categories(out, view->categories);
    buf_add_text(out, "\n");
    if (!view->case_id)
        buf_add_text(out, "The help line's storage is failing: this alert has no case number yet and takes no answer. "
                          "Act on it now; it may come again later, as a case.\n");
    add_rules(out, view->flags);
    add_where(out, view);
    add_message(out, input);
    if (str_equal(view->verification, state_word(STATE_verification_unverified)))
        buf_add_text(out, "Unverified: nobody has checked this yet. Be careful.\n");
    else
        buf_add_format(out, "This case is %s.\n", view->verification);
    if (view->may_not_be_her)
        buf_add_text(out, "THIS MAY NOT BE HER: another may have her phone. Do not show that you know the case.\n");
    if (view->may_be_repeated)
        buf_add_text(out, "(This alert may be repeated.)\n");
    if (view->code[0])
        add_answer(out, input);
    if (view->ack_url)
        buf_add_format(out, "Answer: %s\n", view->ack_url);
}
