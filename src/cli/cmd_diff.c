/* `mmtui diff`: two files in full; of many tensors the ranked table. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/progress.h"

static int print_pair(const struct mm_session *session, const struct cli_options *options, struct mm_err *err)
{
    const struct mm_layer *layer = mm_session_layer(session, 0);
    struct mm_buf out = {0};
    if (layer->result.state == MM_STATE_FAILED)
        return mm_fail(err, layer->result.code, "%s",
                       layer->result.error ? layer->result.error : "no memory");
    int result = mm_report_pair(session, 0, &out, err);
    if (result == 0)
        cli_print(options, &out);
    mm_buf_done(&out);
    return result;
}

static int diff(struct mm_session *session, struct cli_options *options, struct mm_err *err)
{
    if (measure_all(session, err) < 0)
        return -1;
    if (mm_session_count(session) > 1)
        return cli_print_layers(options, session, err);
    return print_pair(session, options, err);
}

int cmd_diff(struct cli_options *options)
{
    return cli_two_dumps(options, diff);
}
