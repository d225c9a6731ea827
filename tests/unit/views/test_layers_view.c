/* The layers screen on the small session: what it shows, and every key that it answers to. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/net.h"

#include "ui/key.h"

/* The rows from the top, as "pow sqrt ..." (of the awkward names only "evil", "long" and "cjk"). */
static const char *rows(const struct small *small)
{
    static char text[512];
    text[0] = '\0';
    for (int row = 0; row < small->layers->list.count; row++) {
        const char *label = small_row(small, row);
        label = strncmp(label, "evil", 4) == 0    ? "evil"
                : strcmp(label, SMALL_LONG) == 0  ? "long"
                : (unsigned char)label[0] >= 0x80 ? "cjk"
                                                  : label;
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, "%s%s", length ? " " : "", label);
    }
    return text;
}

static size_t tagged(const struct small *small)
{
    struct mm_session_totals totals;
    mm_session_totals(small->session, &totals);
    return totals.tagged;
}

static const struct mm_plan *plan(const struct small *small)
{
    return mm_session_plan_const(small->session);
}

static enum mm_precision chosen(const struct small *small, const char *name)
{
    const struct mm_override *override = mm_plan_find(plan(small), name);
    return override ? override->precision : MM_PRECISION_NONE;
}

/* ---- looks ---- */

static void goldens(void **state)
{
    struct small *small = *state;
    small_goldens(small, "layers");
}

static void golden_of_choices(void **state)
{
    struct small *small = *state;
    small_keys(small, "Space Space p p j j\n/ \"qu\" Enter");
    small_goldens(small, "layers-chosen");
}

static void golden_of_filter(void **state)
{
    struct small *small = *state;
    small_keys(small, "& \"diff2>0.05\" Enter Esc\n& \"nothing\" Enter");
    small_goldens(small, "layers-empty");
}

/* Verdicts with their colours, and in the preview what to do. */
static void golden_of_triage(void **state)
{
    struct small *small = *state;
    small_keys(small, ":sort number\n:5");
    small_goldens(small, "layers-triage");
    assert_true(small_shows(small, "Look at #3 gate first (R goes there)."));
}

/* Everything is measured, and a few layers are still being looked into. */
static void golden_while_looking(void **state)
{
    struct small *small = *state;
    struct mm_session_totals totals;
    do {
        app_ready(small->app); /* one inline job each */
        mm_session_totals(small->session, &totals);
    } while (totals.measured < totals.layers);
    assert_true(totals.analysing > 0);
    char text[40];
    snprintf(text, sizeof text, "sort diff2 ↓  analysing %zu", totals.analysing);
    assert_true(small_shows(small, text));
    assert_true(small->app->hooks.busy(small->app->hooks.context));
    golden_check_sizes(small->app, "layers-looking");
    small_settle(small);
    assert_true(small_hides(small, "looking into"));
    assert_false(small->app->hooks.busy(small->app->hooks.context));
}

static void golden_before_measuring(void **state)
{
    struct small *small = *state;
    golden_check(small->app, "layers-early-80x24-utf8");
}

static void golden_plain(void **state)
{
    struct small *small = *state;
    small->app->options.plain = true;
    golden_check(small->app, "layers-plain-80x24-utf8");
}

static void all_sizes(void **state)
{
    struct small *small = *state;
    small_draw_all_sizes(small);
    small_keys(small, "* \"*\" Enter p");
    small_draw_all_sizes(small);
    small_keys(small, "& \"nothing\" Enter");
    small_draw_all_sizes(small);
}

static void hostile_names_are_escaped(void **state)
{
    struct small *small = *state;
    assert_true(small_shows(small, "evil\\x1b[2J\\nname"));
    struct mm_buf frame;
    mm_buf_init(&frame);
    script_frame(small->app, &frame);
    assert_null(strchr(mm_buf_text(&frame), '\x1b'));
    mm_buf_done(&frame);
}

/* ---- order ---- */

static void worst_first(void **state)
{
    struct small *small = *state;
    assert_string_equal(rows(small),
                        "pow sqrt reshape gather relu1 evil quant conv1 head input long cjk - dropout cast");
    small_keys(small, "S"); /* no figure stays last */
    assert_string_equal(rows(small),
                        "input long cjk head conv1 quant evil relu1 pow sqrt reshape gather - dropout cast");
    assert_true(small_shows(small, "sort diff2 ↑"));
}

static void sort_by_menu_and_command(void **state)
{
    struct small *small = *state;
    small_keys(small, "s #");
    assert_string_equal(rows(small),
                        "input conv1 relu1 pow sqrt reshape gather evil long cjk quant head - dropout cast");
    small_keys(small, "s j Enter"); /* one below what is current */
    assert_string_equal(mm_column(small->layers->order.column)->key, "layer");
    small_keys(small, "< < <");
    assert_string_equal(mm_column(small->layers->order.column)->key, "cos");
    small_keys(small, "> >");
    assert_string_equal(mm_column(small->layers->order.column)->key, "number");
    small_keys(small, ":sort diff1");
    assert_string_equal(rows(small),
                        "pow sqrt reshape gather relu1 quant evil conv1 head input long cjk - dropout cast");
    small_keys(small, ":sort sideways");
    assert_true(small_says(small, "no column \"sideways\""));
    assert_int_equal(small->layers->order.column, MM_COLUMN_DIFF1);
}

static void selection_follows_the_layer(void **state)
{
    struct small *small = *state;
    small_keys(small, "j j j j");
    assert_string_equal(small_selected(small), "relu1");
    small_keys(small, "S");
    assert_string_equal(small_selected(small), "relu1");
    small_keys(small, ":sort number");
    assert_string_equal(small_selected(small), "relu1");
    assert_int_equal(small->layers->list.cursor, 2);
}

/* ---- finding ---- */

static void filters(void **state)
{
    struct small *small = *state;
    small_keys(small, "& \"diff2>0.05\" Enter");
    assert_string_equal(rows(small), "pow sqrt reshape gather relu1 evil quant");
    assert_true(small_says(small, "7 of 14 layers match"));
    assert_true(small_shows(small, "7 of 14 shown: diff2>0.05"));
    small_keys(small, "& \"dtype=i8\" Enter");
    assert_string_equal(rows(small), "quant");
    small_keys(small, "& \"relu\" Enter");
    assert_string_equal(rows(small), "relu1");
    small_keys(small, "& Enter");                    /* an empty one shows all again */
    assert_int_equal(small->layers->list.count, 15); /* and the heading of those without a partner */
    small_keys(small, "& \"bad\" Enter Esc");        /* and so does Esc */
    assert_int_equal(small->layers->list.count, 15);
}

static void bad_filter_changes_nothing(void **state)
{
    struct small *small = *state;
    small_keys(small, "& \"relu\" Enter & \"diff2>>\" Enter");
    assert_string_equal(rows(small), "relu1");
    assert_int_equal(small->app->message_role, ROLE_ERROR);
    assert_true(small_says(small, "is not a number"));
}

static void empty_filter_result(void **state)
{
    struct small *small = *state;
    small_keys(small, "& \"nothing\" Enter");
    assert_int_equal(small->layers->list.count, 0);
    assert_true(small_shows(small, "no layer matches the filter (Esc shows all)"));
    /* every key is harmless on an empty list */
    small_keys(small, "j k G g Enter Space t p x e E f F [ ] y n N S > < u C-r");
    assert_int_equal(small->layers->list.count, 0);
    assert_int_equal(small->app->depth, 1);
    small_keys(small, "Esc");
    assert_int_equal(small->layers->list.count, 15);
}

static void moving(void **state)
{
    struct small *small = *state;
    small_keys(small, "5 j");
    assert_int_equal(small->layers->list.cursor, 5);
    small_keys(small, "2 k");
    assert_int_equal(small->layers->list.cursor, 3);
    small_keys(small, "G");
    assert_int_equal(small->layers->list.cursor, 14);
    small_keys(small, "7 G");
    assert_int_equal(small->layers->list.cursor, 6);
    small_keys(small, ":2");
    assert_int_equal(small->layers->list.cursor, 1);
    small_keys(small, "g");
    assert_int_equal(small->layers->list.cursor, 0);
}

/* ---- choosing ---- */

static void tags(void **state)
{
    struct small *small = *state;
    small_keys(small, "Space"); /* tags and goes down */
    assert_int_equal(tagged(small), 1);
    assert_int_equal(small->layers->list.cursor, 1);
    small_keys(small, "t"); /* tags and stays */
    assert_int_equal(tagged(small), 2);
    assert_int_equal(small->layers->list.cursor, 1);
    small_keys(small, "t");
    assert_int_equal(tagged(small), 1);
    small_keys(small, "3 Space");
    assert_int_equal(tagged(small), 4);
    assert_int_equal(small->layers->list.cursor, 4);
    small_keys(small, "T");
    assert_int_equal(tagged(small), 0);
    assert_true(small_says(small, "4 tags removed"));
    small_keys(small, "* \"*p*\" Enter"); /* pow, reshape, dropout, input, and the long name */
    assert_int_equal(tagged(small), 5);
    small_keys(small, "* \"zzz\" Enter");
    assert_true(small_says(small, "0 layers match zzz"));
    small_keys(small, "T");
    assert_int_equal(tagged(small), 0);
    small_keys(small, "G Space Space"); /* the last row has nothing below it */
    assert_int_equal(tagged(small), 0);
}

static void precision_of_the_row(void **state)
{
    struct small *small = *state;
    small_keys(small, "p");
    assert_int_equal(chosen(small, "pow"), MM_PRECISION_F16);
    assert_true(small_says(small, "FLOAT16 for pow (u undoes it)"));
    small_keys(small, "p");
    assert_int_equal(chosen(small, "pow"), MM_PRECISION_F32);
    assert_true(small_shows(small, "▸F32"));
    small_keys(small, "p");
    assert_int_equal(mm_plan_count(plan(small)), 0);
    small_keys(small, "P f");
    assert_int_equal(chosen(small, "pow"), MM_PRECISION_F32);
    assert_string_equal(mm_plan_at(plan(small), 0)->why, "overflow: |x| up to 70000 > 65504");
    small_keys(small, "x");
    assert_int_equal(mm_plan_count(plan(small)), 0);
    assert_true(small_says(small, "Cleared 1 override"));
    small_keys(small, "x");
    assert_true(small_says(small, "there is no override"));
    small_keys(small, ":precision f32");
    assert_int_equal(chosen(small, "pow"), MM_PRECISION_F32);
    small_keys(small, ":precision i4");
    assert_true(small_says(small, "A precision is f16, bf16, f32, i8, i16 or none"));
}

/* Each from the menu and by its word; the list shows the badge whole beside a long name, too. */
static void every_precision(void **state)
{
    static const struct {
        const char *keys;
        enum mm_precision precision;
        const char *badge;
    } cases[] = {
        {"P h", MM_PRECISION_F16, "▸F16"},           {"P b", MM_PRECISION_BF16, "▸BF16"},
        {"P f", MM_PRECISION_F32, "▸F32"},           {"P 8", MM_PRECISION_I8, "▸I8"},
        {"P 6", MM_PRECISION_I16, "▸I16"},           {":precision bf16", MM_PRECISION_BF16, "▸BF16"},
        {":precision int8", MM_PRECISION_I8, "▸I8"},
    };
    struct small *small = *state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        small_keys(small, cases[i].keys);
        assert_int_equal(chosen(small, "pow"), cases[i].precision);
        assert_true(small_shows(small, cases[i].badge));
    }
    small_keys(small, "x o \"*query* bf16\" Enter");
    assert_int_equal(mm_plan_count(plan(small)), 1);
    assert_true(small_shows(small, "▸BF16"));
    assert_true(small_says(small, "but the files for Cambricon MagicMind can't express it"));
}

static void precision_of_tags(void **state)
{
    struct small *small = *state;
    small_keys(small, "Space Space G p p"); /* the cursor is elsewhere */
    assert_int_equal(mm_plan_count(plan(small)), 2);
    assert_int_equal(chosen(small, "pow"), MM_PRECISION_F32);
    assert_int_equal(chosen(small, "sqrt"), MM_PRECISION_F32);
    assert_true(small_says(small, "FLOAT32 for 2 operators"));
    small_keys(small, "u u"); /* each key was one step */
    assert_int_equal(mm_plan_count(plan(small)), 0);
}

static void precision_by_pattern(void **state)
{
    struct small *small = *state;
    small_keys(
        small,
        "o \"*r* f32\" Enter"); /* relu1 sqrt reshape gather and the long name; dropout is only in src */
    assert_int_equal(mm_plan_count(plan(small)), 5);
    assert_int_equal(chosen(small, "gather"), MM_PRECISION_F32);
    assert_int_equal(chosen(small, "dropout"), MM_PRECISION_NONE);
    small_keys(small, "o \"*r* none\" Enter");
    assert_int_equal(mm_plan_count(plan(small)), 0);
    small_keys(small, "o \"zzz f32\" Enter");
    assert_true(small_says(small, "No layer matches zzz"));
    small_keys(small, "o \"pow\" Enter");
    assert_true(small_says(small, "A pattern and a precision are needed"));
}

static void nothing_to_choose_in_src_only(void **state)
{
    struct small *small = *state;
    small_keys(small, "/ \"dropout\" Enter p");
    assert_int_equal(mm_plan_count(plan(small)), 0);
    assert_true(small_says(small, "in src only"));
}

static void undo_and_redo(void **state)
{
    struct small *small = *state;
    small_keys(small, "u");
    assert_true(small_says(small, "Nothing to undo"));
    small_keys(small, "p p j p");
    assert_int_equal(mm_plan_count(plan(small)), 2);
    small_keys(small, "u");
    assert_int_equal(mm_plan_count(plan(small)), 1);
    assert_true(small_says(small, "Undone: FLOAT16 for sqrt"));
    small_keys(small, "u");
    assert_int_equal(chosen(small, "pow"), MM_PRECISION_F16);
    small_keys(small, "C-r C-r");
    assert_int_equal(chosen(small, "pow"), MM_PRECISION_F32);
    assert_int_equal(chosen(small, "sqrt"), MM_PRECISION_F16);
    small_keys(small, "C-r");
    assert_true(small_says(small, "Nothing to redo"));
}

static void unsaved(void **state)
{
    struct small *small = *state;
    assert_false(mm_plan_unsaved(plan(small)));
    small_keys(small, "p k"); /* a key takes the message away */
    assert_true(small_shows(small, "* not saved"));
    small_keys(small, "q");
    assert_int_equal(small->app->prompt.kind, PROMPT_ASK);
    small_keys(small, "n");
    assert_false(small->app->quit);
    small_keys(small, "u k"); /* back to what it was: there is nothing to lose */
    assert_false(mm_plan_unsaved(plan(small)));
    small_keys(small, "q");
    assert_true(small->app->quit);
}

static void copying(void **state)
{
    struct small *small = *state;
    app_key(small->app, 'y');
    assert_true(small->app->wants & APP_WANTS_COPY);
    assert_string_equal(mm_buf_text(&small->app->copy), "pow");
}

static void escape_backs_out_of_one_thing(void **state)
{
    struct small *small = *state;
    small_keys(small, "t / \"p\" Enter & \"o\" Enter");
    small_keys(small, "Esc");
    assert_string_equal(small->layers->search, "");
    assert_non_null(small->layers->filter);
    small_keys(small, "Esc");
    assert_null(small->layers->filter);
    assert_int_equal(tagged(small), 1);
    small_keys(small, "Esc Esc Esc"); /* tags are work: T takes them away, not one Esc too many */
    assert_int_equal(tagged(small), 1);
    assert_false(small->app->quit);
}

/* ---- while results come in ---- */

/* One finished job more, as the terminal's loop takes them. */
static void step(struct small *small)
{
    app_ready(small->app);
}

static int screen_line(const struct small *small)
{
    return small->layers->list.cursor - small->layers->list.top;
}

static void stays_at_the_top_before_moving(void **state)
{
    struct small *small = *state;
    app_resize(small->app, 80, 12);
    for (int i = 0; i < 200 && !mm_session_idle(small->session); i++) {
        step(small);
        assert_int_equal(small->layers->list.cursor, 0);
    }
    assert_true(mm_session_idle(small->session));
    assert_string_equal(small_selected(small), "pow");
}

static void keeps_its_line_after_moving(void **state)
{
    struct small *small = *state;
    app_resize(small->app, 80, 12); /* 8 rows of 14, so that it could jump */
    for (int i = 0; i < 4; i++)
        app_key(small->app, 'j');
    const char *name = small_selected(small);
    int line = screen_line(small), moved = 0;
    assert_string_equal(name, "sqrt"); /* nothing is measured: execution order */
    for (int i = 0; i < 200 && !mm_session_idle(small->session); i++) {
        int row = small->layers->list.cursor;
        step(small);
        moved += row != small->layers->list.cursor;
        assert_string_equal(small_selected(small), name);
        /* the ends of the list may leave no other place */
        bool end = small->layers->list.top == 0 || small->layers->list.top + 8 == small->layers->list.count;
        assert_true(screen_line(small) == line || end);
    }
    assert_true(mm_session_idle(small->session));
    assert_true(moved > 0); /* or this has tested nothing */
}

static void opened_layer_is_where_j_goes_on(void **state)
{
    struct small *small = *state;
    app_key(small->app, K_ENTER); /* before anything is measured: "input" */
    small_settle(small);
    assert_string_equal(small_selected(small), "input");
    small_keys(small, "J");
    assert_string_equal(small_selected(small), SMALL_LONG); /* the row below it now */
}

static void thresholds(void **state)
{
    struct small *small = *state;
    assert_true(small_shows(small, "7 over 0.05"));
    small_keys(small, ":threshold 0.001");
    assert_true(small_says(small, "layers over: 8")); /* conv1; the head's 0.001 is not over 0.001 */
    small_keys(small, "j");
    assert_true(small_shows(small, "8 over 0.001"));
    small_keys(small, ":threshold diff2 0.15");
    small_keys(small, ":threshold diff1 0.15");
    assert_true(small_says(small, "layers over: 5"));
    small_keys(small, ":threshold nonsense");
    assert_int_equal(small->app->message_role, ROLE_ERROR);
    small_keys(small, ":threshold -1");
    assert_int_equal(small->app->message_role, ROLE_ERROR);
}

#define TEST(name)  cmocka_unit_test_setup_teardown(name, small_setup, small_teardown)
#define EARLY(name) cmocka_unit_test_setup_teardown(name, small_setup_early, small_teardown)

#define NET(name)       cmocka_unit_test_setup_teardown(name, net_setup, small_teardown)
#define NET_EARLY(name) cmocka_unit_test_setup_teardown(name, net_setup_early, small_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(goldens),
        NET(golden_of_triage),
        NET_EARLY(golden_while_looking),
        TEST(golden_of_choices),
        TEST(golden_of_filter),
        EARLY(golden_before_measuring),
        TEST(golden_plain),
        TEST(all_sizes),
        TEST(hostile_names_are_escaped),
        TEST(worst_first),
        TEST(sort_by_menu_and_command),
        TEST(selection_follows_the_layer),
        TEST(filters),
        TEST(bad_filter_changes_nothing),
        TEST(empty_filter_result),
        TEST(moving),
        TEST(tags),
        TEST(precision_of_the_row),
        TEST(every_precision),
        TEST(precision_of_tags),
        TEST(precision_by_pattern),
        TEST(nothing_to_choose_in_src_only),
        TEST(undo_and_redo),
        TEST(unsaved),
        TEST(copying),
        TEST(escape_backs_out_of_one_thing),
        EARLY(stays_at_the_top_before_moving),
        EARLY(keeps_its_line_after_moving),
        EARLY(opened_layer_is_where_j_goes_on),
        TEST(thresholds),
    };
    return cmocka_run_group_tests(tests, net_group_setup, small_group_teardown);
}
