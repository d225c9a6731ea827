/* Which columns a user has chosen, and what of them is on the screen at a width. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/small.h"

/* The keys of the columns that are not hidden, asked ones in capitals of their own: "layer! diff2". */
static const char *wishes(const struct column_choice *choice)
{
    static char text[1024];
    text[0] = '\0';
    for (int i = 0; i < MM_COLUMN_COUNT; i++) {
        if (choice->pick[i].wish == COLUMN_HIDDEN)
            continue;
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, "%s%s%s", length ? " " : "",
                 mm_column(choice->pick[i].id)->key, choice->pick[i].wish == COLUMN_ASKED ? "!" : "");
    }
    return text;
}

static void every_column_once(const struct column_choice *choice)
{
    bool seen[MM_COLUMN_COUNT] = {false};
    for (int i = 0; i < MM_COLUMN_COUNT; i++) {
        assert_false(seen[choice->pick[i].id]);
        seen[choice->pick[i].id] = true;
    }
}

static void choosing(void **state)
{
    (void)state;
    struct column_choice choice;
    struct mm_err err;
    column_choice_usual(&choice);
    every_column_once(&choice);
    assert_string_equal(wishes(&choice),
                        "number layer op dtype shape diff1 diff2 sqnr maxabs cos impl format before "
                        "change applied since verdict");
    assert_int_equal(column_choice_read(&choice, "layer, cosine,mse diff2", &err), 0);
    every_column_once(&choice);
    assert_string_equal(wishes(&choice), "layer! cos! mse! diff2!");
    assert_int_equal(column_choice_read(&choice, "layer,dif2", &err), -1);
    assert_string_equal(err.text, "there is no column \"dif2\"; did you mean diff2?");
    assert_int_equal(column_choice_read(&choice, "cos,layer,cosine", &err), -1);
    assert_string_equal(err.text, "column cos is named twice");
    assert_int_equal(column_choice_read(&choice, " , ", &err), -1);
    assert_string_equal(wishes(&choice), "layer! cos! mse! diff2!"); /* as it was */
    column_choice_swap(&choice, 0, 3);
    assert_string_equal(wishes(&choice), "diff2! cos! mse! layer!");
    every_column_once(&choice);
    assert_int_equal(column_choice_read(&choice, "usual", &err), 0);
    assert_int_equal(choice.pick[0].id, MM_COLUMN_NUMBER);
    column_choice_set(&choice, (const enum mm_column_id[]){MM_COLUMN_COSINE, MM_COLUMN_COSINE}, 2);
    every_column_once(&choice);
}

/* "layer:19 diff2:7", from left to right. */
static const char *laid_out(struct small *small, const char *columns, int w)
{
    static char text[512];
    struct mm_err err;
    if (column_choice_read(&small->layers->columns, columns, &err) < 0)
        fail_msg("%s", err.text);
    struct layers_layout layout = layers_lay_out(small->layers, small->session, w);
    int total = layout.margin - layout.gap;
    text[0] = '\0';
    for (int i = 0; i < layout.count; i++) {
        size_t length = strlen(text);
        total += layout.width[layout.column[i]] + layout.gap;
        snprintf(text + length, sizeof text - length, "%s%s", length ? " " : "",
                 mm_column(layout.column[i])->key);
    }
    assert_true(total <= w || layout.count == 0);
    return text;
}

/* What was asked for is there at 80 columns, and what has no room goes from the right. */
static void asked_for(void **state)
{
    struct small *small = *state;
    assert_string_equal(laid_out(small, "usual", 80), "number layer dtype diff1 diff2 maxabs verdict");
    assert_string_equal(laid_out(small, "layer,op,diff2,cos", 80), "layer diff2 cos"); /* no types known */
    assert_string_equal(laid_out(small, "number layer op dtype diff1 diff2 maxabs cos verdict", 80),
                        "number layer dtype diff1 diff2 maxabs cos verdict");
    assert_string_equal(laid_out(small, "mse,mae,rmse,gap,scale,offset,residual,layer,verdict,cos", 80),
                        "mse mae rmse gap scale offset residual layer"); /* never without the name */
    assert_string_equal(laid_out(small, "layer,diff1,diff2,diff3,mse,mae", 40), "layer diff1 diff2 diff3");
    assert_string_equal(laid_out(small, "impl,layer,before", 80), "layer"); /* there is no third dump */
}

/* The usual ones give way to the one that was asked for, the least important first. */
static void one_more_than_the_usual(void **state)
{
    struct small *small = *state;
    struct column_choice *choice = &small->layers->columns;
    column_choice_usual(choice);
    for (int i = 0; i < MM_COLUMN_COUNT; i++) {
        if (choice->pick[i].id == MM_COLUMN_COSINE || choice->pick[i].id == MM_COLUMN_SQNR)
            choice->pick[i].wish = COLUMN_ASKED;
    }
    struct layers_layout layout = layers_lay_out(small->layers, small->session, 80);
    assert_true(layout.width[MM_COLUMN_COSINE] && layout.width[MM_COLUMN_SQNR] &&
                layout.width[MM_COLUMN_LAYER]);
    assert_true(layout.width[MM_COLUMN_DIFF2] && layout.width[MM_COLUMN_VERDICT]);
    assert_int_equal(layout.width[MM_COLUMN_DIFF1], 0);
    assert_true(layers_all_fit(small->layers, small->session, 80));
    assert_false(layers_all_fit(small->layers, small->session, 25));
}

/* At no width more than there is room for, with any choice. */
static void every_width(void **state)
{
    struct small *small = *state;
    for (int w = 0; w <= 300; w++) {
        laid_out(small, "usual", w);
        laid_out(small, "verdict,cause,layer,shape,op,dtype,diff2,cos,certainty", w);
        laid_out(small, "diff3,diff3abs,greater,less,mse,mae,gap", w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(choosing),
        cmocka_unit_test_setup_teardown(asked_for, small_setup, small_teardown),
        cmocka_unit_test_setup_teardown(one_more_than_the_usual, small_setup, small_teardown),
        cmocka_unit_test_setup_teardown(every_width, small_setup, small_teardown),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
