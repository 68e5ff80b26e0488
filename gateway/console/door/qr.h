/* SPDX-License-Identifier: GPL-3.0-or-later */
/* qr - a text as a square that a phone reads (ISO/IEC 18004), drawn as inline SVG. Owner of libqrencode. */
#ifndef GATEWAY_CONSOLE_DOOR_QR_H
#define GATEWAY_CONSOLE_DOOR_QR_H

#include "gateway/console/html.h"

/* label: what a screen reader says in its place. Without memory, or for a text that is too long, nothing is drawn: the
 * text stands beside it anyway. */
void qr_write(struct html *html, const char *text, const char *label);

#endif
