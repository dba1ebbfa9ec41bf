/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * denoiser.h: what a job asks for at every step of the way back: an estimate
 * of the picture behind a noised one.  A network is one kind of denoiser;
 * nothing outside the folder of a kind knows what it is made of.
 */

#ifndef DIF_DENOISE_DENOISER_H
#define DIF_DENOISE_DENOISER_H

#include <stddef.h>

#include "base/control.h"
#include "base/memory.h"
#include "base/pool.h"
#include "sample/schedule.h"

typedef struct
{
  int           multiple;     /* height and width of a tile are multiples of
                                 this                                       */
  int           native;       /* and not smaller than this, in pixels       */
  DifPrediction prediction;   /* what it estimates                          */
} DifTraits;

/* What the noise of a canvas is. */
typedef enum
{
  DIF_NOISE_WHITE,    /* that of the forward process                        */
  DIF_NOISE_CAMERA,   /* that of a camera and a file, topped up with white
                         noise to the level of the call                     */
  DIF_NOISE_JPEG      /* what a JPEG file's compression made, and nothing
                         beside; the level says how strong it was, see
                         dif_restore_t()                                    */
} DifNoiseKind;

/* One call: tiles of a canvas, all of one size and at one level of noise. */
typedef struct
{
  const float   *x;             /* the canvas, three planes of x_t          */
  size_t         row_stride;    /* floats from row to row of it             */
  size_t         plane_stride;  /* and from plane to plane                  */
  int            n;             /* tiles, 1..                               */
  const DifRect *tiles;         /* [n], where on the canvas; all of the
                                   first one's size                         */
  double         timestep;      /* as the schedule numbers them             */
  double         alpha_bar;     /* of x                                     */
  DifNoiseKind   noise;         /* a denoiser may make no difference        */
  gboolean       mirror_x;      /* the tiles are seen with left and right, */
  gboolean       mirror_y;      /* top and bottom changed: the estimates lie as
                                   the tiles do all the same                */
  int            side;          /* shorter side of the whole picture that
                                   the canvas shows, in pixels of it        */
  float         *out;           /* [n][3][height][width], its estimates     */
} DifCall;

/* Read-only while jobs run; usable from any number of them at once. */
typedef struct _DifDenoiser DifDenoiser;

struct _DifDenoiser
{
  DifTraits traits;

  /* Bytes of arena that a call with n tiles of this size takes; G_MAXSIZE,
   * which dif_alloc() refuses, if that overflows.
   */
  size_t   (* workspace) (const DifDenoiser *denoiser,
                          int                n,
                          int                height,
                          int                width,
                          int                n_threads);

  /* Fills call->out.  Values are independent of n and of the pool's size.
   * FALSE if control->cancel became non-zero on the way; out is then
   * undefined.
   */
  gboolean (* run)       (const DifDenoiser *denoiser,
                          DifPool           *pool,
                          DifArena          *arena,
                          const DifCall     *call,
                          DifControl        *control);

  void     (* free)      (DifDenoiser       *denoiser);
};

#endif
