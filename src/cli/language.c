#include "cli/language.h"

#include <langinfo.h>
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "base/translate.h"

/* The languages that there is a catalogue for, and English, which needs none. */
static const struct language {
    const char *tag;
    const char *names[4]; /* as --lang and the environment have it, without .UTF-8 and @... */
} languages[] = {
    {"en", {"en", "C", "POSIX"}},
    {"zh_CN", {"zh_CN", "zh", "zh_SG", "zh_Hans"}},
};

/* "zh_CN.UTF-8", "zh_CN:en": the first of them; an unknown territory (en_GB, zh_Hans_CN) is the language's, but Chinese as
 * it is written in Taiwan and Hong Kong is another. */
static const struct language *language_of(const char *text)
{
    size_t length = strcspn(text, ".@:");
    for (size_t i = 0; i < MM_COUNT(languages); i++) {
        for (size_t k = 0; k < MM_COUNT(languages[i].names) && languages[i].names[k]; k++) {
            const char *name = languages[i].names[k];
            size_t same = strlen(name);
            bool with_territory = strcmp(name, "en") == 0 || strcmp(name, "zh_Hans") == 0;
            if (strncasecmp(text, name, same) == 0 &&
                (length == same || (with_territory && text[same] == '_')))
                return &languages[i];
        }
    }
    return NULL;
}

/* The first that is set and not empty, or NULL. */
static const char *first_set(const char *all, const char *category, const char *otherwise)
{
    if (all && *all)
        return all;
    if (category && *category)
        return category;
    return otherwise && *otherwise ? otherwise : NULL;
}

static const struct language *of_environment(void)
{
    const char *locale = first_set(getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG"));
    const char *list = getenv("LANGUAGE");
    if (!locale || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0)
        return &languages[0];
    for (; list && *list; list += strcspn(list, ":"), list += *list == ':') {
        const struct language *language = language_of(list);
        if (language)
            return language;
    }
    const struct language *language = language_of(locale);
    return language ? language : &languages[0];
}

/* FOLDER/TAG/LC_MESSAGES/mmtui.mo is there. */
static bool has_catalogue(const char *folder, const char *tag)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s/LC_MESSAGES/" MM_TEXT_DOMAIN ".mo", folder, tag);
    return length > 0 && (size_t)length < sizeof path && access(path, R_OK) == 0;
}

/* Where it is: beside an installed program, or in the folder that it was built in. */
static bool bind_catalogue(const char *tag)
{
    static const char *const places[] = {"/../share/locale", "/build/locale", "/locale"};
    char program[PATH_MAX - 32], folder[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0)
        return false;
    program[length] = '\0';
    *strrchr(program, '/') = '\0';
    for (size_t i = 0; i < MM_COUNT(places); i++) {
        snprintf(folder, sizeof folder, "%s%s", program, places[i]);
        if (has_catalogue(folder, tag))
            return bindtextdomain(MM_TEXT_DOMAIN, folder) && bind_textdomain_codeset(MM_TEXT_DOMAIN, "UTF-8");
    }
    return false;
}

static bool writes_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* gettext looks nothing up while the locale of messages is "C", but any other that is there will do. */
static bool open_messages(void)
{
    static const char *const locales[] = {"", "C.UTF-8", "C.utf8", "zh_CN.UTF-8", "en_US.UTF-8"};
    for (size_t i = 0; i < MM_COUNT(locales); i++) {
        const char *set = setlocale(LC_MESSAGES, locales[i]);
        if (set && strcmp(set, "C") != 0 && strcmp(set, "POSIX") != 0)
            return true;
    }
    return false;
}

static void use(const struct language *language)
{
    bool english = language == &languages[0];
    if (!english && writes_utf8() && bind_catalogue(language->tag) &&
        setenv("LANGUAGE", language->tag, 1) == 0)
        mm_language_set(open_messages());
    else
        mm_language_set(false);
}

void language_open(void)
{
    const char *locale = first_set(getenv("LC_ALL"), getenv("LC_CTYPE"), getenv("LANG"));
    /* LC_CTYPE and LC_MESSAGES only: numbers are always written and read with a point */
    if (!setlocale(LC_CTYPE, "") && locale && (strcasestr(locale, ".utf8") || strcasestr(locale, ".utf-8")))
        setlocale(LC_CTYPE, "C.UTF-8");
    use(of_environment());
}

int language_choose(const char *name, struct mm_err *err)
{
    if (strcmp(name, "auto") == 0)
        return 0;
    const struct language *language = language_of(name);
    if (!language || strchr(name, ':'))
        return mm_fail(err, MM_EARG, "--lang: \"%s\" is not auto, en or zh", name);
    /* who asks for it has a terminal that shows it, whatever LANG says */
    if (language != &languages[0] && !writes_utf8())
        setlocale(LC_CTYPE, "C.UTF-8");
    use(language);
    return 0;
}
