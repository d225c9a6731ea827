/* The triage on one page. */
#include <math.h>
#include <string.h>

#include "base/translate.h"
#include "report/triage.h"

enum { STARTS_SHOWN = 6, EDGES_SHOWN = 24 };
#define NO_LAYER UINT32_MAX

/* Words of `text`, wrapped behind `indent` blanks. */
static void put_wrapped(struct mm_buf *out, int indent, int columns, const char *text, size_t length)
{
    int column = 0;
    for (size_t i = 0; i < length;) {
        size_t end = i;
        while (end < length && text[end] != ' ')
            end++;
        struct mm_buf word = {0};
        mm_buf_add(&word, text + i, end - i);
        int width = mm_text_width(mm_buf_text(&word));
        mm_buf_done(&word);
        if (column && column + 1 + width > columns) {
            mm_buf_putc(out, '\n');
            column = 0;
        }
        if (column) {
            mm_buf_putc(out, ' ');
            column++;
        } else {
            mm_buf_fill(out, ' ', (size_t)indent);
            column = indent;
        }
        mm_buf_add(out, text + i, end - i);
        column += width;
        for (i = end; i < length && text[i] == ' '; i++)
            ;
    }
    if (column)
        mm_buf_putc(out, '\n');
}

/* Pages are made with a paragraph a line, which begins with this, and wrapped at the end. */
#define PARAGRAPH '\1'

static void wrap_page(const struct mm_buf *page, int columns, struct mm_buf *out)
{
    for (const char *line = mm_buf_text(page); *line;) {
        size_t length = strcspn(line, "\n");
        if (*line == PARAGRAPH) {
            size_t indent = strspn(line + 1, " ");
            put_wrapped(out, (int)indent, columns, line + 1 + indent, length - 1 - indent);
        } else {
            mm_buf_add(out, line, length);
            mm_buf_putc(out, '\n');
        }
        line += length + (line[length] == '\n');
    }
}

static void put_lines(struct mm_buf *out, int indent, const char *text)
{
    text = mm_tr_own(text);
    while (*text) {
        size_t length = strcspn(text, "\n");
        mm_buf_putc(out, PARAGRAPH);
        mm_buf_fill(out, ' ', (size_t)indent);
        mm_buf_add(out, text, length);
        mm_buf_putc(out, '\n');
        text += length + (text[length] == '\n');
    }
}

static void put_layer_line(struct mm_buf *out, const struct mm_session *session, uint32_t id)
{
    const struct mm_layer *layer = mm_session_layer(session, id);
    mm_buf_puts(out, "  ");
    if (mm_session_order(session) != MM_ORDER_UNKNOWN)
        mm_buf_printf(out, "#%u  ", id + 1);
    mm_buf_puts(out, layer->label);
    if (mm_session_op(session, id)[0]) {
        mm_buf_puts(out, "  ");
        mm_column(MM_COLUMN_OP)->text(session, id, out);
    }
    mm_buf_puts(out, "  ");
    mm_column(MM_COLUMN_DTYPE)->text(session, id, out);
    mm_buf_putc(out, '\n');
}

static void put_verdict(struct mm_buf *out, const struct mm_verdict *verdict)
{
    struct mm_buf line = {0};
    const char *confidence = mm_tr_in("word", mm_confidence_word(verdict->confidence));
    const char *word = mm_tr_in("word", mm_verdict_word(verdict->kind)), *text = verdict->text;
    size_t length = strlen(word);
    if (strncmp(text, word, length) == 0 && text[length] == ':') /* the sentence says the word itself */
        text += length + 1 + (text[length + 1] == ' ');
    else if (strncmp(text, word, length) == 0 && strncmp(text + length, "\uFF1A", 3) == 0)
        text += length + 3;
    mm_buf_printf(&line, "%s%s%s: %s", word, *confidence ? ", " : "", confidence, text);
    put_lines(out, 6, mm_buf_text(&line));
    mm_buf_done(&line);
}

static void put_start(struct mm_buf *out, const struct mm_session *session, const struct triage_start *start)
{
    struct mm_buf evidence = {0}, next = {0};
    put_layer_line(out, session, start->id);
    put_verdict(out, &mm_session_layer(session, start->id)->verdict);
    mm_session_explain(session, start->id, &evidence, &next);
    put_lines(out, 6, mm_buf_text(&evidence));
    if (start->explains > 1) {
        struct mm_buf line = {0};
        mm_buf_printf(&line, "%zu other %s over the threshold %s this error.", start->explains - 1,
                      start->explains == 2 ? "layer" : "layers",
                      start->explains == 2 ? "inherits" : "inherit");
        put_lines(out, 6, mm_buf_text(&line));
        mm_buf_done(&line);
    }
    if (next.length) {
        struct mm_buf line = {0};
        mm_buf_printf(&line, "Next: %s", mm_buf_text(&next));
        put_lines(out, 6, mm_buf_text(&line));
        mm_buf_done(&line);
    }
    mm_buf_done(&evidence);
    mm_buf_done(&next);
}

/* Said once: how the dump was made. */
static void put_raw(struct mm_buf *out, const struct mm_session *session)
{
    size_t raw = 0;
    const char *name = "";
    struct mm_buf line = {0};
    for (size_t id = 0; id < mm_session_count(session); id++) {
        const struct mm_blame *blame = mm_session_blame(session, id);
        const struct mm_result *result = &mm_session_layer(session, id)->result;
        if (blame && blame->raw && result->bits == MM_DTYPE_NONE) {
            raw++;
            name = mm_dtype_info(result->dst.dtype)->name;
        }
    }
    if (raw)
        mm_buf_printf(
            &line,
            "%zu tensors of dst hold raw %s that were never dequantised: their figures are of the codes. "
            "Dump them dequantised; until then the others are judged as if they were.",
            raw, name);
    put_lines(out, 0, mm_buf_text(&line));
    mm_buf_done(&line);
}

#define BITS_NAMED 3 /* tensors */

/* Single tensors of them; of a dump that is full of them the notice tells. */
static void put_bits(struct mm_buf *out, const struct mm_session *session)
{
    size_t count = 0;
    for (size_t id = 0; id < mm_session_count(session); id++) {
        const struct mm_layer *layer = mm_session_layer(session, id);
        struct mm_buf line = {0};
        if (layer->verdict.cause != MM_CAUSE_BIT_PATTERNS || count++ >= BITS_NAMED)
            continue;
        mm_buf_printf(&line, "%s: %s.", layer->label, layer->verdict.text);
        put_lines(out, 0, mm_buf_text(&line));
        mm_buf_done(&line);
    }
    if (count > BITS_NAMED) {
        struct mm_buf line = {0};
        mm_buf_printf(&line, "The same holds for %zu more.", count - BITS_NAMED);
        put_lines(out, 0, mm_buf_text(&line));
        mm_buf_done(&line);
    }
}

static void put_head(struct mm_buf *out, const struct mm_session *session)
{
    mm_report_summary(session, out);
    if (mm_session_notice(session))
        put_lines(out, 0, mm_session_notice(session));
    struct mm_buf line = {0};
    mm_session_samples_text(session, &line);
    if (line.length)
        put_lines(out, 0, mm_buf_text(&line));
    mm_buf_clear(&line);
    mm_session_order_text(session, &line);
    put_lines(out, 0, mm_buf_text(&line));
    mm_buf_clear(&line);
    mm_session_raw_text(session, &line);
    put_lines(out, 0, mm_buf_text(&line));
    mm_buf_clear(&line);
    mm_session_replay_text(session, &line);
    put_lines(out, 0, mm_buf_text(&line));
    mm_buf_done(&line);
    put_raw(out, session);
    put_bits(out, session);
}

/* "  #72  conv2d_3  Conv: int8 per tensor is too coarse here ...", cut to the page. */
static void put_other(struct mm_buf *out, const struct mm_session *session, const struct triage_start *start)
{
    const struct mm_layer *layer = mm_session_layer(session, start->id);
    struct mm_buf line = {0};
    mm_report_layer(session, start->id, &line);
    if (mm_session_op(session, start->id)[0]) {
        mm_buf_puts(&line, "  ");
        mm_column(MM_COLUMN_OP)->text(session, start->id, &line);
    }
    mm_buf_printf(&line, ": %s", layer->verdict.text);
    if (start->explains > 1)
        mm_buf_printf(&line, " (inherited by %zu %s)", start->explains - 1,
                      start->explains == 2 ? "other" : "others");
    put_lines(out, 4, mm_buf_text(&line));
    mm_buf_done(&line);
}

static bool same_matter(const struct mm_verdict *a, const struct mm_verdict *b)
{
    return a->kind == b->kind && a->cause == b->cause;
}

/* One matter: its name, the layers that have it, what to do. `from` is the first of them in the digest. */
static void put_matter(struct mm_buf *out, const struct mm_session *session,
                       const struct triage_digest *digest, size_t from, uint32_t first)
{
    const struct mm_verdict *verdict = &mm_session_layer(session, digest->start[from].id)->verdict;
    struct mm_buf evidence = {0}, next = {0}, line = {0};
    size_t shown = 0, count = 0;
    for (size_t i = from; i < digest->starts; i++)
        count += digest->start[i].id != first &&
                 same_matter(&mm_session_layer(session, digest->start[i].id)->verdict, verdict);
    mm_buf_printf(out, "  %s", mm_tr_in("word", mm_verdict_word(verdict->kind)));
    if (verdict->cause != MM_CAUSE_NONE)
        mm_buf_printf(out, ", %s", mm_tr(mm_cause_info(verdict->cause)->title));
    mm_buf_printf(out, count == 1 ? ": %zu layer\n" : ": %zu layers\n", count);
    for (size_t i = from; i < digest->starts; i++) {
        const struct triage_start *start = &digest->start[i];
        if (start->id != first && same_matter(&mm_session_layer(session, start->id)->verdict, verdict) &&
            shown++ < STARTS_SHOWN)
            put_other(out, session, start);
    }
    if (count > STARTS_SHOWN)
        mm_buf_printf(out, "    and %zu more (--json has them all)\n", count - STARTS_SHOWN);
    mm_session_explain(session, digest->start[from].id, &evidence, &next);
    mm_buf_printf(&line, "Next: %s", mm_buf_text(&next));
    put_lines(out, 4, mm_buf_text(&line));
    mm_buf_done(&line);
    mm_buf_done(&evidence);
    mm_buf_done(&next);
}

static bool told_before(const struct mm_session *session, const struct triage_digest *digest, size_t place,
                        uint32_t first)
{
    for (size_t i = 0; i < place; i++) {
        if (digest->start[i].id != first &&
            same_matter(&mm_session_layer(session, digest->start[i].id)->verdict,
                        &mm_session_layer(session, digest->start[place].id)->verdict))
            return true;
    }
    return false;
}

static void put_others(struct mm_buf *out, const struct mm_session *session,
                       const struct triage_digest *digest, uint32_t first)
{
    bool any = false;
    for (size_t i = 0; i < digest->starts; i++) {
        if (digest->start[i].id == first || told_before(session, digest, i, first))
            continue;
        if (!any)
            mm_buf_say(out, first == NO_LAYER ? "\nLayers with errors\n"
                                              : "\nOther layers that introduce errors\n");
        any = true;
        put_matter(out, session, digest, i, first);
    }
}

static void put_advice(const struct mm_advice *advice, struct mm_buf *out)
{
    struct mm_buf text = {0};
    struct mm_advice_setting setting[MM_ADVICE_COUNT];
    size_t count = mm_advice_settings(advice, setting);
    mm_advice_text(advice, &text);
    if (text.length) {
        mm_buf_say(out, "\nSettings\n");
        put_lines(out, 2, mm_buf_text(&text));
    }
    for (size_t i = 0; i < count; i++)
        mm_buf_printf(out, "  %s = %s\n", setting[i].key, setting[i].value);
    mm_buf_done(&text);
}

void mm_report_advice(const struct mm_advice *advice, struct mm_buf *out)
{
    struct mm_buf page = {0};
    put_advice(advice, &page);
    wrap_page(&page, MM_TRIAGE_COLUMNS, out);
    mm_buf_done(&page);
}

/* "2 layers are better, 1 worse, 80 the same. Most changed for the worse: #3 conv_1, 2.5x worse." */
static void put_since(struct mm_buf *out, const struct mm_session *session)
{
    const struct mm_column *change = mm_column(MM_COLUMN_CHANGE);
    size_t better = 0, worse = 0, same = 0, worst_at = 0;
    double worst = 1;
    struct mm_buf line = {0};
    if (!mm_column_there(session, MM_COLUMN_CHANGE))
        return;
    for (size_t id = 0; id < mm_session_count(session); id++) {
        double value = change->value(session, id);
        better += value <= MM_CHANGE_BETTER;
        worse += value >= MM_CHANGE_WORSE;
        same += value > MM_CHANGE_BETTER && value < MM_CHANGE_WORSE;
        if (value > worst) {
            worst = value;
            worst_at = id;
        }
    }
    mm_buf_say(out, "\nSince the earlier dump\n");
    mm_buf_printf(&line, "%zu %s better, %zu worse, %zu the same.", better,
                  better == 1 ? "layer is" : "layers are", worse, same);
    if (worse) {
        mm_buf_say(&line, " Worst change: ");
        mm_report_layer(session, worst_at, &line);
        mm_buf_puts(&line, ", ");
        change->text(session, worst_at, &line);
        mm_buf_say(&line, ".");
    }
    put_lines(out, 2, mm_buf_text(&line));
    mm_buf_done(&line);
}

static void put_kinds(struct mm_buf *out, const struct triage_digest *digest)
{
    struct mm_buf line = {0};
    for (int kind = MM_VERDICT_NOISE; kind < MM_VERDICT_COUNT; kind++) {
        if (digest->of_kind[kind])
            mm_buf_printf(&line, "%s%zu %s", line.length ? ", " : "", digest->of_kind[kind],
                          mm_tr_in("word", mm_verdict_word((enum mm_verdict_kind)kind)));
    }
    if (line.length) {
        mm_buf_say(out, "\nAll verdicts\n");
        put_lines(out, 2, mm_buf_text(&line));
    }
    mm_buf_done(&line);
}

/* Runs of the model make an input or output several times: those of a tensor are one, its runs behind each other. */
struct edge {
    size_t runs, over; /* that were measured; of them those that are over */
    double worst;      /* largest diff2; +Inf where one is broken */
};

static bool same_edge(const struct mm_session *session, size_t a, size_t b)
{
    const struct mm_flow *flow = mm_session_flow(session);
    if (flow->tensor[a] >= 0 || flow->tensor[b] >= 0)
        return flow->tensor[a] == flow->tensor[b];
    return strcmp(mm_session_layer(session, a)->pair->name, mm_session_layer(session, b)->pair->name) == 0;
}

static struct edge edge_of(const struct mm_session *session, size_t first, enum mm_role role)
{
    const struct mm_flow *flow = mm_session_flow(session);
    struct edge edge = {0};
    for (size_t id = first; id < mm_session_count(session); id++) {
        const struct mm_layer *layer = mm_session_layer(session, id);
        if (!(flow->role[id] & role) || layer->result.state != MM_STATE_MEASURED ||
            !same_edge(session, first, id))
            continue;
        const struct mm_metrics *m = mm_result_judged(&layer->result);
        double error = m->nonfinite_differ ? INFINITY : isnan(m->diff2) ? 0 : m->diff2;
        edge.runs++;
        edge.over += layer->verdict.bad;
        edge.worst = fmax(edge.worst, error);
    }
    return edge;
}

static bool met_before(const struct mm_session *session, size_t id, enum mm_role role)
{
    const struct mm_flow *flow = mm_session_flow(session);
    for (size_t i = 0; i < id; i++) {
        if ((flow->role[i] & role) && mm_session_layer(session, i)->result.state == MM_STATE_MEASURED &&
            same_edge(session, i, id))
            return true;
    }
    return false;
}

/* " Output y: 0.62, over (2 of 4 runs)."; inputs only where all is well: what is not stands above. Is it there? */
static bool put_edge(struct mm_buf *line, const struct mm_session *session, size_t id, enum mm_role role)
{
    const struct mm_layer *layer = mm_session_layer(session, id);
    char figure[MM_NUM];
    if (!(mm_session_flow(session)->role[id] & role) || layer->result.state != MM_STATE_MEASURED ||
        met_before(session, id, role))
        return false;
    struct edge edge = edge_of(session, id, role);
    if (role == MM_ROLE_INPUT && edge.over == edge.runs)
        return false;
    mm_buf_printf(line, " %s %s: ", mm_tr_in("title", role == MM_ROLE_INPUT ? "Input" : "Output"),
                  layer->label);
    if (isinf(edge.worst))
        mm_buf_puts(line, mm_tr_in("word", "broken"));
    else if (role == MM_ROLE_INPUT && edge.worst == 0)
        mm_buf_say(line, "the same on both sides");
    else
        mm_buf_puts(line, mm_num_short(figure, edge.worst, 2));
    if (edge.over)
        mm_buf_say(line, ", over");
    if (edge.over && edge.runs > 1)
        mm_buf_printf(line, " (%zu of %zu runs)", edge.over, edge.runs);
    else if (edge.runs > 1)
        mm_buf_printf(line, "%s (%zu runs)", edge.worst > 0 ? " at most" : "", edge.runs);
    mm_buf_say(line, ".");
    return true;
}

static void put_edges(struct mm_buf *line, const struct mm_session *session)
{
    size_t count = mm_session_flow(session) ? mm_session_count(session) : 0, shown = 0;
    for (size_t id = 0; id < count; id++) {
        size_t inputs = put_edge(line, session, id, MM_ROLE_INPUT);
        shown += inputs + put_edge(line, session, id, MM_ROLE_OUTPUT);
        if (shown < EDGES_SHOWN)
            continue;
        mm_buf_say(line, " The other inputs and outputs: --json has them all.");
        return;
    }
}

/* What one can stop to worry about: nothing where nothing was compared. */
static void put_good(struct mm_buf *out, const struct mm_session *session, const struct triage_digest *digest)
{
    struct mm_buf line = {0};
    char figure[MM_NUM];
    struct mm_session_totals totals;
    mm_session_totals(session, &totals);
    if (totals.pairs == 0)
        return;
    mm_buf_say(out, "\nNo problem found\n");
    if (digest->good == 0)
        mm_buf_say(&line, "In no layer");
    else
        mm_buf_printf(&line, "%zu %s within the thresholds", digest->good,
                      digest->good == 1 ? "layer is" : "layers are");
    if (digest->worst_good_at >= 0 && digest->worst_good > 0) {
        mm_buf_say(&line, "; the largest error is that of ");
        mm_report_layer(session, (size_t)digest->worst_good_at, &line);
        mm_buf_printf(&line, ", %s", mm_num_short(figure, digest->worst_good, 2));
    }
    mm_buf_say(&line, ".");
    put_edges(&line, session);
    put_lines(out, 2, mm_buf_text(&line));
    mm_buf_done(&line);
}

static const char *nothing_over(const struct mm_session *session, const struct triage_digest *digest)
{
    struct mm_session_totals totals;
    mm_session_totals(session, &totals);
    struct mm_buf why = {0};
    bool covered = mm_session_covers(session, REPORT_COVERED, &why);
    mm_buf_done(&why);
    if (totals.pairs == 0)
        return "Nothing was compared: no tensor of src has a partner in dst.";
    if (digest->of_kind[MM_VERDICT_UNREADABLE])
        return "Nothing of what could be read is over the threshold, but not all could be read.";
    return covered ? "Nothing is over the threshold."
                   : "Nothing of what was compared is over the threshold, but much was not compared.";
}

static void put_no_culprit(struct mm_buf *out, const struct mm_session *session,
                           const struct triage_digest *digest)
{
    size_t over = 0;
    for (int kind = 0; kind < MM_VERDICT_COUNT; kind++) {
        const struct mm_verdict_info *info = mm_verdict_info((enum mm_verdict_kind)kind);
        bool excused = info->group == MM_GROUP_FINE || info->group == MM_GROUP_ELSEWHERE;
        over += info->bad && excused ? digest->of_kind[kind] : 0;
    }
    mm_buf_putc(out, '\n');
    put_lines(out, 0,
              over ? "No layer introduces an error by itself: what is over the threshold is accumulated "
                     "rounding, or harmless."
                   : nothing_over(session, digest));
}

/* Nobody downstream minds what is wrong there: artefacts of the dump, each with its sentence. */
static void put_artefacts(struct mm_buf *out, const struct mm_session *session)
{
    size_t count = 0;
    for (size_t id = 0; id < mm_session_count(session); id++) {
        const struct mm_verdict *verdict = &mm_session_layer(session, id)->verdict;
        bool of_dump = verdict->cause == MM_CAUSE_IN_DUMP || verdict->cause == MM_CAUSE_WIDER;
        if (verdict->kind != MM_VERDICT_HARMLESS || !of_dump)
            continue;
        if (count++ == 0)
            mm_buf_say(out, "\nWrong in the dump, not in the network\n");
        if (count <= STARTS_SHOWN)
            put_other(out, session, &(struct triage_start){(uint32_t)id, 0});
    }
    if (count > STARTS_SHOWN)
        mm_buf_printf(out, "    and %zu more (--json has them all)\n", count - STARTS_SHOWN);
}

static const char *first_heading(const struct mm_session *session, size_t first)
{
    if (mm_session_layer(session, first)->verdict.kind == MM_VERDICT_OVER)
        return "\nFirst layer over the threshold; what causes it is not known\n";
    return mm_session_order(session) == MM_ORDER_TIMES ? "\nFirst layer that may introduce an error\n"
                                                       : "\nFirst layer that introduces an error\n";
}

static int put_page(const struct mm_session *session, struct mm_buf *out, struct mm_err *err)
{
    struct triage_digest digest;
    if (triage_digest_init(&digest, session) < 0)
        return mm_fail_memory(err);
    put_head(out, session);
    int32_t first = mm_session_first_culprit(session);
    if (first >= 0) {
        struct triage_start start = {(uint32_t)first, 0};
        for (size_t i = 0; i < digest.starts; i++) {
            if (digest.start[i].id == start.id)
                start = digest.start[i];
        }
        mm_buf_say(out, first_heading(session, (size_t)first));
        put_start(out, session, &start);
        put_others(out, session, &digest, start.id);
    } else if (digest.starts) {
        put_others(out, session, &digest, NO_LAYER);
    } else {
        put_no_culprit(out, session, &digest);
    }
    put_artefacts(out, session);
    struct mm_advice advice;
    if (mm_session_advice(session, &advice, NULL) == 0)
        put_advice(&advice, out);
    put_since(out, session);
    put_kinds(out, &digest);
    put_good(out, session, &digest);
    triage_digest_done(&digest);
    return out->failed ? mm_fail_memory(err) : 0;
}

int mm_report_triage(const struct mm_session *session, int columns, struct mm_buf *out, struct mm_err *err)
{
    struct mm_buf page = {0};
    int result = put_page(session, &page, err);
    if (result == 0)
        wrap_page(&page, columns, out);
    mm_buf_done(&page);
    return result == 0 && out->failed ? mm_fail_memory(err) : result;
}
