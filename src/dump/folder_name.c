/* What the name of a folder in a tree of tensors says. */
#include "dump/folder_name.h"

#include <string.h>
#include <strings.h>

#include "mmtui/base.h"

#define PROCESS "proc"

static const struct {
    const char *word;
    enum folder_role role;
    bool alone; /* also without a number */
} numbered[] = {
    {"step", FOLDER_STEP, false},          {"test_data_set", FOLDER_STEP, false}, /* ONNX's */
    {"layer_outputs", FOLDER_STEP, false},                                        /* AIMET's, one a sample */
    {"rank", FOLDER_RANK, true},   /* msprobe's without a number: there is one device */
    {PROCESS, FOLDER_RANK, false}, /* msprobe's, where nothing is distributed */
};

static const char *const shells[] = {"dump_tensor_data", "npy"};

/* "", "0", "_12", "-3" behind the word. */
static bool take_number(const char *text, bool alone, int64_t *number)
{
    *number = 0;
    if (!*text)
        return alone;
    if (*text == '_' || *text == '-')
        text++;
    return *text >= '0' && *text <= '9' && mm_parse_i64(text, number) && *number >= 0;
}

enum folder_role folder_role(const char *name, bool listed, int64_t *number)
{
    if (*name == '.')
        return FOLDER_HIDDEN;
    for (size_t i = 0; i < MM_COUNT(numbered); i++) {
        size_t length = strlen(numbered[i].word);
        if (strncasecmp(name, numbered[i].word, length) == 0 &&
            take_number(name + length, numbered[i].alone, number))
            return numbered[i].role;
    }
    for (size_t i = 0; i < MM_COUNT(shells); i++) {
        if (strcmp(name, shells[i]) == 0)
            return FOLDER_SHELL;
    }
    return listed && strcmp(name, "outputs") == 0 ? FOLDER_SHELL : FOLDER_PART;
}

bool folder_is_process(const char *name)
{
    return strncasecmp(name, PROCESS, sizeof PROCESS - 1) == 0;
}
