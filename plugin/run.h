/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * run.h: one call of a procedure, from its arguments to new layers.
 */

#ifndef PLUGIN_RUN_H
#define PLUGIN_RUN_H

#include <libgimp/gimp.h>

/* The run function of both procedures, in all three run modes.  Results:
 *
 *   success          the new layers are in the image, in one undo step;
 *                    also where the user stopped the run after at least
 *                    one of them was finished
 *   cancel           stopped before any was finished
 *   calling error    these drawables cannot be worked on, or belong to
 *                    another image
 *   execution error  anything else went wrong
 *
 * An error comes with one message.  Layers that were finished before it
 * are in the image all the same, in one undo step, and the message says how
 * many; nothing else of the image has changed.
 */
GimpValueArray *dif_gimp_run (GimpProcedure        *procedure,
                              GimpRunMode           run_mode,
                              GimpImage            *image,
                              GimpDrawable        **drawables,
                              GimpProcedureConfig  *config,
                              gpointer              run_data);

#endif
