/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup - reading the settings.
 * Why:   the texts end up in AT commands, so only what such a text can be is let through.
 */
#include "gateway/modem/setup.h"

#include <string.h>

#include "gateway/base/str.h"

#define DAY_S 86400
#define PIN_DIGITS_MIN 4

void setup_init(struct setup *setup)
{
    *setup = (struct setup){ .sweep_s = 30,
        .health_s = 30,
        .wants_reports = true,
        .wants_calls = true,
        .ussd_every_s = DAY_S,
        .baud = 115200,
        .deadline_percent = 100 };
}

static int read_number(const json_t *settings, const char *key, int min, int max, int *value, struct error *error)
{
    const json_t *number = json_object_get(settings, key);
    if (number == NULL)
        return 0;
    if (!json_is_integer(number) || json_integer_value(number) < min || json_integer_value(number) > max)
        return error_set(error, ERR_PROTOCOL, "setting %s is no number from %d to %d", key, min, max);
    *value = (int)json_integer_value(number);
    return 0;
}

static int read_text(
    const json_t *settings, const char *key, const char *letters, char *value, size_t size, struct error *error)
{
    const json_t *text = json_object_get(settings, key);
    if (text == NULL)
        return 0;
    const char *string = json_string_value(text);
    if (string == NULL || !str_copy(value, size, string) ||
        (letters != NULL && string[strspn(string, letters)] != '\0'))
        return error_set(error, ERR_PROTOCOL, "setting %s has no value of its kind", key);
    return 0;
}

static int read_word(
    const json_t *settings, const char *key, const char *const *words, int count, int *value, struct error *error)
{
    const char *word = json_text(settings, key, words[*value]);
    for (int i = 0; i < count; i++)
        if (str_equal(word, words[i])) {
            *value = i;
            return 0;
        }
    return error_set(error, ERR_PROTOCOL, "setting %s is not one of its words", key);
}

static int read_words(const json_t *settings, struct setup *setup, struct error *error)
{
    static const char *const storages[] = { "auto", "SM", "ME" };
    static const char *const calls[] = { "ignore", "contact" };
    int storage = SETUP_AUTO, call = 1;
    int status = read_word(settings, "storage", storages, 3, &storage, error);
    if (status == 0)
        status = read_word(settings, "calls", calls, 2, &call, error);
    setup->storage = (enum setup_storage)storage;
    setup->wants_calls = call == 1;
    setup->wants_reports = json_bool(settings, "reports", true);
    setup->is_pin_refused = json_bool(settings, "pin_refused", false);
    return status;
}

static int read_numbers(const json_t *settings, struct setup *setup, struct error *error)
{
    const struct {
        const char *key;
        int min, max;
        int *value;
    } numbers[] = { { "sweep_s", 1, DAY_S, &setup->sweep_s }, { "health_s", 1, DAY_S, &setup->health_s },
        { "send_interval_ms", 0, 600000, &setup->send_interval_ms },
        { "ussd_every_s", 1, 100 * DAY_S, &setup->ussd_every_s }, { "baud", 1, 4000000, &setup->baud },
        { "deadline_percent", 1, 1000, &setup->deadline_percent } };
    for (size_t i = 0; i < STR_COUNT(numbers); i++) {
        int status = read_number(settings, numbers[i].key, numbers[i].min, numbers[i].max, numbers[i].value, error);
        if (status != 0)
            return status;
    }
    return 0;
}

int setup_read(const json_t *settings, const char *device, struct setup *ret, struct error *error)
{
    struct setup setup;
    setup_init(&setup);
    if (!json_is_object(settings))
        return error_set(error, ERR_PROTOCOL, "the settings of the modem are no object");
    int status = read_text(settings, "device", NULL, setup.device, sizeof(setup.device), error);
    if (status == 0 && device != NULL && !str_copy(setup.device, sizeof(setup.device), device))
        status = error_set(error, ERR_PROTOCOL, "the path of the device is too long");
    if (status == 0)
        status = read_text(settings, "pin", "0123456789", setup.pin, sizeof(setup.pin), error);
    if (status == 0)
        status = read_text(settings, "ussd", "0123456789*#+", setup.ussd, sizeof(setup.ussd), error);
    if (status == 0)
        status = read_numbers(settings, &setup, error);
    if (status == 0)
        status = read_words(settings, &setup, error);
    if (status != 0)
        return status;
    if (setup.device[0] == '\0')
        return error_set(error, ERR_PROTOCOL, "the settings of the modem name no device");
    if (setup.pin[0] != '\0' && strlen(setup.pin) < PIN_DIGITS_MIN)
        return error_set(error, ERR_PROTOCOL, "setting pin has less than four digits");
    *ret = setup;
    return 0;
}

bool setup_needs_reopen(const struct setup *before, const struct setup *after)
{
    return !str_equal(before->device, after->device) || !str_equal(before->pin, after->pin) ||
           before->baud != after->baud || before->storage != after->storage ||
           before->deadline_percent != after->deadline_percent || before->wants_reports != after->wants_reports ||
           before->wants_calls != after->wants_calls;
}
