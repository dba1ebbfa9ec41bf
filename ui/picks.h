/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picks.h: chosen variations as text, for the procedure's argument.
 */

#ifndef UI_PICKS_H
#define UI_PICKS_H

#include "dif.h"

/* The noise of one variation: DifParams seed, vary and vary_seed. */
typedef struct
{
  guint64 seed;
  double  vary;
  guint64 vary_seed;
} DifUiPick;

/* Text form "7", or "7~0.25~1001" with vary and vary_seed; several are
 * joined by commas.  Parsing checks every number; at most
 * DIF_MAX_VARIATIONS.  An empty text is an empty array.
 * Errors: DIF_ERROR_ARGUMENT.
 */
char   *dif_ui_picks_to_string   (const GArray  *picks);
GArray *dif_ui_picks_from_string (const char    *text,
                                  GError       **error);

#endif
