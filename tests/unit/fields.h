/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fields.h: made-up pictures and match fields for the tests of core/quilt.
 */

#ifndef DIF_TESTS_FIELDS_H
#define DIF_TESTS_FIELDS_H

#include "quilt/field.h"

/* Every value by itself, in [-1,1]. */
DifImage  *fields_picture (GRand          *rand,
                           int             width,
                           int             height);

/* Pieces that lie anywhere, of one place up to whole rows; the source is of so
 * many pixels.
 */
DifField  *fields_random  (GRand          *rand,
                           int             patch,
                           int             width,
                           int             height,
                           gboolean        wrapped,
                           const DifImage *source);

/* Every place lies where it is. */
DifField  *fields_identity (int            patch,
                            int            width,
                            int            height,
                            gboolean       wrapped);

/* What the search reads. */
DifTexels *fields_texels  (const DifImage *picture,
                           int             patch,
                           gboolean        wrapped);

void       fields_assert_equal (const DifField *a,
                                const DifField *b);

/* v behind n - 1 on the other side, if it is wrapped; else v has to be inside. */
int        fields_round   (int             v,
                           int             n,
                           gboolean        wrapped);

#endif
