#include "report/sort.h"

#include <math.h>
#include <string.h>

/* ---- by numbers ---- */

uint64_t sort_key(double value, bool falling)
{
    uint64_t bits;
    if (isnan(value))
        return UINT64_MAX;
    value += 0.0; /* -0 becomes 0 */
    memcpy(&bits, &value, sizeof bits);
    bits = bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
    return falling ? ~bits : bits;
}

#define FEW 48 /* rows, of which moving one at a time is faster */

static void insert(struct sort_row *rows, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct sort_row row = rows[i];
        size_t to = i;
        for (; to > 0 && rows[to - 1].key > row.key; to--)
            rows[to] = rows[to - 1];
        rows[to] = row;
    }
}

enum { DIGIT = 11, DIGITS = 6, VALUES = 1 << DIGIT };

/* By the digit at `shift`, from one array into the other. False: all rows have the same one, and nothing is moved. */
static bool pass(const struct sort_row *from, struct sort_row *to, size_t count, int shift)
{
    size_t at[VALUES] = {0}, sum = 0;
    for (size_t i = 0; i < count; i++)
        at[from[i].key >> shift & (VALUES - 1)]++;
    if (at[from[0].key >> shift & (VALUES - 1)] == count)
        return false;
    for (int value = 0; value < VALUES; value++) {
        size_t here = at[value];
        at[value] = sum;
        sum += here;
    }
    for (size_t i = 0; i < count; i++)
        to[at[from[i].key >> shift & (VALUES - 1)]++] = from[i];
    return true;
}

void sort_by_key(struct sort_row *rows, struct sort_row *spare, size_t count)
{
    struct sort_row *from = rows, *to = spare;
    if (count <= FEW) {
        insert(rows, count);
        return;
    }
    for (int digit = 0; digit < DIGITS; digit++) {
        if (pass(from, to, count, digit * DIGIT)) {
            struct sort_row *swap = from;
            from = to;
            to = swap;
        }
    }
    if (from != rows)
        memcpy(rows, from, count * sizeof *rows);
}

/* ---- by texts ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

#define NINE 9 /* digits at most that one byte of a number's length tells */

/*
 * A text as bytes that compare as mm_text_compare_natural does: in front of a number, which is without zeroes there, stands
 * its length; that is a digit, so that numbers stand among other characters where digits do ("99 5" for 23 digits). 0 behind
 * the end. They are taken eight at a time, since most texts differ before their end.
 */
static uint8_t next_byte(struct sort_text *t)
{
    const char *p = t->text + t->at;
    if (!t->number && t->digits == 0 && is_digit(*p)) {
        while (*p == '0')
            p++;
        while (is_digit(p[t->digits]))
            t->digits++;
        t->at = (uint32_t)(p - t->text);
        t->lead = t->digits;
        t->number = true;
    }
    if (t->number) {
        uint32_t lead = t->lead < NINE ? t->lead : NINE;
        t->lead -= lead;
        t->number = lead == NINE;
        return (uint8_t)('0' + lead);
    }
    t->digits -= t->digits > 0;
    t->at += *p != '\0';
    return (uint8_t)*p;
}

static uint64_t next_key(struct sort_text *t)
{
    uint64_t key = 0;
    int i = 0;
    if (!t->number && t->digits == 0) { /* as far as there are no numbers, which is most of all names */
        const char *p = t->text + t->at;
        for (; i < 8 && p[i] && !is_digit(p[i]); i++)
            key = key << 8 | (uint8_t)p[i];
        t->at += (uint32_t)i;
    }
    for (; i < 8; i++)
        key = key << 8 | next_byte(t);
    return key;
}

/* Texts that differ in nothing but zeroes in front of numbers; most often in nothing. */
static void sort_alike(struct sort_row *rows, size_t count, const struct sort_text *texts)
{
    for (size_t i = 1; i < count; i++) {
        struct sort_row row = rows[i];
        size_t to = i;
        for (; to > 0 && strcmp(texts[rows[to - 1].id].text, texts[row.id].text) > 0; to--)
            rows[to] = rows[to - 1];
        rows[to] = row;
    }
}

/* Rows whose texts are the same up to where they were looked at. */
static void sort_on(struct sort_row *rows, struct sort_row *spare, size_t count, struct sort_text *texts)
{
    do { /* again while all are of one key, so that what many names begin with is no deep recursion */
        for (size_t i = 0; i < count; i++)
            rows[i].key = next_key(&texts[rows[i].id]);
        sort_by_key(rows, spare, count);
    } while (rows[0].key == rows[count - 1].key && rows[0].key & 0xff);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && rows[to].key == rows[from].key;)
            to++;
        if ((rows[from].key & 0xff) == 0)
            sort_alike(rows + from, to - from, texts);
        else if (to - from > 1)
            sort_on(rows + from, spare, to - from, texts);
    }
}

void sort_by_text(struct sort_row *rows, struct sort_row *spare, size_t count, struct sort_text *texts)
{
    if (count > 1)
        sort_on(rows, spare, count, texts);
}
