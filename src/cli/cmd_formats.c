/* `mmtui formats`: what can be read and written. */
#include <stdio.h>

#include "base/translate.h"
#include "cli/commands.h"

static const char *yes(bool is)
{
    return is ? "yes" : "-";
}

int cmd_formats(struct cli_options *options)
{
    size_t count;
    const struct mm_format *formats = mm_formats(&count);
    struct mm_buf out = {0};
    mm_buf_printf(&out, "%-17s %-23s %-5s %-6s %-5s %s\n", "NAME", "ENDING", "READ", "WRITE", "MANY", "WHAT");
    for (size_t i = 0; i < count; i++)
        mm_buf_printf(&out, "%-17s %-23s %-5s %-6s %-5s %s\n", formats[i].name,
                      *formats[i].ending ? formats[i].ending : "-", yes(formats[i].read != NULL),
                      yes(formats[i].write != NULL), yes(formats[i].list != NULL), formats[i].title);
    mm_buf_say(&out, "MANY: a file can hold many tensors.\n");
    cli_print(options, &out);
    mm_buf_done(&out);
    return EXIT_FINE;
}
