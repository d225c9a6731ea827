/* What export, lint and plan share: the model whose names are checked, and the runtime's own file. */
#include "cli/exporting.h"

/* Endings of files that are no graph but have names: of tensors, or a list. */
static const char *const NAMES_ONLY[] = {"*.gguf", "*.safetensors", "*.txt", "*.list", "*.json", "*.csv"};

static bool has_names_only(const char *path)
{
    for (size_t i = 0; i < MM_COUNT(NAMES_ONLY); i++) {
        if (mm_text_glob(NAMES_ONLY[i], path))
            return true;
    }
    return false;
}

int cli_names_open(struct cli_names *names, struct cli_options *options, struct mm_err *err)
{
    *names = (struct cli_names){0};
    if (!options->model || !has_names_only(options->model))
        return cli_model_open(options, err);
    if (mm_known_open(&names->known, options->model, err) < 0)
        return -1;
    names->is_known = true;
    return 0;
}

void cli_names_done(struct cli_names *names)
{
    mm_known_done(&names->known);
}

#define LARGEST_BASE ((size_t)512 << 20)

const struct mm_config *cli_base_open(struct cli_base *base, const struct cli_options *options,
                                      struct mm_err *err)
{
    *base = (struct cli_base){0};
    if (!options->base || mm_file_read(options->base, LARGEST_BASE, &base->text, err) < 0)
        return NULL;
    base->config = (struct mm_config){options->base, mm_buf_text(&base->text), base->text.length};
    return &base->config;
}

void cli_base_done(struct cli_base *base)
{
    mm_buf_done(&base->text);
}
