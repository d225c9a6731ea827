/* The seeds of tests/fuzz, as they are, cut off, and with single bytes changed: no reader may stumble. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "format_testing.h"
#include "fuzz/one_file.h"

#include <dirent.h>

#define CUTS    24 /* of each seed */
#define CHANGES 60

static char *corpus_of(const char *format)
{
    char path[4096];
    snprintf(path, sizeof path, "%s", __FILE__);
    *strrchr(path, '/') = '\0';
    size_t length = strlen(path);
    snprintf(path + length, sizeof path - length, "/../../fuzz/corpus/%s", format);
    return strdup(path);
}

static void try_seed(const struct mm_format *format, uint8_t *bytes, size_t size)
{
    uint32_t random = 1;
    fuzz_one(format, bytes, size);
    for (size_t i = 0; i < CUTS; i++)
        fuzz_one(format, bytes, size * i / CUTS);
    for (size_t i = 0; i < CHANGES && size > 0; i++) {
        random = random * 1664525u + 1013904223u;
        size_t at = random >> 8 & 1 ? (random >> 9) % (size < 200 ? size : 200) : (random >> 9) % size;
        uint8_t was = bytes[at];
        bytes[at] = (uint8_t)(random >> 24);
        fuzz_one(format, bytes, size);
        bytes[at] = was;
    }
}

/* Rows that differ in the ending alone share their seeds. */
static bool is_read_before(const struct mm_format *formats, size_t row)
{
    for (size_t i = 0; i < row; i++) {
        if (formats[i].read == formats[row].read && formats[i].list == formats[row].list)
            return true;
    }
    return false;
}

static void every_seed_of_every_reader(void **state)
{
    size_t count;
    const struct mm_format *formats = mm_formats(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        if (is_read_before(formats, i))
            continue;
        char *folder = corpus_of(formats[i].name);
        DIR *dir = opendir(folder);
        int seeds = 0;
        if (!dir)
            fail_msg("%s: no seeds", folder);
        for (struct dirent *entry; (entry = readdir(dir));) {
            size_t size;
            if (entry->d_name[0] == '.')
                continue;
            uint8_t *bytes = get_file(folder, entry->d_name, &size);
            try_seed(&formats[i], bytes, size);
            free(bytes);
            seeds++;
        }
        closedir(dir);
        assert_true(seeds > 0);
        free(folder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_seed_of_every_reader)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
