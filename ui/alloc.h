/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * alloc.h: memory that grows with the picture: a large layer may want more
 * than there is.
 */

#ifndef UI_ALLOC_H
#define UI_ALLOC_H

#include "dif.h"

/* n values of size bytes each, not cleared, to be freed with g_free(); what
 * names them in the message: "the layer's transparency".  Any thread.
 * Errors: MEMORY.
 */
gpointer dif_ui_try_alloc (gsize         n,
                           gsize         size,
                           const char   *what,
                           GError      **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
