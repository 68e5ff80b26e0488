/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * talk - one command at a time with a deadline, over one open device.
 * Keeps: every command ends exactly once: with a final code, at its deadline, or because the device went away. The
 *        result comes after all bytes read with it were sorted, so a stray line never answers the next command.
 * Not here: what to do after a time-out (driver: nothing may follow but a new beginning).
 */
#ifndef GATEWAY_MODEM_TALK_H
#define GATEWAY_MODEM_TALK_H

#include "gateway/base/loop.h"
#include "gateway/modem/answer.h"

#define TALK_LINES_MAX 4096 /* of one answer */
#define TALK_BODY_MAX 512

struct talk;

struct talk_command {
    const char *text;   /* without CR; borrowed until the result */
    const char *prefix; /* of its lines; NULL = none. Borrowed likewise */
    enum answer_shape shape;
    int deadline_ms;     /* unscaled; for a listing from each line on */
    int cap_ms;          /* of a whole listing; 0 = deadline_ms alone */
    bool must_have_line; /* an OK without a line of its own is of another command: treated as a time-out */
    bool forbids_echo;   /* an echo that had been switched off says that the settings are gone, and that the prompt is
                            one for a text to that number: nothing is written into it, the end is a time-out */
    const char *body;    /* written with Ctrl-Z when the prompt came; NULL = none */
    int body_ms;         /* then for the final code */
};

enum talk_end { TALK_OK, TALK_ERROR, TALK_TIMEOUT, TALK_GONE };

struct talk_result {
    enum talk_end end;
    struct atline_final final;
    char error[ATLINE_ERROR_MAX]; /* the final line when it is not OK */
    const char *lines;            /* its own lines, each ended by a line feed; "" = none. Borrowed for the call */
    bool is_echoed;               /* the modem wrote the command back */
    bool has_prompt, is_body_out; /* the body was written to its last byte */
};

typedef void (*talk_done_fn)(void *context, const struct talk_result *result);
/* RECORD of the running command. */
typedef void (*talk_record_fn)(void *context, const struct answer_found *record);

struct talk_events {
    void (*unasked)(void *context, struct span line);
    void (*arrived)(void *context, const struct answer_found *message); /* MESSAGE or REPORT */
    /* The device is gone; a running command has had its TALK_GONE. The last call: talk may be freed in it. */
    void (*gone)(void *context, const char *why);
    void *context;
};

/* Takes fd over, also on failure. events is copied. percent scales all deadlines. */
int talk_new(
    struct loop *loop, int fd, int percent, const struct talk_events *events, struct talk **ret_talk) MUST_CHECK;
/* Closes the device; calls nobody. NULL is fine. */
void talk_free(struct talk *talk);

/* One at a time. done may start the next command or free talk (not with TALK_GONE); record may do neither. A failure to
 * write ends as TALK_GONE or at the deadline, never by a return code. */
void talk_run(
    struct talk *talk, const struct talk_command *command, talk_record_fn record, talk_done_fn done, void *context);
bool talk_is_running(const struct talk *talk);
/* Was a command echoed since the last question? */
bool talk_take_echo(struct talk *talk);
/* A body was written, to its last byte, and its final code is not here. */
bool talk_is_body_out(const struct talk *talk);
/* The device went away; events.gone has been called or will be. */
bool talk_is_gone(const struct talk *talk);
/* Forgets a running command without a result. */
void talk_drop(struct talk *talk);
/* ESC and CR: leaves a prompt, ends a half command. Forgets what was read and what was not yet written. */
void talk_escape(struct talk *talk);
/* A span of time of the dialogue, scaled. */
int talk_scale(const struct talk *talk, int ms);

#endif
