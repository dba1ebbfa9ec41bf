/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * available.h: dif_memory_available() for a tree of files to test it with.
 */

#ifndef DIF_BASE_AVAILABLE_H
#define DIF_BASE_AVAILABLE_H

#include "dif.h"

/* As dif_memory_available(), of root/proc and root/sys. */
guint64 dif_memory_available_below (const char *root);

#endif
