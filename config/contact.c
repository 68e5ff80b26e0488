/* SPDX-License-Identifier: GPL-3.0-or-later */
/* contact - see contact.h. */
#include "config/contact.h"

#include <stddef.h>
#include <string.h>

#include "gateway/base/str.h"

const char *const contact_kind_words[] = { "ngo", "shelter", "consulate", "labour", "medical", "police", NULL };
const char *const contact_trust_words[] = { "minimal", "masked", "full", NULL };
const char *const contact_sex_words[] = { "unknown", "female", "male", "both", NULL };

/* Beginnings of words: "recruiter", "recruitment_agency", "manpower office" ... */
static const char *const refused[] = { "recruit", "agency", "agent", "manpower", "employer", "sponsor", "kafeel",
    "kafil", "broker", "placement", "subagent", "maid" };

const char *contact_kind_word(enum contact_kind kind)
{
    return kind < CONTACT_KIND_COUNT ? contact_kind_words[kind] : "unknown";
}

const char *contact_trust_word(enum contact_trust trust)
{
    return trust < TRUST_COUNT ? contact_trust_words[trust] : "unknown";
}

const char *contact_sex_word(enum staff_sex sex)
{
    return sex < STAFF_COUNT ? contact_sex_words[sex] : "unknown";
}

bool contact_is_authority(enum contact_kind kind)
{
    return kind != CONTACT_NGO && kind != CONTACT_SHELTER;
}

const char *contact_explain_kind(const char *word)
{
    for (size_t i = 0; i < STR_COUNT(refused); i++)
        if (str_starts_nocase(word, refused[i]))
            return "a recruitment agency, a sponsor or an employer can never be a contact: workers are harmed when "
                   "these learn of a call for help";
    return NULL;
}
