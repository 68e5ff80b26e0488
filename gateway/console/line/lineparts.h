/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lineparts - what the pages of channels, outbox and quarantine share. */
#ifndef GATEWAY_CONSOLE_LINE_LINEPARTS_H
#define GATEWAY_CONSOLE_LINE_LINEPARTS_H

#include "gateway/console/html.h"
#include "gateway/console/visit.h"

#define LINEPARTS_HERE "/channels" /* the entry of the navigation that leads to them */

/* The pages of the line that the visitor may have; here: the address of this one. */
void lineparts_write_tabs(struct html *html, const struct visit *visit, const char *here);

#endif
