#!/usr/bin/python3
"""The sentences of the sources, as a template of gettext: po/extract.py >mmtui.pot

xgettext goes by the names of functions. Here nearly every text that a user sees lies in a table or goes through
functions of its own, so this goes by what a literal looks like instead: one with a blank between words is a
sentence, wherever it stands, unless it stands where no user reads it (NOT_SENTENCES). What has one word only looks like
a key, so those words are listed (po/words); what looks like a sentence and is the same in every language is listed, too
(po/keep). A new sentence is thus found by itself.
"""
import glob
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir)

TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\])+\'|[A-Za-z_]\w*|[(){};,]|\S', re.S)
DIRECTIVE = re.compile(r'%(?:\d+\$)?[-0-9.*+ #]*(?:hh|h|ll|l|z|j|t)?(?:<PRI\w+>|[diouxXcsfgeGa%])|\\.')

# Functions whose formats are always sentences, even where they have one word: a text that is only glue ("%s, %s") is
# not among them, for its pieces are translated by themselves.
SINKS = {'mm_fail', 'app_say', 'found_say', 'found_evidence', 'canvas_textf', 'op_fail', 'op_variant_says',
         'mm_problems_add', 'mm_import_note', 'mm_format', 'cli_say', 'mm_buf_say', 'zip_fail', 'mm_proto_fail', 'say', 'fail'}
# Functions that look a text up, whatever it is.
TRANSLATORS = {'mm_tr', 'mm_buf_say'}
# Functions whose texts are no sentences: other programs read them.
NOT_SENTENCES = re.compile(
    r'mm_json_\w+|strcmp|strncmp|strcasecmp|strncasecmp|memcmp|strstr|strchr|strspn|strcspn|strpbrk|getenv|'
    r'mm_python_\w+|put_line|mm_yaml_\w+|_Static_assert|setlocale|sscanf')
# Files that write other programs' languages: only their errors, notes and tables of words are sentences.
WRITERS = re.compile(r'src/export/|src/format/.*_write\.c|src/runtime/(model|cut|half|widen|round|tap|library)|'
                     r'src/report/(json|junit|csv|svg|html|suggest_kinds|verify_kinds|triage_json)|src/cli/dump_script|src/cli/completions|src/cli/config_print|'
                     r'src/cli/demo_(net|graph|run|ops)|src/ui/(term|terminfo|theme_text)\.|src/tensor/kernels|src/base/(json_write|json_quote|quote|shortest)')
# What stands in their tables is a sentence all the same, unless it looks like code.
CODE = re.compile(r'\\n|\\"\\"\\"|[{}<]|^\s|^//')


def macros():
    """#define NAME "text" of all files."""
    found = {}
    for path in sources():
        for name, text in re.findall(r'^#define (\w+) +"((?:\\.|[^"\\\n])*)"$', open(path, encoding='utf-8').read(), re.M):
            found[name] = text
    return found


def sources():
    return sorted(glob.glob(os.path.join(ROOT, 'src/*/*.[ch]')) + glob.glob(os.path.join(ROOT, 'include/mmtui/*.h')))


def without_directives(text):
    """Preprocessor lines are blank, but for what a macro stands for."""
    def blank(match):
        line = match.group(0)
        if re.match(r'\s*#\s*define\s+\w+\(', line) or (re.match(r'\s*#\s*define', line) and '\\\n' in line):
            return line
        return '\n' * line.count('\n')
    return re.sub(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', blank, text, flags=re.M)


def literals(path, known):
    """(line, text, functions around it from the outside in) of each literal, pieces joined."""
    text = without_directives(open(path, encoding='utf-8').read())
    around, before, piece, found = [], None, None, []
    for match in TOKEN.finditer(text):
        token = match.group(0)
        if token.startswith(('//', '/*')):
            continue
        if token[0] == '"':
            if piece is None:
                piece = [text.count('\n', 0, match.start()) + 1, '', list(around)]
            piece[1] += token[1:-1]
            continue
        if piece and re.match(r'PRI[diouxX]\w+$', token):
            piece[1] += '<' + token + '>'
            continue
        if token in known:
            if piece is None:
                piece = [text.count('\n', 0, match.start()) + 1, '', list(around)]
            piece[1] += known[token]
            continue
        if piece:
            found.append(tuple(piece))
            piece = None
        if token == '(':
            around.append(before if before and re.match(r'[A-Za-z_]', before) else '')
        elif token == '{':
            around.append('{')
        elif token == ')' and around and around[-1] != '{':
            around.pop()
        elif token == '}':
            while around and around.pop() != '{':
                pass
        before = token
    return found


def words_of(text):
    return DIRECTIVE.sub(' ', text)


def is_sentence(text):
    plain = words_of(text)
    return ' ' in text.strip() and re.search(r'[A-Za-z]{2}[\'",;:.)!?]* ', plain + ' ') is not None


def wanted(path, text, around, words, keep):
    calls = [name for name in around if name and name != '{']
    inner = calls[-1] if calls else ''
    if text in words:
        return True
    if not re.search(r'[A-Za-z]', words_of(text)) or text in keep:
        return False
    if inner in TRANSLATORS:
        return True
    if any(NOT_SENTENCES.fullmatch(name) for name in calls):
        return False
    if WRITERS.search(path):
        table = not calls and 'export' in path and not CODE.search(text)
        return (table or bool(SINKS & set(calls))) and is_sentence(text)
    if '<' in text and re.search(r'</?\w+[ >/]', text) and 'PRI' not in text:
        return False
    return is_sentence(text) or (inner in SINKS and re.search(r'[a-z]{3}', words_of(text)) is not None)


def lines(name):
    """The texts of a file in po/, a line each."""
    return set(open(os.path.join(ROOT, 'po', name), encoding='utf-8').read().split('\n')) - {''}


def entries():
    """{text: [places]}, in the order of the sources."""
    known = macros()
    words, keep = lines('words'), lines('keep')
    found = {}
    for path in sources():
        short = os.path.relpath(path, ROOT)
        for line, text, around in literals(path, known):
            if wanted(short, text, around, words, keep):
                found.setdefault(text, []).append(short)
    for word in sorted(words):
        if '|' in word[1:]:
            found.setdefault(word.replace('|', '\4', 1), []).append('po/words')
    return found


def main():
    print('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n')
    for text, places in entries().items():
        context, text = text.split('\4') if '\4' in text else (None, text)
        print('#: ' + ' '.join(sorted(set(places))))
        if re.search(r'%(?!%)', text):
            print('#, c-format')
        if context:
            print('msgctxt "%s"' % context)
        print('msgid "%s"\nmsgstr ""\n' % text)


if __name__ == '__main__':
    main()
