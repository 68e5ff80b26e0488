/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model - the word tables, and the small life of the plain structures.
 * Keeps: a value outside its table (from a damaged row, say) has the word "unknown" and never crashes a printer.
 */
#include "gateway/base/model.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"

#define URL_MAX (4u << 10)
#define HEADERS_MAX (16u << 10)
#define BODY_MAX (256u << 10)
#define CREDENTIAL_MAX (1u << 10)
#define ENVELOPE_MAX 512

struct word_row {
    const char *word, *meaning;
};

static const struct word_row urgencies[] = {
#define URGENCY(word, meaning) { #word, meaning },
#include "gateway/base/words.def"
#undef URGENCY
};
static const struct word_row categories[] = {
#define CATEGORY(word, usual, meaning) { #word, meaning },
#include "gateway/base/words.def"
#undef CATEGORY
};
static const enum urgency usual_urgencies[] = {
#define CATEGORY(word, usual, meaning) URGENCY_##usual,
#include "gateway/base/words.def"
#undef CATEGORY
};
static const struct word_row flags[] = {
#define FLAG(word, meaning) { #word, meaning },
#include "gateway/base/words.def"
#undef FLAG
};
static const struct word_row intents[] = {
#define INTENT(word, meaning) { #word, meaning },
#include "gateway/base/words.def"
#undef INTENT
};
static const struct word_row facts[] = {
#define FACT(word, meaning) { #word, meaning },
#include "gateway/base/words.def"
#undef FACT
};
static const struct word_row sexes[] = {
#define SEX(word, meaning) { #word, meaning },
#include "gateway/base/words.def"
#undef SEX
};
static const struct word_row endings[] = {
#define ENDING(word, meaning) { #word, meaning },
#include "gateway/base/words.def"
#undef ENDING
};
static const struct word_row outcomes[] = {
#define OUTCOME(word, is_retried, health, tell, sentence) { #word, sentence },
#include "gateway/base/outcomes.def"
#undef OUTCOME
};
static const struct {
    bool is_retried, hurts_channel, is_told;
} outcome_rules[] = {
#define OUTCOME(word, is_retried, health, tell, sentence) { is_retried, health, tell },
#include "gateway/base/outcomes.def"
#undef OUTCOME
};
static const struct word_row states[] = {
#define STATE(machine, word, meaning) { #word, meaning },
#include "gateway/base/states.def"
#undef STATE
};
static const enum state_machine state_machines[] = {
#define STATE(machine, word, meaning) MACHINE_##machine,
#include "gateway/base/states.def"
#undef STATE
};
static const struct word_row machines[] = {
    [MACHINE_case] = { "case", "" },
    [MACHINE_verification] = { "verification", "" },
    [MACHINE_alert] = { "alert", "" },
    [MACHINE_outbox] = { "outbox", "" },
    [MACHINE_step] = { "step", "" },
    [MACHINE_quarantine] = { "quarantine", "" },
    [MACHINE_loop] = { "loop", "" },
    [MACHINE_consent] = { "consent", "" },
};

_Static_assert(CATEGORY_COUNT <= 32 && FLAG_COUNT <= 32, "a set is 32 bits");
_Static_assert(STR_COUNT(machines) == MACHINE_COUNT, "every machine has a word");

static const char *word_of(const struct word_row *rows, size_t count, unsigned index)
{
    return index < count ? rows[index].word : "unknown";
}

static const char *meaning_of(const struct word_row *rows, size_t count, unsigned index)
{
    return index < count ? rows[index].meaning : "";
}

static int index_of(const struct word_row *rows, size_t count, struct span word)
{
    for (size_t i = 0; i < count; i++)
        if (span_equal(span_of(rows[i].word), word))
            return (int)i;
    return -1;
}

#define WORD(rows, index) word_of(rows, STR_COUNT(rows), (unsigned)(index))
#define MEANING(rows, index) meaning_of(rows, STR_COUNT(rows), (unsigned)(index))
#define INDEX(rows, word) index_of(rows, STR_COUNT(rows), span_of(word))

const char *urgency_word(enum urgency urgency)
{
    return WORD(urgencies, urgency);
}

const char *urgency_meaning(enum urgency urgency)
{
    return MEANING(urgencies, urgency);
}

const char *category_word(enum category category)
{
    return WORD(categories, category);
}

const char *category_meaning(enum category category)
{
    return MEANING(categories, category);
}

enum urgency category_usual_urgency(enum category category)
{
    return (unsigned)category < CATEGORY_COUNT ? usual_urgencies[category] : URGENCY_urgent;
}

const char *flag_word(enum flag flag)
{
    return WORD(flags, flag);
}

const char *flag_meaning(enum flag flag)
{
    return MEANING(flags, flag);
}

const char *fact_word(enum fact fact)
{
    return WORD(facts, fact);
}

const char *intent_word(enum intent intent)
{
    return WORD(intents, intent);
}

const char *intent_meaning(enum intent intent)
{
    return MEANING(intents, intent);
}

const char *sex_word(enum sex sex)
{
    return WORD(sexes, sex);
}

const char *ending_word(enum ending ending)
{
    return WORD(endings, ending);
}

const char *ending_meaning(enum ending ending)
{
    return MEANING(endings, ending);
}

const char *outcome_word(enum outcome outcome)
{
    return WORD(outcomes, outcome);
}

const char *outcome_sentence(enum outcome outcome)
{
    return MEANING(outcomes, outcome);
}

bool outcome_is_retried(enum outcome outcome)
{
    return (unsigned)outcome < OUTCOME_COUNT && outcome_rules[outcome].is_retried;
}

bool outcome_hurts_channel(enum outcome outcome)
{
    return (unsigned)outcome < OUTCOME_COUNT && outcome_rules[outcome].hurts_channel;
}

bool outcome_is_told(enum outcome outcome)
{
    return (unsigned)outcome < OUTCOME_COUNT && outcome_rules[outcome].is_told;
}

const char *state_word(enum state state)
{
    return WORD(states, state);
}

const char *state_meaning(enum state state)
{
    return MEANING(states, state);
}

enum state_machine state_machine_of(enum state state)
{
    return (unsigned)state < STATE_COUNT ? state_machines[state] : MACHINE_COUNT;
}

const char *state_machine_word(enum state_machine machine)
{
    return WORD(machines, machine);
}

int urgency_from_word(const char *word)
{
    return INDEX(urgencies, word);
}

int category_from_word(const char *word)
{
    return INDEX(categories, word);
}

int flag_from_word(const char *word)
{
    return INDEX(flags, word);
}

int fact_from_word(const char *word)
{
    return INDEX(facts, word);
}

int intent_from_word(const char *word)
{
    return INDEX(intents, word);
}

int sex_from_word(const char *word)
{
    return INDEX(sexes, word);
}

int ending_from_word(const char *word)
{
    return INDEX(endings, word);
}

int state_from_word(enum state_machine machine, const char *word)
{
    for (int i = 0; i < STATE_COUNT; i++)
        if (state_machines[i] == machine && str_equal(states[i].word, word))
            return i;
    return -1;
}

static void print_set(const struct word_row *rows, size_t count, uint32_t set, struct buf *out)
{
    const char *separator = "";

    for (size_t i = 0; i < count; i++) {
        if (!(set & 1u << i))
            continue;
        buf_add_text(out, separator);
        buf_add_text(out, rows[i].word);
        separator = " ";
    }
}

static int parse_set(const struct word_row *rows, size_t count, const char *text, uint32_t *ret_set)
{
    uint32_t set = 0;

    for (text = text ? text : ""; *(text += strspn(text, " ")) != '\0';) {
        size_t len = strcspn(text, " ");
        int index = index_of(rows, count, (struct span){ text, len });
        if (index < 0)
            return ERR_INVALID;
        set |= 1u << index;
        text += len;
    }
    *ret_set = set;
    return 0;
}

void category_set_print(category_set set, struct buf *out)
{
    print_set(categories, CATEGORY_COUNT, set, out);
}

void flag_set_print(flag_set set, struct buf *out)
{
    print_set(flags, FLAG_COUNT, set, out);
}

int category_set_parse(const char *text, category_set *ret_set)
{
    return parse_set(categories, CATEGORY_COUNT, text, ret_set);
}

int flag_set_parse(const char *text, flag_set *ret_set)
{
    return parse_set(flags, FLAG_COUNT, text, ret_set);
}

void sms_in_done(struct sms_in *sms)
{
    if (!sms)
        return;
    free(sms->text);
    free(sms->raw);
    sms->text = sms->raw = NULL;
}

void contact_act_done(struct contact_act *act)
{
    free(act->text);
    act->text = NULL;
}

void transmit_init(struct transmit *transmit)
{
    *transmit = (struct transmit){ .kind = TRANSMIT_NONE };
    buf_init(&transmit->url, URL_MAX);
    buf_init(&transmit->headers, HEADERS_MAX);
    buf_init(&transmit->body, BODY_MAX);
    buf_init(&transmit->username, CREDENTIAL_MAX);
    buf_init(&transmit->password, CREDENTIAL_MAX);
    buf_init(&transmit->mail_from, ENVELOPE_MAX);
    buf_init(&transmit->mail_to, ENVELOPE_MAX);
}

/* Headers, body and credentials hold secrets: their bytes must not linger in the heap. */
static void wipe(struct buf *buf)
{
    if (buf->data)
        explicit_bzero(buf->data, buf->cap);
    buf_done(buf);
}

void transmit_done(struct transmit *transmit)
{
    if (!transmit)
        return;
    wipe(&transmit->url);
    wipe(&transmit->headers);
    wipe(&transmit->body);
    wipe(&transmit->username);
    wipe(&transmit->password);
    buf_done(&transmit->mail_from);
    buf_done(&transmit->mail_to);
    transmit_init(transmit);
}

const char *request_header(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (str_equal_nocase(request->headers[i].name, name))
            return request->headers[i].value;
    return NULL;
}

void request_media_type(const struct request *request, char *ret, size_t ret_size)
{
    const char *value = request_header(request, "Content-Type");
    size_t len;

    value = value ? value + strspn(value, " \t") : "";
    len = strcspn(value, "; \t");
    str_copy_span(ret, ret_size, (struct span){ value, len });
    for (char *c = ret; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
}
