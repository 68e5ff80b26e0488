/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log - one logfmt line an event on standard error, with the <N> priority prefix of the journal.
 * Keeps: there is no field type for a message text; a telephone number can only be printed as its keyed tag; values
 *        are escaped. base, config, store, vault, handlers never log: they return.
 */
#ifndef GATEWAY_BASE_LOG_H
#define GATEWAY_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level {
    LOG_LEVEL_ERROR = 3,
    LOG_LEVEL_WARNING = 4,
    LOG_LEVEL_NOTICE = 5,
    LOG_LEVEL_INFO = 6,
    LOG_LEVEL_DEBUG = 7
};

enum log_event_id {
#define EVENT(name, meaning) EV_##name,
#include "gateway/base/events.def"
#undef EVENT
    EV_COUNT
};

enum log_field_kind { LOG_FIELD_END, LOG_FIELD_INT, LOG_FIELD_WORD, LOG_FIELD_TAG, LOG_FIELD_WHY };
struct log_field {
    enum log_field_kind kind;
    const char *key;
    int64_t number;
    const char *word;         /* WORD: a name or fixed word; WHY: a sentence of struct error */
    const unsigned char *tag; /* TAG: first 4 bytes of a keyed 16-byte tag are printed in hex */
};
#define F_INT(key, value)                                                                                              \
    {                                                                                                                  \
        LOG_FIELD_INT, key, value, 0, 0                                                                                \
    }
#define F_WORD(key, value)                                                                                             \
    {                                                                                                                  \
        LOG_FIELD_WORD, key, 0, value, 0                                                                               \
    }
#define F_TAG(key, value)                                                                                              \
    {                                                                                                                  \
        LOG_FIELD_TAG, key, 0, 0, value                                                                                \
    }
#define F_WHY(value)                                                                                                   \
    {                                                                                                                  \
        LOG_FIELD_WHY, "why", 0, value, 0                                                                              \
    }

/* log_event(LOG_LEVEL_INFO, EV_case_opened, F_INT("case", id), F_WORD("urgency", word)) */
#define log_event(level, event, ...)                                                                                   \
    log_write(level, event, (const struct log_field[]){ __VA_ARGS__ __VA_OPT__(, ){ LOG_FIELD_END, 0, 0, 0, 0 } })
void log_write(enum log_level level, enum log_event_id event, const struct log_field *fields);

void log_set_level(enum log_level level);
const char *log_event_name(enum log_event_id event);
const char *log_event_meaning(enum log_event_id event);
/* How many events of that id were logged since the start (metrics and tests). */
uint64_t log_event_count(enum log_event_id event);

#endif
