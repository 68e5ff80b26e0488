/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * aboutform - the form that says what is known of her and of the end of her case: for figures by corridor, sex and
 * ending. Keeps: asked of nobody; nothing is alerted or routed by it.
 */
#include <stdio.h>

#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/console/cases/caseforms.h"

static void write_country(struct html *html, unsigned index, const char *chosen)
{
    const char *country = phone_country_at(index);
    enum phone_role role = phone_country_role(country);
    if (role == PHONE_ROLE_ORIGIN || role == PHONE_ROLE_BOTH || str_equal(country, chosen))
        caseforms_write_option(html, country, phone_country_name(country), str_equal(country, chosen));
}

static void write_origins(struct html *html, const struct caseview *view)
{
    bool is_stated = str_equal(caseforms_word(view, "origin_basis"), "stated");
    const char *chosen = is_stated ? caseforms_word(view, "origin") : "";
    H_LIT(html, "<label for=\"origin\">The country she comes from</label>\n<select id=\"origin\" name=\"origin\">\n");
    caseforms_write_option(html, "", is_stated ? "as it is" : "nobody has asked her", !is_stated);
    for (unsigned i = 0; i < PHONE_COUNTRIES; i++)
        write_country(html, i, chosen);
    caseforms_write_option(html, "unknown", "not known", false);
    H_LIT(html, "</select>\n");
}

static void write_sexes(struct html *html, const char *chosen)
{
    H_LIT(html, "<label for=\"sex\">Sex</label>\n<select id=\"sex\" name=\"sex\">\n");
    caseforms_write_option(html, "", chosen[0] ? "as it is" : "not known", !chosen[0]);
    for (int i = 0; i < SEX_COUNT; i++)
        caseforms_write_option(
            html, sex_word((enum sex)i), sex_word((enum sex)i), str_equal(sex_word((enum sex)i), chosen));
    if (chosen[0])
        caseforms_write_option(html, "unknown", "not known", false);
    H_LIT(html, "</select>\n");
}

void caseforms_write_endings(struct html *html, const char *chosen)
{
    H_LIT(html, "<label for=\"ending\">For the figures</label>\n<select id=\"ending\" name=\"ending\">\n");
    caseforms_write_option(html, "", "none of these, or not known", !chosen[0]);
    for (int i = 0; i < ENDING_COUNT; i++)
        caseforms_write_option(html, ending_word((enum ending)i), ending_meaning((enum ending)i),
            str_equal(ending_word((enum ending)i), chosen));
    H_LIT(html, "</select>\n");
}

void caseforms_write_about(struct html *html, const struct caseview *view)
{
    caseforms_begin_fold(html, "Where she is from, and her sex", false);
    caseforms_begin(html, view, "correct");
    H_LIT(html,
        "<p class=\"hint\">Only as far as she says it herself. It is for figures without names; nobody is told, and "
        "no help depends on it.</p>\n");
    write_origins(html, view);
    write_sexes(html, caseforms_word(view, "sex"));
    if (str_equal(caseforms_word(view, "state"), "closed"))
        caseforms_write_endings(html, caseforms_word(view, "ending"));
    caseforms_end(html, view, "Keep it", false);
    caseforms_end_fold(html);
}
