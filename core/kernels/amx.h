/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * amx.h: the state of the matrix unit.
 */

#ifndef DIF_KERNELS_AMX_H
#define DIF_KERNELS_AMX_H

/* Gives all eight tile registers 16 rows of 64 bytes, on the calling
 * thread, until _tile_release().
 */
void dif_amx_configure (void);

#endif
