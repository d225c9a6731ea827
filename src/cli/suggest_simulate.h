/* suggest_simulate: which operators to raise, found and proven by running the model in a simulated precision. */
#ifndef MMTUI_CLI_SUGGEST_SIMULATE_H
#define MMTUI_CLI_SUGGEST_SIMULATE_H

#include "cli/options.h"

/*
 * `mmtui suggest --simulate MODEL`: run the model as it is, in the precision, and in the precision with each operator in
 * float32 alone, which is how much that operator matters. Then raise them, those that gain most first, until the outputs'
 * error is at most that of --to-error (default: the threshold), and take back each that is not needed; or with --top N raise
 * the N that matter most. What is printed at the end is the error of a run with the plan. Returns the exit code.
 */
int suggest_simulated(struct cli_options *options);

#endif
