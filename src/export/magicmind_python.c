/*
 * apply_overrides.py: the overrides as a self-contained Python 3 module.
 *
 * The methods it calls are those that are publicly known: get_all_nodes_in_network, get_node_name, get_input,
 * get_output, get_data_type, set_precision, set_output_type. How a node tells the number of its inputs is
 * not, so the script does without.
 */
#include "export/magicmind.h"
#include "base/quote.h"

static const char HEAD[] =
    "When to call it: after the network has been parsed, before it is calibrated and built.\n"
    "\n"
    "    from apply_overrides import apply_overrides\n"
    "    report = apply_overrides(network, DataType)\n"
    "\n"
    "network is the runtime's network object, DataType its enumeration of number formats; nothing else is "
    "needed.\n"
    "Only FLOAT16 and FLOAT32 tensors are changed, integer tensors are left alone. Names that the network "
    "does not\n"
    "have are printed to stderr and returned in report.not_found.\n"
    "\n"
    "Made from overrides.json, which lies beside it: change the plan there with mmtui, not this file.\n"
    "\"\"\"\n"
    "\n"
    "import collections\n"
    "import sys\n"
    "\n"
    "# the operator's name: the precision of its float inputs and outputs\n"
    "OVERRIDES = {\n";

static const char REPORT[] =
    "}\n"
    "\n"
    "# No operator has so many inputs or outputs: ends the search when the runtime never says \"no more\".\n"
    "MOST_TENSORS = 4096\n"
    "\n"
    "# One call: which node, \"input\" or \"output\", which one, the precision asked for, what the runtime "
    "answered.\n"
    "Change = collections.namedtuple(\"Change\", \"node side index precision returned\")\n"
    "# One tensor of a chosen operator that is not FLOAT16 or FLOAT32.\n"
    "LeftAlone = collections.namedtuple(\"LeftAlone\", \"node side index data_type\")\n"
    "# changed: [Change], left_alone: [LeftAlone], not_found: [name],\n"
    "# unchanged: [name] of operators that were found and have no float tensor.\n"
    "Report = collections.namedtuple(\"Report\", \"changed left_alone not_found unchanged\")\n"
    "\n"
    "\n";

static const char APPLY[] =
    "def apply_overrides(network, DataType, input_count=None, output_count=None):\n"
    "    \"\"\"Set the precision of the chosen operators; return a Report.\n"
    "\n"
    "    How a node tells the number of its inputs and outputs is not assumed here: get_input(i) and "
    "get_output(i)\n"
    "    are asked for i = 0, 1, 2 ... until one raises or returns None. Where the runtime takes an index "
    "beyond\n"
    "    the last one badly, pass input_count and output_count: functions that take a node and return the "
    "number.\n"
    "    \"\"\"\n"
    "    report = Report([], [], [], [])\n"
    "    missing = dict.fromkeys(OVERRIDES)\n"
    "    for node in list(network.get_all_nodes_in_network()):\n"
    "        name = _text(node.get_node_name())\n"
    "        if name not in OVERRIDES:\n"
    "            continue\n"
    "        missing.pop(name, None)\n"
    "        before = len(report.changed)\n"
    "        inputs = _tensors(node.get_input, input_count and input_count(node))\n"
    "        outputs = _tensors(node.get_output, output_count and output_count(node))\n"
    "        _change(report, DataType, name, \"input\", inputs, node.set_precision)\n"
    "        _change(report, DataType, name, \"output\", outputs, node.set_output_type)\n"
    "        if len(report.changed) == before:\n"
    "            report.unchanged.append(name)\n"
    "            _say(\"nothing to change, no float input or output: \" + ascii(name))\n"
    "    for name in missing:\n"
    "        report.not_found.append(name)\n"
    "        _say(\"not in the network: \" + ascii(name))\n"
    "    return report\n"
    "\n"
    "\n";

static const char HELPERS[] =
    "def _change(report, DataType, name, side, tensors, set_type):\n"
    "    \"\"\"Give the float ones among a node's tensors the precision of its override.\"\"\"\n"
    "    floats = (DataType.FLOAT16, DataType.FLOAT32)\n"
    "    precision = OVERRIDES[name]\n"
    "    for index, tensor in enumerate(tensors):\n"
    "        data_type = tensor.get_data_type()\n"
    "        if data_type in floats:\n"
    "            returned = set_type(index, getattr(DataType, precision))\n"
    "            report.changed.append(Change(name, side, index, precision, returned))\n"
    "        else:\n"
    "            report.left_alone.append(LeftAlone(name, side, index, data_type))\n"
    "\n"
    "\n"
    "def _tensors(get, count):\n"
    "    \"\"\"A node's inputs or outputs; count is their number, None when it is not known.\"\"\"\n"
    "    if count is not None:\n"
    "        return [get(index) for index in range(count)]\n"
    "    found = []\n"
    "    while len(found) < MOST_TENSORS:\n"
    "        try:\n"
    "            tensor = get(len(found))\n"
    "        except (AttributeError, TypeError):\n"
    "            raise  # not \"no more\": the call itself is wrong\n"
    "        except Exception:\n"
    "            return found\n"
    "        if tensor is None:\n"
    "            return found\n"
    "        found.append(tensor)\n"
    "    raise RuntimeError(\"the runtime never says 'no more': pass input_count and output_count\")\n"
    "\n"
    "\n"
    "def _text(name):\n"
    "    \"\"\"The name as OVERRIDES spells it: bytes that are not UTF-8 as surrogates.\"\"\"\n"
    "    return name.decode(\"utf-8\", \"surrogateescape\") if isinstance(name, bytes) else name\n"
    "\n"
    "\n"
    "def _say(text):\n"
    "    print(\"apply_overrides: \" + text, file=sys.stderr)\n";

/* One line of OVERRIDES; the reason stands behind it, quoted, so that it can't leave the comment. */
static void add_override(struct mm_buf *out, const struct mm_override *override)
{
    mm_buf_puts(out, "    ");
    mm_quote_python(out, override->name);
    mm_buf_printf(out, ": \"%s\",", mm_precision_info(override->precision)->name);
    if (*override->why) {
        mm_buf_puts(out, "  # ");
        mm_quote_python(out, override->why);
    }
    mm_buf_puts(out, "\n");
}

void mm_magicmind_python(const struct mm_export *export, struct mm_buf *out)
{
    size_t count = mm_export_count(export);
    const struct mm_override *override;
    mm_buf_printf(out, "\"\"\"Precision of %zu %s of a MagicMind network, chosen with mmtui %s.\n\n", count,
                  count == 1 ? "operator" : "operators", MM_VERSION);
    mm_buf_puts(out, HEAD);
    for (size_t at = 0; (override = mm_export_next(export, &at));)
        add_override(out, override);
    mm_buf_puts(out, REPORT);
    mm_buf_puts(out, APPLY);
    mm_buf_puts(out, HELPERS);
}
