/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * style - the style sheet of all pages, embedded at build time from gateway/console/style.css
 * (tests/support/embed-text).
 */
#ifndef GATEWAY_CONSOLE_STYLE_H
#define GATEWAY_CONSOLE_STYLE_H

extern const char style_css[];

#endif
