/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * phone - telephone numbers as text: normal form, country of a prefix, and what must never be answered.
 * Keeps: a number is text from end to end, never an integer; the normal form is "+" and 7 to 15 digits (ITU-T E.164).
 * Not here: who she is - a prefix tells where the phone is (product fact 5), nothing more.
 */
#ifndef GATEWAY_BASE_PHONE_H
#define GATEWAY_BASE_PHONE_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/error.h"

#define PHONE_MAX 64 /* bytes with NUL: room for any sender, also an alphanumeric or a malformed one */

enum phone_kind {
    PHONE_E164,         /* normalised */
    PHONE_SHORT_CODE,   /* 3 to 6 digits */
    PHONE_ALPHANUMERIC, /* a name such as "STC", or digits that no numbering plan explains */
    PHONE_HIDDEN        /* empty or withheld */
};

/* Normalises what a provider or a handset shows: "+", "00", a space where a '+' was decoded, separators, Arabic-Indic
 * and other decimal digits, local forms ("0501234567") by the ISO 3166 alpha-2 country the channel stands in (NULL or
 * "" = unknown). ret is a buffer of PHONE_MAX bytes. Never fails: what is not a number is kept as it came (trimmed,
 * cut), as kind says. */
enum phone_kind phone_normalise(const char *raw, const char *country, char *ret);

/* ISO 3166 alpha-2 country of a normalised number by the longest known prefix, "" when unknown. */
const char *phone_country(const char *e164);
/* English name of an ISO 3166 alpha-2 code that this project knows, NULL otherwise. */
const char *phone_country_name(const char *alpha2);

/* The countries that this project knows, as numbers below PHONE_COUNTRIES; phone_country_at is "SA", NULL for none. */
enum {
#define COUNTRY(alpha2, code, role, trunk, shortest, longest, name) PHONE_COUNTRY_##alpha2,
#include "gateway/base/countries.def"
#undef COUNTRY
    PHONE_COUNTRIES
};
const char *phone_country_at(unsigned index);

enum phone_role { PHONE_ROLE_UNKNOWN, PHONE_ROLE_DESTINATION, PHONE_ROLE_ORIGIN, PHONE_ROLE_BOTH };
/* Whether workers go to that country, come from it, or both (language notes 4.5 of the seed research). */
enum phone_role phone_country_role(const char *alpha2);

/* True when an automatic reply could reach a person there: an E.164 number, nothing else. */
bool phone_is_answerable(const char *number);

/* "+9665*****12": for a masked alert. ret is PHONE_MAX bytes. */
void phone_mask(const char *number, char *ret);

#endif
