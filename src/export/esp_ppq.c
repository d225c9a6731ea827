/*
 * The ESP-PPQ dialect: the dispatching table, which gives single operators another platform (FP32, or the chip's with 16
 * bits) than the network. Operators go by the name of the model's node; names that the graph does not have are passed over
 * without a word (esp_ppq 1.3), so the script looks. An activation (Relu) that ESP-PPQ fuses with a chosen operator gets the
 * same platform. The JSON form is mmtui's own: the table is code.
 */
#include "export/esp_ppq.h"

#include "export/import.h"
#include "export/python_text.h"

static void add_table(const struct mm_export *export, struct mm_buf *out)
{
    struct mm_json json;
    mm_json_init(&json, out, MM_EXPORT_JSON);
    mm_json_open_object(&json, NULL);
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        mm_json_put_text(&json, target->name,
                         target->override->precision == MM_PRECISION_I16 ? "INT16" : "FP32");
    }
    mm_json_close_object(&json);
    mm_buf_putc(out, '\n');
}

static const char SCRIPT[] =
    "\"\"\"Give the operators of dispatching.json, which lies beside this file, their platform in ESP-PPQ.\n"
    "\n"
    "    from dispatching import dispatch\n"
    "    setting = QuantizationSettingFactory.espdl_setting()\n"
    "    missing = dispatch(setting, \"esp32p4\", \"model.onnx\")\n"
    "    espdl_quantize_onnx(\"model.onnx\", ..., target=\"esp32p4\", setting=setting)\n"
    "\n"
    "FP32 stays in float; INT16 is the chip's platform with 16 bits. Names that the model does not have "
    "(ESP-PPQ\n"
    "passes over them without a word) are printed to stderr and returned.\n"
    "\n"
    "The file was made from overrides.json: change the plan there with mmtui, not here.\n"
    "\"\"\"\n"
    "\n"
    "import json\n"
    "import os\n"
    "import sys\n"
    "\n"
    "TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), \"dispatching.json\")\n"
    "\n"
    "\n"
    "def dispatch(setting, target, model=None, path=TABLE):\n"
    "    \"\"\"Append the operators to setting.dispatching_table; return those that the model does not "
    "have.\"\"\"\n"
    "    from esp_ppq import TargetPlatform\n"
    "    from esp_ppq.api import get_target_platform\n"
    "\n"
    "    with open(path, encoding=\"ascii\") as file:\n"
    "        chosen = json.load(file)\n"
    "    platforms = {\"FP32\": TargetPlatform.FP32, \"INT16\": get_target_platform(target, 16)}\n"
    "    for name, precision in chosen.items():\n"
    "        setting.dispatching_table.append(name, platforms[precision])\n"
    "    missing = sorted(set(chosen) - _names(model)) if model else []\n"
    "    for name in missing:\n"
    "        print(\"dispatch: not in the model: \" + ascii(name), file=sys.stderr)\n"
    "    return missing\n";

static void add_script(const struct mm_export *export, struct mm_buf *out)
{
    (void)export;
    mm_buf_puts(out, SCRIPT);
    mm_buf_puts(out, mm_python_node_names);
}

static const struct mm_export_file FILES[] = {
    {"dispatching.json", "operators and their platform: FP32 or INT16", add_table, false},
    {"dispatching.py", "puts them into the dispatching table, and tells names that the model does not have",
     add_script, false},
    {"overrides.json", "the plan itself with reasons and figures: mmtui loads it again", mm_export_plan,
     false},
    {NULL, NULL, NULL, false},
};

static int read_table(const struct mm_config *config, struct mm_import *import, struct mm_err *err)
{
    struct mm_json_value root, key, value;
    struct mm_buf name = {0};
    int result = 0;
    if (mm_json_read(config->path, config->text, config->length, MM_CONFIG_VALUES, &root, err) < 0)
        return -1;
    if (mm_json_kind(root) != MM_JSON_IS_OBJECT)
        return mm_fail(err, MM_ECORRUPT, "%s: must be an object: operators and their platform", config->path);
    struct mm_json_items items = mm_json_items(root);
    while (result == 0 && mm_json_next(&items, &key, &value)) {
        bool f32 = mm_json_text_is(value, "FP32"), i16 = mm_json_text_is(value, "INT16");
        mm_buf_clear(&name);
        mm_json_get_text(key, &name);
        if ((f32 || i16) && name.length)
            result = mm_import_override(import, MM_NAME_NODE, mm_buf_text(&name),
                                        f32 ? MM_PRECISION_F32 : MM_PRECISION_I16, NULL, err);
        else
            mm_import_note(import, "the platform of \"%s\" is neither \"FP32\" nor \"INT16\": it is left out",
                           mm_buf_text(&name));
    }
    mm_buf_done(&name);
    return result;
}

const struct mm_dialect mm_esp_ppq = {
    .id = "esp-ppq",
    .title = "ESP-PPQ",
    .run = "esp-ppq 1.3.12",
    .documented = "the dispatching table of esp-ppq 1.3",
    .names = MM_NAME_NODE,
    .precisions = MM_TAKES(MM_PRECISION_I16) | MM_TAKES(MM_PRECISION_F32),
    .settings = mm_no_settings,
    .files = FILES,
    .read = read_table,
};
