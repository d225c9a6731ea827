/* Sentences in the user's language: gettext's catalogue, and a printf that takes its arguments from it, too. */
#include "base/translate.h"

#include <ctype.h>
#include <libintl.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * gettext takes 2 microseconds to find that there is nothing to translate, so English does not ask it. Written by
 * mm_language_set only, which a program calls before it has a second thread.
 */
static bool translating;

/* Where the program lies in memory, its literals among it (the linker's symbols). */
extern const char __executable_start[], edata[];

void mm_language_set(bool translate)
{
    translating = translate;
}

bool mm_language_is_set(void)
{
    return translating;
}

const char *mm_tr(const char *text)
{
    /* gettext's translation of "" is the head of the catalogue */
    return translating && text && *text ? dgettext(MM_TEXT_DOMAIN, text) : text;
}

const char *mm_tr_in(const char *context, const char *text)
{
    char key[160];
    if (!translating || !text || !*text)
        return text;
    int length = snprintf(key, sizeof key, "%s\004%s", context, text); /* as msgctxt is kept in catalogues */
    const char *found = length > 0 && (size_t)length < sizeof key ? dgettext(MM_TEXT_DOMAIN, key) : key;
    return found == key ? mm_tr(text) : found;
}

const char *mm_tr_own(const char *text)
{
    if (!translating || !text)
        return text;
    bool own = (uintptr_t)text >= (uintptr_t)__executable_start && (uintptr_t)text < (uintptr_t)edata;
    return own && (isalpha((unsigned char)text[0]) || (text[0] && text[1])) ? mm_tr(text) : text;
}

/* ---- printf ------------------------------------------------------------------------------------------- */

enum kind { WHOLE, UNSIGNED, REAL, TEXT, POINTER };

struct value {
    enum kind kind;
    union {
        intmax_t whole;
        uintmax_t natural;
        double real;
        const char *text;
        const void *pointer;
    };
};

/* %[place$][flags][width][.precision][length]letter */
struct directive {
    const char *flags;
    int flag_count;
    int place;                    /* from 1 on, or 0 */
    bool width_given, width_star; /* the number, or that it is an argument */
    bool precision_given, precision_star;
    int width, precision;
    char length; /* h, H for hh, l, L for ll, z, j, t or 0 */
    char letter;
};

enum { MOST_VALUES = 24 };

static int number_at(const char **p)
{
    int number = 0;
    for (; isdigit((unsigned char)**p) && number < 100000; ++*p)
        number = number * 10 + (**p - '0');
    return number;
}

static void read_length(const char **p, struct directive *d)
{
    d->length = 0;
    if (!**p || !strchr("hlzjt", **p))
        return;
    d->length = *(*p)++;
    if (**p == d->length && (d->length == 'h' || d->length == 'l'))
        d->length = *(*p)++ == 'h' ? 'H' : 'L';
}

/* `p` is behind the %; where the directive ends. */
static const char *read_directive(const char *p, struct directive *d)
{
    *d = (struct directive){0};
    const char *digits = p;
    int place = number_at(&digits);
    if (place > 0 && *digits == '$') {
        d->place = place;
        p = digits + 1;
    }
    d->flags = p;
    d->flag_count = (int)strspn(p, "-+ #0'");
    p += d->flag_count;
    d->width_star = *p == '*';
    d->width_given = d->width_star || isdigit((unsigned char)*p);
    if (d->width_star)
        p++;
    else
        d->width = number_at(&p);
    d->precision_given = *p == '.';
    if (d->precision_given) {
        d->precision_star = *++p == '*';
        if (d->precision_star)
            p++;
        else
            d->precision = number_at(&p);
    }
    read_length(&p, d);
    d->letter = *p;
    return *p ? p + 1 : p;
}

static bool is_whole(char letter)
{
    return letter == 'd' || letter == 'i' || letter == 'c';
}

static enum kind kind_of(char letter)
{
    if (is_whole(letter))
        return WHOLE;
    if (letter && strchr("uxXo", letter))
        return UNSIGNED;
    if (letter && strchr("eEfFgGaA", letter))
        return REAL;
    return letter == 's' ? TEXT : POINTER;
}

/* As wide as it was passed; a negative whole stays negative, an unsigned one gets no more bits. */
static void take_whole(const struct directive *d, va_list *list, struct value *out)
{
    switch (d->length) {
    case 'l':
    case 'L':
    case 'z':
    case 'j':
    case 't': out->whole = va_arg(*list, int64_t); break;
    default:
        out->whole = va_arg(*list, int);
        if (out->kind == UNSIGNED)
            out->natural = d->length == 'H'   ? (uint8_t)out->whole
                           : d->length == 'h' ? (uint16_t)out->whole
                                              : (uint32_t)out->whole;
    }
}

/* The arguments that the original calls for, in its order. */
static int take_values(const char *format, va_list *list, struct value *values)
{
    int count = 0;
    while ((format = strchr(format, '%')) && count + 3 <= MOST_VALUES) {
        struct directive d;
        format = read_directive(format + 1, &d);
        if (d.letter == '%')
            continue;
        if (d.width_star)
            values[count++] = (struct value){WHOLE, {.whole = va_arg(*list, int)}};
        if (d.precision_star)
            values[count++] = (struct value){WHOLE, {.whole = va_arg(*list, int)}};
        struct value *v = &values[count++];
        v->kind = kind_of(d.letter);
        if (v->kind == REAL)
            v->real = va_arg(*list, double);
        else if (v->kind == TEXT)
            v->text = va_arg(*list, const char *);
        else if (v->kind == POINTER)
            v->pointer = va_arg(*list, void *);
        else
            take_whole(&d, list, v);
    }
    return count;
}

/* Widths are columns, so that what stands behind a Chinese word stays in line. */
static void put_text(struct mm_buf *out, const struct directive *d, const char *text, bool words)
{
    bool left = memchr(d->flags, '-', (size_t)d->flag_count) || d->width < 0;
    text = text ? text : "(null)";
    bool whole = !d->precision_given || d->precision < 0;
    if (whole && (words || strchr(text, ' ')))
        text = mm_tr_own(text);
    size_t length = whole ? strlen(text) : strnlen(text, (size_t)d->precision);
    struct mm_buf part = {0};
    mm_buf_add(&part, text, length);
    int blanks = abs(d->width) - mm_text_width(mm_buf_text(&part));
    mm_buf_done(&part);
    if (!left && blanks > 0)
        mm_buf_fill(out, ' ', (size_t)blanks);
    mm_buf_add(out, text, length);
    if (left && blanks > 0)
        mm_buf_fill(out, ' ', (size_t)blanks);
}

static void put_value(struct mm_buf *out, const struct directive *d, const struct value *v, bool words)
{
    char form[32], piece[512];
    if (v->kind == TEXT) {
        put_text(out, d, v->text, words);
        return;
    }
    const char *length = v->kind == REAL || v->kind == POINTER || d->letter == 'c' ? "" : "j";
    snprintf(form, sizeof form, "%%%.*s*.*%s%c", d->flag_count < 8 ? d->flag_count : 8, d->flags, length,
             d->letter);
    int precision = d->precision_given ? d->precision : -1;
    if (v->kind == REAL)
        snprintf(piece, sizeof piece, form, d->width, precision, v->real);
    else if (d->letter == 'c')
        snprintf(piece, sizeof piece, form, d->width, precision, (int)v->whole);
    else if (v->kind == POINTER)
        snprintf(piece, sizeof piece, "%p", v->pointer);
    else
        snprintf(piece, sizeof piece, form, d->width, precision, v->whole);
    mm_buf_puts(out, piece);
}

static int star(const struct value *values, int count, int *next)
{
    return *next < count && values[*next].kind == WHOLE ? (int)values[(*next)++].whole : 0;
}

/* `format` is the translation; a %2$s of it is the second argument of the original. */
static void put_all(struct mm_buf *out, const char *format, const struct value *values, int count, bool words)
{
    int next = 0;
    while (*format) {
        const char *percent = strchrnul(format, '%');
        struct directive d;
        mm_buf_add(out, format, (size_t)(percent - format));
        if (!*percent)
            return;
        format = read_directive(percent + 1, &d);
        if (d.letter == '%') {
            mm_buf_putc(out, '%');
            continue;
        }
        if (d.width_star)
            d.width = star(values, count, &next);
        if (d.precision_star)
            d.precision = star(values, count, &next);
        int place = d.place ? d.place - 1 : next++;
        if (place < count && values[place].kind == kind_of(d.letter))
            put_value(out, &d, &values[place], words);
    }
}

void mm_buf_say_list(struct mm_buf *out, const char *format, va_list list, bool words)
{
    struct value values[MOST_VALUES];
    va_list rest;
    va_copy(rest, list);
    int count = take_values(format, &rest, values);
    va_end(rest);
    put_all(out, mm_tr(format), values, count, words);
}

void mm_buf_say(struct mm_buf *out, const char *text)
{
    mm_buf_puts(out, mm_tr(text));
}

/* What is cut ends with a whole character. */
static size_t whole_characters(const char *text, size_t room)
{
    size_t length = strlen(text);
    if (length <= room)
        return length;
    while (room > 0 && ((unsigned char)text[room] & 0xC0) == 0x80)
        room--;
    return room;
}

int mm_vformat(char *out, size_t size, const char *format, va_list list)
{
    if (!translating)
        return vsnprintf(out, size, format, list);
    struct mm_buf text = {0};
    mm_buf_say_list(&text, format, list, true);
    int length = text.failed ? -1 : (int)text.length;
    if (size > 0) {
        size_t kept = whole_characters(mm_buf_text(&text), size - 1);
        memcpy(out, mm_buf_text(&text), kept);
        out[kept] = '\0';
    }
    mm_buf_done(&text);
    return length;
}

int mm_format(char *out, size_t size, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = mm_vformat(out, size, format, list);
    va_end(list);
    return length;
}

char *mm_vformat_new(const char *format, va_list list)
{
    char *text = NULL;
    if (!translating)
        return vasprintf(&text, format, list) < 0 ? NULL : text;
    struct mm_buf built = {0};
    mm_buf_say_list(&built, format, list, true);
    if (!built.failed && built.data)
        return built.data;
    mm_buf_done(&built);
    return built.failed ? NULL : calloc(1, 1);
}
