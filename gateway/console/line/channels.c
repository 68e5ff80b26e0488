/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * channels - the page of channels, modems and tests of the line, and the test of one channel.
 * Keeps: a test sends and stores nothing; one that finds nothing wrong ends a pause, as on the host.
 */
#include "gateway/base/str.h"
#include "gateway/console/line/channelview.h"
#include "gateway/console/line/lineparts.h"
#include "gateway/console/page.h"
#include "gateway/console/pages.h"
#include "gateway/console/shell.h"

static void write_test(struct html *html, const void *context, const char *channel)
{
    shell_form_begin(html, context, "/channels/test");
    H_LIT(html, "<input type=\"hidden\" name=\"channel\"");
    H_ATTR(html, "value", channel);
    H_LIT(html, ">\n<button class=\"small\" type=\"submit\"");
    H_LIT(html, ">Test</button>\n");
    shell_form_end(html);
}

int page_channels(struct visit *visit, struct visits_page *ret_page)
{
    AUTO_ANSWER rows = { .rows = NULL };
    AUTO_ANSWER loops = { .rows = NULL };
    AUTO_ANSWER health = { .rows = NULL };
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    int rc = html ? visit_verb(visit, "channels list", json_object(), &rows) : ERR_NOMEM;
    if (!rc)
        rc = visit_verb(visit, "loops list", json_object(), &loops);
    if (!rc)
        rc = visit_verb(visit, "health", json_object(), &health);
    if (rc)
        return rc;
    struct channelview view = { .rows = rows.rows,
        .loops = loops.rows,
        .health = json_array_get(health.rows, 0),
        .trouble = health.why,
        .now_ms = visit->now_ms,
        .context = visit,
        .write_test = visit->who->role == ROLE_auditor ? NULL : write_test };
    shell_begin(html, visit, "Channels", LINEPARTS_HERE);
    lineparts_write_tabs(html, visit, "/channels");
    channelview_write(html, &view);
    shell_end(html);
    return page_finish(html, 200, ret_page);
}

int page_channels_test(struct visit *visit, struct visits_page *ret_page)
{
    char channel[NAME_MAX_LEN];
    AUTO_ANSWER answer = { .rows = NULL };
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    visit_text(visit, "channel", channel, sizeof channel);
    int rc = html ? visit_verb(visit, "channels test", json_pack("{s:s}", "channel", channel), &answer) : ERR_NOMEM;
    if (rc)
        return rc;
    if (!json_array_size(answer.rows))
        return visit_go(visit, "/channels", answer.why, true, ret_page);
    shell_begin(html, visit, "Test of a channel", LINEPARTS_HERE);
    lineparts_write_tabs(html, visit, "/channels");
    channelview_write_test(html, channel, answer.rows, answer.why);
    H_LIT(html, "<p class=\"more\"><a href=\"../channels\">Back to the channels</a></p>\n");
    shell_end(html);
    return page_finish(html, 200, ret_page);
}
