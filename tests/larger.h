/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * larger.h: how the tests find the largest of many errors.  fmax() passes
 * over NaN and MAX() forgets it, so that what went wholly wrong would pass
 * for right.
 */

#ifndef TESTS_LARGER_H
#define TESTS_LARGER_H

#include <math.h>

/* The larger one; NaN is the largest. */
static inline double
larger (double a,
        double b)
{
  return isnan (a) || a >= b ? a : b;
}

#endif
