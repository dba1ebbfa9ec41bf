/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * progress.h: shows how far a long piece of work is in GIMP's progress
 * bar, with a Cancel that the work survives.
 *
 * GIMP ends a process whose progress bar is cancelled: it is asked to
 * quit and killed 10 ms later.  What it has computed is lost, unless it
 * is in the image already, which would take an undo step for each layer
 * or a group of undo steps held open for minutes, during which the user
 * could not undo.  So the process that works never owns the bar.  It
 * calls a second procedure of this plug-in, which runs in a process of
 * its own, owns the bar, and calls back for news until the work is done.
 * Cancel ends that second process; here, its call returns as cancelled.
 */

#ifndef PLUGIN_PROGRESS_H
#define PLUGIN_PROGRESS_H

#include <libgimp/gimp.h>

#define DIF_GIMP_PROGRESS_PROCEDURE "plug-in-diffusion-progress"

/* Called about every 50 ms in the main thread.  Sets fraction (0..1) and
 * text (allocated with GLib, taken over by the caller); returns FALSE
 * when there is nothing more to wait for.
 */
typedef gboolean (*DifGimpProgressFunc) (double   *fraction,
                                         char    **text,
                                         gpointer  data);

/* Calls func until it returns FALSE or the user cancels.  FALSE if they
 * did.
 */
gboolean       dif_gimp_progress_run           (GimpPlugIn          *plug_in,
                                                DifGimpProgressFunc  func,
                                                gpointer             data);

/* The procedure that owns the bar. */
GimpProcedure *dif_gimp_progress_procedure_new (GimpPlugIn          *plug_in);

#endif
