/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * window.c: see window.h.
 */

#include <string.h>

#include "nn/strips.h"
#include "nn/window.h"

static void
clear_border (DifWindow *win,
              int        row)
{
  char *at = win->data + (row - win->first) * win->row;

  if (row == 0 || row > win->h)
    memset (at, 0, win->row);
  else
    {
      memset (at, 0, win->pixel);
      memset (at + win->row - win->pixel, 0, win->pixel);
    }
}

/* One tensor's channels of the rows from .. to - 1, none in the border. */
static void
prepare_rows (DifWindow *win,
              int        picture,
              int        part,
              int        from,
              int        to)
{
  const DifInput *input = win->input;
  DifTensor       x = input->x[part];
  int             first = part == 0 ? 0 : input->x[0].c;
  size_t          at = (size_t) picture * win->channels + first;
  DifPrepareCall  call = {
    .in = dif_rows_from (x, picture, 0), .in_row = dif_row_of (x),
    .channels = x.c,
    .scale = input->scale ? input->scale + at : NULL,
    .shift = input->scale ? input->shift + at : NULL,
    .silu = input->silu, .resize = input->resize,
    .out = win->data + win->pixel + first * win->bytes, .out_y = win->first - 1,
    .out_row = win->row / win->bytes, .out_pixel = win->channels,
    .width = win->w,
  };

  win->kernels->prepare (&call, from - 1, to - 1);
}

void
dif_window_move (DifWindow *win,
                 int        picture,
                 int        first,
                 int        end)
{
  int stay = MAX (win->end - first, 0), y, part;

  if (stay > 0)
    memmove (win->data, win->data + (first - win->first) * win->row,
             stay * win->row);
  win->first = first;
  win->end = end;
  for (part = 0; part < 2; part++)
    if (win->input->x[part].c > 0)
      prepare_rows (win, picture, part, MAX (first + stay, 1),
                    MIN (end, win->h + 1));
  for (y = first + stay; y < end; y++)
    clear_border (win, y);
  memset (win->data + (end - first) * win->row, 0, 64 * win->bytes);
}

DifWindow
dif_window_new (const DifKernels   *kernels,
                const DifConvShape *s,
                const DifInput     *input,
                int                 width,
                int                 height,
                float              *memory)
{
  DifWindow win = { .kernels = kernels, .input = input,
                    .data = (char *) memory, .w = width * s->stride,
                    .h = height * s->stride, .channels = s->cin,
                    .bytes = kernels->input_bytes };

  win.pixel = s->cin * win.bytes;
  win.row = (win.w + 2) * win.pixel;
  return win;
}

size_t
dif_window_floats (const DifKernels   *kernels,
                   const DifConvShape *s,
                   int                 width,
                   int                 height)
{
  DifWindow win = dif_window_new (kernels, s, NULL, width, height, NULL);
  int       rows = s->stride * (dif_strip_rows (height, width) - 1) + 3;

  return (rows * win.row + DIF_INPUT_SLACK (s->cin) * win.bytes + 3) / 4;
}
