/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * exact-babl.h: babl chooses among its conversions by how long they take, and
 * they round differently, so that the same file would not be the same picture
 * from run to run.  This makes it choose exact ones alone.  The tool and the
 * plug-in, which promise the same pixels, both call it.
 */

#ifndef DIF_EXACT_BABL_H
#define DIF_EXACT_BABL_H

#include <glib.h>

/* To be called before anything initialises babl. */
static inline void
dif_exact_babl (void)
{
  g_setenv ("BABL_TOLERANCE", "0", TRUE);
  g_setenv ("BABL_PATH_LENGTH", "1", TRUE);
  g_setenv ("BABL_LUT", "0", TRUE);
}

#endif
