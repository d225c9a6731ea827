/* The box that chooses the columns of the list of layers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/small.h"

#include "ui/key.h"

/* The keys of the columns on the screen. */
static const char *shown(const struct small *small)
{
    static char text[512];
    struct layers_layout layout = layers_lay_out(small->layers, small->session, 80);
    text[0] = '\0';
    for (int i = 0; i < layout.count; i++) {
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, "%s%s", length ? " " : "",
                 mm_column(layout.column[i])->key);
    }
    return text;
}

static void goldens(void **state)
{
    struct small *small = *state;
    small_keys(small, "c j j j");
    small_goldens(small, "columns");
    small_draw_all_sizes(small);
}

static void showing_and_hiding(void **state)
{
    struct small *small = *state;
    assert_string_equal(shown(small), "number layer dtype diff1 diff2 maxabs verdict");
    small_keys(small, "c j j Space"); /* precision comes, and the list shows it at once */
    assert_true(small_shows(small, "PREC"));
    assert_string_equal(shown(small), "number layer precision dtype diff1 diff2 verdict");
    small_keys(small, "j j Space"); /* dtype goes */
    assert_string_equal(shown(small), "number layer precision diff1 diff2 maxabs verdict");
    small_keys(small, "Enter");
    assert_int_equal(small->app->depth, 1);
    assert_true(small_says(small, "Columns: number,layer,precision,diff1,diff2,maxabs,verdict"));
}

static void order(void **state)
{
    struct small *small = *state;
    small_keys(small, "c J J"); /* the number goes right */
    assert_string_equal(shown(small), "layer number dtype diff1 diff2 maxabs verdict");
    small_keys(small, "K <"); /* and back; there is nothing left of it */
    small_keys(small, "K");
    assert_string_equal(shown(small), "number layer dtype diff1 diff2 maxabs verdict");
    small_keys(small, "G K >");
    assert_string_equal(shown(small), "number layer dtype diff1 diff2 maxabs verdict");
}

static void escape_drops(void **state)
{
    struct small *small = *state;
    small_keys(small, "c Space j j Space Esc");
    assert_int_equal(small->app->depth, 1);
    assert_string_equal(shown(small), "number layer dtype diff1 diff2 maxabs verdict");
    small_keys(small, "c Space q");
    assert_int_equal(small->app->depth, 1);
    assert_string_equal(shown(small), "number layer dtype diff1 diff2 maxabs verdict");
    small_keys(small, ":columns layer,cos Enter");
    small_keys(small, "c u Enter"); /* the usual ones again */
    assert_string_equal(shown(small), "number layer dtype diff1 diff2 maxabs verdict");
}

static void the_last_one_stays(void **state)
{
    struct small *small = *state;
    small_keys(small, ":columns layer\nc Space");
    assert_true(small_says(small, "One column has to stay."));
    assert_string_equal(shown(small), "layer");
}

static void by_command(void **state)
{
    struct small *small = *state;
    small_keys(small, ":columns layer,op,diff2,cos");
    assert_true(small_says(small, "Columns: layer,diff2,cos")); /* no operator types are known here */
    assert_true(small_shows(small, "    diff2       cos"));
    assert_true(small_hides(small, "VERDICT"));
    small_keys(small, ":columns mse,mae,rmse,gap,scale,offset,residual,layer,verdict");
    assert_true(small_says(small, "; no room here for verdict"));
    assert_int_equal(small->app->message_role, ROLE_WARN);
    small_keys(small, ":columns layer,nosuch");
    assert_true(small_says(small, "there is no column \"nosuch\""));
    assert_true(small_shows(small, "1 - cos"));
    small_keys(small, ":columns usual");
    assert_string_equal(shown(small), "number layer dtype diff1 diff2 maxabs verdict");
}

/* The tag's mark has a column of its own where no number stands first. */
static void tags_beside_names(void **state)
{
    struct small *small = *state;
    small_keys(small, ":columns layer,diff2\nt");
    assert_true(small_shows(small, "\n● pow"));
}

/* The preview makes room for what was asked for. */
static void before_the_preview(void **state)
{
    struct small *small = *state;
    app_resize(small->app, 120, 30);
    assert_true(small_shows(small, "|x| up to 70000 > 65504"));
    assert_int_equal(layers_preview_width(small->layers, small->session, 120), PREVIEW_LEAST);
    small_keys(small, ":columns layer,diff1,diff2,diff3,mse,mae,rmse,cos,verdict");
    assert_int_equal(layers_preview_width(small->layers, small->session, 120), 0);
    assert_int_equal(layers_list_width(small->layers, small->session, 120), 120);
    assert_int_equal(layers_preview_width(small->layers, small->session, 160), PREVIEW_WIDTH);
}

static void kept_for_the_next_one(void **state)
{
    struct small *small = *state;
    struct layers_kept kept;
    small_keys(small, ":columns layer,cos");
    inspector_keep(&small->inspector, &kept);
    small_keys(small, ":columns usual");
    layers_view_restore(small->inspector.layers, small->app, &kept);
    assert_string_equal(shown(small), "layer cos");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, small_setup, small_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(goldens),           TEST(showing_and_hiding), TEST(order),
        TEST(escape_drops),      TEST(the_last_one_stays), TEST(by_command),
        TEST(tags_beside_names), TEST(before_the_preview), TEST(kept_for_the_next_one),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
