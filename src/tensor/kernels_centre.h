/* The second pass: sums about given means, zeros where a position does not count. Doubles only. */

struct centred {
    f64v ss, dd, sd, own_s, own_d, residual, across;
};

INLINE void add_centred(struct centred *sum, const struct mm_centre *c, f64v s, f64v d)
{
    i64v fs = (i64v)(ABS_F64(s) <= DBL_MAX), fd = (i64v)(ABS_F64(d) <= DBL_MAX), both = fs & fd;
    f64v xs = KEEP_F64(both, s - c->s), xd = KEEP_F64(both, d - c->d);
    f64v os = KEEP_F64(fs, s - c->own_s), od = KEEP_F64(fd, d - c->own_d);
    f64v r = KEEP_F64(both, (d - c->scale * s) - c->offset), a = KEEP_F64(both, d - c->slope * s);

    sum->ss += xs * xs;
    sum->dd += xd * xd;
    sum->sd += xs * xd;
    sum->own_s += os * os;
    sum->own_d += od * od;
    sum->residual += r * r;
    sum->across += a * a;
}

enum { CENTRED = sizeof(struct centred) / sizeof(f64v) };

/* What is filled up is NaN: it counts nowhere. */
static void centre_block(struct mm_centred *sums, const struct mm_centre *c, const double *s, const double *d,
                         size_t n)
{
    double lane[CENTRED][MM_LANES], value[CENTRED];
    double rest_s[MM_LANES] = {NAN, NAN, NAN, NAN}, rest_d[MM_LANES] = {NAN, NAN, NAN, NAN};
    size_t whole = n - n % MM_LANES;

    memcpy(rest_s, s + whole, (n - whole) * sizeof(double));
    memcpy(rest_d, d + whole, (n - whole) * sizeof(double));
    for (size_t first = 0; first < MM_LANES; first += F64_LANES) {
        struct centred sum = {{0}, {0}, {0}, {0}, {0}, {0}, {0}};
        const f64v *all[CENTRED] = {&sum.ss,    &sum.dd,       &sum.sd,    &sum.own_s,
                                    &sum.own_d, &sum.residual, &sum.across};

        for (size_t i = first; i < whole; i += MM_LANES)
            add_centred(&sum, c, load_double(s + i), load_double(d + i));
        add_centred(&sum, c, load_double(rest_s + first), load_double(rest_d + first));
        for (int k = 0; k < CENTRED; k++)
            memcpy(&lane[k][first], all[k], sizeof(f64v));
    }
    for (int k = 0; k < CENTRED; k++)
        value[k] = tree(lane[k]);
    acc_add(&sums->ss, value[0]);
    acc_add(&sums->dd, value[1]);
    acc_add(&sums->sd, value[2]);
    acc_add(&sums->own_s, value[3]);
    acc_add(&sums->own_d, value[4]);
    acc_add(&sums->residual, value[5]);
    acc_add(&sums->across, value[6]);
}

static void centre_double(struct mm_centred *sums, const struct mm_centre *centre, const double *s,
                          const double *d, size_t n)
{
    for (size_t at = 0; at < n; at += MM_BLOCK)
        centre_block(sums, centre, s + at, d + at, n - at < MM_BLOCK ? n - at : MM_BLOCK);
}
