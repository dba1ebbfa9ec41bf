/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * refuse.h: memory and threads that the system does not give.  For programs
 * that are linked with --wrap for the functions of refuse.c.
 */

#ifndef TESTS_UI_REFUSE_H
#define TESTS_UI_REFUSE_H

/* From now on the piece of memory after so many others is refused, once;
 * negative: none is.  Small blocks, which GLib never refuses, do not count.
 */
void refuse_memory  (int after);

/* Whether it has been. */
int  refused        (void);

/* From now on so many threads are refused. */
void refuse_threads (int number);

#endif
