/*
 * The text tensor message (protobuf text format), matched by field name; no schema is needed but for a dtype
 * that is given as a number. The values stay in the map as runs of text: a run goes on as long as only white
 * space, list punctuation and the field's own name with its colon stand between two values, which a cursor
 * skips.
 *
 * A large file is not read through for that. Where the second value stands behind the first like
 * "\nfloat_val: " or ", ", and the same bytes stand before the last value near the file's end, everything
 * between is taken for one run with these bytes as its gap, and the shape says how many values it has. That
 * is a guess which costs nothing: a cursor checks every gap and the run's end, so a wrong one shows as a
 * value that can't be read. Then, or when the guess does not lead anywhere, the file is read from end to end
 * (load->exact), which says what it is.
 */
#include "format/same_separator.h"
#include "format/formats.h"
#include "format/lex.h"
#include "format/message.h"

#include <stdio.h>
#include <string.h>

#include "base/translate.h"

#define NAME_MAX_BYTES ((size_t)1 << 20) /* of node_name or op_type */
#define GUESS_LEAST                                                                                          \
    ((size_t)64 << 10) /* a smaller file is read through: that is quick, and errors show at once */

struct reader {
    struct mm_load *load;
    const struct mm_schema *schema;
    struct mm_lex lex;
    struct mm_message message;
    bool joined; /* nothing that a cursor would trip over has been met since the last value */
    bool may_guess;
    int64_t unasked; /* values read since the last question whether to go on */
    size_t guess;    /* number of the run whose values were not counted, from 1; 0: none */
};

/* ---- single values ---- */

static int read_i64(struct reader *r, int64_t *out, struct mm_err *err)
{
    struct mm_word word;
    char text[24];
    if (!mm_lex_word(&r->lex, &word) || !mm_lex_is_int(word) || word.length >= sizeof text)
        return mm_lex_fail(&r->lex, word.text, "a decimal integer is missing", err);
    const char *digits = word.text + (word.text[0] == '+');
    size_t length = word.length - (word.text[0] == '+');
    memcpy(text, digits, length);
    text[length] = '\0';
    if (!mm_parse_i64(text, out))
        return mm_lex_fail(&r->lex, word.text, "an integer that is too large", err);
    return 0;
}

static int read_bool(struct reader *r, bool *out, struct mm_err *err)
{
    struct mm_word word;
    if (!mm_lex_word(&r->lex, &word))
        return mm_lex_fail(&r->lex, word.text, "true or false is missing", err);
    if (mm_lex_is_bool(word, out))
        return 0;
    if (word.length != 1 || !strchr("01tf", word.text[0]))
        return mm_lex_fail(&r->lex, word.text, "neither true nor false", err);
    *out = word.text[0] == '1' || word.text[0] == 't';
    return 0;
}

static int read_string(struct reader *r, const char **out, struct mm_err *err)
{
    struct mm_buf buf;
    const char *start = r->lex.at;
    mm_buf_init(&buf);
    int result = mm_lex_string(&r->lex, &buf, err);
    if (result == 0 && buf.length > NAME_MAX_BYTES)
        result = mm_lex_fail(&r->lex, start, "a name of more than 1 MiB", err);
    const char *text = NULL;
    if (result == 0) {
        text = buf.failed ? NULL : mm_arena_strndup(&r->load->arena, mm_buf_text(&buf), buf.length);
        result = text ? 0 : mm_fail_memory(err);
    }
    mm_buf_done(&buf);
    if (result == 0)
        *out = text;
    return result;
}

static int read_dtype(struct reader *r, struct mm_err *err)
{
    struct mm_word word;
    char text[64];
    const char *start = r->lex.at;
    if (!mm_lex_word(&r->lex, &word))
        return mm_lex_fail(&r->lex, start, "a data type is missing", err);
    if (mm_lex_is_int(word)) {
        int64_t number;
        r->lex.at = word.text;
        if (read_i64(r, &number, err) < 0)
            return -1;
        mm_message_dtype(&r->message, r->schema, number, &r->load->arena);
        return 0;
    }
    if (!mm_lex_is_name(word))
        return mm_lex_fail(&r->lex, word.text, "not a data type", err);
    snprintf(text, sizeof text, "%.*s", (int)(word.length < sizeof text ? word.length : sizeof text - 1),
             word.text);
    r->message.dtype = mm_dtype_find(text);
    r->message.dtype_text = mm_arena_strdup(&r->load->arena, text);
    return 0;
}

/* ---- lists ---- */

typedef int element_reader(struct reader *r, enum mm_field which, struct mm_err *err);

static int take_same_separator(struct reader *r, enum mm_field which, bool in_list, struct mm_err *err);
static int go_on(struct reader *r, int64_t more, struct mm_err *err);

/* One element, or [a, b, ...]. */
static int read_elements(struct reader *r, enum mm_field which, element_reader *read, struct mm_err *err)
{
    if (!mm_lex_take(&r->lex, '['))
        return read(r, which, err);
    if (mm_lex_take(&r->lex, ']'))
        return 0;
    do {
        if (read(r, which, err) < 0)
            return -1;
        if (which != MM_FIELD_SHAPE && take_same_separator(r, which, true, err) < 0)
            return -1;
    } while (mm_lex_take(&r->lex, ','));
    if (!mm_lex_take(&r->lex, ']'))
        return mm_lex_fail(&r->lex, r->lex.at, "a list goes on with , or ends with ]", err);
    return 0;
}

static int read_dim(struct reader *r, enum mm_field which, struct mm_err *err)
{
    int64_t dim;
    (void)which;
    if (read_i64(r, &dim, err) < 0)
        return -1;
    mm_message_dim(&r->message, dim);
    return 0;
}

static bool is_real(enum mm_field which)
{
    return which == MM_FIELD_FLOAT_VAL || which == MM_FIELD_DOUBLE_VAL;
}

static bool is_number(enum mm_field which, struct mm_word word)
{
    return is_real(which) ? mm_lex_is_float(word) : mm_lex_is_int(word);
}

/* true and false are no numbers to a cursor: such a value is a run of its own, over a digit that stands
 * here. */
static int add_bool(struct reader *r, bool value, struct mm_err *err)
{
    static const uint8_t digit[2] = {'0', '1'};
    r->joined = false;
    return mm_message_values(&r->message, &digit[value], 1, 1, 0, err);
}

static int read_value(struct reader *r, enum mm_field which, struct mm_err *err)
{
    struct mm_message *message = &r->message;
    struct mm_word word;
    bool truth;
    mm_lex_word(&r->lex, &word);
    if (which == MM_FIELD_INT_VAL && mm_lex_is_bool(word, &truth))
        return add_bool(r, truth, err);
    if (!is_number(which, word))
        return mm_lex_fail(&r->lex, word.text, "not a number of this field's kind", err);
    if (go_on(r, 1, err) < 0)
        return -1;
    const uint8_t *start = (const uint8_t *)word.text;
    if (r->joined && !r->lex.comment && message->runs > 0) {
        struct mm_run *run = &message->run[message->runs - 1];
        run->size = (size_t)(start - run->data) + word.length;
        run->count++;
        message->count++;
        return 0;
    }
    r->joined = true;
    r->lex.comment = false;
    return mm_message_values(message, start, word.length, 1, 0, err);
}

/* Some more values were read. -1: stopped. */
static int go_on(struct reader *r, int64_t more, struct mm_err *err)
{
    r->unasked += more;
    if (r->unasked < MM_MESSAGE_STRIDE)
        return 0;
    r->unasked = 0;
    return mm_message_go_on(r->load, err);
}

/* ---- many values at once ---- */

/*
 * Take all that follow in one go, if they seem to be alike: from the first gap to the last value near the
 * file's end. Returns false where that can't be.
 */
static bool guess_values(struct reader *r, const struct mm_same_separator *spelling, size_t gap)
{
    const char *start = r->lex.at;
    const char *stop = mm_same_separator_last(&r->lex, spelling, gap);
    if (!stop || mm_message_values(&r->message, (const uint8_t *)start, (size_t)(stop - start), 1,
                                   (uint32_t)gap, NULL) < 0)
        return false;
    r->may_guess = false;
    r->guess = r->message.runs;
    r->joined = false;
    r->lex.at = stop;
    return true;
}

/* Behind a value: go over those that follow in the same way. What is left, or odd, is read one by one. */
static int take_same_separator(struct reader *r, enum mm_field which, bool in_list, struct mm_err *err)
{
    struct mm_message *message = &r->message;
    const struct mm_same_separator spelling = {
        .name = mm_field_name(which), .real = is_real(which), .in_list = in_list};
    int64_t count;
    if (!r->joined || r->lex.comment || message->runs == 0)
        return 0;
    size_t gap = mm_same_separator_gap(&r->lex, &spelling);
    if (gap == 0 || (r->may_guess && guess_values(r, &spelling, gap)))
        return 0;
    struct mm_run *run = &message->run[message->runs - 1];
    do {
        count = mm_same_separator_take(&r->lex, &spelling, gap, MM_MESSAGE_STRIDE);
        run->size = (size_t)((const uint8_t *)r->lex.at - run->data);
        run->count += count;
        message->count += count;
        if (go_on(r, count, err) < 0)
            return -1;
    } while (count == MM_MESSAGE_STRIDE);
    return 0;
}

/* The uncounted run has what the shape leaves to it: at least its last value, which was seen, and as many as
 * fit. */
static bool settle_guess(struct reader *r)
{
    struct mm_message *message = &r->message;
    struct mm_shape shape = {.rank = (int)message->rank};
    if (r->guess == 0)
        return true;
    if (message->rank > MM_RANK_MAX)
        return false;
    memcpy(shape.dim, message->dim, message->rank * sizeof *shape.dim);
    struct mm_run *run = &message->run[r->guess - 1];
    int64_t count = mm_shape_count(&shape) - (message->count - 1);
    if (count < 1 || (uint64_t)count > run->size / (run->gap + 1))
        return false;
    message->count += count - 1;
    run->count = count;
    return true;
}

/* ---- fields ---- */

static int read_payload(struct reader *r, enum mm_field which, bool direct, struct mm_err *err)
{
    if (!direct) /* "float_val : 1": a cursor would take the name for a number */
        r->joined = false;
    if (r->message.list != which) {
        char where[40];
        const char *start = r->lex.at;
        if (mm_lex_take(&r->lex, '[') && mm_lex_take(&r->lex, ']'))
            return 0; /* an empty list is as good as none */
        r->lex.at = start;
        mm_format(where, sizeof where, "line %zu", mm_lex_line(&r->lex, start));
        if (mm_message_list(&r->message, which, MM_ENC_TEXT, where, err) < 0)
            return -1;
    }
    if (read_elements(r, which, read_value, err) < 0)
        return -1;
    return take_same_separator(r, which, false, err);
}

static int read_field(struct reader *r, enum mm_field which, struct mm_err *err)
{
    struct mm_load *load = r->load;
    switch (which) {
    case MM_FIELD_VERSION: return read_i64(r, &r->message.version, err);
    case MM_FIELD_NODE_NAME: return read_string(r, &load->node_name, err);
    case MM_FIELD_OP_TYPE: return read_string(r, &load->op_type, err);
    case MM_FIELD_INDEX: return read_i64(r, &load->index, err);
    case MM_FIELD_IS_OUTPUT: return read_bool(r, &load->is_output, err);
    case MM_FIELD_DTYPE: return read_dtype(r, err);
    case MM_FIELD_SHAPE: return read_elements(r, which, read_dim, err);
    default: return mm_lex_skip_value(&r->lex, err);
    }
}

static enum mm_field field_by_name(struct mm_word word)
{
    for (int i = 0; i < MM_FIELD_COUNT; i++) {
        const char *name = mm_field_name((enum mm_field)i);
        if (strlen(name) == word.length && memcmp(name, word.text, word.length) == 0)
            return (enum mm_field)i;
    }
    return MM_FIELD_COUNT;
}

/* A name, or an extension's [name], which is never one of ours. */
static int read_name(struct reader *r, enum mm_field *which, struct mm_err *err)
{
    struct mm_word word;
    *which = MM_FIELD_COUNT;
    if (*r->lex.at == '[')
        return mm_lex_skip_value(&r->lex, err);
    if (!mm_lex_word(&r->lex, &word) || !mm_lex_is_name(word))
        return mm_lex_fail(&r->lex, word.text, "not a field's name", err);
    /* the values of a big tensor come with their name each: look there first */
    const char *list = mm_field_name(r->message.list);
    if (strlen(list) == word.length && memcmp(list, word.text, word.length) == 0)
        *which = r->message.list;
    else
        *which = field_by_name(word);
    return 0;
}

static int read_message(struct reader *r, struct mm_err *err)
{
    while (mm_lex_space(&r->lex)) {
        enum mm_field which;
        if (mm_lex_take(&r->lex, ',') || mm_lex_take(&r->lex, ';'))
            continue;
        if (read_name(r, &which, err) < 0)
            return -1;
        bool direct = r->lex.at < r->lex.end && *r->lex.at == ':';
        bool colon = mm_lex_take(&r->lex, ':');
        if (which != MM_FIELD_COUNT && !colon)
            return mm_lex_fail(&r->lex, r->lex.at, "a field's name without a colon behind it", err);
        bool payload = which >= MM_FIELD_FLOAT_VAL && which < MM_FIELD_COUNT;
        if (!payload)
            r->joined = false;
        if ((payload ? read_payload(r, which, direct, err) : read_field(r, which, err)) < 0)
            return -1;
    }
    return 0;
}

/* From end to end; or with a guess, which *guessed tells. */
static int read_text(struct mm_load *load, const struct mm_schema *schema, const char *file, bool *guessed,
                     struct mm_err *err)
{
    const char *text = (const char *)load->bytes;
    struct reader r = {.load = load, .schema = schema ? schema : mm_schema_own(), .may_guess = *guessed};
    r.lex = (struct mm_lex){.file = file, .begin = text, .at = text, .end = text + load->size};
    load->node_name = "";
    load->op_type = "";
    load->index = 0;
    load->is_output = false;
    mm_message_init(&r.message, file);
    int result = read_message(&r, err);
    if (result == 0)
        result = settle_guess(&r) ? mm_message_finish(&r.message, load, err) : -1;
    mm_message_done(&r.message);
    *guessed = r.guess > 0;
    return result;
}

int mm_pbtxt_read(struct mm_load *load, const struct mm_schema *schema, const char *file, struct mm_err *err)
{
    bool guessed = !load->exact && load->size >= GUESS_LEAST;
    bool uncounted = false;
    int result = -1;
    if (guessed) {
        result = read_text(load, schema, file, &guessed, NULL);
        uncounted = guessed;
    }
    if (result < 0) { /* whatever the guess ran into: only the whole file says what is wrong */
        guessed = uncounted = false;
        result = read_text(load, schema, file, &guessed, err);
    }
    load->uncounted = result == 0 && uncounted;
    return result;
}
