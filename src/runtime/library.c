/* Finding ONNX Runtime's library, loading it, and its environment. */
#include "runtime/ort.h"

#include <dlfcn.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__aarch64__)
#define NODE_MACHINE "arm64"
#else
#define NODE_MACHINE "x64"
#endif

/* Folders that the environment tells. */
enum base { ANYWHERE, IN_VIRTUAL_ENV, IN_CONDA_PREFIX, IN_LD_LIBRARY_PATH, IN_HOME, BASES };

/* Where the library is put by those who ship it: what follows such a folder, as glob has it. */
static const struct place {
    enum base base;
    const char *pattern;
} places[] = {
    {IN_VIRTUAL_ENV, "/lib/python3*/site-packages/onnxruntime/capi/libonnxruntime.so*"},
    {IN_CONDA_PREFIX, "/lib/libonnxruntime.so*"},
    {IN_CONDA_PREFIX, "/lib/python3*/site-packages/onnxruntime/capi/libonnxruntime.so*"},
    {IN_LD_LIBRARY_PATH, "/libonnxruntime.so*"},
    {ANYWHERE, "./node_modules/onnxruntime-node/bin/napi-v*/linux/" NODE_MACHINE "/libonnxruntime.so*"},
    {ANYWHERE, "/usr/lib/*/libonnxruntime.so*"},
    {ANYWHERE, "/usr/lib/libonnxruntime.so*"},
    {ANYWHERE, "/usr/local/lib/libonnxruntime.so*"},
    {ANYWHERE, "/opt/onnxruntime*/lib/libonnxruntime.so*"},
    {IN_HOME, "/.local/lib/python3*/site-packages/onnxruntime/capi/libonnxruntime.so*"},
    {ANYWHERE, "/usr/local/lib/python3*/dist-packages/onnxruntime/capi/libonnxruntime.so*"},
    {ANYWHERE, "/usr/local/lib/python3*/site-packages/onnxruntime/capi/libonnxruntime.so*"},
    {ANYWHERE, "/usr/lib/python3*/dist-packages/onnxruntime/capi/libonnxruntime.so*"},
    {ANYWHERE,
     "/usr/local/lib/node_modules/onnxruntime-node/bin/napi-v*/linux/" NODE_MACHINE "/libonnxruntime.so*"},
    {ANYWHERE,
     "/usr/lib/node_modules/onnxruntime-node/bin/napi-v*/linux/" NODE_MACHINE "/libonnxruntime.so*"},
};

/* ---- where is it? ---- */

/* The best of what a pattern finds, malloc'ed: the last in natural order, so the newest. */
static char *best_of(const char *pattern)
{
    glob_t found;
    const char *best = NULL;
    char *copy = NULL;
    if (glob(pattern, 0, NULL, &found) != 0)
        return NULL;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        if (!best || mm_text_compare_natural(best, found.gl_pathv[i]) < 0)
            best = found.gl_pathv[i];
    }
    if (best)
        copy = strdup(best);
    globfree(&found);
    return copy;
}

/* `folder` NULL: it is not told. Of a list of folders the first is tried. */
static char *look_in(const char *folder, const char *pattern_in_it)
{
    char *path = NULL;
    struct mm_buf pattern = {0};
    if (!folder)
        return NULL;
    mm_buf_add(&pattern, folder, strcspn(folder, ":"));
    mm_buf_puts(&pattern, pattern_in_it);
    if (!pattern.failed)
        path = best_of(mm_buf_text(&pattern));
    mm_buf_done(&pattern);
    return path;
}

static char *find_library(struct mm_err *err)
{
    const char *base[BASES] = {[ANYWHERE] = "",
                               [IN_VIRTUAL_ENV] = getenv("VIRTUAL_ENV"),
                               [IN_CONDA_PREFIX] = getenv("CONDA_PREFIX"),
                               [IN_LD_LIBRARY_PATH] = getenv("LD_LIBRARY_PATH"),
                               [IN_HOME] = getenv("HOME")};
    for (size_t i = 0; i < MM_COUNT(places); i++) {
        const char *folder = base[places[i].base];
        bool told = places[i].base == ANYWHERE || (folder && *folder == '/');
        char *path = told ? look_in(folder, places[i].pattern) : NULL;
        if (path)
            return path;
    }
    mm_fail(err, MM_ENOENT,
            "ONNX Runtime's library (libonnxruntime.so) is not found: install it (Debian 13: apt install "
            "libonnxruntime1.21; Python: pip install onnxruntime; npm: npm install onnxruntime-node), or say "
            "where it "
            "is by --onnxruntime FILE or MMTUI_ONNXRUNTIME");
    return NULL;
}

/* ---- loading ---- */

/* What it has to say goes with the status that it returns. */
static void say_nothing(void *param, int severity, const char *category, const char *id, const char *place,
                        const char *text)
{
    (void)param, (void)severity, (void)category, (void)id, (void)place, (void)text;
}

/* Its minor version is the highest API that it has: asking for a higher one makes it write to stderr. */
static bool is_old(const char *version)
{
    int major = 0, minor = 0;
    return sscanf(version, "%d.%d", &major, &minor) != 2 || (major == 1 && minor < ORT_API_WANTED);
}

static int load(struct mm_ort *ort, struct mm_err *err)
{
    void *handle = dlopen(ort->path, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return mm_fail(err, MM_EIO, "%s: can't be loaded: %s", ort->path, dlerror());
    const struct ort_base *(*get_base)(void) = NULL;
    void *symbol = dlsym(handle, "OrtGetApiBase");
    memcpy(&get_base, &symbol, sizeof get_base);
    const struct ort_base *base = get_base ? get_base() : NULL;
    if (!base)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: is not ONNX Runtime's library: it has no OrtGetApiBase",
                       ort->path);
    ort->version = strdup(base->get_version());
    if (!ort->version)
        return mm_fail_memory(err);
    ort->api = is_old(ort->version) ? NULL : base->get_api(ORT_API_WANTED);
    if (!ort->api)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: is ONNX Runtime %s: 1.%d or a newer one is needed",
                       ort->path, ort->version, ORT_API_WANTED);
    return 0;
}

static int start(struct mm_ort *ort, struct mm_err *err)
{
    const int severity_fatal = 4, device_allocator = 0, default_memory = 0;
    typedef OrtStatus *create_env(ort_logger, void *, int, const char *, OrtEnv **);
    typedef OrtStatus *create_memory(int, int, OrtMemoryInfo **);
    typedef OrtStatus *get_allocator(OrtAllocator **);
    if (ort_check(ort,
                  ORT_CALL(ort, CreateEnvWithCustomLogger, create_env *)(say_nothing, NULL, severity_fatal,
                                                                         "mmtui", &ort->env),
                  ort->path, err) < 0 ||
        ort_check(ort,
                  ORT_CALL(ort, CreateCpuMemoryInfo, create_memory *)(device_allocator, default_memory,
                                                                      &ort->memory),
                  ort->path, err) < 0)
        return -1;
    return ort_check(ort, ORT_CALL(ort, GetAllocatorWithDefaultOptions, get_allocator *)(&ort->allocator),
                     ort->path, err);
}

int mm_ort_open(struct mm_ort **out, const char *path, struct mm_err *err)
{
    struct mm_ort *ort = calloc(1, sizeof *ort);
    *out = NULL;
    if (!ort)
        return mm_fail_memory(err);
    /* before the library is loaded: from 1.29 on it else writes an identifier and a data base below HOME */
    setenv("ORT_DISABLE_TELEMETRY", "1", 1);
    /* a path without a slash would be looked for in the system's folders */
    ort->path = path ? strchr(path, '/') ? strdup(path) : mm_path_join(".", path) : find_library(err);
    int result = ort->path ? load(ort, err) : path ? mm_fail_memory(err) : -1;
    if (result == 0)
        result = start(ort, err);
    if (result < 0) {
        mm_ort_close(ort);
        return -1;
    }
    *out = ort;
    return 0;
}

/* The library stays: it has threads and thread-local state of its own, and does not like to be unloaded. */
void mm_ort_close(struct mm_ort *ort)
{
    if (!ort)
        return;
    if (ort->memory)
        ORT_CALL(ort, ReleaseMemoryInfo, void (*)(OrtMemoryInfo *))(ort->memory);
    if (ort->env)
        ORT_CALL(ort, ReleaseEnv, void (*)(OrtEnv *))(ort->env);
    free(ort->version);
    free(ort->path);
    free(ort);
}

const char *mm_ort_version(const struct mm_ort *ort)
{
    return ort->version;
}

const char *mm_ort_path(const struct mm_ort *ort)
{
    return ort->path;
}
