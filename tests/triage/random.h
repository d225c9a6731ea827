/* Random numbers of the corpus: the same on every machine for the same seed. */
#ifndef TRIAGE_RANDOM_H
#define TRIAGE_RANDOM_H

#include <math.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

/* SplitMix64 (Steele, Lea, Flood 2014): any seed is a good seed. */
static inline uint64_t random_bits(struct random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* A stream of its own for every name: FNV-1a. */
static inline struct random random_named(uint64_t seed, const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u ^ (seed * 0x9e3779b97f4a7c15u);
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    return (struct random){hash};
}

/* Uniform in [low, high). */
static inline double random_in(struct random *random, double low, double high)
{
    return low + (high - low) * (double)(random_bits(random) >> 11) * 0x1p-53;
}

/* Uniform among low, low + 1 .. high. */
static inline int random_whole(struct random *random, int low, int high)
{
    return low + (int)(random_bits(random) % (uint64_t)(high - low + 1));
}

/* Normal, mean 0, variance 1 (Box and Muller 1958). */
static inline double random_normal(struct random *random)
{
    double radius = sqrt(-2 * log(random_in(random, 1e-12, 1)));
    return radius * cos(6.283185307179586 * random_in(random, 0, 1));
}

#endif
