#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "format_testing.h"

#include <dirent.h>

static char *folder;
static struct mm_source source;
static struct mm_arena arena;
static struct mm_members members;

/* Element i is i % 1000 in each of them, in row-major order; "large" is beyond what is decoded into memory. Those called
 * bad_ have one character changed. */
static int make(void **state)
{
    struct mm_err err = {MM_OK, ""};
    (void)state;
    folder = make_folder();
    python(folder, "import base64, io, json, numpy as np, sys, os\n"
                   "os.chdir(sys.argv[1])\n"
                   "x = (np.arange(3000000) % 1000).astype('<f4')\n"
                   "arrays = dict(large=x, middle=x[:100000], small=x[:1000],\n"
                   "              fortran=np.asfortranarray(x[:90000].reshape(300, 300)),\n"
                   "              large_fortran=np.asfortranarray(x.reshape(1000, 3000)), "
                   "swapped=x[:40000].astype('>f4'))\n"
                   "def text(array, change=None):\n"
                   "    out = io.BytesIO()\n"
                   "    np.save(out, array)\n"
                   "    made = base64.b64encode(out.getvalue()).decode()\n"
                   "    return made if change is None else made[:change] + '*' + made[change + 1:]\n"
                   "outputs = {k: {'values': {'array': text(v)}} for k, v in arrays.items()}\n"
                   "outputs['bad_small'] = {'values': {'array': text(x[:1000], 4000)}}\n"
                   "outputs['bad_middle'] = {'values': {'array': text(x[:100000], 300000)}}\n"
                   "json.dump({'lst': [['A', [{'outputs': outputs}]]]}, open('a.json', 'w'))\n"
                   "os.mkdir('tmp')\n");
    source.path = mm_path_join(folder, "a.json");
    source.file = "a.json";
    source.format = mm_format_find("polygraphy");
    if (source.format->list(&source, &arena, &members, &err) < 0)
        fail_msg("%s", err.text);
    char *temporary = mm_path_join(folder, "tmp");
    setenv("TMPDIR", temporary, 1);
    free(temporary);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    mm_members_done(&members);
    mm_arena_done(&arena);
    free((char *)(uintptr_t)source.path);
    drop_folder(folder);
    return 0;
}

static const struct mm_entry *member_of(const char *name)
{
    for (size_t i = 0; i < members.count; i++) {
        if (strcmp(members.entry[i].member, name) == 0)
            return &members.entry[i];
    }
    fail_msg("no member %s", name);
    return NULL;
}

static void open_load(struct mm_load *load, const char *name)
{
    struct mm_err err;
    if (mm_load_open(load, member_of(name), NULL, &err) < 0)
        fail_msg("%s", err.text);
}

static void assert_all(const struct mm_tensor *tensor)
{
    static double tile[MM_TILE];
    struct mm_cursor cursor;
    int64_t done = 0;
    size_t n;
    mm_cursor_init(&cursor, tensor);
    while ((n = mm_cursor_double(&cursor, tile, MM_COUNT(tile))) > 0) {
        for (size_t i = 0; i < n; i++)
            assert_true(tile[i] == (double)((done + (int64_t)i) % 1000));
        done += (int64_t)n;
    }
    assert_false(cursor.bad);
    assert_int_equal(done, tensor->count);
}

static void in_order(void **state)
{
    static const char *const names[] = {"large", "middle", "small", "fortran", "large_fortran", "swapped"};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(names); i++) {
        struct mm_load load;
        struct mm_err err;
        open_load(&load, names[i]);
        assert_all(&load.tensor);
        assert_all(&load.tensor);
        assert_int_equal(mm_load_check(&load, member_of(names[i]), &err), 0);
        mm_load_close(&load);
    }
}

/* Groups of three bytes and elements of four begin together at every twelfth only. */
static void at_any_place(void **state)
{
    struct mm_load load;
    (void)state;
    open_load(&load, "large");
    for (int64_t i = 2999999; i >= 0; i -= 99991)
        assert_true(mm_tensor_at(&load.tensor, i) == (double)(i % 1000));
    for (size_t offset = 0; offset < 3000000; offset += 299993) {
        for (size_t size = 1; size < 70000 && offset + size <= 3000000; size = size * 7 + 1) {
            const uint8_t *bytes = mm_tensor_bytes(&load.tensor, 0, offset * 4, size * 4);
            float value;
            assert_non_null(bytes);
            memcpy(&value, bytes + (size - 1) * 4, sizeof value);
            assert_true(value == (float)((offset + size - 1) % 1000));
        }
    }
    mm_load_close(&load);
}

/* Into memory or into a file that no folder lists. */
static void all_at_once(void **state)
{
    static const char *const names[] = {"large", "middle"};
    (void)state;
    for (size_t k = 0; k < MM_COUNT(names); k++) {
        struct mm_load load;
        open_load(&load, names[k]);
        assert_false(mm_tensor_settled(&load.tensor));
        const uint8_t *whole = load.tensor.supply->all(load.tensor.supply);
        assert_non_null(whole);
        assert_true(mm_tensor_settled(&load.tensor));
        for (int64_t i = 0; i < load.tensor.count; i++) {
            float value;
            memcpy(&value, whole + load.tensor.supply->begin + (size_t)i * 4, sizeof value);
            assert_true(value == (float)(i % 1000));
        }
        assert_all(&load.tensor);
        mm_load_close(&load);
    }
    char *temporary = mm_path_join(folder, "tmp");
    DIR *dir = opendir(temporary);
    for (struct dirent *entry; (entry = readdir(dir));)
        assert_true(entry->d_name[0] == '.');
    closedir(dir);
    free(temporary);
}

static void a_wrong_character(void **state)
{
    static double tile[MM_TILE];
    struct mm_load load;
    struct mm_err err;
    struct mm_cursor cursor;
    (void)state;
    assert_int_equal(mm_load_open(&load, member_of("bad_small"), NULL, &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    assert_string_equal(
        err.text, "a.json: tensor 'bad_small': its base64 text has '*' at character 4000, where none can be");
    open_load(&load, "bad_middle");
    mm_cursor_init(&cursor, &load.tensor);
    while (mm_cursor_double(&cursor, tile, MM_COUNT(tile)) > 0)
        ;
    assert_true(cursor.bad);
    assert_int_equal(mm_load_check(&load, member_of("bad_middle"), &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    assert_string_equal(
        err.text,
        "a.json: tensor 'bad_middle': its base64 text has '*' at character 300000, where none can be");
    assert_null(load.tensor.supply->all(load.tensor.supply));
    mm_load_close(&load);
    open_load(&load, "bad_middle");
    assert_null(load.tensor.supply->all(load.tensor.supply));
    assert_int_equal(mm_load_check(&load, member_of("bad_middle"), &err), -1);
    mm_load_close(&load);
}

static void stopped(void **state)
{
    struct mm_load load;
    struct mm_err err;
    atomic_bool cancel = true;
    (void)state;
    assert_int_equal(mm_load_open_in(&load, member_of("large"), NULL, NULL, &cancel, &err), 0);
    assert_null(load.tensor.supply->all(load.tensor.supply));
    assert_int_equal(mm_load_check(&load, member_of("large"), &err), -1);
    assert_int_equal(err.code, MM_ECANCELLED);
    mm_load_close(&load);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_order),          cmocka_unit_test(at_any_place), cmocka_unit_test(all_at_once),
        cmocka_unit_test(a_wrong_character), cmocka_unit_test(stopped),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
