/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * image-io.c: speaks to the codec process and makes pictures and errors of
 * its answers, its silence or its end.
 */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tool/codec-client.h"
#include "tool/image-io.h"
#include "tool/interrupt.h"
#include "tool/outputs.h"
#include "tool/pixels.h"
#include "tool/tool.h"

/* Bytes per pixel that the codec process holds at most: the picture
 * read and the one being written at 16 bytes each, as much again for a
 * saver that wants it whole, and the planes on this side.
 */
#define BYTES_PER_PIXEL 64

struct _DifToolPicture
{
  char         *name;
  char         *path;    /* of the file read, without links; or NULL */
  DifToolFormat format;
  DifToolCodec  codec;
  int           width;
  int           height;
  gboolean      opaque;
  guint8       *missing; /* see dif_tool_picture_missing() */
  guint8       *cover;   /* see dif_tool_picture_cover(), or NULL */
};

static gboolean
stopped (void)
{
  return dif_tool_interrupted () != 0;
}

/* "NAME cannot be read: what is wrong". */
static gboolean
fail (DifToolPicture *picture,
      DifError        code,
      const char     *name,
      const char     *what,
      const char     *fault,
      GError        **error)
{
  char *text = fault[0] != '\0' ? g_strdup (fault)
                                : dif_tool_codec_take_chatter (&picture->codec);

  g_set_error (error, DIF_ERROR, code, "%s cannot be %s: %s", name, what,
               text != NULL ? text : "the decoder stopped");
  g_free (text);
  return FALSE;
}

static gboolean
request (DifToolPicture *picture,
         DifToolCodecOp  op,
         DifToolFormat   format,
         const char     *path)
{
  DifToolCodecRequest message = {
    .op = op,
    .format = format,
    .width = picture->width,
    .height = picture->height
  };

  /* A path that is cut here is one that the system would refuse. */
  if (path != NULL)
    g_strlcpy (message.path, path, sizeof message.path);
  return dif_tool_codec_send (picture->codec.fd, &message, sizeof message);
}

/* A request that reads: its reply is waited for until a signal comes. */
static gboolean
ask (DifToolPicture    *picture,
     DifToolCodecOp     op,
     DifToolCodecReply *reply,
     GError           **error)
{
  if (request (picture, op, picture->format, picture->path) &&
      dif_tool_codec_receive (picture->codec.fd, reply, sizeof *reply,
                              stopped) &&
      reply->good)
    {
      if (reply->warning[0] != '\0')
        dif_tool_message ("warning: %s: %s", picture->name, reply->warning);
      return TRUE;
    }
  return dif_tool_interrupt_check (error) &&
         fail (picture, DIF_ERROR_MALFORMED, picture->name, "read",
               reply->fault, error);
}

static DifToolPicture *
new_picture (const char  *name,
             GError     **error)
{
  DifToolPicture *picture = g_new0 (DifToolPicture, 1);

  picture->name = g_strdup (name);
  picture->opaque = TRUE;
  if (dif_tool_codec_start (&picture->codec, error))
    return picture;
  dif_tool_picture_free (picture);
  return NULL;
}

DifToolPicture *
dif_tool_picture_open (const char *path,
                       GError    **error)
{
  DifToolCodecReply reply = { FALSE };
  DifToolPicture   *picture;
  DifToolFormat     format;

  if (! dif_tool_format_from_file (path, &format, error))
    return NULL;
  picture = new_picture (path, error);
  if (picture == NULL)
    return NULL;
  picture->format = format;
  picture->path = realpath (path, NULL);
  if (ask (picture, DIF_TOOL_CODEC_OPEN, &reply, error))
    {
      picture->width = reply.width;
      picture->height = reply.height;
      if (reply.width <= DIF_MAX_SIDE && reply.height <= DIF_MAX_SIDE &&
          (gsize) reply.width * reply.height <= DIF_MAX_PIXELS)
        return picture;
      g_set_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
                   "%s cannot be read: %d x %d pixels are too many", path,
                   reply.width, reply.height);
    }
  dif_tool_picture_free (picture);
  return NULL;
}

DifToolPicture *
dif_tool_picture_blank (int      width,
                        int      height,
                        GError **error)
{
  DifToolCodecReply reply = { FALSE };
  DifToolPicture   *picture = new_picture ("the new picture", error);

  if (picture == NULL)
    return NULL;
  picture->width = width;
  picture->height = height;
  if (ask (picture, DIF_TOOL_CODEC_BLANK, &reply, error))
    return picture;
  dif_tool_picture_free (picture);
  return NULL;
}

void
dif_tool_picture_free (DifToolPicture *picture)
{
  if (picture == NULL)
    return;
  dif_tool_codec_stop (&picture->codec);
  free (picture->path);
  g_free (picture->missing);
  g_free (picture->cover);
  g_free (picture->name);
  g_free (picture);
}

int
dif_tool_picture_width (const DifToolPicture *picture)
{
  return picture->width;
}

int
dif_tool_picture_height (const DifToolPicture *picture)
{
  return picture->height;
}

gboolean
dif_tool_picture_fits (const DifToolPicture *picture,
                       guint64               needed,
                       GError              **error)
{
  guint64 pixels = (guint64) picture->width * picture->height;
  guint64 memory = dif_memory_available ();
  char   *wanted;
  char   *there;

  needed += pixels * BYTES_PER_PIXEL;
  if (memory == 0 || needed <= memory)
    return TRUE;
  wanted = g_format_size_full (needed, G_FORMAT_SIZE_IEC_UNITS);
  there = g_format_size_full (memory, G_FORMAT_SIZE_IEC_UNITS);
  g_set_error (error, DIF_ERROR, DIF_ERROR_MEMORY,
               "%s is too large: %d x %d pixels take %s of memory, and %s "
               "are free", picture->name, picture->width,
               picture->height, wanted, there);
  g_free (wanted);
  g_free (there);
  return FALSE;
}

/* Row y goes into the planes. */
static void
take_row (DifToolPicture *picture,
          DifImage       *image,
          float          *alpha,
          int             y,
          const float    *row)
{
  gsize plane = (gsize) image->width * image->height;
  gsize at = (gsize) y * image->width;

  for (int x = 0; x < image->width; x++, at++, row += 4)
    {
      for (int c = 0; c < 3; c++)
        image->rgb[c * plane + at] = dif_tool_pixels_to_engine (row[c]);
      alpha[at] = dif_tool_pixels_finite (row[3]);
      picture->opaque = picture->opaque && alpha[at] == 1.0f;
    }
}

static gboolean
take_pixels (DifToolPicture *picture,
             DifImage       *image,
             float          *alpha,
             GError        **error)
{
  gsize    stride = (gsize) image->width * 4 * sizeof (float);
  float   *row = g_malloc (stride);
  gboolean good = TRUE;

  for (int y = 0; y < image->height && good; y++)
    {
      good = dif_tool_codec_receive (picture->codec.fd, row, stride, stopped);
      if (good)
        take_row (picture, image, alpha, y, row);
    }
  g_free (row);
  if (! good)
    return dif_tool_interrupt_check (error) &&
           fail (picture, DIF_ERROR_MALFORMED, picture->name, "read", "",
                 error);
  return picture->opaque || dif_image_fill_transparent (image, alpha, error);
}

/* libjpeg goes on after data that it cannot decode, and says so. */
static gboolean
judge_chatter (DifToolPicture *picture,
               GError        **error)
{
  char    *chatter = dif_tool_codec_take_chatter (&picture->codec);
  gboolean good = chatter == NULL ||
                  strstr (chatter, "Corrupt JPEG data") == NULL ||
                  strstr (chatter, "extraneous") != NULL;

  if (! good)
    fail (picture, DIF_ERROR_MALFORMED, picture->name, "read", chatter,
          error);
  else if (chatter != NULL)
    dif_tool_message ("warning: %s: %s", picture->name, chatter);
  g_free (chatter);
  return good;
}

/* Which pixels have alpha 0; NULL if none has, or with an error. */
static guint8 *
find_transparent (const DifToolPicture *picture,
                  const float          *alpha,
                  GError              **error)
{
  gsize   n = (gsize) picture->width * picture->height;
  gsize   first = 0;
  guint8 *transparent;

  while (first < n && alpha[first] != 0.0f)
    first++;
  if (first == n)
    return NULL;
  transparent = g_try_malloc (n);
  if (transparent == NULL)
    g_set_error (error, DIF_ERROR, DIF_ERROR_MEMORY,
                 "there is not enough memory to read %s", picture->name);
  for (gsize i = 0; transparent != NULL && i < n; i++)
    transparent[i] = alpha[i] == 0.0f ? 255 : 0;
  return transparent;
}

/* How much of each pixel is not there; rounded up, so that it is 0 where all is. */
static gboolean
find_missing (DifToolPicture *picture,
              const float    *alpha,
              GError        **error)
{
  gsize n = (gsize) picture->width * picture->height;

  if (picture->opaque)
    return TRUE;
  picture->missing = g_try_malloc (n);
  if (picture->missing == NULL)
    g_set_error (error, DIF_ERROR, DIF_ERROR_MEMORY,
                 "there is not enough memory to read %s", picture->name);
  for (gsize i = 0; picture->missing != NULL && i < n; i++)
    picture->missing[i] = (guint8) ceilf (255.0f * (1.0f - CLAMP (alpha[i], 0.0f,
                                                                  1.0f)));
  return picture->missing != NULL;
}

const guint8 *
dif_tool_picture_missing (const DifToolPicture *picture)
{
  return picture->missing;
}

void
dif_tool_picture_cover (DifToolPicture *picture,
                        guint8         *cover)
{
  gsize    n = (gsize) picture->width * picture->height;
  gboolean opaque = TRUE;

  for (gsize i = 0; picture->missing != NULL && i < n; i++)
    opaque = opaque && (picture->missing[i] == 0 || cover[i] == 255);
  picture->opaque = opaque;
  g_free (picture->cover);
  picture->cover = cover;
}

DifImage *
dif_tool_picture_read (DifToolPicture *picture,
                       guint8        **transparent,
                       GError        **error)
{
  GError           *fault = NULL;
  DifToolCodecReply reply = { FALSE };
  DifImage         *image;
  float            *alpha;

  image = dif_image_new (picture->width, picture->height, error);
  if (image == NULL)
    return NULL;
  alpha = g_try_new (float, (gsize) image->width * image->height);
  if (alpha == NULL)
    g_set_error (error, DIF_ERROR, DIF_ERROR_MEMORY,
                 "there is not enough memory to read %s", picture->name);
  if (alpha == NULL || ! ask (picture, DIF_TOOL_CODEC_READ, &reply, error) ||
      ! take_pixels (picture, image, alpha, error) ||
      ! find_missing (picture, alpha, error) ||
      ! judge_chatter (picture, error))
    g_clear_pointer (&image, dif_image_free);
  if (image != NULL && transparent != NULL)
    {
      *transparent = find_transparent (picture, alpha, &fault);
      if (fault != NULL)
        g_clear_pointer (&image, dif_image_free);
    }
  if (fault != NULL)
    g_propagate_error (error, fault);
  g_free (alpha);
  return image;
}

gboolean
dif_tool_picture_suits (const DifToolPicture *picture,
                        const char *const    *names,
                        GError              **error)
{
  DifToolFormat format;

  for (int i = 0; names[i] != NULL; i++)
    {
      if (! dif_tool_format_from_name (names[i], &format, error))
        return FALSE;
      if (format == DIF_TOOL_FORMAT_JPEG && ! picture->opaque)
        {
          g_set_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
                       "%s cannot be written: JPEG holds no transparency, "
                       "and %s has some", names[i], picture->name);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
send_image (DifToolPicture *picture,
            const DifImage *image)
{
  gsize    plane = (gsize) image->width * image->height;
  gsize    stride = (gsize) image->width * 4;
  float   *row = g_new (float, stride);
  gboolean good = TRUE;

  for (int y = 0; y < image->height && good; y++)
    {
      const float  *rgb = image->rgb + (gsize) y * image->width;
      const guint8 *cover = picture->cover == NULL
                            ? NULL : picture->cover + (gsize) y * image->width;

      for (gsize i = 0; i < stride; i++)
        row[i] = i % 4 < 3 ? rgb[i % 4 * plane + i / 4]
                 : cover != NULL ? cover[i / 4] / 255.0f : 0.0f;
      good = dif_tool_codec_send (picture->codec.fd, row, stride * sizeof *row);
    }
  g_free (row);
  return good;
}

gboolean
dif_tool_picture_write (DifToolPicture *picture,
                        const DifImage *image,
                        const char     *path,
                        GError        **error)
{
  DifToolCodecReply reply = { FALSE };
  DifToolOutput     output;
  DifToolFormat     format;
  gboolean          good = FALSE;

  if (! dif_tool_format_from_name (path, &format, error) ||
      ! dif_tool_output_begin (&output, path, error))
    return FALSE;

  if (! request (picture, DIF_TOOL_CODEC_WRITE, format, output.path) ||
      ! send_image (picture, image) ||
      ! dif_tool_codec_receive (picture->codec.fd, &reply, sizeof reply,
                                NULL) ||
      ! reply.good)
    fail (picture, DIF_ERROR_IO, path, "written", reply.fault, error);
  else
    good = dif_tool_output_commit (&output, error);
  dif_tool_output_end (&output);
  return good;
}
