/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hasher - see hasher.h. */
#include "gateway/core/hasher.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "gateway/base/str.h"

#define STACK_BYTES (1u << 20)

enum stage { FREE, WAITING, RUNNING, READY };

struct task {
    const void *owner;
    enum stage stage;
    bool is_check, is_unwanted; /* unwanted: its owner has gone while it runs */
    uint64_t number;            /* the lowest one that waits is next */
    struct passhash_cost cost;
    size_t password_len;
    char password[HASHER_PASSWORD_MAX];
    char stored[PASSHASH_MAX], made[PASSHASH_MAX];
    bool is_yes;
};

struct hasher {
    pthread_t thread;
    pthread_mutex_t mutex; /* of all below */
    pthread_cond_t has_work;
    struct passhash_cost cost;
    struct task tasks[HASHER_QUEUE_MAX];
    uint64_t next_number;
    bool is_ending;
    int fd;
};

/* ---- the thread ------------------------------------------------------------------------------------------------ */

/* Whatever is asked, one hash is worked out. */
static void work_out(struct task *task)
{
    struct span password = { task->password, task->password_len };
    task->made[0] = '\0';
    task->is_yes = false;
    if (!task->is_check || !task->stored[0]) {
        task->is_yes = !passhash_make(password, &task->cost, task->made) && !task->is_check;
        return;
    }
    task->is_yes = passhash_is_of(task->stored, password);
    if (task->is_yes && passhash_is_old(task->stored, &task->cost) && passhash_make(password, &task->cost, task->made))
        task->made[0] = '\0';
}

static struct task *find_next(struct hasher *hasher)
{
    struct task *next = NULL;
    for (int i = 0; i < HASHER_QUEUE_MAX; i++) {
        struct task *task = &hasher->tasks[i];
        if (task->stage == WAITING && (!next || task->number < next->number))
            next = task;
    }
    return next;
}

static void empty(struct task *task)
{
    passhash_wipe(task, sizeof *task);
}

/* With the mutex held, which is let go while the hash is worked out on a copy. */
static void run(struct hasher *hasher, struct task *task)
{
    struct task mine = *task;
    task->stage = RUNNING;
    pthread_mutex_unlock(&hasher->mutex);
    work_out(&mine);
    pthread_mutex_lock(&hasher->mutex);
    if (task->is_unwanted) {
        empty(task);
    } else {
        memcpy(task->made, mine.made, sizeof task->made);
        task->is_yes = mine.is_yes;
        task->stage = READY;
        eventfd_write(hasher->fd, 1);
    }
    empty(&mine);
}

static void *serve(void *context)
{
    struct hasher *hasher = context;
    pthread_mutex_lock(&hasher->mutex);
    while (!hasher->is_ending) {
        struct task *task = find_next(hasher);
        if (task)
            run(hasher, task);
        else
            pthread_cond_wait(&hasher->has_work, &hasher->mutex);
    }
    pthread_mutex_unlock(&hasher->mutex);
    return NULL;
}

/* No signal is for this thread: the loop reads them from its descriptor. */
static int start(struct hasher *hasher)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    if (pthread_attr_init(&attributes))
        return ERR_NOMEM;
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = pthread_create(&hasher->thread, &attributes, serve, hasher);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return code ? ERR_LIMIT : 0;
}

/* ---- life ------------------------------------------------------------------------------------------------------ */

int hasher_new(const struct passhash_cost *cost, struct hasher **ret_hasher)
{
    struct hasher *hasher = calloc(1, sizeof *hasher);
    if (!hasher)
        return ERR_NOMEM;
    hasher->cost = *cost;
    pthread_mutex_init(&hasher->mutex, NULL);
    pthread_cond_init(&hasher->has_work, NULL);
    hasher->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    int rc = hasher->fd < 0 ? ERR_IO : start(hasher);
    if (rc) {
        if (hasher->fd >= 0)
            close(hasher->fd);
        free(hasher);
        return rc;
    }
    *ret_hasher = hasher;
    return 0;
}

/* The turn that follows every wait of the loop looks which pages are ready. */
static void on_ready(void *context, int fd, unsigned events)
{
    eventfd_t count;
    (void)context, (void)events;
    (void)!eventfd_read(fd, &count);
}

int hasher_watch(struct hasher *hasher, struct loop *loop)
{
    return loop_add(loop, hasher->fd, LOOP_READ, on_ready, NULL);
}

int hasher_fd(const struct hasher *hasher)
{
    return hasher->fd;
}

void hasher_free(struct hasher *hasher)
{
    if (!hasher)
        return;
    pthread_mutex_lock(&hasher->mutex);
    hasher->is_ending = true;
    pthread_cond_signal(&hasher->has_work);
    pthread_mutex_unlock(&hasher->mutex);
    pthread_join(hasher->thread, NULL);
    pthread_cond_destroy(&hasher->has_work);
    pthread_mutex_destroy(&hasher->mutex);
    close(hasher->fd);
    passhash_wipe(hasher, sizeof *hasher);
    free(hasher);
}

/* ---- asking ---------------------------------------------------------------------------------------------------- */

static struct task *find_owned(struct hasher *hasher, const void *owner)
{
    for (int i = 0; i < HASHER_QUEUE_MAX; i++) {
        struct task *task = &hasher->tasks[i];
        if (task->stage != FREE && task->owner == owner && !task->is_unwanted)
            return task;
    }
    return NULL;
}

static struct task *find_free(struct hasher *hasher)
{
    for (int i = 0; i < HASHER_QUEUE_MAX; i++)
        if (hasher->tasks[i].stage == FREE)
            return &hasher->tasks[i];
    return NULL;
}

static void fill(struct hasher *hasher, struct task *task, const struct task *asked)
{
    *task = *asked;
    task->cost = hasher->cost;
    task->number = hasher->next_number++;
    task->stage = WAITING;
    pthread_cond_signal(&hasher->has_work);
}

static bool is_same(const struct task *task, const struct task *asked)
{
    return task->is_check == asked->is_check && str_equal(task->stored, asked->stored) &&
           task->password_len == asked->password_len &&
           memcmp(task->password, asked->password, task->password_len) == 0;
}

/* What was stored may have changed while the answer was worked out: an answer to another question is none. */
static enum hasher_end ask(struct hasher *hasher, const struct task *asked, char *ret_made)
{
    enum hasher_end end = HASHER_LATER;
    pthread_mutex_lock(&hasher->mutex);
    struct task *task = find_owned(hasher, asked->owner), *place = task ? NULL : find_free(hasher);
    if (place)
        fill(hasher, place, asked);
    else if (!task)
        end = HASHER_BUSY;
    else if (task->stage == READY)
        end = is_same(task, asked) && task->is_yes ? HASHER_YES : HASHER_NO;
    str_copy(ret_made, PASSHASH_MAX, end == HASHER_YES ? task->made : "");
    pthread_mutex_unlock(&hasher->mutex);
    return end;
}

static bool take_password(struct task *task, struct span password)
{
    if (password.len > sizeof task->password)
        return false;
    if (password.len)
        memcpy(task->password, password.data, password.len);
    task->password_len = password.len;
    return true;
}

enum hasher_end hasher_check(
    struct hasher *hasher, const void *owner, struct span password, const char *stored, char *ret_renewed)
{
    struct task asked = { .owner = owner, .is_check = true };
    if (take_password(&asked, password))
        str_copy(asked.stored, sizeof asked.stored, stored);
    enum hasher_end end = ask(hasher, &asked, ret_renewed);
    empty(&asked);
    return end;
}

enum hasher_end hasher_make(struct hasher *hasher, const void *owner, struct span password, char *ret_hash)
{
    struct task asked = { .owner = owner };
    ret_hash[0] = '\0';
    if (!take_password(&asked, password))
        return HASHER_NO;
    enum hasher_end end = ask(hasher, &asked, ret_hash);
    empty(&asked);
    return end;
}

bool hasher_is_ready(struct hasher *hasher, const void *owner)
{
    pthread_mutex_lock(&hasher->mutex);
    const struct task *task = find_owned(hasher, owner);
    bool is_ready = !task || task->stage == READY;
    pthread_mutex_unlock(&hasher->mutex);
    return is_ready;
}

void hasher_forget(struct hasher *hasher, const void *owner)
{
    pthread_mutex_lock(&hasher->mutex);
    struct task *task = find_owned(hasher, owner);
    if (task && task->stage == RUNNING)
        task->is_unwanted = true;
    else if (task)
        empty(task);
    pthread_mutex_unlock(&hasher->mutex);
}
