/* The ends of a range of floats: least, greatest, and the one nearest to 0. For kernels_look.h. */

INLINE float least_f32(f32v v)
{
#if F32_LANES == 8
    v = MIN_F32(v, SHUFFLE_F32(v, 4, 5, 6, 7, 0, 1, 2, 3));
    v = MIN_F32(v, SHUFFLE_F32(v, 2, 3, 0, 1, 6, 7, 4, 5));
    v = MIN_F32(v, SHUFFLE_F32(v, 1, 0, 3, 2, 5, 4, 7, 6));
#else
    v = MIN_F32(v, SHUFFLE_F32(v, 2, 3, 0, 1));
    v = MIN_F32(v, SHUFFLE_F32(v, 1, 0, 3, 2));
#endif
    return v[0];
}

/*
 * Extremes of one side. Bits of floats are in order as unsigned numbers, but that the negative ones come
 * behind and grow with |x|. So the greatest as unsigned is the least float if any is negative, the greatest
 * as signed the greatest float unless all are, and else the one with the least |x| is it. SSE2 has no such
 * minima.
 */
#if INTEGER_MINIMA
struct ends {
    i32v most, most_unsigned, least; /* least: of |x| */
};

INLINE struct ends ends_of(float first)
{
    i32v bits = (i32v)ALL_F32(first);

    return (struct ends){bits, bits, bits & INT32_MAX};
}

INLINE void see_ends(struct ends *x, f32v v)
{
    x->most = MAX_I32(v, x->most);
    x->most_unsigned = MAX_U32(v, x->most_unsigned);
    x->least = MIN_U32(ABS_F32(v), x->least);
}

/* Returns the least |x|. */
INLINE float take_ends(const struct ends *x, double *min, double *max)
{
    float least = least_f32((f32v)x->least);
    f32v below = (f32v)x->most_unsigned, above = (f32v)x->most;

    /* what has the other sign is not meant */
    below = PICK_F32(x->most_unsigned >> 31, below, ALL_F32(least));
    above = PICK_F32(x->most >> 31, ALL_F32(-least), above);
    *min = (double)least_f32(below);
    *max = -(double)least_f32(-above);
    return least;
}

/* Is a sign bit set? Where zeros of both signs are compared as equals, 0 has to count as perhaps. */
INLINE bool maybe_signed(const struct ends *x)
{
    return SIGNS(x->most_unsigned) != 0;
}
#else
struct ends {
    f32v min, max, least; /* least: of |x| */
};

INLINE struct ends ends_of(float first)
{
    f32v all = ALL_F32(first);

    return (struct ends){all, all, ABS_F32(all)};
}

INLINE void see_ends(struct ends *x, f32v v)
{
    x->min = MIN_F32(v, x->min);
    x->max = MAX_F32(v, x->max);
    x->least = MIN_F32(ABS_F32(v), x->least);
}

/* Returns the least |x|. */
INLINE float take_ends(const struct ends *x, double *min, double *max)
{
    *min = (double)least_f32(x->min);
    *max = -(double)least_f32(-x->max);
    return least_f32(x->least);
}

INLINE bool maybe_signed(const struct ends *x)
{
    return least_f32(x->min) <= 0.0f;
}
#endif
