/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases - what is known of one person's trouble, and the notes people add.
 * Keeps: a case number has four digits or more and is never used again; at most one case that is not closed belongs
 *        to one number.
 */
#ifndef GATEWAY_STORE_CASES_H
#define GATEWAY_STORE_CASES_H

#include "gateway/store/db.h"

struct case_row {
    int64_t id;
    unsigned char sender_tag[STORE_TAG_LEN]; /* all zero: unknown sender, never joined */
    unsigned char key_wrap[STORE_WRAP_MAX];
    size_t key_wrap_len; /* 0 after purge */
    enum state state, verification;
    enum urgency urgency;
    category_set categories;
    flag_set flags;
    char language[LANGUAGE_MAX];
    char country[COUNTRY_MAX];
    char channel[NAME_MAX_LEN];                                /* she wrote to it last: the way back to her */
    char policy[NAME_MAX_LEN];                                 /* "" before routing */
    char owner[NAME_MAX_LEN];                                  /* contact or user who holds it, "" = nobody */
    char outcome[128];                                         /* set when closed: a word of ENDING, or "" */
    int64_t opened_at, updated_at, closed_at, last_message_at; /* closed_at 0 = not closed */
    int64_t message_count;
    enum state consent;             /* machine consent; a state of another machine is stored as consent_none */
    int64_t contacted_at;           /* somebody reached her, 0 = not yet */
    int safe_from_min, safe_to_min; /* her safe hours in minutes of her day 0..1439; -1 = unknown, 0 is midnight */
    int64_t joined_to;              /* the case that this one went into, 0 = none */
    int64_t split_from;             /* the case that its first text was moved out of, 0 = none; never changed */
    unsigned char split_tag[STORE_TAG_LEN]; /* of a number that belongs to another case: leads no text here */
    int64_t answered_at;                    /* words of a person reached her last, 0 = never or not surely */
    char origin[COUNTRY_MAX];               /* the country she comes from, "" = unknown */
    bool is_origin_stated;                  /* by a person; else it is a guess (core/origin) */
    char sex[SEX_MAX];                      /* a word of SEX, "" = unknown */
    int64_t read_at;                        /* a person read it last, 0 = never; written by cases_mark_read only */
};

int cases_insert(struct store *store, const struct case_row *row) MUST_CHECK;
/* Writes every column but id, sender_tag, opened_at, split_from, split_tag, read_at. ERR_NOT_FOUND. */
int cases_update(struct store *store, const struct case_row *row) MUST_CHECK;
int cases_get(struct store *store, int64_t id, struct case_row *ret_row) MUST_CHECK;
int cases_find_open(struct store *store, const unsigned char *sender_tag, struct case_row *ret_row) MUST_CHECK;
/* The newest closed case of that number (to link a new one). ERR_NOT_FOUND. */
int cases_find_last_closed(struct store *store, const unsigned char *sender_tag, struct case_row *ret_row) MUST_CHECK;

/* A person has seen all that there is until now_ms. */
int cases_mark_read(struct store *store, int64_t id, int64_t now_ms) MUST_CHECK;

/* A list is the queue, worst first and then oldest first (by_urgency, of cases that are not closed), or the log, newest
 * first. */
struct cases_filter {
    const char *state;    /* word, or NULL = any but closed, "all" = any */
    int urgency;          /* -1 = any */
    int category;         /* -1 = any */
    flag_set flags;       /* all of them; 0 = any */
    const char *language; /* the tag, or what stands before a hyphen in it: "ne" is "ne-Latn" too; NULL = any */
    const char *country;  /* NULL = any */
    const char *owner;    /* NULL = any, "" = nobody */
    bool or_unowned;      /* with owner: those of nobody too */
    bool is_unread;       /* a text came after the last reading */
    bool is_unanswered;   /* a text came after the last words of a person to her */
    const unsigned char *sender_tag; /* only that number's, newest first; NULL = any */
    int64_t before_id;               /* log: 0 = from the newest */
    bool by_urgency;
    struct case_place { /* queue: the row after which the list goes on; id 0 = from the worst */
        int64_t id, opened_at;
        enum urgency urgency;
    } after;
    unsigned limit; /* 1..1000 */
};
/* Returns 0 or what the callback returned first (a negative code stops). */
typedef int (*case_row_fn)(void *context, const struct case_row *row);
int cases_list(struct store *store, const struct cases_filter *filter, case_row_fn fn, void *context) MUST_CHECK;

/* What waits, of the cases that are not closed. */
struct cases_sum {
    int64_t live, critical, unowned, unread, unanswered;
};
int cases_count_live(struct store *store, struct cases_sum *ret_sum) MUST_CHECK;

struct note_row {
    int64_t id, case_id, at;
    char author[NAME_MAX_LEN];
    struct span text; /* sealed */
};
typedef int (*note_row_fn)(void *context, const struct note_row *row);
int cases_add_note(struct store *store, const struct note_row *row) MUST_CHECK;
/* The cases that were joined to this one, the oldest first; at most max. */
int cases_list_joined(struct store *store, int64_t id, int64_t *ret_ids, unsigned max, unsigned *ret_count) MUST_CHECK;
/* The cases that were split off this one, likewise. */
int cases_list_split(struct store *store, int64_t id, int64_t *ret_ids, unsigned max, unsigned *ret_count) MUST_CHECK;
int cases_list_notes(struct store *store, int64_t case_id, note_row_fn fn, void *context) MUST_CHECK;

/* The closed case that has waited longest for its purge, if it was closed before before_ms; ERR_NOT_FOUND. */
int cases_find_kept(struct store *store, int64_t before_ms, int64_t *ret_id) MUST_CHECK;

/* Shreds a closed case: key wrap, sealed texts, numbers, notes, tags and her hours are removed, the row with its labels
 * stays for figures. Her row of persons goes when no other case is hers. ERR_CONFLICT when it is not closed. */
int cases_purge(struct store *store, int64_t id, int64_t now_ms) MUST_CHECK;

#endif
