/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * whole.h: all of the layer at its own size, for what is made of all of it, and the
 * layer whose parts are taken instead of its own, if there is one.  They are read
 * when they are first asked for, and once for all who ask.
 */

#ifndef UI_WHOLE_H
#define UI_WHOLE_H

#include <glib-object.h>

#include "host.h"
#include "task.h"

G_BEGIN_DECLS

#define DIF_UI_TYPE_WHOLE (dif_ui_whole_get_type ())
G_DECLARE_FINAL_TYPE (DifUiWhole, dif_ui_whole, DIF_UI, WHOLE, GObject)

/* Signal "read" (const GError *error): they can be had now, or, with an error, cannot.
 * host outlives it.  Main thread only, like all that follows.
 */
DifUiWhole   *dif_ui_whole_new  (const DifUiHost *host);

/* Gives task what it is made of.  FALSE: that is going to be read. */
gboolean      dif_ui_whole_give (DifUiWhole      *whole,
                                 DifUiTask       *task);

/* The layer whose parts are taken, which has been another one before or has changed;
 * NULL: the layer's own.  It outlives whole.
 */
void          dif_ui_whole_refer (DifUiWhole      *whole,
                                  const DifUiHost *reference);

/* The host's layer has changed, or its memory is wanted: it is read again when it is
 * asked for again.  NULL is allowed.
 */
void          dif_ui_whole_drop (DifUiWhole      *whole);

G_END_DECLS

#endif
