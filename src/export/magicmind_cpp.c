/*
 * apply_overrides.cc: the same as apply_overrides.py for programs in C++, as a sketch. Publicly known names
 * are FindNodeByName, SetPrecision and SetOutputType only; what else it needs of a node is asked of the
 * person who pastes it.
 */
#include "export/magicmind.h"
#include "base/quote.h"

static const char HEAD[] =
    "// When to call it: after the network has been parsed, before it is calibrated and built.\n"
    "//\n"
    "// FindNodeByName, SetPrecision and SetOutputType are the runtime's calls. How a node tells the number "
    "and the\n"
    "// type of its inputs and outputs is not assumed here: write a small class with these four members and "
    "pass it\n"
    "// as `access`. \"Float\" means FLOAT16 or FLOAT32: integer tensors must be left alone.\n"
    "//\n"
    "//     int InputCount(Node *node) const;\n"
    "//     bool InputIsFloat(Node *node, int i) const;\n"
    "//     int OutputCount(Node *node) const;\n"
    "//     bool OutputIsFloat(Node *node, int i) const;\n"
    "//\n"
    "// float16 and float32 are the runtime's values for these two types.\n"
    "#include <string>\n"
    "#include <vector>\n"
    "\n"
    "enum OverridePrecision { OVERRIDE_FLOAT16, OVERRIDE_FLOAT32 };\n"
    "\n"
    "struct PrecisionOverride {\n"
    "    const char *name;\n"
    "    OverridePrecision precision;\n"
    "};\n"
    "\n"
    "static const std::vector<PrecisionOverride> kOverrides = {\n";

static const char TAIL[] =
    "};\n"
    "\n"
    "// Returns the names that the network does not have: look at them, they are overrides without effect.\n"
    "template <class Network, class Access, class Type>\n"
    "std::vector<std::string> ApplyOverrides(Network *network, const Access &access, Type float16, Type "
    "float32)\n"
    "{\n"
    "    std::vector<std::string> not_found;\n"
    "    for (const PrecisionOverride &chosen : kOverrides) {\n"
    "        auto node = network->FindNodeByName(chosen.name);\n"
    "        if (!node) {\n"
    "            not_found.push_back(chosen.name);\n"
    "            continue;\n"
    "        }\n"
    "        const Type type = chosen.precision == OVERRIDE_FLOAT16 ? float16 : float32;\n"
    "        for (int i = 0; i < access.InputCount(node); i++) {\n"
    "            if (access.InputIsFloat(node, i))\n"
    "                node->SetPrecision(i, type);\n"
    "        }\n"
    "        for (int i = 0; i < access.OutputCount(node); i++) {\n"
    "            if (access.OutputIsFloat(node, i))\n"
    "                node->SetOutputType(i, type);\n"
    "        }\n"
    "    }\n"
    "    return not_found;\n"
    "}\n";

static void add_override(struct mm_buf *out, const struct mm_override *override)
{
    mm_buf_puts(out, "    {");
    mm_quote_cpp(out, override->name);
    mm_buf_printf(out, ", OVERRIDE_%s},", mm_precision_info(override->precision)->name);
    if (*override->why) {
        /* quoted: the closing quote keeps a backslash at its end from joining the next line */
        mm_buf_puts(out, " // ");
        mm_quote_cpp(out, override->why);
    }
    mm_buf_puts(out, "\n");
}

void mm_magicmind_cpp(const struct mm_export *export, struct mm_buf *out)
{
    size_t count = mm_export_count(export);
    const struct mm_override *override;
    mm_buf_printf(
        out, "// Precision of %zu %s of a MagicMind network, chosen with mmtui %s: a sketch to paste.\n//\n",
        count, count == 1 ? "operator" : "operators", MM_VERSION);
    mm_buf_puts(out, HEAD);
    for (size_t at = 0; (override = mm_export_next(export, &at));)
        add_override(out, override);
    mm_buf_puts(out, TAIL);
}
