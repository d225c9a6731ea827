#include "case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct corpus_row *const tables[] = {rows_clean,   rows_numbers,   rows_layout,  rows_content,
                                                  rows_outputs, rows_operators, rows_network, rows_dumps,
                                                  rows_tables,  rows_values};

const char *noise_word(enum noise noise)
{
    static const char *const words[NOISE_COUNT] = {"fp32", "fp16", "int8", "int8-channel"};
    return words[noise];
}

const char *form_word(enum form form)
{
    static const char *const words[] = {[FORM_USUAL] = "usual",   [FORM_CHANNELS_LAST] = "channels-last",
                                        [FORM_SUFFIX] = "suffix", [FORM_MODEL_NAMES] = "model-names",
                                        [FORM_RAW] = "raw",       [FORM_NO_ORDER] = "no-order",
                                        [FORM_RUNS] = "runs"};
    return words[form];
}

/* Cases are numbered by half, table, row, noise, seed. */
static bool find(const struct corpus_row *row, size_t *left, struct corpus_case *out)
{
    for (int noise = 0; noise < NOISE_COUNT; noise++) {
        if (!(row->noise >> noise & 1))
            continue;
        if (*left < (size_t)row->seeds) {
            out->row = row;
            out->noise = (enum noise)noise;
            out->seed = *left;
            return true;
        }
        *left -= (size_t)row->seeds;
    }
    return false;
}

static bool find_in_half(size_t *left, bool second, struct corpus_case *out)
{
    for (size_t t = 0; t < MM_COUNT(tables); t++)
        for (const struct corpus_row *row = tables[t]; row->fault; row++)
            if ((second || !row->late) && find(row, left, out))
                return true;
    return false;
}

/* Of the case's own, so that no two look at the same picture; rows that are added change no other's. */
static uint64_t seed_of(const struct corpus_case *of, bool second)
{
    enum { SECOND_HALF = 1000, MOST = 1000000 };
    const struct corpus_row *row = of->row;
    char text[160];
    int length = snprintf(text, sizeof text, "%s %s %g %d %g %d", row->fault, row->site ? row->site : "",
                          row->amount, row->how, (double)row->scale, (int)of->noise);
    if (row->form != FORM_USUAL || row->dumped)
        snprintf(text + length, sizeof text - (size_t)length, " %d %d", (int)row->form, row->dumped);
    struct random random = random_named(of->seed + (second ? SECOND_HALF : 0), text);
    return random_bits(&random) % MOST;
}

bool corpus_case(size_t number, struct corpus_case *out)
{
    size_t left = number;
    bool second = !find_in_half(&left, false, out);
    if (second && !find_in_half(&left, true, out))
        return false;
    out->number = number;
    out->seed = seed_of(out, second);
    out->npy = out->row->build && (out->seed % 3 == 0 || out->row->form == FORM_NO_ORDER);
    return true;
}

static size_t count_half(bool second)
{
    size_t count = 0, left;
    struct corpus_case unused;
    do
        left = count++;
    while (find_in_half(&left, second, &unused));
    return count - 1;
}

size_t corpus_count(bool both)
{
    return count_half(false) + (both ? count_half(true) : 0);
}

void corpus_name(const struct corpus_case *of, struct mm_buf *out)
{
    mm_buf_printf(out, "%zu %s at %s, %s, seed %llu%s", of->number, of->row->fault,
                  of->row->site ? of->row->site : "-", noise_word(of->noise), (unsigned long long)of->seed,
                  of->npy ? ", npy" : "");
}

int corpus_write(const struct corpus_case *of, const char *folder, struct mm_graph **graph,
                 struct mm_err *err)
{
    char *src = mm_path_join(folder, "src"), *dst = mm_path_join(folder, "dst");
    int status = src && dst ? 0 : mm_fail_memory(err);
    if (status == 0 && (mm_folder_make(src, err) != 0 || mm_folder_make(dst, err) != 0))
        status = -1;
    if (status == 0)
        status = (of->row->build ? scene_write : network_write)(of, src, dst, graph, err);
    free(src);
    free(dst);
    return status;
}
