/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * command - what a responder's SMS asks for: "OK 1042 KTRM", "ktrm-1042 ok", "SAY 1042 KTRM are you safe?". Pure.
 * Keeps: case, spacing, punctuation and the order of word, number and code are forgiven; whatever stands behind them is
 * the text, unchanged. A word that merely looks like a command inside a sentence is not one: the command stands at the
 * beginning. Not here: whether the code is right and what happens (responders, acts).
 */
#ifndef GATEWAY_CORE_COMMAND_H
#define GATEWAY_CORE_COMMAND_H

#include "config/texts.h"

#define COMMAND_CODE_LEN 4
#define COMMAND_CODE_LETTERS                                                                                           \
    "BCDFGHJKLMNPRSTVWXZ" /* consonants that are told apart when read aloud; no vowels, so no words */

struct command {
    int verb;                        /* enum command_verb, -1 = no command word */
    int64_t case_id;                 /* 0 = no number of four digits or more */
    char code[COMMAND_CODE_LEN + 1]; /* upper case; "" = none */
    struct span rest;                /* the text behind, borrowed */
};

/* Never fails: what is not there is marked as absent. texts gives the words of the verbs. */
void command_parse(const struct texts *texts, struct span text, struct command *ret_command);

/* A fresh code for an alert; ret is COMMAND_CODE_LEN + 1 bytes. random_below gives a uniform number below its argument.
 */
void command_code_new(uint32_t (*random_below)(uint32_t), char *ret_code);

#endif
