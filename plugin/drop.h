/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * drop.h: lets go of what takes long to free, in a thread of its own:
 * giving a hundred megabytes back to the system takes longer than a dialog may
 * stand still.
 */

#ifndef PLUGIN_DROP_H
#define PLUGIN_DROP_H

#include "chain.h"

/* Calls destroy (data); NULL is allowed. */
void dif_gimp_drop     (gpointer        data,
                        GDestroyNotify  destroy);

/* Ends job, then frees it and the chain that its steps go to; each may be
 * NULL.
 */
void dif_gimp_drop_job (DifJob         *job,
                        DifGimpChain   *chain);

#endif
