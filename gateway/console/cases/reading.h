/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reading - what the machine read in a text, and which of its words spoke for that. */
#ifndef GATEWAY_CONSOLE_CASES_READING_H
#define GATEWAY_CONSOLE_CASES_READING_H

#include "gateway/console/html.h"
#include "gateway/json/json.h"

/* A list: language, urgency, intent, categories, flags, reasons. row: of a message. */
void reading_write(struct html *html, const json_t *row, const json_t *evidence);
/* Its entries for the reasons alone; each label with each of its words once. */
void reading_write_reasons(struct html *html, const json_t *evidence);

#endif
