/* The language of what is said: --lang, lang of the config, LANGUAGE, LC_ALL, LC_MESSAGES, LANG. */
#ifndef MMTUI_CLI_LANGUAGE_H
#define MMTUI_CLI_LANGUAGE_H

#include "mmtui/base.h"

/*
 * Set the locale and the language that the environment asks for. Once, before there is a second thread. A locale that
 * this machine has not, but that has UTF-8 in its name, becomes C.UTF-8, and its language is heeded all the same.
 */
void language_open(void);
/* --lang: "en", "zh" or "zh_CN", or "auto", which is what language_open chose. -1: MM_EARG. */
int language_choose(const char *name, struct mm_err *err);

#endif
