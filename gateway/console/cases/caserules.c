/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * caserules - on top of the page of a case: what she asked of whoever writes or calls, and what may be sent to her now.
 */
#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/console/cases/caseview.h"
#include "gateway/console/parts.h"
#include "gateway/core/render.h"

static flag_set flags_of(const json_t *list)
{
    size_t i;
    json_t *word;
    flag_set set = 0;
    json_array_foreach(list, i, word)
    {
        int flag = flag_from_word(json_string_value(word));
        set |= flag < 0 ? 0 : 1u << flag;
    }
    return set;
}

static void write_item(struct html *html, const char *sentence)
{
    H_LIT(html, "<li>");
    html_string(html, sentence);
    H_LIT(html, "</li>\n");
}

static void write_hours(struct html *html, const json_t *row)
{
    const char *from = json_text(row, "safe_from", ""), *to = json_text(row, "safe_to", "");
    const char *country = phone_country_name(json_text(row, "country", ""));
    if (!from[0] || !to[0])
        return;
    H_LIT(html, "<li>Her safe hours, by her clock: ");
    html_string(html, from);
    H_LIT(html, " to ");
    html_string(html, to);
    if (country) {
        H_LIT(html, " (");
        html_string(html, country);
        H_LIT(html, ")");
    }
    H_LIT(html, "</li>\n");
}

static const char *consent_sentence(const char *word)
{
    static const char *const sentences[][2] = {
        { "none", "Authorities: she was not asked. What is meant for them is held back." },
        { "asked", "Authorities: she was asked and has not answered. What is meant for them is held back." },
        { "yes", "Authorities: she said yes." },
        { "no", "Authorities: she said NO. What is meant for them is held back." },
        { "override", "Authorities: released by a person without her yes." },
    };
    for (size_t i = 0; i < STR_COUNT(sentences); i++)
        if (str_equal(sentences[i][0], word))
            return sentences[i][1];
    return "";
}

static void write_verdict(struct html *html, const struct caseview *view, const json_t *rules)
{
    const char *verdict = json_text(rules, "verdict", ""), *sentence = json_text(rules, "sentence", "");
    H_LIT(html, "<li>A message to her now: ");
    if (!json_bool(rules, "can_reach", false))
        H_LIT(html, "not possible, the line that she wrote to takes messages only.");
    else if (str_equal(verdict, "send"))
        H_LIT(html, "may go at once.");
    else if (str_equal(verdict, "wait")) {
        H_LIT(html, "waits until ");
        caseview_write_time(html, rules, "until", view->now_ms);
        H_LIT(html, ": ");
        html_string(html, sentence);
    } else {
        html_string(html, str_equal(verdict, "hold") ? "is held: " : "must not go: ");
        html_string(html, sentence);
    }
    H_LIT(html, "</li>\n");
}

void caseview_write_rules(struct html *html, const struct caseview *view)
{
    const json_t *row = caseview_section(view->rows, "case"), *rules = caseview_section(view->rows, "rules");
    flag_set flags = flags_of(json_object_get(row, "flags"));
    const char *sentence;
    H_LIT(html,
        "<section class=\"rules\" aria-labelledby=\"rules\">\n<h2 id=\"rules\">First of all: her rules</h2>\n<ul>\n");
    if (json_bool(rules, "stopped", false))
        write_item(html, "She texted STOP: nothing is sent to her until she texts START.");
    for (unsigned i = 0; (sentence = render_rule(flags, i)); i++)
        write_item(html, sentence);
    write_hours(html, row);
    if (parts_time_of(rules, "provider_blocked_at"))
        write_item(html, "Her provider blocks our messages: she texted STOP to it.");
    write_item(html, consent_sentence(json_text(row, "consent", "")));
    write_verdict(html, view, rules);
    H_LIT(html, "</ul>\n</section>\n");
}
