/* SPDX-License-Identifier: GPL-3.0-or-later */
/* language - see language.h. Names as in the IANA Language Subtag Registry, the everyday one where there are several.
 */
#include "gateway/console/language.h"

#include "gateway/base/str.h"

/* In its own letters, and as it is typed in Latin ones. */
#define BOTH(tag, name)                                                                                                \
    { tag, name },                                                                                                     \
    {                                                                                                                  \
        tag "-Latn", name " in Latin letters"                                                                          \
    }

static const struct {
    const char *tag, *name;
} names[] = {
    BOTH("am", "Amharic"),
    BOTH("ar", "Arabic"),
    BOTH("bn", "Bengali"),
    { "ceb", "Cebuano" },
    { "en", "English" },
    { "fr", "French" },
    BOTH("gu", "Gujarati"),
    { "ha", "Hausa" },
    BOTH("hi", "Hindi"),
    { "id", "Indonesian" },
    { "ig", "Igbo" },
    { "ilo", "Ilocano" },
    { "jv", "Javanese" },
    BOTH("km", "Khmer"),
    BOTH("kn", "Kannada"),
    { "lg", "Luganda" },
    BOTH("lo", "Lao"),
    { "mg", "Malagasy" },
    BOTH("ml", "Malayalam"),
    BOTH("mr", "Marathi"),
    { "ms", "Malay" },
    BOTH("my", "Burmese"),
    BOTH("ne", "Nepali"),
    { "om", "Oromo" },
    BOTH("pa", "Punjabi"),
    { "rn", "Kirundi" },
    { "rw", "Kinyarwanda" },
    BOTH("si", "Sinhala"),
    { "sn", "Shona" },
    { "so", "Somali" },
    { "su", "Sundanese" },
    { "sw", "Swahili" },
    BOTH("ta", "Tamil"),
    BOTH("te", "Telugu"),
    BOTH("th", "Thai"),
    BOTH("ti", "Tigrinya"),
    { "tl", "Tagalog" },
    BOTH("ur", "Urdu"),
    { "vi", "Vietnamese" },
    { "yo", "Yoruba" },
    BOTH("zh", "Chinese"),
    { "zh-Hans", "Chinese" },
    { "zh-Hant", "Chinese, traditional" },
    { "es", "Spanish" },
    { "fa", "Persian" },
    { "ja", "Japanese" },
    { "ko", "Korean" },
    { "mad", "Madurese" },
    { "min", "Minangkabau" },
    { "my-Qaag", "Burmese (Zawgyi)" },
    { "pcm", "Nigerian Pidgin" },
    { "ru", "Russian" },
    { "tr", "Turkish" },
    { "tw", "Twi" },
    { "vi-x-ascii", "Vietnamese without marks" },
    { "war", "Waray" },
    { "yue", "Cantonese" },
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
