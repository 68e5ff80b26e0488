/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hostsframe - see hostsframe.h. */
#include "gateway/core/hostsframe.h"

#include <stdio.h>
#include <string.h>

#define INSECURE_HOSTS_MAX 64 /* PROTOCOL.md 2.2 */

static int add_host(json_t *allow, json_t *insecure, const struct hosts_entry *entry, bool may_send_to_private)
{
    char text[HOSTS_NAME_MAX + 16];
    bool is_v6 = strchr(entry->name, ':') != NULL;
    snprintf(text, sizeof text, is_v6 ? "[%s]:%u" : "%s:%u", entry->name, entry->port);
    if (json_array_append_new(allow, json_string(text)))
        return ERR_NOMEM;
    if (!may_send_to_private || json_array_size(insecure) >= INSECURE_HOSTS_MAX)
        return 0;
    snprintf(text, sizeof text, is_v6 ? "[%s]" : "%s", entry->name);
    return json_array_append_new(insecure, json_string(text)) ? ERR_NOMEM : 0;
}

json_t *hostsframe_make(const struct hosts *hosts, bool may_send_to_private)
{
    json_t *allow = json_array(), *insecure = json_array();
    int rc = allow && insecure ? 0 : ERR_NOMEM;
    for (unsigned i = 0; !rc && i < hosts->count; i++)
        rc = add_host(allow, insecure, &hosts->entries[i], may_send_to_private);
    json_t *frame = json_pack("{s:o, s:o}", "allow", allow, "insecure_hosts", insecure);
    if (!rc)
        return frame;
    json_decref(frame);
    return NULL;
}
