/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base64text - a long text that a carrier handed on as base64, read.
 * Why:   seen with Twilio where an operator joins the parts of an SMS itself; nobody can read it so, nor can triage.
 * Keeps: what a person could have typed stays as it is: only a long text of nothing but base64 that decodes to words
 *        is changed.
 */
#ifndef HANDLERS_BASE64TEXT_H
#define HANDLERS_BASE64TEXT_H

#include "gateway/base/model.h"

/* Puts the decoded text in place of sms->text; nothing happens when it is none. */
void base64text_reveal(struct sms_in *sms);

#endif
