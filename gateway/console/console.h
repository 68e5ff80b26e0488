/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * console - what the console's listener serves: the responder's page behind a link, the style sheet, and /metrics.
 * Keeps: GET changes nothing but the audit of what was read; whatever is not ours gives one and the same page.
 * Not here: waiting for turn and commit (core/visits), /healthz (core/daemon).
 */
#ifndef GATEWAY_CONSOLE_CONSOLE_H
#define GATEWAY_CONSOLE_CONSOLE_H

#include "gateway/core/scrape.h"
#include "gateway/core/visits.h"

struct console;

/* core is borrowed for as long as the console lives; its configuration may be swapped between two turns. */
int console_new(struct core *core, struct console **ret_console) MUST_CHECK;
/* /metrics is answered from now on; scrape is borrowed until console_free. */
void console_serve_metrics(struct console *console, struct scrape *scrape);
void console_free(struct console *console);

/* visits_page_fn, with a struct console as context: inside the transaction. */
int console_answer(
    void *console, const struct request *request, int64_t now_ms, struct visits_page *ret_page) MUST_CHECK;
int console_busy(void *console, const struct request *request, int64_t now_ms, struct visits_page *ret_page) MUST_CHECK;
/* All of the above for daemon_new. */
struct visits_writer console_writer(struct console *console);

#endif
