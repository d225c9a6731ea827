#define _XOPEN_SOURCE_EXTENDED 1
#include "ui/term.h"
#include "ui/clipboard.h"
#include "ui/key.h"
#include "ui/signals.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

/* From <term.h>, whose other names (struct term, lines, columns ...) would get in the way. */
extern int setupterm(const char *name, int fd, int *status);
extern char *tigetstr(const char *name);
extern struct terminal_description *cur_term;
extern int del_curterm(struct terminal_description *description);

/* Colour pairs that are used at most: what fits into setcchar's short on any terminal. */
#define PAIRS_MAX 255

struct term {
    SCREEN *screen;
    bool utf8;
    bool colour;
    bool has_default; /* the terminal's own colours can be asked for */
    int colours, pairs_max;
    int end_signal;
    int w, h;
    struct {
        int fg, bg;
    } pairs[PAIRS_MAX + 1];
    int pairs_used;     /* pairs[1..pairs_used] are in use; pair 0 is the terminal's own */
    struct theme theme; /* the one that `styles` is about */
    struct cell_style {
        bool known;
        attr_t attrs;
        short pair;
    } styles[ROLE_COUNT][ROLE_COUNT];
};

/* ---- what the terminal can ---- */

/* A string capability, or NULL. */
static const char *capability(const char *name)
{
    const char *text = tigetstr(name);
    return text && text != (const char *)-1 ? text : NULL;
}

/* Append it without its padding ("$<5>"). */
static void add_capability(struct mm_buf *out, const char *name)
{
    const char *text = capability(name);
    while (text && *text) {
        const char *end = text[0] == '$' && text[1] == '<' ? strchr(text, '>') : NULL;
        if (end)
            text = end;
        else
            mm_buf_putc(out, *text);
        text++;
    }
}

/* What puts the screen back after a crash. */
static void add_restore(struct mm_buf *out)
{
    add_capability(out, "sgr0");
    add_capability(out, "cnorm");
    add_capability(out, "rmkx");
    add_capability(out, capability("rmcup") ? "rmcup" : "clear");
}

bool term_locale_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static int check_kind(const char *name, struct mm_err *err)
{
    int status = 0;
    if (setupterm(name, STDOUT_FILENO, &status) != OK)
        return mm_fail(err, MM_EUNSUPPORTED, "TERM=%.60s is not in the terminfo database", name);
    if (!capability("cup"))
        return mm_fail(err, MM_EUNSUPPORTED, "TERM=%.60s can't place its cursor, so there is no full screen",
                       name);
    return 0;
}

/*
 * Is there a terminal, and can it do what a full-screen program needs? newterm is not asked, as it lets
 * `dumb` pass and says nothing about the others. What puts the screen back goes to `restore`.
 */
static int check_terminal(struct mm_buf *restore, struct mm_err *err)
{
    const char *name = getenv("TERM");
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return mm_fail(err, MM_EUNSUPPORTED, "standard input and output are not both a terminal");
    if (!name || !name[0])
        return mm_fail(err, MM_EUNSUPPORTED, "TERM is not set, so the kind of terminal is unknown");
    int result = check_kind(name, err);
    if (result == 0)
        add_restore(restore);
    if (cur_term)
        del_curterm(cur_term); /* newterm reads its own */
    return result;
}

static bool no_color_is_set(void)
{
    const char *value = getenv("NO_COLOR");
    return value && value[0];
}

static void start_colour(struct term *term, enum term_colour wish)
{
    bool wanted = wish == TERM_COLOUR_ALWAYS || (wish == TERM_COLOUR_AUTO && !no_color_is_set());
    term->colour = wanted && has_colors() && start_color() == OK && COLORS >= 8;
    if (!term->colour)
        return;
    term->has_default = use_default_colors() == OK;
    term->colours = COLORS;
    term->pairs_max = COLOR_PAIRS - 1 < PAIRS_MAX ? COLOR_PAIRS - 1 : PAIRS_MAX;
}

/* ---- opening and closing ---- */

static void set_modes(void)
{
    raw(); /* ^C, ^Z and ^S come as keys */
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(25);
    curs_set(0);
}

static struct term *open_screen(const struct term_options *options, struct mm_err *err)
{
    struct term *term = calloc(1, sizeof(*term));
    if (!term) {
        mm_fail_memory(err);
        return NULL;
    }
    term->utf8 = !options->ascii && term_locale_utf8();
    term->screen = newterm(NULL, stdout, stdin);
    if (!term->screen) {
        mm_fail(err, MM_EUNSUPPORTED, "the terminal can't be used for a full screen");
        free(term);
        return NULL;
    }
    set_term(term->screen);
    set_modes();
    start_colour(term, options->colour);
    getmaxyx(stdscr, term->h, term->w);
    return term;
}

struct term *term_open(const struct term_options *options, struct mm_err *err)
{
    static const struct term_options none;
    struct mm_buf restore;
    struct term *term = NULL;
    mm_buf_init(&restore);
    /* handlers before newterm, which leaves those alone that it finds */
    if (check_terminal(&restore, err) == 0 && signals_open(mm_buf_text(&restore), err) == 0) {
        term = open_screen(options ? options : &none, err);
        if (!term)
            signals_close();
    }
    mm_buf_done(&restore);
    return term;
}

void term_close(struct term *term)
{
    if (!term)
        return;
    endwin();
    signals_close();
    delscreen(term->screen);
    free(term);
}

void term_size(const struct term *term, int *w, int *h)
{
    *w = term->w;
    *h = term->h;
}

bool term_has_colour(const struct term *term)
{
    return term->colour;
}

int term_key_fd(const struct term *term)
{
    (void)term;
    return STDIN_FILENO;
}

int term_signal_fd(const struct term *term)
{
    (void)term;
    return signals_fd();
}

int term_end_signal(const struct term *term)
{
    return term->end_signal;
}

/* ---- keys ---- */

static const struct {
    int code;
    uint32_t key;
} curses_keys[] = {
    {KEY_UP, K_UP},
    {KEY_DOWN, K_DOWN},
    {KEY_LEFT, K_LEFT},
    {KEY_RIGHT, K_RIGHT},
    {KEY_HOME, K_HOME},
    {KEY_END, K_END},
    {KEY_PPAGE, K_PGUP},
    {KEY_NPAGE, K_PGDN},
    {KEY_IC, K_INSERT},
    {KEY_DC, K_DELETE},
    {KEY_ENTER, K_ENTER},
    {KEY_BACKSPACE, K_BACKSPACE},
    {KEY_BTAB, K_SHIFT | K_TAB},
    {KEY_SLEFT, K_SHIFT | K_LEFT},
    {KEY_SRIGHT, K_SHIFT | K_RIGHT},
    {KEY_SR, K_SHIFT | K_UP},
    {KEY_SF, K_SHIFT | K_DOWN},
    {KEY_FIND, K_HOME},
    {KEY_SELECT, K_END},
};

static uint32_t special_key(int code)
{
    for (size_t i = 0; i < MM_COUNT(curses_keys); i++) {
        if (curses_keys[i].code == code)
            return curses_keys[i].key;
    }
    if (code >= KEY_F(1) && code <= KEY_F(12))
        return K_F1 + (uint32_t)(code - KEY_F(1));
    return K_NONE; /* KEY_RESIZE among others: sizes come by signal */
}

static uint32_t character_key(uint32_t c)
{
    static const struct {
        uint32_t c, key;
    } controls[] = {{'\r', K_ENTER}, {'\n', K_ENTER}, {'\t', K_TAB}, {'\b', K_BACKSPACE}, {127, K_BACKSPACE}};
    for (size_t i = 0; i < MM_COUNT(controls); i++) {
        if (controls[i].c == c)
            return controls[i].key;
    }
    if (c >= 1 && c <= 26)
        return K_CTRL | ('a' + c - 1);
    return key_is_text(c) ? c : K_NONE;
}

/* The rest of something that has begun: it is there or comes at once. */
static int get_soon(void)
{
    timeout(25);
    int c = getch();
    timeout(0);
    return c;
}

/*
 * The rest of a UTF-8 character; K_NONE for bytes that are none. (get_wch would do this too, but after one
 * wrong byte it swallows the next hundred keys.)
 */
static uint32_t after_lead_byte(int lead)
{
    char bytes[4] = {(char)lead};
    size_t length = 1, need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    uint32_t cp;
    if (lead < 0xc2 || lead > 0xf4)
        return K_NONE;
    while (length < need) {
        int c = get_soon();
        if (c < 0x80 || c > 0xbf) {
            if (c != ERR)
                ungetch(c);
            return K_NONE;
        }
        bytes[length++] = (char)c;
    }
    return mm_text_decode(bytes, bytes + length, &cp) == length ? character_key(cp) : K_NONE;
}

/* An escape sequence that terminfo does not know (its start was read): skip it, so that its letters are no
 * keys. */
static void skip_sequence(void)
{
    for (int i = 0; i < 64; i++) {
        int c = get_soon();
        if (c >= 0x20 && c < 0x40)
            continue;
        if (c != ERR && (c < 0x20 || c > 0x7e))
            ungetch(c); /* not part of it */
        return;
    }
}

/* ESC alone is Esc; with a character right behind it, it was Alt and that character. */
static uint32_t after_escape(void)
{
    int c = getch();
    if (c == '[' || c == 'O') {
        skip_sequence();
        return K_NONE;
    }
    uint32_t key = c >= 0 && c < 0x80 && c != 27 ? character_key((uint32_t)c) : K_NONE;
    if (key == K_NONE && c != ERR)
        ungetch(c);
    return key == K_NONE ? K_ESC : key | K_META;
}

/* What was read, as a key; K_NONE when it means nothing. */
static uint32_t decode(const struct term *term, int c)
{
    if (c == 27)
        return after_escape();
    if (c < 0x80)
        return character_key((uint32_t)c);
    if (c <= 0xff)
        return term->utf8 ? after_lead_byte(c) : K_NONE;
    if (c == KEY_MOUSE) {
        skip_sequence(); /* nobody asked for the mouse: pasted rubbish */
        return K_NONE;
    }
    return special_key(c);
}

/* No key could be read although poll says that there is something: the other end has hung up. */
static bool is_gone(void)
{
    struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
    int waiting = 0;
    if (poll(&fd, 1, 0) <= 0)
        return false;
    if (fd.revents & (POLLHUP | POLLERR | POLLNVAL))
        return true;
    return ioctl(STDIN_FILENO, FIONREAD, &waiting) < 0;
}

int term_key(struct term *term, uint32_t *key)
{
    for (;;) {
        int c = getch();
        if (c == ERR)
            return is_gone() ? -1 : 0;
        *key = decode(term, c);
        if (*key != K_NONE)
            return 1;
    }
}

/* ---- size and suspension ---- */

static void take_size(struct term *term)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
        resizeterm(size.ws_row < GRID_MAX ? size.ws_row : GRID_MAX,
                   size.ws_col < GRID_MAX ? size.ws_col : GRID_MAX);
    getmaxyx(stdscr, term->h, term->w);
}

unsigned term_signals(struct term *term)
{
    static const struct {
        int number;
        unsigned flag;
    } flags[] = {{SIGWINCH, TERM_RESIZED}, {SIGTSTP, TERM_SUSPEND}, {SIGCONT, TERM_RESUMED},
                 {SIGTERM, TERM_ENDED},    {SIGINT, TERM_ENDED},    {SIGHUP, TERM_ENDED}};
    unsigned happened = 0;
    int number;
    while ((number = signals_next()) != 0) {
        for (size_t i = 0; i < MM_COUNT(flags); i++)
            happened |= flags[i].number == number ? flags[i].flag : 0;
        if (number == SIGTERM || number == SIGINT || number == SIGHUP)
            term->end_signal = number;
    }
    if (happened & TERM_RESUMED)
        reset_prog_mode(); /* the shell may have set other modes meanwhile */
    if (happened & (TERM_RESIZED | TERM_RESUMED))
        take_size(term);
    return happened;
}

void term_suspend(struct term *term)
{
    endwin();
    signals_stop_here();
    reset_prog_mode();
    take_size(term);
    clearok(curscr, TRUE);
}

/* ---- drawing ---- */

/* The pair for two colours, made when first needed; 0 (the terminal's own) when there are no more. */
static short pair_for(struct term *term, int fg, int bg)
{
    if (fg < 0 && bg < 0)
        return 0;
    for (int i = 1; i <= term->pairs_used; i++) {
        if (term->pairs[i].fg == fg && term->pairs[i].bg == bg)
            return (short)i;
    }
    if (term->pairs_used >= term->pairs_max)
        return 0;
    int real_fg = fg >= 0 || term->has_default ? fg : COLOR_WHITE;
    int real_bg = bg >= 0 || term->has_default ? bg : COLOR_BLACK;
    int pair = ++term->pairs_used;
    init_pair((short)pair, (short)real_fg, (short)real_bg);
    term->pairs[pair].fg = fg;
    term->pairs[pair].bg = bg;
    return (short)pair;
}

static attr_t curses_attrs(unsigned attrs)
{
    static const struct {
        unsigned attr;
        attr_t curses;
    } bits[] = {{ATTR_BOLD, A_BOLD},
                {ATTR_DIM, A_DIM},
                {ATTR_ITALIC, A_ITALIC},
                {ATTR_UNDERLINE, A_UNDERLINE},
                {ATTR_REVERSE, A_REVERSE}};
    attr_t result = 0;
    for (size_t i = 0; i < MM_COUNT(bits); i++) {
        if (attrs & bits[i].attr)
            result |= bits[i].curses;
    }
    return result;
}

static struct cell_style make_cell_style(struct term *term, enum role role, enum role backdrop)
{
    struct style style = theme_style(&term->theme, role, backdrop);
    struct cell_style look = {.known = true, .attrs = curses_attrs(style.attrs)};
    if (term->colour) {
        /* on 8 colours bold stands for the bright ones, as it always has */
        if (term->colours < 16 && style.fg >= 8 && style.fg < 16)
            look.attrs |= A_BOLD;
        look.pair =
            pair_for(term, theme_nearest(style.fg, term->colours), theme_nearest(style.bg, term->colours));
    }
    return look;
}

static const struct cell_style *cell_style_of(struct term *term, const struct cell *cell)
{
    struct cell_style *look = &term->styles[cell->role][cell->backdrop];
    if (!look->known)
        *look = make_cell_style(term, (enum role)cell->role, (enum role)cell->backdrop);
    return look;
}

/* A theme that differs from the last one makes new pairs. */
static void use_theme(struct term *term, const struct theme *theme)
{
    if (memcmp(term->theme.styles, theme->styles, sizeof(theme->styles)) == 0)
        return;
    term->theme = *theme;
    term->pairs_used = 0;
    memset(term->styles, 0, sizeof(term->styles));
    clearok(curscr, TRUE);
}

/* What curses and the terminal surely show in as many columns as the canvas gave it; '?' for the rest. */
static wchar_t shown_character(const struct term *term, const struct cell *cell)
{
    if (cell->cp < 0x7f)
        return (wchar_t)cell->cp;
    if (!term->utf8 || wcwidth((wchar_t)cell->cp) != cell->width)
        return L'?';
    return (wchar_t)cell->cp;
}

static void draw_cell(struct term *term, int x, int y, const struct cell *cell)
{
    const struct cell_style *look = cell_style_of(term, cell);
    wchar_t text[3] = {shown_character(term, cell), 0, 0};
    cchar_t c;
    if (term->utf8 && cell->mark && text[0] != L'?' && wcwidth((wchar_t)cell->mark) == 0)
        text[1] = (wchar_t)cell->mark;
    if (setcchar(&c, text, look->attrs, look->pair, NULL) != OK)
        return;
    mvadd_wch(y, x, &c);
    if (cell->width == 2 && text[0] == L'?') { /* the second column of what can't be shown */
        text[0] = L' ';
        setcchar(&c, text, look->attrs, look->pair, NULL);
        mvadd_wch(y, x + 1, &c);
    }
}

void term_draw(struct term *term, const struct grid *grid, const struct theme *theme, bool repaint)
{
    use_theme(term, theme);
    if (repaint)
        clearok(curscr, TRUE);
    erase();
    for (int y = 0; y < grid->h && y < term->h; y++) {
        for (int x = 0; x < grid->w && x < term->w; x++) {
            const struct cell *cell = grid_cell(grid, x, y);
            if (cell->width > 0)
                draw_cell(term, x, y, cell);
        }
    }
    curs_set(grid->cursor_shown ? 1 : 0);
    move(grid->cursor_y < term->h ? grid->cursor_y : term->h - 1,
         grid->cursor_x < term->w ? grid->cursor_x : 0);
    refresh();
}

/* ---- clipboard ---- */

static bool write_all(const char *data, size_t length)
{
    while (length > 0) {
        ssize_t n = write(STDOUT_FILENO, data, length);
        if (n < 0 && errno != EINTR)
            return false;
        data += n > 0 ? n : 0;
        length -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

bool term_copy(struct term *term, const char *text, size_t length)
{
    const char *name = getenv("TERM");
    bool mute =
        !name || strncmp(name, "linux", 5) == 0 || strncmp(name, "vt", 2) == 0; /* they would print it */
    struct mm_buf out;
    (void)term;
    if (mute || length > CLIPBOARD_MAX)
        return false;
    mm_buf_init(&out);
    clipboard_sequence(&out, text, length);
    bool sent = !out.failed && write_all(mm_buf_text(&out), out.length);
    mm_buf_done(&out);
    return sent;
}
