/* SPDX-License-Identifier: GPL-3.0-or-later */
/* language - see language.h. Names as in the IANA Language Subtag Registry, the everyday one where there are several.
 */
#include "gateway/console/language.h"

#include "gateway/base/str.h"

static const struct {
    const char *tag, *name;
} names[] = {
    { "am", "Amharic" },
    { "ar", "Arabic" },
    { "bn", "Bengali" },
    { "ceb", "Cebuano" },
    { "en", "English" },
    { "fr", "French" },
    { "gu", "Gujarati" },
    { "ha", "Hausa" },
    { "hi", "Hindi" },
    { "id", "Indonesian" },
    { "ig", "Igbo" },
    { "ilo", "Ilocano" },
    { "jv", "Javanese" },
    { "km", "Khmer" },
    { "kn", "Kannada" },
    { "lg", "Luganda" },
    { "lo", "Lao" },
    { "mg", "Malagasy" },
    { "ml", "Malayalam" },
    { "mr", "Marathi" },
    { "ms", "Malay" },
    { "my", "Burmese" },
    { "ne", "Nepali" },
    { "om", "Oromo" },
    { "pa", "Punjabi" },
    { "rn", "Kirundi" },
    { "rw", "Kinyarwanda" },
    { "si", "Sinhala" },
    { "sn", "Shona" },
    { "so", "Somali" },
    { "su", "Sundanese" },
    { "sw", "Swahili" },
    { "ta", "Tamil" },
    { "te", "Telugu" },
    { "th", "Thai" },
    { "ti", "Tigrinya" },
    { "tl", "Tagalog" },
    { "ur", "Urdu" },
    { "vi", "Vietnamese" },
    { "yo", "Yoruba" },
    { "zh", "Chinese" },
};

const char *language_name(const char *tag)
{
    if (str_is_empty(tag) || str_equal(tag, "und"))
        return "not recognised";
    for (size_t i = 0; i < STR_COUNT(names); i++)
        if (str_equal(names[i].tag, tag))
            return names[i].name;
    return tag;
}
