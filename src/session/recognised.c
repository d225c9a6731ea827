/* What the folders of src and dst were taken for, and which part of them was taken. */
#include "session/state.h"
#include "base/translate.h"

#include <string.h>
#include <sys/stat.h>

/* What an option that picks a part of a dump can pick in this one: 0, there is nothing. */
static size_t steps_of(const struct mm_dump *dump)
{
    return dump->step.count;
}

static size_t ranks_of(const struct mm_dump *dump)
{
    return dump->rank.count;
}

static size_t joined_of(const struct mm_dump *dump)
{
    return dump->joined;
}

/* Of all dumps of the session, --sim's and --before's too. */
static bool none_has(const struct mm_session *session, size_t (*count_of)(const struct mm_dump *dump))
{
    const struct mm_dump *dumps[] = {session->src, session->dst, session->sim, session->before};
    for (size_t i = 0; i < MM_COUNT(dumps); i++) {
        if (dumps[i] && count_of(dumps[i]) > 0)
            return false;
    }
    return true;
}

static bool differ(const struct mm_dump_numbers *a, const struct mm_dump_numbers *b)
{
    return a->count > 0 && b->count > 0 && a->chosen != b->chosen && !a->process && !b->process;
}

bool session_same_file(const char *a, const char *b)
{
    struct stat x, y;
    if (mm_remote_is(a) || mm_remote_is(b))
        return strcmp(a, b) == 0;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

struct mm_dump_part session_part(const struct mm_session *session, const struct mm_dump *dump, bool dst)
{
    const struct mm_session_options *options = &session->options;
    struct mm_dump_part part = options->part;
    part.results = options->results[dst];
    bool same = !options->dst_runner && session_same_file(options->src, options->dst);
    part.choice.pair = same;
    part.choice.other = same && dst;
    if (dst && options->dst_runner)
        part.choice.runner = options->dst_runner;
    if (dump && dump->step.count)
        part.stepped = true, part.step = dump->step.chosen;
    if (dump && dump->rank.count)
        part.ranked = true, part.rank = dump->rank.chosen;
    return part;
}

/* List `dump` again with the step and rank of the other; it stays as it is where it has no such. */
static bool list_again(struct mm_session *session, struct mm_dump **dump, const struct mm_dump *other)
{
    struct mm_dump_part part = session_part(session, NULL, dump == &session->dst);
    const struct mm_session_options *options = &session->options;
    struct mm_dump_options again = {.check = options->check,
                                    .given = options->given,
                                    .schema = options->schema,
                                    .live = session_live(session)};
    struct mm_dump *fitting;
    part.stepped = other->step.count > 0 && (*dump)->step.count > 0;
    part.ranked = other->rank.count > 0 && (*dump)->rank.count > 0;
    part.step = other->step.chosen;
    part.rank = other->rank.chosen;
    again.part = part;
    if (mm_remote_dump_open(&fitting, (*dump)->path, &again, options->remotes, NULL) < 0)
        return false;
    mm_dump_close(*dump);
    *dump = fitting;
    return true;
}

/* ---- ONNX's test data ---- */

static bool share_a_name(const struct mm_dump *src, const struct mm_dump *dst)
{
    for (size_t i = 0; i < src->count; i++) {
        for (size_t k = 0; k < dst->count; k++) {
            if (strcmp(src->entries[i].parsed.name, dst->entries[k].parsed.name) == 0)
                return true;
        }
    }
    return false;
}

static struct mm_dump *with_file_names(const struct mm_session *session, const struct mm_dump *dump)
{
    const struct mm_session_options *options = &session->options;
    struct mm_dump_options again = {.check = options->check,
                                    .given = options->given,
                                    .part = session_part(session, dump, dump == session->dst),
                                    .schema = options->schema,
                                    .file_names = true,
                                    .live = session_live(session)};
    struct mm_dump *made = NULL;
    mm_remote_dump_open(&made, dump->path, &again, options->remotes, NULL);
    return made;
}

/* Messages of two exporters may have no name in common, or one side's none, where the files are called alike. */
static void use_file_names(struct mm_session *session)
{
    if ((!session->src->by_message && !session->dst->by_message) || share_a_name(session->src, session->dst))
        return;
    struct mm_dump *src = with_file_names(session, session->src);
    struct mm_dump *dst = with_file_names(session, session->dst);
    if (src && dst && share_a_name(src, dst)) {
        mm_dump_close(session->src);
        mm_dump_close(session->dst);
        session->src = src;
        session->dst = dst;
        return;
    }
    mm_dump_close(src);
    mm_dump_close(dst);
}

/* ---- runners ---- */

/* A file of Polygraphy that has other runners; NULL: there is none. */
static const struct mm_entry *without_runner(const struct mm_dump *dump)
{
    for (size_t i = 0; i < dump->count; i++) {
        const struct mm_entry *entry = &dump->entries[i];
        if (entry->code == MM_ENOENT && entry->wrong && entry->source->choice.runner)
            return entry;
    }
    return NULL;
}

static int fail_runners(const struct mm_session *session, const char *otherwise, struct mm_err *err)
{
    const struct mm_entry *entry = without_runner(session->src);
    entry = entry ? entry : without_runner(session->dst);
    return mm_fail(err, MM_EARG, "%s", entry ? entry->wrong : otherwise);
}

/* Options that nothing can follow are mistakes. */
static int check_runners(const struct mm_session *session, struct mm_err *err)
{
    const struct mm_session_options *options = &session->options;
    const struct mm_runner_taken *src = &session->src->taken, *dst = &session->dst->taken;
    if (options->part.choice.runner && !src->runner && !dst->runner)
        return fail_runners(session, "--runner: neither src nor dst is a file of Polygraphy with runners",
                            err);
    if (options->dst_runner && !dst->runner)
        return fail_runners(session, "--dst-runner: dst is no file of Polygraphy with runners", err);
    if (options->part.choice.iterated && !src->iterations && !dst->iterations)
        return mm_fail(err, MM_EARG, "--iteration: neither src nor dst is a file of Polygraphy");
    if (!options->one_file || (src->runners > 1 && src->place != dst->place))
        return 0;
    if (src->runners > 1)
        return mm_fail(err, MM_EARG,
                       "%s: src and dst are both runner %s: choose others with --runner, --dst-runner",
                       session->src->path, src->runner);
    return mm_fail(
        err, MM_EARG,
        "%s: it has the tensors of one run, not of two runners: name a second dump to compare it with",
        session->src->path);
}

/* ---- steps and ranks ---- */

static bool has_name(const struct mm_dump *dump, const char *name)
{
    for (size_t i = 0; dump && i < dump->count; i++) {
        const char *own = dump->entries[i].parsed.name;
        if (strcmp(name, own) == 0 || mm_text_glob(name, own))
            return true;
    }
    return false;
}

/* A shape for a name that no tensor has is a slip. (Of a number format, read_as_given says so.) */
static int check_shapes(const struct mm_session *session, struct mm_err *err)
{
    const struct mm_given_list *list = &session->options.given;
    const struct mm_dump *const dumps[] = {session->src, session->dst, session->before, session->sim};
    for (size_t i = 0; i < list->count; i++) {
        const struct mm_given_row *row = &list->row[i];
        bool met = !row->name || !row->given.shaped;
        for (size_t k = 0; k < MM_COUNT(dumps) && !met; k++)
            met = has_name(dumps[k], row->name);
        if (!met)
            return mm_fail(err, MM_EARG, "--shape %s=...: no tensor has that name", row->name);
    }
    return 0;
}

int recognised_check(const struct mm_session *session, struct mm_err *err)
{
    const struct mm_dump_part *part = &session->options.part;
    if (session->watch && (session->src->count == 0 || session->dst->count == 0))
        return 0; /* nobody knows yet what they will have */
    if (check_shapes(session, err) < 0)
        return -1;
    if (part->stepped && none_has(session, steps_of))
        return mm_fail(err, MM_EARG, "--step: neither src nor dst has folders such as step0 or step_3");
    if (part->ranked && none_has(session, ranks_of))
        return mm_fail(err, MM_EARG, "--rank: neither src nor dst has folders such as rank0 or rank_3");
    if (part->concat.count == 0 || !none_has(session, joined_of))
        return 0;
    if (part->ranked)
        return mm_fail(err, MM_EARG, "--concat joins ranks, and --rank takes one: leave one of them out");
    return mm_fail(err, MM_EARG,
                   "--concat: neither src nor dst has tensors of several ranks that it names (NAME.rank0, "
                   "NAME.rank1 ..., or folders rank0, rank1 ...)");
}

int recognised_align(struct mm_session *session, struct mm_err *err)
{
    if (check_runners(session, err) < 0)
        return -1;
    bool apart =
        differ(&session->src->step, &session->dst->step) || differ(&session->src->rank, &session->dst->rank);
    if (apart && !list_again(session, &session->dst, session->src))
        list_again(session, &session->src, session->dst);
    use_file_names(session);
    return 0;
}

static void say_other(struct mm_buf *out, const char *word, const struct mm_dump_numbers *src,
                      const struct mm_dump_numbers *dst)
{
    if (differ(src, dst))
        mm_buf_printf(out, "%ssrc is %s %lld, dst %s %lld: they need not hold the same.",
                      out->length ? " " : "", word, (long long)src->chosen, word, (long long)dst->chosen);
}

void recognised_say(struct mm_session *session)
{
    const char *src = session->src->recognised, *dst = session->dst->recognised;
    struct mm_buf text = {0};
    bool alike = src && dst && strcmp(src, dst) == 0;
    if (src)
        mm_buf_printf(&text, alike ? "src and dst: %s" : "src: %s", src);
    if (dst && !alike)
        mm_buf_printf(&text, "%sdst: %s", src ? "; " : "", dst);
    if (src || dst)
        mm_buf_say(&text, ".");
    say_other(&text, "step", &session->src->step, &session->dst->step);
    say_other(&text, "rank", &session->src->rank, &session->dst->rank);
    if (text.length)
        session_note(session, &text);
    else
        mm_buf_done(&text);
}
