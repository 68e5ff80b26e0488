/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vitals - signal, registration, operator, storage and model of a modem, asked one question after another.
 * Keeps: an unknown question is asked no more until the modem is set up anew; a question without an answer is a
 *        desync.
 * Not here: when to ask (driver).
 */
#ifndef GATEWAY_MODEM_VITALS_H
#define GATEWAY_MODEM_VITALS_H

#include "gateway/modem/modemwire.h"
#include "gateway/modem/talk.h"

enum vitals_net { VITALS_CREG, VITALS_CEREG, VITALS_CGREG, VITALS_NETS };

struct vitals {
    int nets[VITALS_NETS]; /* -1 = unknown */
    int signal, used, total;
    char operator[MODEMWIRE_LABEL_MAX], model[MODEMWIRE_LABEL_MAX];
    unsigned refused; /* questions that the modem does not know, as bits */
    unsigned at;
    struct talk *talk;
    void (*done)(void *context, bool is_broken);
    void *context;
    bool is_stopping, is_brief;
};

void vitals_init(struct vitals *vitals, void (*done)(void *context, bool is_broken), void *context);
/* The modem is set up anew: nothing is known of it. */
void vitals_forget(struct vitals *vitals);
/* Asks everything; is_brief: only the registration. */
void vitals_begin(struct vitals *vitals, struct talk *talk, bool is_brief);
/* Asks nothing more after the answer that is awaited. */
void vitals_stop(struct vitals *vitals);
/* Takes an unasked line about the registration; false when it is about something else. */
bool vitals_take(struct vitals *vitals, struct span line);

/* Registered by any of the networks, or by none known to say otherwise. */
bool vitals_is_registered(const struct vitals *vitals);
/* The number for people: that of the network which is registered, else of +CREG; -1 = unknown. */
int vitals_registration(const struct vitals *vitals);

/* "+CREG: 0,1" (answer) or "+CREG: 1" (unasked): the state, or -1. */
int vitals_read_state(struct span rest, bool *ret_is_answer);

#endif
