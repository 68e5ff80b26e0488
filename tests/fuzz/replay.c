/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay - runs a fuzz target over its committed corpus, without clang.
 * What:  a main for tests/fuzz/fuzz_<name>.c: calls the target once for every file of the folder given, and with every
 *        prefix of the first bytes of it, so that truncated input is covered too; prints TAP.
 * Why:   `make check` must try every seed and every input that once failed, on a machine with nothing but gcc.
 * Keeps: an empty or missing corpus is a failure; the input in hand is named on standard error before it runs.
 * Not here: searching for new inputs (`make fuzz`).
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX (1024 * 1024)
#define PATH_MAX_LEN 1024
#define PREFIXES_MAX 256 /* truncations tried of each input */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

/* Runs on an exact-size copy, so that a read past the end is seen by the address sanitizer. */
static int run_input(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);

    if (!copy)
        return -1;
    if (size > 0)
        memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    return 0;
}

static int run_file(const char *path, uint8_t *buffer)
{
    FILE *file = fopen(path, "rb");
    size_t size, prefix;

    if (!file)
        return -1;
    size = fread(buffer, 1, INPUT_MAX, file);
    fclose(file);
    fprintf(stderr, "# %s\n", path);
    for (prefix = 0; prefix < size && prefix < PREFIXES_MAX; prefix++)
        if (run_input(buffer, prefix) < 0)
            return -1;
    return run_input(buffer, size);
}

static int run_folder(const char *folder, uint8_t *buffer)
{
    struct dirent *entry;
    char path[PATH_MAX_LEN];
    DIR *dir = opendir(folder);
    int count = 0;

    if (!dir)
        return -1;
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (run_file(path, buffer) < 0) {
            count = -1;
            break;
        }
        count++;
    }
    closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    uint8_t *buffer = malloc(INPUT_MAX);
    int count;

    if (argc != 2 || !buffer) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&argc, &argv);
    printf("1..1\n");
    count = run_folder(argv[1], buffer);
    free(buffer);
    printf("%sok 1 - %s: %d inputs and their prefixes\n", count > 0 ? "" : "not ", argv[1], count);
    return count > 0 ? 0 : 1;
}
