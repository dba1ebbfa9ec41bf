/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * amx.c: see amx.h.
 */

#include <immintrin.h>
#include <stdint.h>

#include "kernels/amx.h"

void
dif_amx_configure (void)
{
  struct
  {
    uint8_t  palette;
    uint8_t  start_row;
    uint8_t  reserved[14];
    uint16_t bytes[16];
    uint8_t  rows[16];
  } config = { .palette = 1 };
  int i;

  for (i = 0; i < 8; i++)
    {
      config.bytes[i] = 64;
      config.rows[i] = 16;
    }
  _tile_loadconfig (&config);
}
