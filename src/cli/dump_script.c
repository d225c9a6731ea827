/* The dump scripts: each is a file of lines, in which one line stands for what all of them share. */
#include "cli/dump_script.h"

#include <string.h>

/* Made from src/cli/adapters/dump_NAME.py and writer.py: a string a line. */
static const char *const writer[] = {
#include "writer.inc"
};
static const char *const pytorch[] = {
#include "dump_pytorch.inc"
};
static const char *const tensorflow[] = {
#include "dump_tensorflow.inc"
};
static const char *const onnxruntime[] = {
#include "dump_onnxruntime.inc"
};

static const struct {
    const char *name;
    const char *const *line;
    size_t count;
} scripts[] = {
    {"pytorch", pytorch, MM_COUNT(pytorch)},
    {"tensorflow", tensorflow, MM_COUNT(tensorflow)},
    {"onnxruntime", onnxruntime, MM_COUNT(onnxruntime)},
};

/* The line that becomes all of writer.py, and the one of it that becomes the program's version. */
static const char shared[] = "from writer import *\n";
static const char version[] = "VERSION = \"tree\"\n";

static void put_writer(struct mm_buf *out)
{
    for (size_t i = 0; i < MM_COUNT(writer); i++) {
        if (strcmp(writer[i], version) == 0)
            mm_buf_printf(out, "VERSION = \"%s\"\n", MM_VERSION);
        else
            mm_buf_puts(out, writer[i]);
    }
}

static int fail_unknown(const char *name, struct mm_err *err)
{
    struct mm_buf names = {0};
    for (size_t i = 0; i < MM_COUNT(scripts); i++)
        mm_buf_printf(&names, "%s%s",
                      i == 0                      ? ""
                      : i + 1 < MM_COUNT(scripts) ? ", "
                                                  : " and ",
                      scripts[i].name);
    mm_fail(err, MM_EARG, "--script %.80s: there is no dump script of that name; there are %s", name,
            mm_buf_text(&names));
    mm_buf_done(&names);
    return -1;
}

int dump_script_put(const char *name, struct mm_buf *out, struct mm_err *err)
{
    size_t at = 0;
    while (at < MM_COUNT(scripts) && strcmp(name, scripts[at].name) != 0)
        at++;
    if (at == MM_COUNT(scripts))
        return fail_unknown(name, err);
    for (size_t i = 0; i < scripts[at].count; i++) {
        if (strcmp(scripts[at].line[i], shared) == 0)
            put_writer(out);
        else
            mm_buf_puts(out, scripts[at].line[i]);
    }
    return out->failed ? mm_fail_memory(err) : 0;
}
