/* SPDX-License-Identifier: GPL-3.0-or-later */
/* queuefilter - search, views and filter above the queue. Private to queueview. */
#ifndef GATEWAY_CONSOLE_CASES_QUEUEFILTER_H
#define GATEWAY_CONSOLE_CASES_QUEUEFILTER_H

#include "gateway/console/cases/queueview.h"

bool queuefilter_is_set(const struct queueview *view);
void queuefilter_write(struct html *html, const struct queueview *view);

#endif
