/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * contact - the words that describe who receives an alert.
 * Why:   an authority is not automatically safe for the person (product fact 9), so the kind decides about consent.
 * Keeps: there is no kind for a recruitment agency, a sponsor or an employer, and there never will be.
 */
#ifndef CONFIG_CONTACT_H
#define CONFIG_CONTACT_H

#include <stdbool.h>

enum contact_kind {
    CONTACT_NGO,
    CONTACT_SHELTER,
    CONTACT_CONSULATE,
    CONTACT_LABOUR,
    CONTACT_MEDICAL,
    CONTACT_POLICE,
    CONTACT_KIND_COUNT
};
enum contact_trust { TRUST_MINIMAL, TRUST_MASKED, TRUST_FULL, TRUST_COUNT };
enum staff_sex { STAFF_UNKNOWN, STAFF_FEMALE, STAFF_MALE, STAFF_BOTH, STAFF_COUNT };

/* NULL-terminated, in the order of the enums. */
extern const char *const contact_kind_words[];
extern const char *const contact_trust_words[];
extern const char *const contact_sex_words[];

const char *contact_kind_word(enum contact_kind kind);
const char *contact_trust_word(enum contact_trust trust);
const char *contact_sex_word(enum staff_sex sex);

/* Consulate, labour office, medics, police: alerted only after her yes or a named person's override. */
bool contact_is_authority(enum contact_kind kind);

/* Why a word for an agency or an employer is refused as a kind; NULL when the word is not of that sort. */
const char *contact_explain_kind(const char *word);

#endif
