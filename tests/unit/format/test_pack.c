/* Files with many tensors that are written one after the other. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "format_testing.h"

#include <dirent.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

static char *folder;

static int make(void **state)
{
    (void)state;
    folder = make_folder();
    return 0;
}

static int drop(void **state)
{
    (void)state;
    drop_folder(folder);
    return 0;
}

static const char *const kinds[] = {"npz", "safetensors"};

static struct mm_pack *open_pack(const char *kind, const char *file)
{
    char *path = mm_path_join(folder, file);
    struct mm_pack *pack;
    struct mm_err err;
    if (mm_pack_open(&pack, mm_format_find(kind), path, &err) < 0)
        fail_msg("%s", err.text);
    free(path);
    return pack;
}

/* The values lie in a block that ends with this call: what is kept of them is seen by a sanitizer. */
static int try_add(struct mm_pack *pack, const char *name, enum mm_dtype dtype, struct mm_shape shape,
                   const void *data, struct mm_err *err)
{
    struct mm_tensor tensor;
    struct mm_run run;
    size_t size = (size_t)mm_shape_count(&shape) * mm_dtype_info(dtype)->bytes;
    void *block = malloc(size + 1);
    char *text = name ? strdup(name) : NULL;
    assert_non_null(block);
    if (size)
        memcpy(block, data, size);
    mm_tensor_raw(&tensor, dtype, &shape, block, &run);
    const struct mm_store store = {.tensor = &tensor, .name = text, .unsynced = true};
    int result = mm_pack_add(pack, &store, err);
    free(block);
    free(text);
    return result;
}

static void add(struct mm_pack *pack, const char *name, enum mm_dtype dtype, struct mm_shape shape,
                const void *data)
{
    struct mm_err err;
    if (try_add(pack, name, dtype, shape, data, &err) < 0)
        fail_msg("%s", err.text);
}

static void commit(struct mm_pack *pack)
{
    struct mm_err err;
    if (mm_pack_commit(pack, &err) < 0)
        fail_msg("%s", err.text);
}

static void assert_refused_add(struct mm_pack *pack, const char *name, enum mm_dtype dtype, int64_t count,
                               enum mm_code code, const char *part)
{
    static const uint8_t zeros[64];
    struct mm_err err = {MM_OK, ""};
    assert_int_equal(try_add(pack, name, dtype, shape_of(1, count, 0, 0), zeros, &err), -1);
    assert_int_equal(err.code, code);
    if (!strstr(err.text, part))
        fail_msg("'%s' lacks '%s'", err.text, part);
}

static void assert_files(size_t expected)
{
    DIR *dir = opendir(folder);
    size_t count = 0;
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        count += entry->d_name[0] != '.';
    closedir(dir);
    assert_int_equal(count, expected);
}

/* Do two files have the same bytes? */
static void assert_same(const char *a, const char *b)
{
    size_t size[2];
    uint8_t *bytes[2] = {get_file(folder, a, &size[0]), get_file(folder, b, &size[1])};
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(bytes[0], bytes[1], size[0]);
    free(bytes[0]);
    free(bytes[1]);
}

/* How many tensors the reader finds, none of them bad. */
static size_t listed(const char *kind, const char *file)
{
    char *path = mm_path_join(folder, file);
    struct mm_source source = {.path = path, .file = file, .format = mm_format_find(kind)};
    struct mm_members members = {0};
    struct mm_arena arena = {0};
    struct mm_err err;
    if (source.format->list(&source, &arena, &members, &err) < 0)
        fail_msg("%s", err.text);
    size_t count = members.count;
    for (size_t i = 0; i < count; i++)
        assert_int_equal(members.entry[i].code, MM_OK);
    mm_members_done(&members);
    mm_arena_done(&arena);
    free(path);
    return count;
}

/* The length, the JSON, and, as the format's own library wants it, tensors that cover the data without a hole. */
#define SAFETENSORS                                                                                          \
    "import json, os, struct, sys\n"                                                                         \
    "BITS = {'F64': 64, 'I64': 64, 'F32': 32, 'F16': 16, 'BF16': 16, 'U8': 8, 'BOOL': 8, 'F4': 4}\n"         \
    "def load(name):\n"                                                                                      \
    "    path = os.path.join(sys.argv[1], name)\n"                                                           \
    "    with open(path, 'rb') as f:\n"                                                                      \
    "        n, = struct.unpack('<Q', f.read(8))\n"                                                          \
    "        text = f.read(n)\n"                                                                             \
    "    assert n % 8 == 0 and text[:1] == b'{' and n <= 100000000\n"                                        \
    "    pairs = json.loads(text, object_pairs_hook=lambda p: p)\n"                                          \
    "    h = {k: dict(v) for k, v in pairs}\n"                                                               \
    "    assert len(h) == len(pairs)\n"                                                                      \
    "    at = 0\n"                                                                                           \
    "    for k, v in h.items():\n"                                                                           \
    "        size = BITS[v['dtype']]\n"                                                                      \
    "        for d in v['shape']: size *= d\n"                                                               \
    "        assert v['data_offsets'] == [at, at + size // 8], (k, v, at)\n"                                 \
    "        at += size // 8\n"                                                                              \
    "    assert os.path.getsize(path) == 8 + n + at\n"                                                       \
    "    return h, 8 + n, path\n"

/* ---- what is written ---- */

static const float x[] = {1.5f, -2, 3, 4, 5, 6};
static const int64_t large[] = {INT64_MAX, INT64_MIN, (INT64_C(1) << 60) + 1};
static const uint8_t bytes[] = {0, 1, 2, 255};

static void add_some(struct mm_pack *pack)
{
    add(pack, "net/x", MM_F32, shape_of(2, 2, 3, 0), x);
    add(pack, "bytes", MM_U8, shape_of(1, 3, 0, 0), bytes);
    add(pack, "large", MM_I64, shape_of(1, 3, 0, 0), large);
    add(pack, NULL, MM_F32, shape_of(0, 0, 0, 0), x + 1);
    add(pack, "", MM_U8, shape_of(1, 4, 0, 0), bytes);
    add(pack, "empty", MM_F64, shape_of(2, 0, 3, 0), NULL);
    add(pack, "/an/../odd \"name\"\n\xc3\xa9", MM_F32, shape_of(1, 2, 0, 0), x);
}

static void numpy_reads_npz(void **state)
{
    struct mm_pack *pack = open_pack("npz", "a.npz");
    (void)state;
    add_some(pack);
    commit(pack);
    python(folder, "import numpy as np, sys, zipfile\n"
                   "path = sys.argv[1] + '/a.npz'\n"
                   "a = np.load(path)\n"
                   "odd = '/an/../odd \"name\"\\n\\u00e9'\n"
                   "assert a.files == ['net/x', 'bytes', 'large', 'arr_3', '', 'empty', odd], a.files\n"
                   "assert (a['net/x'] == [[1.5, -2, 3], [4, 5, 6]]).all() and a['net/x'].dtype == 'f4'\n"
                   "assert list(a['bytes']) == [0, 1, 2]\n"
                   "assert list(a['large']) == [2**63 - 1, -2**63, 2**60 + 1]\n"
                   "assert a['arr_3'].shape == () and a['arr_3'] == -2\n"
                   "assert list(a['']) == [0, 1, 2, 255]\n"
                   "assert a['empty'].shape == (0, 3) and a['empty'].dtype == 'f8'\n"
                   "assert list(a[odd]) == [1.5, -2]\n"
                   "z = zipfile.ZipFile(path)\n"
                   "assert z.testzip() is None and not any(i.compress_type for i in z.infolist())\n");
    assert_int_equal(listed("npz", "a.npz"), 7);
    size_t size;
    uint8_t *file = get_file(folder, "a.npz", &size), *array = memmem(file, size, large, sizeof large);
    assert_non_null(array);
    assert_int_equal((array - file) % 64, 0);
    free(file);
}

static void python_reads_safetensors(void **state)
{
    struct mm_pack *pack = open_pack("safetensors", "a.safetensors");
    static const uint16_t half[] = {0x3f80, 0xc000}; /* 1, -2 */
    (void)state;
    add_some(pack);
    add(pack, "rare", MM_BF16, shape_of(1, 2, 0, 0), half);
    add(pack, "four", MM_F4E2M1, shape_of(1, 4, 0, 0), (const uint8_t[]){1, 2, 3, 15});
    commit(pack);
    python(folder, SAFETENSORS
           "import numpy as np\n"
           "h, begin, path = load('a.safetensors')\n"
           "odd = '/an/../odd \"name\"\\n\\u00e9'\n"
           "assert list(h) == ['net/x', 'bytes', 'large', 'arr_3', '', 'empty', odd, 'rare', 'four'], h\n"
           "assert [h[k]['shape'] for k in h] == [[2, 3], [3], [3], [], [4], [0, 3], [2], [2], [4]]\n"
           "data = open(path, 'rb').read()[begin:]\n"
           "def values(k, t):\n"
           "    a, b = h[k]['data_offsets']\n"
           "    return np.frombuffer(data[a:b], t).tolist()\n"
           "assert begin < 1000\n"
           "assert values('net/x', '<f4') == [1.5, -2, 3, 4, 5, 6] and values(odd, '<f4') == [1.5, -2]\n"
           "assert values('bytes', 'u1') == [0, 1, 2] and values('', 'u1') == [0, 1, 2, 255]\n"
           "assert values('large', '<i8') == [2**63 - 1, -2**63, 2**60 + 1]\n"
           "assert values('arr_3', '<f4') == [-2] and values('empty', '<f8') == []\n"
           "assert values('rare', '<u2') == [0x3f80, 0xc000] and values('four', 'u1') == [0x21, 0xf3]\n");
    assert_int_equal(listed("safetensors", "a.safetensors"), 9);
}

/* One at a time or all at once: the same bytes, also of none. */
static void as_all_at_once(void **state)
{
    (void)state;
    for (size_t k = 0; k < MM_COUNT(kinds); k++) {
        char *path = mm_path_join(folder, "all");
        struct mm_tensor tensor[2];
        struct mm_run run[2];
        struct mm_err err;
        mm_tensor_raw(&tensor[0], MM_F32, &(struct mm_shape){2, {2, 3}}, x, &run[0]);
        mm_tensor_raw(&tensor[1], MM_U8, &(struct mm_shape){1, {3}}, bytes, &run[1]);
        const struct mm_store stores[] = {{.tensor = &tensor[0], .name = "x", .unsynced = true},
                                          {.tensor = &tensor[1], .unsynced = true}};
        for (size_t count = 0; count <= 2; count += 2) {
            struct mm_pack *pack = open_pack(kinds[k], "one");
            for (size_t i = 0; i < count; i++)
                assert_int_equal(mm_pack_add(pack, &stores[i], &err), 0);
            commit(pack);
            assert_int_equal(mm_format_find(kinds[k])->write_all(stores, count, path, &err), 0);
            assert_same("all", "one");
            assert_int_equal(listed(kinds[k], "one"), count);
        }
        free(path);
    }
}

/* More than 16 bits count: names alone are kept. */
static void many(void **state)
{
    char name[32];
    (void)state;
    for (size_t k = 0; k < MM_COUNT(kinds); k++) {
        struct mm_pack *pack = open_pack(kinds[k], kinds[k]);
        for (int i = 0; i < 70000; i++) {
            float value = (float)i;
            snprintf(name, sizeof name, "/layers.%d/Mul", i);
            add(pack, name, MM_F32, shape_of(0, 0, 0, 0), &value);
        }
        assert_refused_add(pack, "/layers.12345/Mul", MM_F32, 1, MM_EARG, "another one has the same name");
        commit(pack);
        assert_int_equal(listed(kinds[k], kinds[k]), 70000);
    }
    python(folder, SAFETENSORS "import numpy as np\n"
                               "names = ['/layers.%d/Mul' % i for i in range(70000)]\n"
                               "a = np.load(sys.argv[1] + '/npz')\n"
                               "assert a.files == names\n"
                               "assert all(a[names[i]] == i for i in range(0, 70000, 999))\n"
                               "h, begin, path = load('safetensors')\n"
                               "assert list(h) == names\n"
                               "assert (np.fromfile(path, '<f4', offset=begin) == np.arange(70000)).all()\n");
}

/* ---- what isn't ---- */

/* A failed add leaves no trace: the file is, byte for byte, what it is without. */
static void add_some_and_fail(struct mm_pack *pack, const char *kind)
{
    bool npz = strcmp(kind, "npz") == 0;
    add(pack, "a", MM_F32, shape_of(1, 3, 0, 0), x);
    assert_refused_add(pack, "a", MM_F32, 1, MM_EARG, ": tensor 'a': another one has the same name");
    assert_refused_add(pack, "b", MM_I4, 4, MM_EUNSUPPORTED, ": tensor 'b': ");
    if (npz)
        assert_refused_add(pack, "b", MM_F8E4M3, 4, MM_EUNSUPPORTED, "no data type for f8e4m3");
    else
        assert_refused_add(pack, "__metadata__", MM_F32, 4, MM_EARG, "has this name for something else");
    add(pack, "b", MM_F32, shape_of(1, 2, 0, 0), x); /* once more, in another dtype */
    assert_refused_add(pack, "b", MM_F32, 1, MM_EARG, ": tensor 'b': another one has the same name");
}

/* More than goes to the system at once, and what can't be read is the last one. */
static void add_unreadable(struct mm_pack *pack, const char *name)
{
    const int64_t count = 50000;
    struct mm_buf text = {0};
    struct mm_err err = {MM_OK, ""};
    for (int64_t i = 1; i < count; i++)
        mm_buf_puts(&text, "1 ");
    mm_buf_puts(&text, "nope");
    struct mm_run run = {(const uint8_t *)text.data, text.length, count, 0};
    struct mm_tensor tensor = {.dtype = MM_F32,
                               .stored = MM_F32,
                               .encoding = MM_ENC_TEXT,
                               .shape = {1, {count}},
                               .count = count,
                               .run = &run,
                               .runs = 1};
    const struct mm_store store = {.tensor = &tensor, .name = name, .unsynced = true};
    assert_int_equal(mm_pack_add(pack, &store, &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    assert_non_null(strstr(err.text, ": tensor 'c': the value at index 49999 can't be read"));
    mm_buf_done(&text);
}

static void a_failed_add_leaves_no_trace(void **state)
{
    (void)state;
    for (size_t k = 0; k < MM_COUNT(kinds); k++) {
        struct mm_pack *pack = open_pack(kinds[k], "plain");
        add(pack, "a", MM_F32, shape_of(1, 3, 0, 0), x);
        add(pack, "b", MM_F32, shape_of(1, 2, 0, 0), x);
        add(pack, "c", MM_U8, shape_of(1, 4, 0, 0), bytes);
        commit(pack);
        pack = open_pack(kinds[k], "failed");
        add_some_and_fail(pack, kinds[k]);
        add_unreadable(pack, "c");
        add(pack, "c", MM_U8, shape_of(1, 4, 0, 0), bytes);
        commit(pack);
        assert_same("plain", "failed");
    }
}

/* A zip archive's names have at most 65535 bytes, of which ".npy" takes four; safetensors' may be longer. */
static void long_names(void **state)
{
    char *name = malloc(65536);
    (void)state;
    assert_non_null(name);
    memset(name, 'n', 65535);
    name[65532] = '\0';
    struct mm_pack *pack = open_pack("npz", "long");
    assert_refused_add(pack, name, MM_F32, 1, MM_EARG, "the name has 65532 bytes, 65531 are possible");
    name[65531] = '\0';
    add(pack, name, MM_F32, shape_of(1, 2, 0, 0), x);
    commit(pack);
    assert_int_equal(listed("npz", "long"), 1);
    name[65531] = 'n';
    name[65532] = 'n';
    name[65535] = '\0';
    pack = open_pack("safetensors", "long");
    add(pack, name, MM_F32, shape_of(1, 2, 0, 0), x);
    commit(pack);
    assert_int_equal(listed("safetensors", "long"), 1);
    free(name);
}

static void abort_leaves_nothing(void **state)
{
    (void)state;
    for (size_t k = 0; k < MM_COUNT(kinds); k++) {
        struct mm_pack *pack = open_pack(kinds[k], "new");
        add(pack, "a", MM_F32, shape_of(1, 3, 0, 0), x);
        mm_pack_abort(pack);
        assert_files(0);
    }
    mm_pack_abort(NULL);
    for (size_t k = 0; k < MM_COUNT(kinds); k++) {
        put_text(folder, "old", "old");
        struct mm_pack *pack = open_pack(kinds[k], "old");
        mm_pack_abort(pack);
        put_text(folder, "expected", "old");
        assert_same("old", "expected");
        assert_files(2);
    }
}

static void can_not_be_opened(void **state)
{
    struct mm_pack *pack = (struct mm_pack *)1;
    struct mm_err err;
    (void)state;
    assert_int_equal(mm_pack_open(&pack, mm_format_find("pb"), "x.pb", &err), -1);
    assert_int_equal(err.code, MM_EARG);
    assert_non_null(strstr(err.text, "x.pb: pb is no format that many tensors are written into"));
    assert_null(pack);
    for (size_t k = 0; k < MM_COUNT(kinds); k++) {
        char *path = mm_path_join(folder, "no/folder");
        assert_int_equal(mm_pack_open(&pack, mm_format_find(kinds[k]), path, &err), -1);
        assert_int_equal(err.code, MM_ENOENT);
        assert_null(pack);
        assert_int_equal(mm_pack_open(&pack, mm_format_find(kinds[k]), "/dev/null", &err), -1);
        assert_int_equal(err.code, MM_EARG);
        assert_non_null(strstr(err.text, "/dev/null: needs to be a file"));
        free(path);
    }
}

/* The disk is full: commit tells, the old file stays, and no temporary one. */
static void a_full_disk(void **state)
{
    struct rlimit had, small = {8 << 20, RLIM_INFINITY};
    const size_t size = (size_t)16 << 20;
    void *data = calloc(1, size);
    struct mm_err err = {MM_OK, ""};
    (void)state;
    assert_non_null(data);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &had);
    small.rlim_max = had.rlim_max;
    put_text(folder, "old", "old");
    put_text(folder, "expected", "old");
    for (size_t k = 0; k < MM_COUNT(kinds); k++) {
        struct mm_pack *pack = open_pack(kinds[k], "old");
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        int added = try_add(pack, "a", MM_U8, shape_of(1, (int64_t)size, 0, 0), data, &err);
        added |= try_add(pack, "b", MM_U8, shape_of(1, 1, 0, 0), data, &err);
        int committed = mm_pack_commit(pack, &err);
        setrlimit(RLIMIT_FSIZE, &had);
        assert_int_equal(added, 0);
        assert_int_equal(committed, -1);
        assert_int_equal(err.code, MM_EIO);
        assert_non_null(strstr(err.text, "/old: writing it: File too large"));
        assert_same("old", "expected");
        assert_files(2);
    }
    free(data);
}

/* Of one that is put in the place of a folder: what was written goes. */
static void a_folder_in_its_place(void **state)
{
    struct mm_err err;
    (void)state;
    for (size_t k = 0; k < MM_COUNT(kinds); k++) {
        struct mm_pack *pack = open_pack(kinds[k], kinds[k]);
        char *path = mm_path_join(folder, kinds[k]);
        add(pack, "a", MM_F32, shape_of(1, 3, 0, 0), x);
        assert_int_equal(mkdir(path, 0777), 0);
        assert_int_equal(mm_pack_commit(pack, &err), -1);
        assert_int_equal(err.code, MM_EIO);
        assert_files(k + 1);
        free(path);
    }
}

/* ---- the room of a safetensors header ---- */

/* 64 MiB of values, so that the room is kept, if it is enough: `names` names of 65000 bytes. */
static void large_file(const char *file, int names)
{
    const size_t size = (size_t)64 << 20, length = 65000;
    uint8_t *data = malloc(size);
    char *name = malloc(length + 1);
    struct mm_pack *pack = open_pack("safetensors", file);
    assert_true(data && name);
    for (size_t i = 0; i < size; i++)
        data[i] = (uint8_t)(i % 251);
    add(pack, "a", MM_U8, shape_of(1, (int64_t)size, 0, 0), data);
    for (int i = 0; i < names; i++) {
        memset(name, 'a' + i % 26, length);
        name[length] = '\0';
        name[0] = (char)('A' + i / 26);
        add(pack, name, MM_F32, shape_of(1, 1, 0, 0), &x[i % 6]);
    }
    commit(pack);
    assert_int_equal(listed("safetensors", file), names + 1);
    assert_files(1);
    free(data);
    free(name);
}

#define LARGE                                                                                                \
    "import numpy as np\n"                                                                                   \
    "h, begin, path = load('large')\n"                                                                       \
    "a, n = np.fromfile(path, 'u1', offset=begin), 64 << 20\n"                                               \
    "rest = n % 251\n"                                                                                       \
    "assert (a[:n - rest].reshape(-1, 251) == np.arange(251, dtype='u1')).all()\n"                           \
    "assert (a[n - rest:n] == np.arange(rest)).all()\n"                                                      \
    "x = [1.5, -2, 3, 4, 5, 6]\n"                                                                            \
    "assert a[n:].view('<f4').tolist() == [x[i % 6] for i in range(len(h) - 1)]\n"

static void room_enough(void **state)
{
    (void)state;
    large_file("large", 64); /* of 65102 bytes at most each */
    python(folder, SAFETENSORS LARGE "assert begin == 4 << 20 and len(h) == 65\n");
}

static void header_outgrows_its_room(void **state)
{
    (void)state;
    large_file("large", 65);
    python(folder, SAFETENSORS LARGE "assert 65 * 65000 < begin < 65 * 65100 and len(h) == 66\n");
}

/* ---- beyond 4 GiB: writes 10 GiB, with MMTUI_LONG=1 only ---- */

static void beyond_4_gib(const char *kind)
{
    const int64_t size = INT64_C(5) << 30;
    uint8_t *zeros = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    struct mm_pack *pack = open_pack(kind, kind);
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_err err;
    assert_true(zeros != MAP_FAILED);
    add(pack, "near", MM_F32, shape_of(1, 6, 0, 0), x);
    mm_tensor_raw(&tensor, MM_U8, &(struct mm_shape){1, {size}}, zeros, &run);
    assert_int_equal(
        mm_pack_add(pack, &(struct mm_store){.tensor = &tensor, .name = "wide", .unsynced = true}, &err), 0);
    add(pack, "far", MM_F32, shape_of(1, 6, 0, 0), x);
    commit(pack);
    assert_int_equal(listed(kind, kind), 3);
    munmap(zeros, (size_t)size);
}

static void npz_beyond_4_gib(void **state)
{
    (void)state;
    if (!getenv("MMTUI_LONG"))
        skip();
    beyond_4_gib("npz");
    python(folder, "import numpy as np, sys, zipfile\n"
                   "z = zipfile.ZipFile(sys.argv[1] + '/npz')\n"
                   "assert z.getinfo('wide.npy').file_size == (5 << 30) + 128 and z.testzip() is None\n"
                   "assert z.getinfo('far.npy').header_offset > 5 << 30\n"
                   "a = np.load(sys.argv[1] + '/npz')\n"
                   "assert a['near'].tolist() == a['far'].tolist() == [1.5, -2, 3, 4, 5, 6]\n");
}

static void safetensors_beyond_4_gib(void **state)
{
    (void)state;
    if (!getenv("MMTUI_LONG"))
        skip();
    beyond_4_gib("safetensors");
    python(folder, SAFETENSORS "import numpy as np\n"
                               "h, begin, path = load('safetensors')\n"
                               "assert h['far']['data_offsets'] == [24 + (5 << 30), 48 + (5 << 30)]\n"
                               "for k in 'near', 'far':\n"
                               "    a = np.fromfile(path, '<f4', 6, offset=begin + h[k]['data_offsets'][0])\n"
                               "    assert a.tolist() == [1.5, -2, 3, 4, 5, 6]\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numpy_reads_npz, make, drop),
        cmocka_unit_test_setup_teardown(python_reads_safetensors, make, drop),
        cmocka_unit_test_setup_teardown(as_all_at_once, make, drop),
        cmocka_unit_test_setup_teardown(many, make, drop),
        cmocka_unit_test_setup_teardown(a_failed_add_leaves_no_trace, make, drop),
        cmocka_unit_test_setup_teardown(long_names, make, drop),
        cmocka_unit_test_setup_teardown(abort_leaves_nothing, make, drop),
        cmocka_unit_test_setup_teardown(can_not_be_opened, make, drop),
        cmocka_unit_test_setup_teardown(a_full_disk, make, drop),
        cmocka_unit_test_setup_teardown(a_folder_in_its_place, make, drop),
        cmocka_unit_test_setup_teardown(room_enough, make, drop),
        cmocka_unit_test_setup_teardown(header_outgrows_its_room, make, drop),
        cmocka_unit_test_setup_teardown(npz_beyond_4_gib, make, drop),
        cmocka_unit_test_setup_teardown(safetensors_beyond_4_gib, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
