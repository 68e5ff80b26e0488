/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lineparts - see lineparts.h. */
#include "gateway/console/line/lineparts.h"

#include "gateway/base/str.h"
#include "gateway/console/shell.h"

void lineparts_write_tabs(struct html *html, const struct visit *visit, const char *here)
{
    static const struct shell_place tabs[] = { { "/channels", "Channels" }, { "/outbox", "What waits" },
        { "/quarantine", "Kept back" } };
    H_LIT(html, "<nav aria-label=\"The line\"><ul class=\"views\">\n");
    for (size_t i = 0; i < STR_COUNT(tabs); i++)
        shell_write_place(html, visit, &tabs[i], here);
    H_LIT(html, "</ul></nav>\n");
}
