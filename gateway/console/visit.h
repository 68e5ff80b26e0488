/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * visit - one request of somebody who came in, as the handlers of routes.def get it.
 * Keeps: a form has each field once, from the type that forms have; what is done goes through the verbs of helplinectl
 *        with the visitor's own name; what a POST did is told on the page after it, never in an address.
 * Not here: who may come (access), what comes before a handler (desk), the frame of a page (shell).
 */
#ifndef GATEWAY_CONSOLE_VISIT_H
#define GATEWAY_CONSOLE_VISIT_H

#include "gateway/console/router.h"
#include "gateway/console/sessions.h"
#include "gateway/core/verbs.h"
#include "handlers/form.h"

struct visit {
    struct core *core;
    struct sessions *sessions;
    const struct request *request;
    const struct route *route;
    struct session *who;
    const struct form
        *form;  /* of the body of a POST, of the query of a GET; values are valid UTF-8, trimmed, with LF */
    int64_t id; /* the number of the address */
    int64_t now_ms;
};

/* Empty when it is absent. */
struct span visit_field(const struct visit *visit, const char *name);
/* 0 when it is absent or empty, -1 when it is no positive number. */
int64_t visit_number(const struct visit *visit, const char *name);
/* Into ret; cut when it is too long; the result. */
const char *visit_text(const struct visit *visit, const char *name, char *ret, size_t size);

struct visit_answer {
    int end; /* enum verb_end */
    json_t *rows;
    char why[256];
};
void visit_answer_done(struct visit_answer *answer);
#define AUTO_ANSWER __attribute__((cleanup(visit_answer_done))) struct visit_answer
/* Runs a verb as the visitor; args is taken. A negative error of storage, or 0 and what it answered. */
int visit_verb(struct visit *visit, const char *words, json_t *args, struct visit_answer *ret_answer) MUST_CHECK;

/* 303 to path ("/cases/1001"); the sentence is shown there. NULL = nothing to say. */
int visit_go(struct visit *visit, const char *path, const char *sentence, bool is_refusal,
    struct visits_page *ret_page) MUST_CHECK;

/* The same where nobody is in yet. */
int visit_go_from(const struct request *request, const char *path, struct visits_page *ret_page) MUST_CHECK;

/* ret_path: the way from the page that was asked for to an address of ours ("/cases" seen from "/cases/1001" is
 * "../cases"), because a proxy may put the whole under any path. */
void visit_way(const char *from, const char *to, char *ret_path, size_t size);

#endif
