/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * host-fixture.h: a layer of which each pixel's value tells its place.
 */

#ifndef TESTS_UI_HOST_FIXTURE_H
#define TESTS_UI_HOST_FIXTURE_H

#include "host.h"

typedef struct
{
  DifUiHost  host;
  int        reads;      /* so far                                         */
  int        fails_at;   /* that read fails, counted from 1; 0: none       */
  int        alpha_from; /* rows of the layer from which on there is alpha */
} FixtureHost;

/* What is at pixel x, y of the layer, in channel c. */
float fixture_value (int          x,
                     int          y,
                     int          c);

/* Of the alpha there, and of the selection. */
float fixture_alpha (int          x,
                     int          y);

void  fixture_host  (FixtureHost *host,
                     int          width,
                     int          height);

/* The show of its pictures, whose format is the fixture: all is white. */
void  fixture_show  (gconstpointer  format,
                     float         *rgba,
                     int            n);

#endif
