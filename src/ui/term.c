#define _XOPEN_SOURCE_EXTENDED 1
#include "ui/term.h"
#include "ui/key.h"
#include "ui/output.h"
#include "ui/signals.h"
#include "ui/term_key.h"
#include "ui/terminfo.h"

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
    struct terminfo known;
    struct term_report report; /* what came besides keys */
    bool mouse;                /* reports of it were asked for */
    double asked;              /* mm_clock when it was asked what it can; 0: it was not */
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

bool term_locale_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
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
    define_key(NULL, KEY_MOUSE); /* curses would take the start of its reports away */
}

/* The answer comes among the keys. What a terminal prints that does not understand it is overwritten by the first
 * frame. */
static void ask(struct term *term)
{
    term->report.sync = term->known.sync;
    if (term->known.sync || !term->known.mouse)
        return;
    term->asked = mm_clock();
    output_text(OUTPUT_ASK_SYNC);
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
    term->known = terminfo_known();
    ask(term);
    return term;
}

struct term *term_open(const struct term_options *options, struct mm_err *err)
{
    static const struct term_options none;
    struct mm_buf restore;
    struct term *term = NULL;
    mm_buf_init(&restore);
    /* handlers before newterm, which leaves those alone that it finds */
    if (terminfo_check(&restore, err) == 0 && signals_open(mm_buf_text(&restore), err) == 0) {
        term = open_screen(options ? options : &none, err);
        if (!term)
            signals_close();
    }
    mm_buf_done(&restore);
    return term;
}

#define ANSWER_TIME 0.5 /* seconds that an answer may take */

/* An answer that is under way would be typed into the shell: who leaves at once waits for it, for a moment. */
static void await_answer(struct term *term)
{
    struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
    double left;
    while (term->asked > 0 && !term->report.answered && (left = term->asked + ANSWER_TIME - mm_clock()) > 0) {
        uint32_t key;
        if (poll(&fd, 1, (int)(left * 1000) + 1) <= 0 || term_key(term, &key) < 0)
            return;
    }
}

void term_close(struct term *term)
{
    if (!term)
        return;
    term_use_mouse(term, false);
    await_answer(term);
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

/* The rest of something that has begun is there or comes at once. */
static int next_code(void *context, bool soon)
{
    (void)context;
    if (soon)
        timeout(25);
    int c = getch();
    if (soon)
        timeout(0);
    return c == ERR ? TERM_KEY_NONE : c;
}

static void put_back(void *context, int code)
{
    (void)context;
    ungetch(code);
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
    const struct term_key_source source = {.next = next_code,
                                           .back = put_back,
                                           .special = special_key,
                                           .utf8 = term->utf8,
                                           .mouse = term->mouse,
                                           .report = &term->report};
    for (;;) {
        int c = next_code(NULL, false);
        if (c == TERM_KEY_NONE)
            return is_gone() ? -1 : 0;
        *key = term_key_decode(&source, c);
        if (*key != K_NONE && *key != K_REPORT)
            return 1;
    }
}

/* ---- mouse ---- */

struct mouse term_mouse(const struct term *term)
{
    return term->report.mouse;
}

static void send_mouse(const struct term *term, bool on)
{
    if (term->mouse)
        output_text(on ? OUTPUT_MOUSE_ON : OUTPUT_MOUSE_OFF);
}

bool term_use_mouse(struct term *term, bool on)
{
    if (on && !term->known.mouse)
        return false;
    signals_undo(on ? SIGNALS_UNDO_MOUSE : 0); /* before it is on */
    term->mouse |= on;
    send_mouse(term, on);
    term->mouse = on;
    return true;
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
    if (happened & TERM_RESUMED) {
        reset_prog_mode(); /* the shell may have set other modes meanwhile */
        send_mouse(term, true);
    }
    if (happened & (TERM_RESIZED | TERM_RESUMED))
        take_size(term);
    return happened;
}

void term_suspend(struct term *term)
{
    send_mouse(term, false);
    await_answer(term);
    endwin();
    signals_stop_here();
    reset_prog_mode();
    send_mouse(term, true);
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
    int undo = term->mouse ? SIGNALS_UNDO_MOUSE : 0;
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
    signals_undo(undo | (term->report.sync ? SIGNALS_UNDO_FRAME : 0));
    if (term->report.sync)
        output_text(OUTPUT_FRAME_BEGIN);
    curs_set(grid->cursor_shown ? 1 : 0);
    move(grid->cursor_y < term->h ? grid->cursor_y : term->h - 1,
         grid->cursor_x < term->w ? grid->cursor_x : 0);
    refresh();
    if (term->report.sync)
        output_text(OUTPUT_FRAME_END);
    signals_undo(undo);
}
