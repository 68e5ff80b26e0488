/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fault_vfs - see fault_vfs.h. Passes everything to the system's own layer; version 1 methods, as our exclusive mode
 * needs no shared index. */
#include "tests/support/fault_vfs.h"

#include <sqlite3.h>
#include <stddef.h>
#include <stdlib.h>

static struct {
    enum fault_kind kind;
    int countdown;
    bool is_lasting, was_hit;
    void (*watch)(void);
    bool is_without_syncs;
} fault;

struct fault_file {
    sqlite3_file base;
    sqlite3_file *real; /* lies right behind this structure */
};

static sqlite3_vfs *real_vfs(void)
{
    return sqlite3_vfs_find("unix");
}

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct fault_file *)file)->real;
}

static bool strikes(enum fault_kind kind)
{
    if (fault.kind != kind || fault.countdown == 0)
        return false;
    if (fault.countdown > 1) {
        fault.countdown--;
        return false;
    }
    fault.was_hit = true;
    if (!fault.is_lasting)
        fault.countdown = 0;
    return true;
}

void fault_arm(enum fault_kind kind, int countdown, bool is_lasting)
{
    fault.kind = kind;
    fault.countdown = countdown;
    fault.is_lasting = is_lasting;
    fault.was_hit = false;
}

void fault_disarm(void)
{
    fault.countdown = 0;
}

void fault_watch(void (*fn)(void), bool without_syncs)
{
    fault.watch = fn;
    fault.is_without_syncs = without_syncs;
}

static void tell_watcher(void)
{
    if (fault.watch != NULL)
        fault.watch();
}

bool fault_was_hit(void)
{
    return fault.was_hit;
}

static int file_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int file_read(sqlite3_file *file, void *bytes, int len, sqlite3_int64 offset)
{
    return real_of(file)->pMethods->xRead(real_of(file), bytes, len, offset);
}

static int file_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 offset)
{
    tell_watcher();
    if (strikes(FAULT_WRITE))
        return SQLITE_IOERR_WRITE;
    if (strikes(FAULT_FULL))
        return SQLITE_FULL;
    return real_of(file)->pMethods->xWrite(real_of(file), bytes, len, offset);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
    tell_watcher();
    if (strikes(FAULT_SYNC))
        return SQLITE_IOERR_FSYNC;
    if (fault.is_without_syncs)
        return SQLITE_OK;
    return real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), ret_size);
}

static int file_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int file_check_reserved(sqlite3_file *file, int *ret_is_reserved)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret_is_reserved);
}

static int file_control(sqlite3_file *file, int operation, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

static int file_sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int file_device(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
    static const sqlite3_io_methods methods = { 1, file_close, file_read, file_write, file_truncate, file_sync,
        file_size, file_lock, file_unlock, file_check_reserved, file_control, file_sector_size, file_device, NULL, NULL,
        NULL, NULL, NULL, NULL };
    struct fault_file *fault_file = (struct fault_file *)file;
    (void)vfs;
    fault_file->real = (sqlite3_file *)(fault_file + 1);
    int code = real_vfs()->xOpen(real_vfs(), name, fault_file->real, flags, ret_flags);
    fault_file->base.pMethods = fault_file->real->pMethods == NULL ? NULL : &methods;
    return code;
}

void fault_register(void)
{
    static sqlite3_vfs vfs;
    if (vfs.zName != NULL)
        return; /* it is in SQLite's list already */
    vfs = *real_vfs();
    vfs.zName = "fault";
    vfs.pNext = NULL;
    vfs.szOsFile = (int)sizeof(struct fault_file) + real_vfs()->szOsFile;
    vfs.xOpen = vfs_open;
    if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK)
        abort();
}
