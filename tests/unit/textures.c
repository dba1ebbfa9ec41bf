/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * textures.c: surfaces made of smooth noise, each lit from one side.
 */

#include <math.h>

#include "textures.h"

typedef struct
{
  const char *name;
  int         width;
  int         height;
  double      grain_x;     /* size of the coarsest grain, pixels          */
  double      grain_y;
  int         octaves;     /* of half the size and strength each          */
  double      edge;        /* 0: soft; the more, the harder               */
  double      slope;       /* of the light, from one side to the other    */
  int         brick;       /* width of bricks, 0: none                    */
} Texture;

static const Texture textures[N_TEXTURES] = {
  { "rock",    314, 98,  30, 22, 5, 1.5, 0.3, 0 },
  { "water",   413, 121, 24, 5,  3, 0.0, 0.2, 0 },
  { "foliage", 251, 165, 14, 14, 3, 4.0, 0.1, 0 },
  { "bricks",  187, 103, 12, 12, 3, 0.0, 0.2, 37 },
  { "grass",   205, 117, 4,  17, 2, 2.0, 0.4, 0 },
  { "bark",    83,  331, 6,  60, 4, 1.0, 0.5, 0 },
  { "sand",    227, 203, 3,  3,  2, 0.0, 0.3, 0 },
  { "clouds",  517, 275, 90, 60, 4, 0.0, 0.6, 0 },
};

/* A number of [-1,1] for a point of a lattice. */
static double
lattice (int      x,
         int      y,
         unsigned seed)
{
  guint32 h = (guint32) x * 0x9e3779b1u ^ (guint32) y * 0x85ebca77u
              ^ seed * 0xc2b2ae3du;

  h = (h ^ (h >> 15)) * 0x2c1b3c6du;
  h = (h ^ (h >> 12)) * 0x297a2d39u;
  return (h ^ (h >> 15)) / 2147483647.5 - 1.0;
}

static double
smooth (double   x,
        double   y,
        unsigned seed)
{
  int    i = (int) floor (x), j = (int) floor (y);
  double h = x - i, v = y - j;
  double a, b;

  h = h * h * (3.0 - 2.0 * h);
  v = v * v * (3.0 - 2.0 * v);
  a = lattice (i, j, seed) * (1.0 - h) + lattice (i + 1, j, seed) * h;
  b = lattice (i, j + 1, seed) * (1.0 - h) + lattice (i + 1, j + 1, seed) * h;
  return a * (1.0 - v) + b * v;
}

/* Grain, at finer and finer sizes. */
static double
grain (const Texture *t,
       int            x,
       int            y,
       unsigned       seed)
{
  double v = 0.0, strength = 0.6;
  int    o;

  for (o = 0; o < t->octaves; o++, strength /= 2.0)
    v += strength * smooth (ldexp (x / t->grain_x, o), ldexp (y / t->grain_y, o),
                            seed + 100 * o);
  if (t->edge > 0.0)
    v = 0.5 * tanh (t->edge * v) / tanh (t->edge);
  return v;
}

/* Mortar between bricks, and a tone for each. */
static double
brick (const Texture *t,
       int            x,
       int            y)
{
  int height = t->brick / 2, row = y / height;
  int along = x + row % 2 * height;

  if (y % height < 2 || along % t->brick < 2)
    return -0.5;
  return 0.2 * lattice (along / t->brick, row, 5);
}

DifImage *
texture_new_sized (int kind,
                   int width,
                   int height)
{
  const Texture *t = &textures[kind];
  DifImage      *image = dif_image_new (width, height, NULL);
  int            c, x, y;

  for (c = 0; c < 3; c++)
    for (y = 0; y < height; y++)
      for (x = 0; x < width; x++)
        {
          double v = grain (t, x, y, 7 * kind) + 0.1 * grain (t, x, y, c + 1)
                     + 0.04 * lattice (x, y, c)
                     + t->slope * ((double) x / width - 0.5)
                     + 0.5 * t->slope * ((double) y / height - 0.5);

          if (t->brick > 0)
            v = 0.3 * v + brick (t, x, y);
          image->rgb[((gsize) c * height + y) * width + x]
            = (float) CLAMP (v, -1.0, 1.0);
        }
  return image;
}

DifImage *
texture_new (int kind)
{
  return texture_new_sized (kind, textures[kind].width, textures[kind].height);
}

const char *
texture_name (int kind)
{
  return textures[kind].name;
}

double
texture_line (const DifImage *image,
              gboolean        down,
              int             i,
              int             block)
{
  int    w = image->width, h = image->height;
  int    across = down ? h : w, along = down ? w : h;
  gsize  step = down ? w : 1, on = down ? 1 : w;
  double sum = 0.0;
  int    c, j, k;

  for (c = 0; c < 3; c++)
    for (j = 0; j < along; j += block)
      {
        const float *plane = image->rgb + (gsize) c * w * h;
        double       d = 0.0;

        for (k = j; k < MIN (along, j + block); k++)
          d += plane[(i + 1) % across * step + k * on] - plane[i * step + k * on];
        sum += fabs (d);
      }
  return sum / (3 * along);
}

double
texture_rank (const DifImage *image,
              gboolean        down,
              int             i,
              int             block)
{
  int    n = (down ? image->height : image->width) - 1;
  double line = texture_line (image, down, i, block);
  int    less = 0, k;

  for (k = 0; k < n; k++)
    less += texture_line (image, down, k, block) < line;
  return (double) less / n;
}
