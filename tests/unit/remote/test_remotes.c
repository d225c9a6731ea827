#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "remote/result.h"
#include "unit/remote/far.h"

/* ---- two dumps, a folder each, and whatever is asked of them ---- */

static const char *const make_dumps =
    "import sys, os, numpy as np\n"
    "root = sys.argv[1]\n"
    "r = np.random.default_rng(5)\n"
    "for side in ('src', 'dst'):\n"
    "    os.makedirs(f'{root}/{side}')\n"
    "def put(side, name, a): np.save(f'{root}/{side}/{name}.npy', a)\n"
    "def both(name, a, b): put('src', name, a); put('dst', name, b)\n"
    "a = r.normal(size=(2, 3, 40, 50)).astype(np.float32)\n"
    "noise = (1e-3 * r.normal(size=a.shape)).astype(np.float32)\n"
    "both('plain', a, a + noise)\n"
    "both('half', a, (a + noise).astype(np.float16))\n"
    "both('wide', a.astype(np.float64), a + noise)\n"
    "both('column', a, np.asfortranarray(a + noise))\n"
    "both('big', a.astype('>f4'), a + noise)\n"
    "both('integers', np.arange(12, dtype=np.int64) * 2**55, np.arange(12, dtype=np.int32))\n"
    "both('bytes', np.arange(12, dtype=np.int8), np.arange(12, dtype=np.uint8))\n"
    "both('nan', np.array([1, np.nan, np.inf], np.float32), np.array([1, 2, np.inf], np.float32))\n"
    "both('empty', np.zeros((0, 3), np.float32), np.zeros((0, 3), np.float32))\n"
    "both('scalar', np.float32(3), np.float32(4))\n"
    "both('shapes', np.zeros(3, np.float32), np.zeros(4, np.float32))\n"
    "both('mask', np.where(a > 0, a, np.float32(-1e9)), np.where(a > 0, a + noise, np.float32(-1e9)))\n"
    "put('src', 'only', a)\n"
    "open(f'{root}/src/cut.npy', 'wb').write(open(f'{root}/src/plain.npy', 'rb').read()[:500])\n"
    "put('dst', 'cut', a)\n"
    "np.savez_compressed(f'{root}/packed.npz', p=a, q=a + noise)\n";

static int setup(void **state)
{
    char *folder = temp_folder();
    free(python(folder, make_dumps));
    *state = folder;
    return 0;
}

static int teardown(void **state)
{
    drop_folder(*state);
    return 0;
}

static struct mm_dump *open_dump(struct both_sides *both, const char *folder, const char *name, bool far)
{
    struct mm_dump *dump = NULL;
    struct mm_err err = {MM_OK, ""};
    char *path = far ? far_path(folder, name) : in_folder(folder, name);
    if (mm_remote_dump_open(&dump, path, NULL, both->near, &err) < 0)
        fail_msg("%s", err.text);
    free(path);
    return dump;
}

/* ---- the same figures, to the last bit ---- */

/* Everything that a result says, as bytes. */
static void put_all(struct mm_buf *out, const struct mm_pair *pair, struct mm_result *result)
{
    result->id = (struct mm_pair_id){.sure = false};
    result_put(out, pair, result);
}

static void check_pair(struct both_sides *both, const struct mm_pair *here, const struct mm_pair *there)
{
    struct mm_measure_options options;
    struct mm_result expected, got;
    struct mm_buf a = {0}, b = {0};
    mm_measure_defaults(&options);
    options.quantiles = true;
    options.hist_bins = 16;
    mm_measure_pair(here, NULL, &options, NULL, &expected);
    options.elsewhere = mm_remotes_measurer(both->near);
    mm_measure_pair(there, NULL, &options, NULL, &got);
    put_all(&a, here, &expected);
    put_all(&b, there, &got);
    if (a.length != b.length || memcmp(a.data, b.data, a.length) != 0)
        fail_msg("%s: %s / %s", here->name, expected.error ? expected.error : "other figures",
                 got.error ? got.error : "");
    if (strcmp(here->name, "plain") == 0)
        assert_true(got.state == MM_STATE_MEASURED && got.metrics.diff2 > 5e-4 && got.metrics.diff2 < 2e-3);
    if (strcmp(here->name, "mask") == 0)
        assert_true(got.rest && got.masked > 0);
    if (strcmp(here->name, "cut") == 0)
        assert_true(got.state == MM_STATE_FAILED && !got.failed_dst);
    mm_result_done(&expected);
    mm_result_done(&got);
    mm_buf_done(&a);
    mm_buf_done(&b);
}

static void check_all(void *folder, bool src_far, bool dst_far, bool figures_only)
{
    const struct mm_remote_options options = {.figures_only = figures_only};
    struct both_sides both;
    both_start(&both, &options, &(struct mm_serve_options){.below = folder});
    struct mm_dump *src = open_dump(&both, folder, "src", false),
                   *dst = open_dump(&both, folder, "dst", false);
    struct mm_dump *s = open_dump(&both, folder, "src", src_far),
                   *d = open_dump(&both, folder, "dst", dst_far);
    struct mm_pairs *here, *there;
    assert_int_equal(mm_pairs_open(&here, src, dst, NULL, NULL), 0);
    assert_int_equal(mm_pairs_open(&there, s, d, NULL, NULL), 0);
    assert_int_equal(here->count, there->count);
    assert_int_equal(here->both, 13);
    for (size_t i = 0; i < here->count; i++) {
        assert_string_equal(here->pair[i].name, there->pair[i].name);
        check_pair(&both, &here->pair[i], &there->pair[i]);
    }
    mm_pairs_close(here);
    mm_pairs_close(there);
    mm_dump_close(src);
    mm_dump_close(dst);
    mm_dump_close(s);
    mm_dump_close(d);
    both_end(&both);
    assert_int_equal(both.far.result, 0);
}

static void test_same_figures(void **state)
{
    check_all(*state, true, true, false);
    check_all(*state, true, false, false);
    check_all(*state, false, true, false);
    check_all(*state, true, true, true);
    check_all(*state, true, false, true);
    check_all(*state, false, true, true);
}

/* ---- values ---- */

static void test_values(void **state)
{
    struct both_sides both;
    struct mm_dump *here, *there;
    both_start(&both, &(struct mm_remote_options){.ssh = NULL}, &(struct mm_serve_options){.below = NULL});
    for (int i = 0; i < 2; i++) {
        here = open_dump(&both, *state, i ? "packed.npz" : "src", false);
        there = open_dump(&both, *state, i ? "packed.npz" : "src", true);
        assert_int_equal(here->count, there->count);
        for (size_t k = 0; k < here->count; k++) {
            struct mm_load a, b;
            struct mm_err err;
            if (strcmp(here->entries[k].parsed.name, "cut") == 0)
                continue;
            assert_int_equal(mm_load_open(&a, &here->entries[k], NULL, NULL), 0);
            assert_int_equal(mm_load_open(&b, &there->entries[k], NULL, NULL), 0);
            assert_int_equal(a.tensor.dtype, b.tensor.dtype);
            double *x = mm_tensor_decode(&a.tensor, false, NULL, NULL);
            double *y = mm_tensor_decode(&b.tensor, false, NULL, &err);
            assert_true(x && y);
            assert_memory_equal(x, y, (size_t)a.tensor.count * sizeof *x);
            assert_int_equal(mm_load_check(&b, &there->entries[k], NULL), 0);
            free(x);
            free(y);
            mm_load_close(&a);
            mm_load_close(&b);
        }
        mm_dump_close(here);
        mm_dump_close(there);
    }
    both_end(&both);
}

/* Opening a tensor for its header costs no bytes; reading it twice costs them once. */
static void test_bytes_travel_once(void **state)
{
    struct both_sides both;
    uint64_t sent, before, opened, read, again;
    struct mm_load load;
    both_start(&both, &(struct mm_remote_options){.ssh = NULL}, &(struct mm_serve_options){.below = NULL});
    struct mm_dump *dump = open_dump(&both, *state, "packed.npz", true);
    mm_remotes_bytes(both.near, &sent, &before);
    assert_int_equal(mm_load_open(&load, dump->entries, NULL, NULL), 0);
    assert_int_equal(load.tensor.count, 12000);
    mm_remotes_bytes(both.near, &sent, &opened);
    assert_true(opened == before);
    assert_false(isnan(mm_tensor_at(&load.tensor, 7)));
    mm_remotes_bytes(both.near, &sent, &read);
    assert_true(read > before + 20000 && read < before + 48000);
    mm_load_close(&load);
    assert_int_equal(mm_load_open(&load, dump->entries, NULL, NULL), 0);
    assert_false(isnan(mm_tensor_at(&load.tensor, 11999)));
    mm_load_close(&load);
    mm_remotes_bytes(both.near, &sent, &again);
    assert_true(again == read);
    mm_dump_close(dump);
    both_end(&both);
}

/* ---- figures only ---- */

static void test_figures_only(void **state)
{
    struct both_sides both;
    struct mm_load load;
    struct mm_err err;
    const struct mm_remote_options near = {.figures_only = true};
    both_start(&both, &near, &(struct mm_serve_options){.below = NULL});
    struct mm_dump *dump = open_dump(&both, *state, "packed.npz", true);
    assert_int_equal(mm_load_open(&load, dump->entries, NULL, NULL), 0);
    assert_int_equal(load.tensor.count, 12000); /* the shape is known */
    assert_true(isnan(mm_tensor_at(&load.tensor, 7)));
    assert_int_equal(mm_load_check(&load, dump->entries, &err), -1);
    assert_non_null(strstr(err.text, "its values stay on far (--figures-only)"));
    mm_load_close(&load);
    mm_dump_close(dump);
    both_end(&both);
}

/* It is the far side that keeps them: whoever asks gets none, even if the near side forgets what it has promised. */
static void test_far_side_keeps_values(void **state)
{
    for (int own = 0; own < 2; own++) {
        struct both_sides both;
        struct mm_load load;
        struct mm_err err;
        const struct mm_remote_options near = {.figures_only = !own};
        const struct mm_serve_options serve = {.figures_only = own};
        both_start(&both, &near, &serve);
        both.near->options.figures_only = false;
        struct mm_dump *dump = open_dump(&both, *state, "packed.npz", true);
        assert_int_equal(mm_load_open(&load, dump->entries, NULL, NULL), 0);
        assert_true(isnan(mm_tensor_at(&load.tensor, 7)));
        assert_int_equal(mm_load_check(&load, dump->entries, &err), -1);
        assert_non_null(strstr(err.text, "values stay here"));
        mm_load_close(&load);
        mm_dump_close(dump);
        both_end(&both);
    }
}

/* ---- what may be opened ---- */

static void check_refused(struct both_sides *both, const char *folder, const char *name, const char *why)
{
    struct mm_dump *dump;
    struct mm_err err;
    char *path = far_path(folder, name);
    assert_int_equal(mm_remote_dump_open(&dump, path, NULL, both->near, &err), -1);
    assert_null(dump);
    if (!strstr(err.text, why) || strncmp(err.text, "far:", 4) != 0)
        fail_msg("%s", err.text);
    free(path);
}

static void test_below(void **state)
{
    struct both_sides both;
    char *below = in_folder(*state, "src");
    shell(*state,
          "mkdir '%s/led' && ln -s ../dst/plain.npy '%s/led/out.npy' && cp '%s/dst/half.npy' '%s/led'");
    both_start(&both, &(struct mm_remote_options){.ssh = NULL}, &(struct mm_serve_options){.below = below});
    mm_dump_close(open_dump(&both, *state, "src", true));
    check_refused(&both, *state, "dst", "lies outside of");
    check_refused(&both, *state, "src/../dst", "lies outside of");
    check_refused(&both, *state, "nothing", "No such file");
    both_end(&both);
    free(below);
    both_start(&both, &(struct mm_remote_options){.ssh = NULL}, &(struct mm_serve_options){.below = NULL});
    check_refused(&both, *state, "led", "out.npy: lies outside of");
    check_refused(&both, *state, "src/none.npy", "No such file");
    both_end(&both);
}

/* ---- files that change, connections that are lost ---- */

static void test_changed(void **state)
{
    struct both_sides both;
    struct mm_load load;
    struct mm_err err;
    shell(*state, "mkdir -p '%s/moving' && cp '%s/src/plain.npy' '%s/moving/x.npy'");
    both_start(&both, &(struct mm_remote_options){.ssh = NULL}, &(struct mm_serve_options){.below = NULL});
    struct mm_dump *dump = open_dump(&both, *state, "moving", true);
    int64_t size = dump->entries->source->elsewhere->size;
    shell(*state, "cp '%s/src/wide.npy' '%s/moving/x.npy'");
    assert_int_equal(mm_load_open(&load, dump->entries, NULL, NULL), 0);
    assert_true(isnan(mm_tensor_at(&load.tensor, 0)));
    assert_int_equal(mm_load_check(&load, dump->entries, &err), -1);
    assert_non_null(strstr(err.text, "x.npy: was written anew since it was listed"));
    mm_load_close(&load);
    const struct mm_entry *entry = dump->entries;
    assert_int_equal(mm_remote_renew(dump, &err), 0);
    assert_ptr_equal(dump->entries, entry);
    assert_true(entry->source->elsewhere->size > size);
    assert_int_equal(mm_load_open(&load, entry, NULL, NULL), 0);
    assert_int_equal(load.tensor.dtype, MM_F64);
    assert_false(isnan(mm_tensor_at(&load.tensor, 0)));
    mm_load_close(&load);
    shell(*state, "cp '%s/src/wide.npy' '%s/moving/y.npy'");
    assert_int_equal(mm_remote_renew(dump, &err), -1);
    assert_non_null(strstr(err.text, "has other tensors now"));
    assert_int_equal(mm_load_open(&load, entry, NULL, NULL), 0); /* and is as it was */
    mm_load_close(&load);
    mm_dump_close(dump);
    both_end(&both);
}

static void test_lost(void **state)
{
    struct both_sides both;
    struct mm_measure_options options;
    struct mm_result result;
    both_start(&both, &(struct mm_remote_options){.ssh = NULL}, &(struct mm_serve_options){.below = NULL});
    struct mm_dump *dump = open_dump(&both, *state, "packed.npz", true);
    const struct mm_pair pair = {.name = "p", .src = dump->entries, .dst = &dump->entries[1]};
    shutdown(both.far.fd[1], SHUT_RDWR);
    mm_measure_defaults(&options);
    options.elsewhere = mm_remotes_measurer(both.near);
    for (int i = 0; i < 2; i++) { /* and so is the next */
        mm_measure_pair(&pair, NULL, &options, NULL, &result);
        assert_int_equal(result.state, MM_STATE_FAILED);
        assert_int_equal(result.code, MM_EIO);
        assert_non_null(strstr(result.error, "far: the connection was lost"));
        mm_result_done(&result);
    }
    mm_dump_close(dump);
    both_end(&both);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_same_figures, setup, teardown),
        cmocka_unit_test_setup_teardown(test_values, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bytes_travel_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_figures_only, setup, teardown),
        cmocka_unit_test_setup_teardown(test_far_side_keeps_values, setup, teardown),
        cmocka_unit_test_setup_teardown(test_below, setup, teardown),
        cmocka_unit_test_setup_teardown(test_changed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lost, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
