/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_store - how many texts a second can be made durable: `bench_store [folder [seconds]]`.
 * What:  one text is a message, a case, an alert, two outbox rows, a step and an audit row, within a savepoint;
 * measured at 1, 8 and 64 texts a commit, each time next to the bare fdatasync rate of the same folder, because disks
 * differ.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "tests/support/store_rig.h"

#define ROUNDS 3
#define PAGE 4096

static double fdatasync_rate(const char *folder, int64_t duration_us)
{
    char path[256], page[PAGE] = { 0 };
    snprintf(path, sizeof path, "%s/sync", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int64_t begin = clock_mono_us(), count = 0;
    if (fd < 0 || pwrite(fd, page, PAGE, 0) != PAGE || fdatasync(fd) != 0)
        return 0;
    while (clock_mono_us() - begin < duration_us) {
        page[0]++;
        if (pwrite(fd, page, PAGE, 0) != PAGE || fdatasync(fd) != 0)
            return 0;
        count++;
    }
    close(fd);
    return (double)count * 1e6 / (double)(clock_mono_us() - begin);
}

static void commit_texts(struct store_rig *rig, int64_t *number, int texts)
{
    int64_t case_id = 0;
    int code = store_begin(rig->store);
    for (int i = 0; code == 0 && i < texts; i++) {
        code = store_savepoint(rig->store);
        if (code == 0)
            code = rig_insert_text(rig, ++*number, &case_id);
        if (code == 0)
            code = store_release(rig->store);
    }
    if (code == 0)
        code = store_commit(rig->store);
    if (code != 0) {
        fprintf(stderr, "bench_store: %s: %s\n", error_name(code), store_last_error(rig->store));
        exit(1);
    }
    store_maintain(rig->store, false);
}

static double text_rate(struct store_rig *rig, int64_t *number, int texts, int64_t duration_us)
{
    int64_t begin = clock_mono_us(), first = *number;
    while (clock_mono_us() - begin < duration_us)
        commit_texts(rig, number, texts);
    return (double)(*number - first) * 1e6 / (double)(clock_mono_us() - begin);
}

static double median(const double *values)
{
    double a = values[0], b = values[1], c = values[2];
    return a > b ? (b > c ? b : a > c ? c : a) : (a > c ? a : b > c ? c : b);
}

static void measure(struct store_rig *rig, int64_t *number, int texts, int64_t duration_us)
{
    double rates[ROUNDS], syncs[ROUNDS], ratios[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        syncs[i] = fdatasync_rate(rig->folder, duration_us / 4);
        rates[i] = text_rate(rig, number, texts, duration_us);
        ratios[i] = syncs[i] > 0 ? rates[i] / syncs[i] : 0;
    }
    printf("store  %3d texts a commit: %8.0f texts/s, %8.0f rows/s, fdatasync %6.0f/s, ratio %.2f\n", texts,
        median(rates), median(rates) * 7, median(syncs), median(ratios));
    fflush(stdout);
}

static double resident_mb(void)
{
    long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file != NULL && fscanf(file, "%ld %ld", &pages, &resident) != 2)
        resident = 0;
    if (file != NULL)
        fclose(file);
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

int main(int argc, char **argv)
{
    struct store_rig rig;
    int64_t number = 0;
    if (argc > 1)
        setenv("TMPDIR", argv[1], 1);
    double seconds = argc > 2 ? strtod(argv[2], NULL) : 1;
    rig_open(&rig);
    static const int sizes[] = { 1, 8, 64 };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        measure(&rig, &number, sizes[i], (int64_t)(seconds * 1e6));
    printf("store  %lld texts, resident %.1f MB\n", (long long)number, resident_mb());
    rig_close(&rig);
    return 0;
}
