#include "views/column_choice.h"

#include <string.h>

static const enum mm_column_id usual[] = {
    MM_COLUMN_LAYER,  MM_COLUMN_DIFF2,  MM_COLUMN_NUMBER,  MM_COLUMN_VERDICT, MM_COLUMN_IMPL,
    MM_COLUMN_FORMAT, MM_COLUMN_CHANGE, MM_COLUMN_APPLIED, MM_COLUMN_SINCE,   MM_COLUMN_DTYPE,
    MM_COLUMN_OP,     MM_COLUMN_DIFF1,  MM_COLUMN_MAX_ABS, MM_COLUMN_COSINE,  MM_COLUMN_BEFORE,
    MM_COLUMN_SQNR,   MM_COLUMN_SHAPE,
};

enum mm_column_id column_usual(size_t i)
{
    return i < MM_COUNT(usual) ? usual[i] : MM_COLUMN_COUNT;
}

static bool is_usual(enum mm_column_id id)
{
    size_t i = 0;
    while (i < MM_COUNT(usual) && usual[i] != id)
        i++;
    return i < MM_COUNT(usual);
}

void column_choice_usual(struct column_choice *choice)
{
    for (int i = 0; i < MM_COLUMN_COUNT; i++) {
        choice->pick[i].id = (enum mm_column_id)i;
        choice->pick[i].wish = is_usual((enum mm_column_id)i) ? COLUMN_IF_ROOM : COLUMN_HIDDEN;
    }
}

void column_choice_set(struct column_choice *choice, const enum mm_column_id *columns, size_t count)
{
    bool taken[MM_COLUMN_COUNT] = {false};
    int n = 0;
    if (count == 0) {
        column_choice_usual(choice);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (taken[columns[i]])
            continue;
        taken[columns[i]] = true;
        choice->pick[n].id = columns[i];
        choice->pick[n++].wish = COLUMN_ASKED;
    }
    for (int id = 0; id < MM_COLUMN_COUNT; id++) {
        if (taken[id])
            continue;
        choice->pick[n].id = (enum mm_column_id)id;
        choice->pick[n++].wish = COLUMN_HIDDEN;
    }
}

int column_choice_read(struct column_choice *choice, const char *text, struct mm_err *err)
{
    enum mm_column_id columns[MM_COLUMN_COUNT];
    size_t count;
    if (strcmp(text, "usual") == 0) {
        column_choice_usual(choice);
        return 0;
    }
    if (mm_columns_parse(text, columns, &count, err) < 0)
        return -1;
    column_choice_set(choice, columns, count);
    return 0;
}

void column_choice_swap(struct column_choice *choice, int a, int b)
{
    struct column_choice before = *choice;
    choice->pick[a] = before.pick[b];
    choice->pick[b] = before.pick[a];
}
