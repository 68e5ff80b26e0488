/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * line - the real programs in a folder of their own, for harnesses and benchmarks written in C.
 * What:  writes keys and a configuration, starts helplined (and helpline-sender), waits for READY, ends them by pid.
 * Keeps: port 0 everywhere; every process that was started is ended by line_close.
 */
#ifndef TESTS_SUPPORT_LINE_H
#define TESTS_SUPPORT_LINE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct line {
    char folder[64];
    char build[256];   /* HELPLINED_BUILD, or build/release */
    char lexicon[256]; /* config/lexicon of the checkout, absolute */
    char address[64];  /* of the webhooks, once it serves */
    pid_t daemon, sender;
    int64_t start_ms; /* from fork to READY */
};

/* Makes the folder and the keys. `rest` is put behind the fixed part (database, keys, listen, lexicon): channels,
 * contacts, policies, routes. Exits the program with a sentence when anything fails: there is no test without it. */
void line_open(struct line *line, const char *rest);
void line_close(struct line *line); /* ends what runs and removes the folder */

void line_start(struct line *line); /* the daemon, until READY */
void line_start_sender(struct line *line);
void line_kill(struct line *line); /* SIGKILL, reaped */
int line_stop(struct line *line);  /* SIGTERM; the exit status */
/* Runs helplinectl with these words (NULL-terminated) and returns its exit code; its output goes to `out` (size bytes),
 * if not NULL. */
int line_ctl(struct line *line, char *out, size_t size, const char *const *words);
/* The first column of the first row of a query on the database of a stopped daemon; -1 on error. */
int64_t line_query(const struct line *line, const char *sql);
/* Resident memory in kB. */
int64_t line_rss_kb(pid_t pid);

#endif
