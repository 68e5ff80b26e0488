/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_globals - the groups that stand once: listen, keys, limits, storage, retention, sender, and the root's own keys.
 */
#include <arpa/inet.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "config/load.h"
#include "config/secret.h"
#include "config/settings.h"
#include "gateway/base/str.h"

#define LEXICON_BESIDE "lexicon"
#define BALLAST_ENDING ".ballast"
#define SPOOL_ENDING ".spool"
#define MEBIBYTE (1LL << 20)
#define LEXICON_INSTALLED "/usr/share/helplined/lexicon"
#define SOCKET_PATH_MAX (sizeof((struct sockaddr_un *)0)->sun_path)

static const char *const root_groups[] = { "listen", "keys", "limits", "storage", "replies", "consent", "auditor",
    "retention", "sender", "channels", "contacts", "policies", "routes", "loop_tests", NULL };

static int read_group(struct load *load, enum daemon_group group, struct settings **ret_settings)
{
    const char *name = daemon_table(group)->name;
    return load_group(load, conf_find(load->root, name), name, group, NULL, ret_settings);
}

static int line_of(struct load *load, const char *group, const char *key)
{
    const struct conf_node *node = conf_find(load->root, group);
    return node ? load_line(node, key) : 0;
}

/* ---- listen ---------------------------------------------------------------------------------------------------- */

/* Splits "127.0.0.1:80" and "[::1]:80"; false when it is neither. */
static bool split_address(const char *text, char *ret_host, size_t host_size, bool *ret_is_six)
{
    const char *colon = strrchr(text, ':');
    int64_t port;
    if (!colon || str_to_int64(colon + 1, 0, 65535, &port))
        return false;
    struct span host = { text, (size_t)(colon - text) };
    *ret_is_six = host.len > 2 && host.data[0] == '[' && host.data[host.len - 1] == ']';
    if (*ret_is_six)
        host = (struct span){ host.data + 1, host.len - 2 };
    return str_copy_span(ret_host, host_size, host);
}

static void check_address(struct load *load, const char *key, const char *text)
{
    char host[64];
    unsigned char bytes[16];
    bool is_six;
    int line = line_of(load, "listen", key);
    if (str_starts(text, "unix:")) {
        if (text[5] != '/' || strlen(text + 5) >= SOCKET_PATH_MAX)
            report_error(load->report, line, "listen",
                "`%s`: after unix: comes an absolute path of less than %zu bytes", key, SOCKET_PATH_MAX);
        return;
    }
    if (!split_address(text, host, sizeof host, &is_six) || inet_pton(is_six ? AF_INET6 : AF_INET, host, bytes) != 1) {
        report_error(load->report, line, "listen",
            "`%s` must be a numeric address with a port, such as \"127.0.0.1:8480\" or \"[::1]:8480\", or \"unix:/PATH\"",
            key);
        return;
    }
    if (is_six ? !str_equal(host, "::1") : bytes[0] != 127)
        report_warn(load->report, line, "listen",
            "`%s` can be reached from other machines without TLS: put a proxy in front and listen on 127.0.0.1", key);
}

static int check_socket(struct load *load, const char *key, const char *text, const char **ret_path)
{
    int code = load_path(load, text, ret_path);
    if (!code && strlen(*ret_path) >= SOCKET_PATH_MAX)
        report_error(load->report, line_of(load, "listen", key), "listen",
            "`%s`: the path of a socket must be shorter than %zu bytes", key, SOCKET_PATH_MAX);
    return code;
}

/* Compared with what the system prints, so each has to be spelled as that. */
static void check_proxies(struct load *load, const struct config_texts *proxies)
{
    for (unsigned i = 0; i < proxies->count; i++) {
        unsigned char bytes[16];
        char text[INET6_ADDRSTRLEN];
        int family = strchr(proxies->items[i], ':') ? AF_INET6 : AF_INET;
        bool is_address =
            inet_pton(family, proxies->items[i], bytes) == 1 && inet_ntop(family, bytes, text, sizeof text);
        if (!is_address || !str_equal(text, proxies->items[i]))
            report_error(load->report, line_of(load, "listen", "proxies"), "listen",
                "`proxies` must be numeric addresses in their short form, such as \"192.0.2.7\" or \"2001:db8::7\"");
    }
}

static int load_listen(struct load *load)
{
    struct config *config = load->config;
    struct settings *settings;
    int code = read_group(load, DAEMON_LISTEN, &settings);
    if (code || !settings)
        return code;
    config->listen_webhooks = settings_text(settings, "webhooks");
    config->listen_console = settings_text(settings, "console");
    config->proxies = load_texts(settings, "proxies");
    config->has_metrics = settings_bool(settings, "metrics");
    check_proxies(load, &config->proxies);
    check_address(load, "webhooks", config->listen_webhooks);
    if (*config->listen_console)
        check_address(load, "console", config->listen_console);
    code = check_socket(load, "control", settings_text(settings, "control"), &config->control_socket);
    if (!code)
        code = check_socket(load, "workers", settings_text(settings, "workers"), &config->workers_socket);
    return code;
}

/* ---- keys ------------------------------------------------------------------------------------------------------ */

static int read_key(struct load *load, const char *text, unsigned char *ret_key, struct error *error)
{
    if (!secret_is_reference(text))
        return error_set(error, ERR_INVALID, "a key is never written out: use @credential:NAME or @file:PATH");
    AUTO_BUF value;
    buf_init(&value, SECRET_BYTES_MAX);
    int code = secret_read(text, load->reader.directory, load->reader.is_check_only, error, &value);
    if (!code)
        code = secret_to_key(&value, ret_key, CONFIG_KEY_LEN, error);
    secret_wipe(&value);
    return code;
}

static void load_key(struct load *load, const struct settings *settings, const char *key, unsigned char *ret_key)
{
    struct error error = { "" };
    if (!*settings_text(settings, key))
        return;
    int code = read_key(load, settings_text(settings, key), ret_key, &error);
    if (code == ERR_REFUSED && load->reader.is_check_only) {
        load->config->is_complete = false;
        report_warn(load->report, line_of(load, "keys", key), "keys", "`%s`: %s; not checked", key, error.text);
    } else if (code) {
        report_error(load->report, line_of(load, "keys", key), "keys", "`%s`: %s", key, error.text);
    }
}

static int load_keys(struct load *load)
{
    struct config *config = load->config;
    struct settings *settings;
    unsigned errors = load->report->error_count;
    int code = read_group(load, DAEMON_KEYS, &settings);
    if (code || !settings)
        return code;
    load_key(load, settings, "hot", config->hot_key);
    load_key(load, settings, "index", config->index_key);
    bool is_judged = config->is_complete && load->report->error_count == errors;
    if (is_judged && memcmp(config->hot_key, config->index_key, CONFIG_KEY_LEN) == 0)
        report_error(load->report, line_of(load, "keys", "index"), "keys", "`index` must be another key than `hot`");
    return 0;
}

/* ---- the rest -------------------------------------------------------------------------------------------------- */

static int load_limits(struct load *load)
{
    struct settings *settings;
    int code = read_group(load, DAEMON_LIMITS, &settings);
    if (code || !settings)
        return code;
    load->config->limits.body_max = (unsigned)settings_int(settings, "body_max");
    load->config->limits.connections_max = (unsigned)settings_int(settings, "connections_max");
    load->config->limits.request_deadline_ms = settings_int(settings, "request_deadline");
    load->config->limits.drain_deadline_ms = settings_int(settings, "drain_deadline");
    load->config->limits.second_address_ms = settings_int(settings, "second_address_after");
    return 0;
}

/* "line.db" and ".spool" make "line.db.spool". */
static const char *beside(struct load *load, const char *path, const char *ending)
{
    size_t len = strlen(path), size = len + strlen(ending) + 1;
    char *name = memory_alloc(load->memory, size);
    if (name) {
        str_copy(name, size, path);
        str_copy(name + len, size - len, ending);
    }
    return name;
}

static int load_storage(struct load *load)
{
    struct config *config = load->config;
    struct settings *settings;
    int code = read_group(load, DAEMON_STORAGE, &settings);
    if (code || !settings)
        return code;
    const char *folder = settings_text(settings, "spool");
    config->storage.ballast_bytes = settings_int(settings, "ballast") * MEBIBYTE;
    config->storage.spool_bytes = settings_int(settings, "spool_max") * MEBIBYTE;
    config->storage.ballast = beside(load, config->database, BALLAST_ENDING);
    if (*folder)
        return config->storage.ballast ? load_path(load, folder, &config->storage.spool) : ERR_NOMEM;
    config->storage.spool = beside(load, config->database, SPOOL_ENDING);
    return config->storage.ballast && config->storage.spool ? 0 : ERR_NOMEM;
}

static int load_small(struct load *load)
{
    struct settings *settings;
    int code = read_group(load, DAEMON_RETENTION, &settings);
    if (!code && settings) {
        load->config->retention.text_ms = settings_int(settings, "text_after");
        load->config->retention.quarantine_ms = settings_int(settings, "quarantine_after");
    }
    if (!code)
        code = read_group(load, DAEMON_SENDER, &settings);
    if (!code && settings)
        load->config->may_send_to_private = settings_bool(settings, "private_networks");
    return code;
}

static int load_public_url(struct load *load, const char *url)
{
    char *copy = memory_copy(load->memory, url);
    if (!copy)
        return ERR_NOMEM;
    for (size_t len = strlen(copy); len > 0 && copy[len - 1] == '/'; len--)
        copy[len - 1] = '\0';
    load->config->public_url = copy;
    if (strpbrk(copy, "?#"))
        report_error(load->report, load_line(load->root, "public_url"), "", "`public_url` must be without ? and #");
    if (str_starts_nocase(copy, "http://") && !str_starts_nocase(copy, "http://127.") &&
        !str_starts_nocase(copy, "http://localhost") && !str_starts_nocase(copy, "http://[::1]"))
        report_warn(load->report, load_line(load->root, "public_url"), "",
            "`public_url` is not https: who reads the network can take a case with a contact's link");
    return 0;
}

/* Words that an organisation has changed lie beside its configuration; those of the package are the fallback. */
static int load_lexicon(struct load *load, const char *path)
{
    int code = load_path(load, *path ? path : LEXICON_BESIDE, &load->config->lexicon_directory);
    if (!code && !*path && access(load->config->lexicon_directory, F_OK) != 0)
        load->config->lexicon_directory = LEXICON_INSTALLED;
    return code;
}

static int load_root(struct load *load)
{
    struct settings *settings;
    int code = load_group(load, load->root, "", DAEMON_ROOT, root_groups, &settings);
    if (code || !settings)
        return code;
    code = load_path(load, settings_text(settings, "database"), &load->config->database);
    if (!code)
        code = load_lexicon(load, settings_text(settings, "lexicon"));
    if (!code)
        code = load_word_paths(load, settings);
    return code ? code : load_public_url(load, settings_text(settings, "public_url"));
}

int load_globals(struct load *load)
{
    int code = load_root(load);
    if (!code)
        code = load_listen(load);
    if (!code)
        code = load_keys(load);
    if (!code)
        code = load_limits(load);
    if (!code)
        code = load_storage(load);
    if (!code)
        code = load_replies(load);
    return code ? code : load_small(load);
}
