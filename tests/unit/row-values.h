/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * row-values.h: for tests that go through the table of parameters: another
 * value than the default for every row, in a structure and as text.
 */

#ifndef DIF_TESTS_ROW_VALUES_H
#define DIF_TESTS_ROW_VALUES_H

#include "dif.h"

/* In the row's range and not its default; a seed that a control can hold. */
double   row_other    (const DifParam    *row);
char    *row_other_text (const DifParam  *row);  /* as an option has it */

/* Sets the row's member to such a value, a number or the text of the other
 * two kinds.
 */
void     row_set      (const DifParam    *row,
                       gpointer           settings,
                       double             number,
                       const char        *text);
void     row_set_other (const DifParam   *row,
                        gpointer          settings);

/* Whether that member is the same in both. */
gboolean row_same     (const DifParam    *row,
                       gconstpointer      a,
                       gconstpointer      b);

#endif
