/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vitals - the questions as a table.
 * Why:   on LTE +CREG may say "not registered" while +CEREG says "registered" (EC25, SIM7600), and 6, 7 mean "SMS
 * only": so all three are asked and one is enough.
 */
#include "gateway/modem/vitals.h"

#include <string.h>

#include "gateway/base/str.h"

#define QUESTION_MS 3000
#define OPERATOR_MS 10000
#define SIGNAL_MAX 31

static void take_signal(struct vitals *vitals, struct span rest)
{
    int signal = -1;
    vitals->signal = atline_number(rest, 0, &signal) && signal <= SIGNAL_MAX ? signal : -1;
}

static void take_operator(struct vitals *vitals, struct span rest)
{
    (void)atline_field(rest, 2, vitals->operator, sizeof(vitals->operator));
}

/* +CPMS: "SM",3,20,"SM",3,20,"SM",3,20: the memory that messages come into is the last. */
static void take_storage(struct vitals *vitals, struct span rest)
{
    unsigned first = 6;
    char name[16];
    if (!atline_field(rest, first, name, sizeof(name)))
        first = 0;
    if (!atline_number(rest, first + 1, &vitals->used) || !atline_number(rest, first + 2, &vitals->total))
        vitals->used = vitals->total = -1;
}

static void take_model(struct vitals *vitals, struct span line)
{
    struct span rest;
    if (atline_has_prefix(line, "+CGMM", &rest))
        line = rest;
    if (vitals->model[0] == '\0')
        (void)atline_field(line, 0, vitals->model, sizeof(vitals->model));
}

static void take_net(struct vitals *vitals, enum vitals_net net, struct span rest)
{
    bool is_answer = false;
    int state = vitals_read_state(rest, &is_answer);
    if (state >= 0)
        vitals->nets[net] = state;
}

static void take_creg(struct vitals *vitals, struct span rest)
{
    take_net(vitals, VITALS_CREG, rest);
}

static void take_cereg(struct vitals *vitals, struct span rest)
{
    take_net(vitals, VITALS_CEREG, rest);
}

static void take_cgreg(struct vitals *vitals, struct span rest)
{
    take_net(vitals, VITALS_CGREG, rest);
}

static const struct question {
    const char *text, *prefix;
    enum answer_shape shape;
    int deadline_ms;
    void (*take)(struct vitals *vitals, struct span rest);
    bool is_asked_once;
} questions[] = { { "AT+CREG?", "+CREG", ANSWER_PLAIN, QUESTION_MS, take_creg, false },
    { "AT+CEREG?", "+CEREG", ANSWER_PLAIN, QUESTION_MS, take_cereg, false },
    { "AT+CGREG?", "+CGREG", ANSWER_PLAIN, QUESTION_MS, take_cgreg, false },
    { "AT+CSQ", "+CSQ", ANSWER_PLAIN, QUESTION_MS, take_signal, false },
    { "AT+CPMS?", "+CPMS", ANSWER_PLAIN, QUESTION_MS, take_storage, false },
    { "AT+COPS?", "+COPS", ANSWER_PLAIN, OPERATOR_MS, take_operator, false },
    { "AT+CGMM", "+CGMM", ANSWER_BARE, QUESTION_MS, take_model, true } };

void vitals_init(struct vitals *vitals, void (*done)(void *context, bool is_broken), void *context)
{
    *vitals = (struct vitals){ .done = done, .context = context };
    vitals_forget(vitals);
}

void vitals_forget(struct vitals *vitals)
{
    for (int net = 0; net < VITALS_NETS; net++)
        vitals->nets[net] = -1;
    vitals->signal = vitals->used = vitals->total = -1;
    vitals->operator[0] = vitals->model[0] = '\0';
    vitals->refused = 0;
}

int vitals_read_state(struct span rest, bool *ret_is_answer)
{
    int first = -1, second = -1;
    char field[8];
    (void)atline_number(rest, 0, &first);
    /* An area code in second place stands in quotes or has more digits. */
    size_t quote = rest.len > 0 && memchr(rest.data, ',', rest.len) != NULL
                       ? (size_t)((const char *)memchr(rest.data, ',', rest.len) - rest.data) + 1
                       : rest.len;
    bool is_quoted = quote < rest.len && memchr(rest.data + quote, '"', rest.len - quote) == rest.data + quote;
    *ret_is_answer = !is_quoted && atline_field(rest, 1, field, sizeof(field)) && strlen(field) <= 2 &&
                     atline_number(rest, 1, &second);
    return *ret_is_answer ? second : first;
}

/* An unasked line between question and answer may have the same prefix; both tell the same state. */
static void take_lines(struct vitals *vitals, const struct question *question, const char *lines)
{
    while (*lines != '\0') {
        size_t len = strcspn(lines, "\n");
        struct span line = { lines, len }, rest;
        if (question->shape == ANSWER_BARE)
            question->take(vitals, line);
        else if (atline_has_prefix(line, question->prefix, &rest))
            question->take(vitals, rest);
        lines += len + (lines[len] == '\n');
    }
}

/* An error with a number other than "not supported" is one of this moment (SIM busy, no network). */
static bool is_passing(struct atline_final final)
{
    return final.number > 0 && final.number != 3 && final.number != 4 && final.number != 100 && final.number != 302 &&
           final.number != 303;
}

static bool is_registered(enum vitals_net net, int state)
{
    /* 27.007 §7.2: 1 home, 5 roaming; 6, 7 SMS only; 9, 10 without fallback. */
    return state == 1 || state == 5 || (net == VITALS_CREG && (state == 6 || state == 7 || state == 9 || state == 10));
}

static void ask_next(struct vitals *vitals);

static void answered(void *context, const struct talk_result *result)
{
    struct vitals *vitals = context;
    if (result->end == TALK_TIMEOUT || result->end == TALK_GONE) {
        vitals->talk = NULL;
        vitals->done(vitals->context, true);
        return;
    }
    if (result->end == TALK_ERROR && !is_passing(result->final))
        vitals->refused |= 1u << vitals->at;
    else
        take_lines(vitals, &questions[vitals->at], result->lines);
    if (questions[vitals->at].is_asked_once)
        vitals->refused |= 1u << vitals->at;
    vitals->at++;
    ask_next(vitals);
}

static void ask_next(struct vitals *vitals)
{
    size_t end = vitals->is_brief ? VITALS_NETS : STR_COUNT(questions);
    bool is_enough = is_registered(VITALS_CREG, vitals->nets[VITALS_CREG]);
    while (vitals->at < end && ((vitals->refused & 1u << vitals->at) != 0 ||
                                   (is_enough && (vitals->at == VITALS_CEREG || vitals->at == VITALS_CGREG))))
        vitals->at++;
    if (vitals->at >= end || vitals->is_stopping) {
        vitals->talk = NULL;
        vitals->done(vitals->context, false);
        return;
    }
    const struct question *question = &questions[vitals->at];
    const struct talk_command command = { .text = question->text,
        .prefix = question->prefix,
        .shape = question->shape,
        .deadline_ms = question->deadline_ms };
    talk_run(vitals->talk, &command, NULL, answered, vitals);
}

void vitals_begin(struct vitals *vitals, struct talk *talk, bool is_brief)
{
    vitals->talk = talk;
    vitals->is_brief = is_brief;
    vitals->at = 0;
    vitals->is_stopping = false;
    ask_next(vitals);
}

void vitals_stop(struct vitals *vitals)
{
    vitals->is_stopping = true;
}

bool vitals_take(struct vitals *vitals, struct span line)
{
    static const char *const prefixes[] = {
        [VITALS_CREG] = "+CREG", [VITALS_CEREG] = "+CEREG", [VITALS_CGREG] = "+CGREG"
    };
    struct span rest;
    for (int net = 0; net < VITALS_NETS; net++)
        if (atline_has_prefix(line, prefixes[net], &rest)) {
            take_net(vitals, (enum vitals_net)net, rest);
            return true;
        }
    return false;
}

bool vitals_is_registered(const struct vitals *vitals)
{
    bool is_known = false;
    for (int net = 0; net < VITALS_NETS; net++) {
        if (is_registered((enum vitals_net)net, vitals->nets[net]))
            return true;
        is_known = is_known || vitals->nets[net] >= 0;
    }
    return !is_known;
}

int vitals_registration(const struct vitals *vitals)
{
    for (int net = 0; net < VITALS_NETS; net++)
        if (is_registered((enum vitals_net)net, vitals->nets[net]))
            return vitals->nets[net];
    return vitals->nets[VITALS_CREG];
}
