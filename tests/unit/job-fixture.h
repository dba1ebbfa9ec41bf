/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * job-fixture.h: what tests of whole jobs share: a small network with
 * random weights, a made-up picture, and a run of it.
 */

#ifndef DIF_TESTS_JOB_FIXTURE_H
#define DIF_TESTS_JOB_FIXTURE_H

#include "denoise/unet/unet.h"
#include "fixture.h"

/* The golden network called name as a model folder; its path.  With octaves, the
 * label of cameras is 5.
 */
char      *fixture_model   (Fixture    *f,
                            const char *name,
                            int         unshuffle,
                            int         octaves);

/* One with pixel_unshuffle 2 and four octaves, of seven labels. */
DifModel  *fixture_load    (Fixture    *f);

/* The network of a model that has one. */
const DifUnet *fixture_unet (const DifModel *model);

/* Waves within [-1,1]. */
DifImage  *fixture_picture (int         w,
                            int         h);

/* Runs a whole job, which has to succeed; the pictures of its
 * variations.  Takes over source.
 */
GPtrArray *fixture_run     (DifModel   *model,
                            DifImage   *source,
                            DifParams   params);

/* TRUE if picture i of a is picture j of b, bit for bit. */
gboolean   fixture_same    (GPtrArray  *a,
                            int         i,
                            GPtrArray  *b,
                            int         j);

#endif
