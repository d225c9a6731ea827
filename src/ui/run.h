/*
 * The loop of the program in a real terminal: wait for a key, a signal or finished jobs; let the app answer;
 * draw when something changed, at most 30 times a second. Nothing wakes when nothing happens, except once a
 * second while jobs run, and when the app's hooks have named a time (app_due).
 */
#ifndef MMTUI_UI_RUN_H
#define MMTUI_UI_RUN_H

struct app;
struct term;

/* Runs until the app quits or the terminal goes away. 0, or the number of the signal that ended it. */
int app_run(struct app *app, struct term *term);

#endif
