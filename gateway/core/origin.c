/* SPDX-License-Identifier: GPL-3.0-or-later */
/* origin - see origin.h. */
#include "gateway/core/origin.h"

#include <string.h>

#include "gateway/base/phone.h"
#include "gateway/base/str.h"

static const struct {
    const char *language, *country;
} homes[] = { { "tl", "PH" }, { "ceb", "PH" }, { "id", "ID" }, { "ne", "NP" }, { "bn", "BD" }, { "hi", "IN" },
    { "te", "IN" }, { "ur", "PK" }, { "si", "LK" }, { "am", "ET" }, { "om", "ET" }, { "my", "MM" }, { "km", "KH" },
    { "lo", "LA" }, { "th", "TH" }, { "vi", "VN" }, { "mg", "MG" } };

/* "ne-Latn" is the language "ne". */
static const char *home_of(const char *language)
{
    struct span tag = { language, strcspn(language, "-") };
    for (size_t i = 0; i < STR_COUNT(homes); i++)
        if (span_equal(span_of(homes[i].language), tag))
            return homes[i].country;
    return "";
}

void origin_guess(struct case_row *row, const char *number_country)
{
    bool is_home = phone_country_role(number_country) == PHONE_ROLE_ORIGIN;
    if (!row->origin[0])
        str_copy(row->origin, sizeof row->origin, is_home ? number_country : home_of(row->language));
}

void origin_guess_again(struct case_row *row, const char *old_language)
{
    if (!row->is_origin_stated && str_equal(row->origin, home_of(old_language)))
        str_copy(row->origin, sizeof row->origin, home_of(row->language));
}

const char *origin_basis(const struct case_row *row)
{
    if (!row->origin[0])
        return "";
    return row->is_origin_stated ? "stated" : "probable";
}
