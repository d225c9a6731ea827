/* listing: some layers of a session in some of its columns, as different kinds of text. */
#ifndef MMTUI_REPORT_LISTING_H
#define MMTUI_REPORT_LISTING_H

#include "mmtui/report.h"

/* The columns that a listing shows: those it names, or the usual ones, of which the session has something. Returns how
 * many. */
size_t listing_columns(const struct mm_session *session, const struct mm_listing *listing,
                       enum mm_column_id out[MM_COLUMN_COUNT]);
/* Append text with &, <, >, " as entities, and what can't stand in XML 1.0 as U+FFFD. */
void put_markup(struct mm_buf *out, const char *text);
/* Append text for a cell of a Markdown table: it ends at |, and names are no markup. */
void put_markdown(struct mm_buf *out, const char *text);
/* Append text in quotes for CSV; what begins a formula for a spreadsheet gets an apostrophe first. */
void put_quoted(struct mm_buf *out, const char *text);
/* Begin a page of suggestions, up to the end of its first paragraph, which is this text. */
void put_suggest_page(struct mm_buf *out, const char *summary);
/* A column's figure to the last digit, as CSV and scripts take it: "" where there is none, "inf" where it is worst. */
void put_exact(struct mm_buf *out, const struct mm_session *session, enum mm_column_id column, size_t id);

/* One row of the table of forms each. */
typedef int listing_write(const struct mm_session *session, const struct mm_listing *listing,
                          struct mm_buf *out, struct mm_err *err);
listing_write listing_csv, listing_markdown, listing_html, listing_junit;

/* The picture of errors along execution, and of one pair's histograms: SVG elements. */
void put_profile(const struct mm_session *session, struct mm_buf *out);
void put_histogram(const struct mm_pair_hist *hist, struct mm_buf *out);

#endif
