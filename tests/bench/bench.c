/*
 * bench: what the measurement costs inside one process, as ratios to what the same machine can do at that
 * moment.
 *
 * Every figure is the best of a few rounds, and the rounds of all rows are interleaved with the read limit's,
 * so that a machine that is slow for a second is slow for both. Prints one line a row: name, bytes, seconds,
 * ratio to the read limit, ratio to its partner row ("-" where there is none); bench.py makes the table.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mmtui/compare.h"

#define ROUNDS 9

typedef float f32x8 __attribute__((vector_size(32)));

/* ---- the limit: two streams read and summed, nothing else ---- */

static volatile float sink;

static void read_two(const float *a, const float *b, size_t n)
{
    f32x8 sum[4] = {{0}};

    for (size_t i = 0; i + 16 <= n; i += 16) {
        f32x8 x[4];

        memcpy(&x[0], a + i, 32);
        memcpy(&x[1], a + i + 8, 32);
        memcpy(&x[2], b + i, 32);
        memcpy(&x[3], b + i + 8, 32);
        for (int k = 0; k < 4; k++)
            sum[k] += x[k];
    }
    sum[0] += sum[1] + sum[2] + sum[3];
    sink = sum[0][0];
}

/* ---- data ---- */

/* A generator that no compiler and no prefetcher sees through; the same numbers in every run. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* About normal, standard deviation 1: activations look so. */
static float next_value(uint64_t *state)
{
    uint64_t r = next_random(state);
    int sum = 0;

    for (int i = 0; i < 4; i++)
        sum += (int)(r >> (16 * i) & 0xffff) - 0x8000;
    return (float)sum / 37837.0f;
}

struct data {
    size_t n;
    float *s, *noisy, *ties, *grid_s, *grid_d, *nonfinite_s, *nonfinite_d, *masked;
    uint8_t *unpacked_s, *unpacked_d; /* a byte before each value, as a tag is */
    uint16_t *half;
    int8_t *byte;
    double *wide_s, *wide_d;
};

static void *memory(size_t count, size_t size)
{
    void *p = NULL;

    if (posix_memalign(&p, 4096, count * size) != 0)
        abort();
    memset(p, 0, count * size);
    return p;
}

static void make_data(struct data *data, size_t n)
{
    uint64_t state = 1;

    data->n = n;
    data->s = memory(n, 4);
    data->noisy = memory(n, 4);
    data->ties = memory(n, 4);
    data->grid_s = memory(n, 4);
    data->grid_d = memory(n, 4);
    data->nonfinite_s = memory(n, 4);
    data->nonfinite_d = memory(n, 4);
    data->masked = memory(n, 4);
    data->unpacked_s = memory(n, 5);
    data->unpacked_d = memory(n, 5);
    data->half = memory(n, 2);
    data->byte = memory(n, 1);
    for (size_t i = 0; i < n; i++) {
        float x = next_value(&state);
        int q = (int)(x * 32);

        q = q > 127 ? 127 : q < -128 ? -128 : q;
        data->s[i] = x;
        data->noisy[i] = x + 1e-3f * next_value(&state);
        data->ties[i] = (float)q / 32;
        memcpy(data->unpacked_s + 5 * i + 1, &data->s[i], 4);
        memcpy(data->unpacked_d + 5 * i + 1, &data->noisy[i], 4);
        data->grid_s[i] = q > 0 ? (float)q / 32 : 0.0f;
        data->grid_d[i] = q > 0 && i % 3 == 0 ? (float)(q - 1) / 32 : data->grid_s[i];
        data->half[i] = mm_float_to_half(x);
        data->byte[i] = (int8_t)q;
        data->nonfinite_s[i] = x;
        data->nonfinite_d[i] = data->noisy[i];
        data->masked[i] = i % 3 ? x : -__builtin_inff();
    }
    for (size_t i = 0; i < n; i += 256 * MM_BLOCK)
        data->nonfinite_s[i] = data->nonfinite_d[i] = -__builtin_inff();
}

/* ---- rows ---- */

struct row {
    const char *name, *partner; /* partner: the row that its rate per element is compared with */
    const char *cpu;            /* MMTUI_CPU; NULL: the best */
    enum mm_dtype s_type, d_type;
    size_t s_at, d_at; /* offsets in struct data */
    unsigned threads;
    int what; /* 0 metrics, 1 read limit, 2 histogram, 3 error histogram, 4 heat map */
    double best;
    size_t bytes;
};

#define AT(member) offsetof(struct data, member)

static struct row rows[] = {
    {"read two streams, 1 thread", NULL, NULL, MM_F32, MM_F32, AT(s), AT(noisy), 1, 1, 0, 0},
    {"read two streams, 2 threads", NULL, NULL, MM_F32, MM_F32, AT(s), AT(noisy), 2, 1, 0, 0},
    {"f32 f32, scalar", NULL, "scalar", MM_F32, MM_F32, AT(s), AT(noisy), 1, 0, 0, 0},
    {"f32 f32, sse2", NULL, "sse2", MM_F32, MM_F32, AT(s), AT(noisy), 1, 0, 0, 0},
    {"f32 f32, avx2", NULL, "avx2", MM_F32, MM_F32, AT(s), AT(noisy), 1, 0, 0, 0},
    {"f32 f32, avx512", NULL, "avx512", MM_F32, MM_F32, AT(s), AT(noisy), 1, 0, 0, 0},
    {"f32 f32", NULL, NULL, MM_F32, MM_F32, AT(s), AT(noisy), 1, 0, 0, 0},
    {"f32 f32, 2 threads", NULL, NULL, MM_F32, MM_F32, AT(s), AT(noisy), 2, 0, 0, 0},
    {"f32 f16", "f32 f32", NULL, MM_F32, MM_F16, AT(s), AT(half), 1, 0, 0, 0},
    {"f16 f16", "f32 f32", NULL, MM_F16, MM_F16, AT(half), AT(half), 1, 0, 0, 0},
    {"f32 i8", "f32 f32", NULL, MM_F32, MM_I8, AT(s), AT(byte), 1, 0, 0, 0},
    {"f32 f32, unpacked (5 bytes a value)", NULL, NULL, MM_F32, MM_F32, AT(unpacked_s), AT(unpacked_d), 1, 0,
     0, 0},
    {"i8 i8", "f32 f32", NULL, MM_I8, MM_I8, AT(byte), AT(byte), 1, 0, 0, 0},
    {"f32 f32, one block in 256 with -inf", "f32 f32", NULL, MM_F32, MM_F32, AT(nonfinite_s), AT(nonfinite_d),
     1, 0, 0, 0},
    {"f32 f32, a third is -inf", "f32 f32", NULL, MM_F32, MM_F32, AT(masked), AT(masked), 1, 0, 0, 0},
    {"f32 f32, ties (dst on an int8 grid)", "f32 f32", NULL, MM_F32, MM_F32, AT(s), AT(ties), 1, 0, 0, 0},
    {"f32 f32, ties (both rectified, on that grid)", "f32 f32", NULL, MM_F32, MM_F32, AT(grid_s), AT(grid_d),
     1, 0, 0, 0},
    {"f32 f32, equal", "f32 f32", NULL, MM_F32, MM_F32, AT(s), AT(s), 1, 0, 0, 0},
    {"f32 f32, histograms of both sides", "f32 f32", NULL, MM_F32, MM_F32, AT(s), AT(noisy), 1, 2, 0, 0},
    {"f32 f32, histogram of the errors", "f32 f32", NULL, MM_F32, MM_F32, AT(s), AT(noisy), 1, 3, 0, 0},
    {"f32 f32, heat map", "f32 f32", NULL, MM_F32, MM_F32, AT(s), AT(noisy), 1, 4, 0, 0},
    {"f32 f32, heat map, many equal errors", "f32 f32", NULL, MM_F32, MM_F32, AT(grid_s), AT(grid_d), 1, 4, 0,
     0},
    {"f32 i8, heat map", "f32 f32", NULL, MM_F32, MM_I8, AT(s), AT(byte), 1, 4, 0, 0},
};

struct part {
    const struct row *row;
    const struct data *data;
    size_t from, to;
};

static const uint8_t *bytes_of(const struct data *data, size_t at)
{
    return *(uint8_t *const *)((const char *)data + at);
}

static void tensor_of(struct mm_tensor *tensor, struct mm_run *run, enum mm_dtype dtype, const uint8_t *bytes,
                      uint32_t gap, size_t from, size_t to)
{
    struct mm_shape shape = {1, {(int64_t)(to - from)}};
    size_t unit = mm_dtype_info(dtype)->bytes + gap;

    mm_tensor_raw(tensor, dtype, &shape, bytes + from * unit, run);
    run->gap = gap;
    run->size = (to - from) * unit;
}

static uint32_t gap_of(const struct row *row)
{
    return row->s_at == AT(unpacked_s) ? 1 : 0;
}

/* Tile by tile, as the second pass does. */
static void count_part(const struct row *row, const float *s, const float *d, size_t n)
{
    const struct mm_kernels *kernels = mm_kernels();
    uint64_t count[2][64] = {{0}};
    struct mm_hist src = {.low = -4, .high = 4, .bins = 64, .count = count[0]};
    struct mm_hist dst = {.low = -4, .high = 4, .bins = 64, .count = count[1]};
    struct mm_exp_hist error = {0};

    for (size_t at = 0; at < n; at += MM_TILE) {
        size_t k = n - at < MM_TILE ? n - at : MM_TILE;

        if (row->what == 3) {
            kernels->exp_hist_float(&error, s + at, d + at, k);
        } else {
            kernels->hist_float(&src, s + at, k);
            kernels->hist_float(&dst, d + at, k);
        }
    }
    sink = (float)(count[0][32] + count[1][32] + error.zero);
}

/* Rows of 4096 in the cells of a screen of 132 x 43. */
static void map_part(struct mm_tensor *s, struct mm_tensor *d)
{
    struct mm_heat_options options = {.y_axis = 0, .x_axis = 1, .rows = 74, .columns = 130};
    struct mm_heat heat;

    s->shape = d->shape = (struct mm_shape){2, {s->count / 4096, 4096}};
    mm_slice_all(&options.slice);
    if (mm_heat_tensors(s, d, &options, NULL, &heat, NULL) != 0)
        abort();
    sink = (float)heat.greatest;
    mm_heat_done(&heat);
}

static void *run_part(void *argument)
{
    const struct part *part = argument;
    const struct row *row = part->row;
    const uint8_t *s_bytes = bytes_of(part->data, row->s_at), *d_bytes = bytes_of(part->data, row->d_at);
    struct mm_measure_options options;
    struct mm_tensor s, d;
    struct mm_run s_run, d_run;
    struct mm_metrics metrics;

    if (row->what == 1) {
        read_two((const float *)s_bytes + part->from, (const float *)d_bytes + part->from,
                 part->to - part->from);
        return NULL;
    }
    if (row->what == 2 || row->what == 3) {
        count_part(row, (const float *)s_bytes + part->from, (const float *)d_bytes + part->from,
                   part->to - part->from);
        return NULL;
    }
    mm_measure_defaults(&options);
    tensor_of(&s, &s_run, row->s_type, s_bytes, gap_of(row), part->from, part->to);
    tensor_of(&d, &d_run, row->d_type, d_bytes, gap_of(row), part->from, part->to);
    if (row->what == 4) {
        map_part(&s, &d);
        return NULL;
    }
    if (mm_measure_tensors(&s, &d, &options, NULL, &metrics, NULL) != 0)
        abort();
    sink = (float)metrics.diff2;
    return NULL;
}

/* Seconds. One thread is timed by what it computed: a neighbour that takes the processor away does not count.
 * Of several the time on the clock is wanted. */
static double seconds(const struct row *row)
{
    struct timespec now;

    clock_gettime(row->threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void run_row(struct row *row, const struct data *data)
{
    pthread_t threads[8];
    struct part parts[8];
    double started;

    if (row->cpu)
        setenv("MMTUI_CPU", row->cpu, 1);
    else
        unsetenv("MMTUI_CPU");
    started = seconds(row);
    for (unsigned t = 0; t < row->threads; t++) {
        parts[t] = (struct part){row, data, data->n / row->threads * t, data->n / row->threads * (t + 1)};
        if (row->threads > 1)
            pthread_create(&threads[t], NULL, run_part, &parts[t]);
    }
    if (row->threads == 1)
        run_part(&parts[0]);
    for (unsigned t = 0; row->threads > 1 && t < row->threads; t++)
        pthread_join(threads[t], NULL);
    started = seconds(row) - started;
    if (row->best == 0 || started < row->best)
        row->best = started;
    row->bytes =
        data->n * (mm_dtype_info(row->s_type)->bytes + mm_dtype_info(row->d_type)->bytes + 2 * gap_of(row));
}

/* Is the table that a row asks for the one it gets? */
static bool runs_here(const struct row *row)
{
    if (!row->cpu)
        return true;
    setenv("MMTUI_CPU", row->cpu, 1);
    return strcmp(mm_kernels()->name, row->cpu) == 0;
}

static const struct row *find(const char *name)
{
    for (size_t i = 0; i < MM_COUNT(rows); i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

static void print(const struct row *row)
{
    const struct row *limit =
        find(row->threads == 2 ? "read two streams, 2 threads" : "read two streams, 1 thread");
    const struct row *partner = row->partner ? find(row->partner) : NULL;
    double rate = (double)row->bytes / row->best, top = (double)limit->bytes / limit->best;

    printf("%s\t%.3f\t%.4f\t", row->name, rate / 1e9, rate / top);
    if (partner)
        printf("%.4f\n", partner->best / row->best);
    else
        printf("-\n");
}

int main(int argc, char **argv)
{
    size_t mebi = argc > 1 ? (size_t)atol(argv[1]) : 256;
    struct data data;

    make_data(&data, mebi * 1024 * 1024 / 4);
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < MM_COUNT(rows); i++)
            if (runs_here(&rows[i]))
                run_row(&rows[i], &data);
    for (size_t i = 0; i < MM_COUNT(rows); i++)
        if (rows[i].best > 0)
            print(&rows[i]);
    return 0;
}
