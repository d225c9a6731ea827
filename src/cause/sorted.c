#include "cause/sorted.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FEW    48 /* values that are moved one by one as fast */
#define DIGITS 8  /* of 8 bits */

static void insert_all(double *x, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        double value = x[i];
        size_t k = i;
        for (; k > 0 && x[k - 1] > value; k--)
            x[k] = x[k - 1];
        x[k] = value;
    }
}

/* Bits that are ordered as unsigned integers as the values are: negative ones turned round, positive ones above. */
static uint64_t key_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static double value_of(uint64_t key)
{
    uint64_t bits = key >> 63 ? key & ~((uint64_t)1 << 63) : ~key;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Where the values with each digit begin; false where all have the same. */
static bool places_of(const uint64_t *key, size_t n, int digit, size_t place[256])
{
    memset(place, 0, 256 * sizeof *place);
    for (size_t i = 0; i < n; i++)
        place[key[i] >> (8 * digit) & 255]++;
    if (place[key[0] >> (8 * digit) & 255] == n)
        return false;
    for (size_t i = 0, sum = 0; i < 256; i++) {
        size_t here = place[i];
        place[i] = sum;
        sum += here;
    }
    return true;
}

static void sort_keys(uint64_t *key, uint64_t *other, double *x, size_t n)
{
    size_t place[256];
    for (size_t i = 0; i < n; i++)
        key[i] = key_of(x[i]);
    for (int digit = 0; digit < DIGITS; digit++) {
        if (!places_of(key, n, digit, place)) /* the low digits of what was stored in fewer bits are 0 */
            continue;
        for (size_t i = 0; i < n; i++)
            other[place[key[i] >> (8 * digit) & 255]++] = key[i];
        uint64_t *kept = key;
        key = other;
        other = kept;
    }
    for (size_t i = 0; i < n; i++)
        x[i] = value_of(key[i]);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void sort_values(double *x, size_t n)
{
    if (n <= FEW) {
        insert_all(x, n);
        return;
    }
    uint64_t *keys = n <= SIZE_MAX / 2 / sizeof *keys ? malloc(2 * n * sizeof *keys) : NULL;
    if (keys)
        sort_keys(keys, keys + n, x, n);
    else
        qsort(x, n, sizeof *x, ascending);
    free(keys);
}

static void swap(double *a, double *b)
{
    double kept = *a;
    *a = *b;
    *b = kept;
}

/* The middle one of three, so that what is sorted already is no bad case. */
static double pivot_of(const double *x, size_t low, size_t high)
{
    double three[3] = {x[low], x[low + (high - low) / 2], x[high]};
    insert_all(three, 3);
    return three[1];
}

double value_at_place(double *x, size_t n, size_t place)
{
    size_t low = 0, high = n - 1;
    while (high - low >= FEW) { /* by C. A. R. Hoare's FIND: what is below the pivot to the left */
        double pivot = pivot_of(x, low, high);
        size_t i = low, k = high;
        for (;;) {
            while (x[i] < pivot)
                i++;
            while (x[k] > pivot)
                k--;
            if (i >= k)
                break;
            swap(&x[i++], &x[k--]);
        }
        if (place <= k)
            high = k;
        else
            low = k + 1;
    }
    insert_all(x + low, high - low + 1);
    return x[place];
}
