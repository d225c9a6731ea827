/* Names that end with an operator's type. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dump/operator_type.h"
#include "unit/fixture.h"

static void is(const char *name, enum operator_ending ending, const char *type, size_t stem)
{
    size_t found_stem = 99, end = 99;
    const char *found = operator_type_of(name, ending, &found_stem, &end);
    if (!type) {
        assert_null(found);
        return;
    }
    assert_non_null(found);
    assert_string_equal(found, type);
    assert_int_equal(found_stem, stem);
    assert_int_equal(end, stem + 1 + strlen(type));
}

static void types(void **state)
{
    (void)state;
    is("conv1_Conv", OPERATOR_ITSELF, "Conv", 5);
    is("/relu1/Relu_output_0_Relu", OPERATOR_ITSELF, "Relu", 20);
    is("a_b_BatchNormalization", OPERATOR_ITSELF, "BatchNormalization", 3);
    is("x_Abs", OPERATOR_ITSELF, "Abs", 1);
    is("x_Xor", OPERATOR_ITSELF, "Xor", 1);
    is("x_conv", OPERATOR_ITSELF, NULL, 0);
    is("x_Convolution", OPERATOR_ITSELF, NULL, 0);
    is("Conv", OPERATOR_ITSELF, NULL, 0);
    is("_Conv", OPERATOR_ITSELF, NULL, 0);
    is("conv1_Conv_f32", OPERATOR_ITSELF, NULL, 0);
    is("conv1_Conv_f32", OPERATOR_CAST, "Conv", 5);
    is("conv1_Conv_bf16", OPERATOR_CAST, "Conv", 5);
    is("conv1_Conv_si8", OPERATOR_CAST, NULL, 0);
    is("conv1_Conv_f32_f32", OPERATOR_CAST, NULL, 0);
    is("prob_Softmax__softmax_reshape_f32", OPERATOR_CAST, NULL, 0);
    is("prob_Softmax__softmax_reshape_f32", OPERATOR_STEPS, "Softmax", 4);
    is("prob_Softmax__softmax", OPERATOR_STEPS, "Softmax", 4);
    is("logits_MatMul_reshape", OPERATOR_STEPS, "MatMul", 6);
    is("conv1_Conv", OPERATOR_STEPS, "Conv", 5);
    is("x__softmax", OPERATOR_STEPS, NULL, 0);
    is("__softmax", OPERATOR_STEPS, NULL, 0);
    is("_reshape", OPERATOR_STEPS, NULL, 0);
    is("_f32", OPERATOR_STEPS, NULL, 0);
    is("", OPERATOR_STEPS, NULL, 0);
    is("x_AnOperatorWhoseNameIsLongerThanAnyOtherThereIs", OPERATOR_CAST, NULL, 0);
}

/* Every operator of python3-onnx is found: the table is in order, and lacks none of that version. */
static void all_of_onnx(void **state)
{
    static const char script[] = "import onnx.defs\n"
                                 "print(*sorted({s.name for s in onnx.defs.get_all_schemas_with_history() if "
                                 "s.domain == ''}), sep='\\n')\n";
    char *folder = temp_folder(), line[100], name[120];
    size_t stem, end, count = 0;
    (void)state;
    put_text(folder, "list.py", script);
    shell(folder, "/usr/bin/python3 %s/list.py > %s/names");
    char *path = in_folder(folder, "names");
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    for (; fgets(line, sizeof line, file); count++) {
        line[strcspn(line, "\n")] = '\0';
        snprintf(name, sizeof name, "x_%s", line);
        is(name, OPERATOR_ITSELF, line, 1);
        assert_true(operator_type_of(name, OPERATOR_ITSELF, &stem, &end) != NULL);
    }
    assert_true(count > 150);
    fclose(file);
    free(path);
    drop_folder(folder);
}

static void files(void **state)
{
    (void)state;
    assert_true(operator_type_file("m_bm1684x_int8_sym_tpu_outputs.npz"));
    assert_true(operator_type_file("part/m_tensors.npz"));
    assert_true(operator_type_file("_output.npz") == false);
    assert_true(operator_type_file("m_output.npz"));
    assert_false(operator_type_file("outputs.npz"));
    assert_false(operator_type_file("m_in_f32.npz"));
    assert_false(operator_type_file("m_outputs.npy"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(types), cmocka_unit_test(all_of_onnx),
                                       cmocka_unit_test(files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
