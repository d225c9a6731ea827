/*
 * A monkey at the keyboard: seeded random actions, keys, command lines, clicks, menus and resizes, a frame drawn after
 * each. Used under the sanitizers. It never quits for good, suspends, writes files or exports.
 */
#ifndef UI_MONKEY_H
#define UI_MONKEY_H

#include <stdint.h>

struct app;

/* Returns the number of steps done: fewer than asked when the app has quit. */
long app_monkey(struct app *app, uint64_t seed, long steps);

#endif
