/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * intake_read - what a message says, in the light of what is known: its triage, our question that it may answer, the
 * country of its number.
 * Not here: what follows from it (intake, person).
 */
#include "config/texts.h"
#include "gateway/base/str.h"
#include "gateway/core/calls.h"
#include "gateway/core/intake_parts.h"
#include "gateway/core/origin.h"

bool intake_is_partial(const struct arrival *in)
{
    return in->longtext && !longtext_is_whole(in->longtext);
}

void intake_set_intent(struct triage *triage, enum intent intent)
{
    triage->intent = intent;
    triage->is_help = false;
    triage->categories = 0;
    triage->urgency = URGENCY_routine;
}

/* A short answer is read in the light of our question, and what a provider says of a text itself - its own word for
 * STOP and START, a modem's signal that is no text - is believed where she says nothing that is a need. */
static void read_answer(const struct core *core, struct arrival *in)
{
    category_set facts = in->triage.categories & ~CATEGORY_BIT(unclear);
    if (facts)
        return;
    if (in->sms->provider_intent != INTENT_help)
        intake_set_intent(&in->triage, in->sms->provider_intent);
    if (in->person.asked != QUESTION_CONSENT)
        return;
    enum texts_answer answer =
        texts_answer(core->config->texts, in->row.id ? in->row.language : "", span_of(in->sms->text));
    if (answer != ANSWER_NONE)
        intake_set_intent(&in->triage, answer == ANSWER_YES ? INTENT_yes : INTENT_no);
}

int intake_read_text(const struct core *core, struct arrival *in)
{
    if (in->sms->is_call) {
        calls_read(in, &in->triage);
        return 0;
    }
    bool is_first = in->is_known && in->row.message_count == 1; /* the rest of what opened the case repeats nothing */
    struct triage_history history = {
        .language = in->row.id ? in->row.language : "",
        .asked_yes_no = in->person.asked == QUESTION_CONSENT && !intake_is_partial(in),
        .has_open_case = in->row.id != 0 && !is_first,
        .last_at = in->row.id && !is_first ? in->row.last_message_at : 0,
    };
    int rc = triage_classify(core->lexicon, span_of(in->sms->text), &history, in->now_ms, &in->triage);
    if (rc && rc != ERR_LIMIT) /* the beginning of an overlong text was read, and that stands */
        return rc;
    if (!intake_is_partial(in)) /* half a sentence answers nothing */
        read_answer(core, in);
    return 0;
}

/* A prefix of a country of origin usually means a relative at home, never that the worker is there (product fact 5);
 * then the worker is where the text says. */
void intake_read_number(struct arrival *in, char *ret_country)
{
    const char *country = in->sms->from_kind == PHONE_E164 ? phone_country(in->sms->from) : "";
    enum phone_role role = phone_country_role(country);
    ret_country[0] = '\0';
    if (role == PHONE_ROLE_ORIGIN)
        in->triage.flags |= FLAG_BIT(third_party);
    else
        str_copy(ret_country, COUNTRY_MAX, country);
    if (!ret_country[0])
        str_copy(ret_country, COUNTRY_MAX, in->triage.country);
}

void intake_guess_origin(struct arrival *in)
{
    origin_guess(&in->row, in->sms->from_kind == PHONE_E164 ? phone_country(in->sms->from) : "");
}

void intake_complete_number(const struct core *core, const char *channel, struct sms_in *sms)
{
    const struct config_channel *found = config_find_channel(core->config, channel);
    char raw[PHONE_MAX];
    if (!found || sms->from_kind == PHONE_E164 || sms->from_kind == PHONE_HIDDEN)
        return;
    str_copy(raw, sizeof raw, sms->from);
    sms->from_kind = phone_normalise(raw, found->country, sms->from);
}
