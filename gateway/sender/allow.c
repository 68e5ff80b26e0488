/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * allow - reading and asking the two lists.
 * Why:   linear search: a configuration names a few dozen destinations, and a job costs a network round trip anyway.
 */
#include "gateway/sender/allow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"

static bool is_host(const char *host, size_t len)
{
    static const char name_letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    if (len == 0)
        return false;
    if (host[0] == '[')
        return len > 2 && host[len - 1] == ']' && strspn(host + 1, "0123456789abcdefABCDEF:.") == len - 2;
    return strspn(host, name_letters) == len;
}

static bool is_destination(const char *text)
{
    int64_t port = 0;
    const char *colon = strrchr(text, ':');
    if (colon == NULL || !is_host(text, (size_t)(colon - text)))
        return false;
    return strspn(colon + 1, "0123456789") == strlen(colon + 1) && str_to_int64(colon + 1, 1, 65535, &port) == 0;
}

static bool is_insecure_host(const char *text)
{
    return is_host(text, strlen(text));
}

static void free_list(char **list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(list[i]);
    free(list);
}

static int read_list(
    const json_t *list, size_t max, bool (*is_valid)(const char *), char ***ret_list, size_t *ret_count)
{
    if (list == NULL)
        return 0;
    if (!json_is_array(list) || json_array_size(list) > max)
        return ERR_PROTOCOL;
    *ret_list = calloc(json_array_size(list) + 1, sizeof(char *));
    if (*ret_list == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (text == NULL || strlen(text) > ALLOW_ENTRY_MAX || !is_valid(text))
            return ERR_PROTOCOL;
        (*ret_list)[i] = strdup(text);
        if ((*ret_list)[i] == NULL)
            return ERR_NOMEM;
        *ret_count = i + 1;
    }
    return 0;
}

int allow_read(const json_t *frame, struct allow *ret_allow, struct error *error)
{
    memset(ret_allow, 0, sizeof(*ret_allow));
    int status = read_list(json_object_get(frame, "allow"), ALLOW_ENTRIES_MAX, is_destination, &ret_allow->entries,
        &ret_allow->entry_count);
    if (status == 0)
        status = read_list(json_object_get(frame, "insecure_hosts"), ALLOW_HOSTS_MAX, is_insecure_host,
            &ret_allow->hosts, &ret_allow->host_count);
    if (status == 0)
        return 0;
    allow_done(ret_allow);
    return error_set(
        error, status, status == ERR_NOMEM ? "out of memory" : "allow or insecure_hosts is not in its form");
}

void allow_done(struct allow *allow)
{
    free_list(allow->entries, allow->entry_count);
    free_list(allow->hosts, allow->host_count);
    memset(allow, 0, sizeof(*allow));
}

static bool has_text(char *const *list, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_nocase(list[i], text))
            return true;
    return false;
}

bool allow_has_destination(const struct allow *allow, const char *host, unsigned port)
{
    char wanted[ALLOW_ENTRY_MAX + 1];
    int len = snprintf(wanted, sizeof(wanted), "%s:%u", host, port);
    if (len < 0 || (size_t)len >= sizeof(wanted))
        return false;
    return has_text(allow->entries, allow->entry_count, wanted);
}

bool allow_has_insecure_host(const struct allow *allow, const char *host)
{
    return has_text(allow->hosts, allow->host_count, host);
}
