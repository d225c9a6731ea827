/* What came of a plan for other programs: test cases, and tables of layers. */
#include "report/listing.h"
#include "report/verify.h"

#include <math.h>
#include <stdlib.h>

static void put_case(struct mm_buf *out, const char *name, const char *class, bool good, const char *why)
{
    mm_buf_puts(out, "    <testcase name=\"");
    put_markup(out, name);
    mm_buf_printf(out, "\" classname=\"%s\"", class);
    if (good) {
        mm_buf_puts(out, "/>\n");
        return;
    }
    mm_buf_puts(out, "><failure message=\"");
    put_markup(out, why);
    mm_buf_puts(out, "\"/></testcase>\n");
}

static void put_effect(const struct mm_effect *effect, struct mm_buf *out)
{
    struct mm_buf name = {0}, why = {0};
    mm_buf_printf(&name, "%s (%s)", effect->name, effect->precision);
    mm_buf_printf(&why, "%s: %s", mm_effect_word(effect->verdict.kind), effect->verdict.why);
    put_case(out, mm_buf_text(&name), "override", effect->verdict.kind == MM_EFFECT_APPLIED,
             mm_buf_text(&why));
    mm_buf_done(&name);
    mm_buf_done(&why);
}

void verify_put_junit(const struct mm_session *session, struct mm_buf *out)
{
    struct mm_proof proof;
    struct mm_buf why = {0};
    size_t count;
    const struct mm_effect *effect = mm_session_effects(session, &count);
    mm_session_proof(session, &proof);
    mm_buf_printf(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"mmtui verify\" "
        "tests=\"%zu\" failures=\"%zu\">\n",
        count + proof.worse, count - proof.by_kind[MM_EFFECT_APPLIED] + proof.worse);
    for (size_t i = 0; i < count; i++)
        put_effect(&effect[i], out);
    for (size_t id = 0; id < mm_session_count(session); id++) {
        double before, now;
        if (!mm_session_worse(session, id, &before, &now))
            continue;
        mm_buf_clear(&why);
        mm_buf_printf(&why, "got worse: error %g before, %g now", before, now);
        put_case(out, mm_session_layer(session, id)->label, "layer", false, mm_buf_text(&why));
    }
    mm_buf_puts(out, "  </testsuite>\n</testsuites>\n");
    mm_buf_done(&why);
}

int verify_put_listing(const struct mm_session *session, enum mm_report_kind kind, struct mm_buf *out,
                       struct mm_err *err)
{
    static const enum mm_column_id columns[] = {MM_COLUMN_NUMBER, MM_COLUMN_LAYER,  MM_COLUMN_PRECISION,
                                                MM_COLUMN_OP,     MM_COLUMN_DTYPE,  MM_COLUMN_BEFORE,
                                                MM_COLUMN_DIFF2,  MM_COLUMN_CHANGE, MM_COLUMN_APPLIED};
    size_t *ids = calloc(mm_session_count(session) + 1, sizeof *ids), count = 0;
    if (!ids)
        return mm_fail_memory(err);
    for (size_t id = 0; id < mm_session_count(session); id++) {
        double before, now;
        if (mm_session_effect(session, id) || mm_session_worse(session, id, &before, &now))
            ids[count++] = id;
    }
    struct mm_listing listing = {ids, count, columns, MM_COUNT(columns), "mmtui verify"};
    int result = mm_report_listing(session, &listing, kind, out, err);
    free(ids);
    return result;
}
