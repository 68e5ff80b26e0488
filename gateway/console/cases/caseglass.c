/* SPDX-License-Identifier: GPL-3.0-or-later */
/* caseglass - see caseglass.h; and the act. */
#include "gateway/console/cases/caseglass.h"

#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/console/pages.h"
#include "gateway/console/parts.h"
#include "gateway/console/shell.h"
#include "gateway/core/breakglass.h"

#define REASON_MIN 10 /* bytes: "x" is no reason */

void caseglass_write_form(struct html *html, const struct visit *visit)
{
    char path[48];
    (void)snprintf(path, sizeof path, "/cases/%lld/glass", (long long)visit->id);
    H_LIT(html,
        "<details class=\"glass\"><summary>Read this case in an emergency</summary>\n<p>A supervisor gives out cases and "
        "does not read them. When nobody else can help her, you can open this one for thirty minutes. Your reason is kept "
        "with the case, and those who watch over this line are told at once that you did.</p>\n");
    shell_form_begin(html, visit, path);
    H_LIT(html, "<label for=\"glass-reason\">Why must you read it now?</label>\n"
                "<textarea id=\"glass-reason\" name=\"reason\" rows=\"2\" required minlength=\"10\" maxlength=\"500\" "
                "dir=\"auto\"></textarea>\n<button type=\"submit\">Break the glass for thirty minutes</button>\n");
    shell_form_end(html);
    H_LIT(html, "</details>\n");
}

void caseglass_write_notice(struct html *html, const struct visit *visit, int64_t until_at)
{
    H_LIT(html, "<p class=\"answer refused\">You read this case against the rule, until ");
    parts_write_time(html, until_at, visit->now_ms);
    H_LIT(html, ". It is on record, and others were told.</p>\n");
}

static int keep_reason(struct visit *visit, struct visit_answer *ret_answer)
{
    AUTO_BUF text;
    buf_init(&text, 4096);
    buf_add_text(&text, "Read against the rule by a supervisor, because: ");
    buf_add_span(&text, visit_field(visit, "reason"));
    int rc = buf_check(&text);
    return rc ? rc
              : visit_verb(visit, "cases note",
                    json_pack("{s:I, s:s}", "case", (json_int_t)visit->id, "text", text.data), ret_answer);
}

int page_case_glass(struct visit *visit, struct visits_page *ret_page)
{
    char path[48];
    AUTO_ANSWER answer = { .rows = NULL };
    (void)snprintf(path, sizeof path, "/cases/%lld", (long long)visit->id);
    if (visit_field(visit, "reason").len < REASON_MIN)
        return visit_go(visit, path, "Say in a few words why you must read it.", true, ret_page);
    int rc = keep_reason(visit, &answer);
    if (rc)
        return rc;
    if (answer.end != VERB_DONE)
        return visit_go(visit, path, answer.why, true, ret_page);
    rc = breakglass_break(visit->core, visit->who->name, visit->id, visit->now_ms);
    return rc ? rc : visit_go(visit, path, "The glass is broken, and others are told.", false, ret_page);
}
