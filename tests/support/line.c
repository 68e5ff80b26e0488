/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line - see line.h. */
#include "tests/support/line.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"

#define READY_MS 20000

static void fail(const char *what)
{
    fprintf(stderr, "line: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void write_file(const struct line *line, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", line->folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd))
        fail(path);
}

void line_open(struct line *line, const char *rest)
{
    char text[16384], here[200];
    const char *build = getenv("HELPLINED_BUILD"), *top = getenv("TMPDIR");
    *line = (struct line){ .daemon = -1, .sender = -1 };
    if (!getcwd(here, sizeof here))
        fail("getcwd");
    snprintf(line->build, sizeof line->build, "%s", build ? build : "build/release");
    snprintf(line->lexicon, sizeof line->lexicon, "%s/config/lexicon", here);
    snprintf(line->folder, sizeof line->folder, "%.40s/line-XXXXXX", top ? top : "/tmp");
    if (!mkdtemp(line->folder))
        fail(line->folder);
    write_file(line, "hot.key", "1111111111111111111111111111111111111111111111111111111111111111\n");
    write_file(line, "index.key", "2222222222222222222222222222222222222222222222222222222222222222\n");
    snprintf(text, sizeof text,
        "database = \"helplined.db\";\nlexicon = \"%s\";\npublic_url = \"http://127.0.0.1:8481\";\n"
        "listen = { webhooks = \"127.0.0.1:0\"; console = \"\"; control = \"%s/control.sock\"; workers = \"%s/workers.sock\"; };\n"
        "keys = { hot = \"@file:hot.key\"; index = \"@file:index.key\"; };\n"
        "limits = { connections_max = 1000; };\nsender = { private_networks = true; };\n%s",
        line->lexicon, line->folder, line->folder, rest);
    write_file(line, "helplined.conf", text);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

void line_close(struct line *line)
{
    if (line->sender > 0) {
        kill(line->sender, SIGTERM);
        waitpid(line->sender, NULL, 0);
    }
    if (line->daemon > 0)
        line_stop(line);
    nftw(line->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void become(const struct line *line, const char *name, int out_fd, const char *const *arguments)
{
    char path[512], log[512];
    snprintf(path, sizeof path, "%s/%s", line->build, name);
    snprintf(log, sizeof log, "%s/%s.log", line->folder, name);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0 || dup2(fd, 2) < 0 || dup2(out_fd < 0 ? fd : out_fd, 1) < 0)
        _exit(127);
    execv(path, (char *const *)(uintptr_t)arguments);
    _exit(127);
}

/* Reads the READY line of the daemon and takes the address from it. */
static void read_ready(struct line *line, int fd)
{
    char text[512] = "";
    size_t len = 0;
    while (len + 1 < sizeof text && !strchr(text, '\n')) {
        ssize_t n = read(fd, text + len, sizeof text - 1 - len);
        if (n <= 0) {
            errno = 0;
            fprintf(stderr, "line: helplined said nothing; see %s/helplined.log\n", line->folder);
            exit(1);
        }
        len += (size_t)n;
        text[len] = '\0';
    }
    if (sscanf(text, "READY webhooks=%63s", line->address) != 1)
        fail("no READY line");
}

void line_start(struct line *line)
{
    int ends[2];
    char config[512];
    snprintf(config, sizeof config, "%s/helplined.conf", line->folder);
    const char *arguments[] = { "helplined", "--config", config, NULL };
    int64_t before = clock_mono_ms();
    if (pipe2(ends, O_CLOEXEC))
        fail("pipe");
    line->daemon = fork();
    if (line->daemon == 0)
        become(line, "helplined", ends[1], arguments);
    close(ends[1]);
    read_ready(line, ends[0]);
    close(ends[0]);
    line->start_ms = clock_mono_ms() - before;
}

void line_start_sender(struct line *line)
{
    char socket_path[512];
    snprintf(socket_path, sizeof socket_path, "%s/workers.sock", line->folder);
    const char *arguments[] = { "helpline-sender", "--socket", socket_path, NULL };
    line->sender = fork();
    if (line->sender == 0)
        become(line, "helpline-sender", -1, arguments);
}

void line_kill(struct line *line)
{
    kill(line->daemon, SIGKILL);
    waitpid(line->daemon, NULL, 0);
    line->daemon = -1;
}

int line_stop(struct line *line)
{
    int status = -1;
    kill(line->daemon, SIGTERM);
    waitpid(line->daemon, &status, 0);
    line->daemon = -1;
    return status;
}

int line_ctl(struct line *line, char *out, size_t size, const char *const *words)
{
    char path[512], socket_path[512];
    const char *arguments[32] = { "helplinectl", "--socket", socket_path };
    int count = 3, ends[2], status;
    snprintf(path, sizeof path, "%s/helplinectl", line->build);
    snprintf(socket_path, sizeof socket_path, "%s/control.sock", line->folder);
    while (*words && count < 31)
        arguments[count++] = *words++;
    if (pipe2(ends, O_CLOEXEC))
        fail("pipe");
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], 1);
        dup2(ends[1], 2);
        execv(path, (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    close(ends[1]);
    size_t len = 0;
    char chunk[4096];
    for (ssize_t n; (n = read(ends[0], chunk, sizeof chunk)) > 0;)
        for (ssize_t i = 0; out && i < n && len + 1 < size; i++)
            out[len++] = chunk[i];
    if (out && size)
        out[len] = '\0';
    close(ends[0]);
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 127;
}

int64_t line_query(const struct line *line, const char *sql)
{
    char path[512];
    sqlite3 *db;
    sqlite3_stmt *statement = NULL;
    int64_t value = -1;
    snprintf(path, sizeof path, "%s/helplined.db", line->folder);
    if (sqlite3_open(path, &db) == SQLITE_OK && sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_type(statement, 0) == SQLITE_TEXT
                    ? (strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0 ? 1 : 0)
                    : sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return value;
}

int64_t line_rss_kb(pid_t pid)
{
    char path[64], text[256];
    long long kb = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "re");
    while (file && fgets(text, sizeof text, file))
        if (sscanf(text, "VmRSS: %lld kB", &kb) == 1)
            break;
    if (file)
        fclose(file);
    return kb;
}
