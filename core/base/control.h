/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * control.h: work under way, seen from other threads.
 */

#ifndef DIF_BASE_CONTROL_H
#define DIF_BASE_CONTROL_H

/* Both atomic. */
typedef struct
{
  int cancel;   /* other than 0: stop                          */
  int done;     /* thousandths of a denoiser's call under way  */
} DifControl;

#endif
