/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * noise-print.h: the noise of a picture in words.
 */

#ifndef DIF_TOOL_NOISE_PRINT_H
#define DIF_TOOL_NOISE_PRINT_H

#include "dif.h"

/* Prints a line on standard output: what was measured in the picture of that
 * name, in 255ths of the range from black to white.
 */
void dif_tool_noise_print (const char          *name,
                           const DifLayerNoise *noise);

#endif
