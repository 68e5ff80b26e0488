/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * describe - one act of acts.h: what a person says of her and of the end of her case, for figures.
 * Keeps: nobody is alerted by it, and nothing is routed by it; what a person stated replaces a guess, never the other
 *        way round.
 */
#include <ctype.h>
#include <string.h>

#include "gateway/base/buf.h"
#include "gateway/base/log.h"
#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/core/acts_parts.h"

#define DETAIL_MAX 200
#define UNKNOWN "unknown"

static bool is_sex(const char *word)
{
    return sex_from_word(word) >= 0;
}

static bool is_ending(const char *word)
{
    return ending_from_word(word) >= 0;
}

static bool is_country(const char *word)
{
    unsigned i = 0;
    while (i < PHONE_COUNTRIES && !str_equal(phone_country_at(i), word))
        i++;
    return i < PHONE_COUNTRIES;
}

static const char *refusal(const struct act *act, const struct facts *facts)
{
    bool has_end = facts->ending[0] && !str_equal(facts->ending, UNKNOWN);
    if (facts->origin[0] && !str_equal(facts->origin, UNKNOWN) && !is_country(facts->origin))
        return "that is no country code (PH, ID, KE ...).";
    if (facts->sex[0] && !str_equal(facts->sex, UNKNOWN) && !is_sex(facts->sex))
        return "her sex is female, male, other or unknown.";
    if (has_end && !is_ending(facts->ending))
        return "that is no word for how a case ended.";
    return has_end && act->row.state != STATE_case_closed ? "it is not closed: say how it ended when you close it."
                                                          : NULL;
}

/* "unknown" empties it. Is it another value than before? */
static bool put(char *place, size_t size, const char *word, const char *title, struct buf *detail)
{
    const char *value = str_equal(word, UNKNOWN) ? "" : word;
    if (!word[0] || str_equal(place, value))
        return false;
    str_copy(place, size, value);
    buf_add_format(detail, "%s%s=%s", detail->len ? " " : "", title, word);
    return true;
}

int act_describe(struct act *act, const struct facts *facts)
{
    AUTO_BUF detail;
    struct case_row *row = &act->row;
    const char *why = refusal(act, facts);
    buf_init(&detail, DETAIL_MAX);
    if (why)
        return acts_refuse(act, why);
    bool is_guess = facts->origin[0] && !row->is_origin_stated && !str_equal(facts->origin, UNKNOWN);
    if (is_guess)
        row->origin[0] = '\0'; /* a person says it now, also when the guess was right */
    if (put(row->origin, sizeof row->origin, facts->origin, "origin", &detail))
        row->is_origin_stated = row->origin[0] != '\0';
    put(row->sex, sizeof row->sex, facts->sex, "sex", &detail);
    put(row->outcome, sizeof row->outcome, facts->ending, "ending", &detail);
    if (!detail.len)
        return acts_refuse(act, "nothing of it differs from what stands there.");
    int rc = buf_check(&detail);
    if (!rc)
        rc = acts_audit(act, "case.describe", detail.data);
    if (!rc)
        rc = acts_save(act);
    if (rc)
        return rc;
    log_event(LOG_LEVEL_NOTICE, EV_case_corrected, F_INT("case", row->id), F_WORD("by", act->actor),
        F_WORD("urgency", urgency_word(row->urgency)));
    acts_answer(act, "noted.");
    return 0;
}

const char *acts_ending_of(struct span words)
{
    char word[32];
    size_t len = 0;
    while (len < words.len && isalpha((unsigned char)words.data[len]))
        len++;
    if (len >= sizeof word || !str_copy_span(word, sizeof word, (struct span){ words.data, len }))
        return "";
    for (size_t i = 0; i < len; i++)
        word[i] = (char)tolower((unsigned char)word[i]);
    int ending = ending_from_word(word);
    return ending < 0 ? "" : ending_word((enum ending)ending);
}
