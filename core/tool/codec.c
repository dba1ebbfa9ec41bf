/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * codec.c: the decoding and encoding process.  It holds the decoded
 * picture, in the file's own format, for as long as it lives: pixels
 * that the engine did not change are written back from it, bit for bit.
 */

#include <errno.h>
#include <gegl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "exact-babl.h"
#include "tool/codec.h"
#include "tool/orientation.h"
#include "tool/pixels.h"
#include "tool/tags.h"

#define JPEG_QUALITY 95

typedef struct
{
  int           fd;
  GeglNode     *graph;
  GeglNode     *load;
  GeglBuffer   *buffer;
  int           width;
  int           height;
  DifToolFormat format;
  DifToolTags   tags;
} Codec;

/* The first complaint of a library, or empty; GEGL hands no errors
 * back.
 */
static char complaint[256];

gboolean
dif_tool_codec_receive (int       fd,
                        void     *bytes,
                        gsize     n,
                        gboolean (*stop) (void))
{
  char *at = bytes;

  while (n > 0)
    {
      gssize got = recv (fd, at, n, 0);

      if (got < 0 && errno == EINTR && (stop == NULL || ! stop ()))
        continue;
      if (got <= 0)
        return FALSE;
      at += got;
      n -= (gsize) got;
    }
  return TRUE;
}

gboolean
dif_tool_codec_send (int         fd,
                     const void *bytes,
                     gsize       n)
{
  const char *at = bytes;

  while (n > 0)
    {
      gssize sent = send (fd, at, n, MSG_NOSIGNAL);

      if (sent < 0 && errno == EINTR)
        continue;
      if (sent < 0)
        return FALSE;
      at += sent;
      n -= (gsize) sent;
    }
  return TRUE;
}

static void
complain (const char *message)
{
  fprintf (stderr, "%s\n", message);
  if (complaint[0] != '\0')
    return;
  g_strlcpy (complaint, message, sizeof complaint);
  g_strchomp (complaint);
}

/* A profile that babl cannot use is replaced by sRGB, as in GIMP, and an
 * orientation that makes no sense is none: worth a word, no reason to
 * refuse the picture.
 */
static void
on_log (const char     *domain,
        GLogLevelFlags  level,
        const char     *message,
        gpointer        data)
{
  if ((level & G_LOG_LEVEL_MASK) > G_LOG_LEVEL_WARNING)
    return;
  if (strstr (message, "icc") == NULL &&
      strstr (message, "\"Orientation\" tag") == NULL)
    complain (message);
  else
    fprintf (stderr, "%s\n", message);
}

static void
open_picture (Codec                     *codec,
              const DifToolCodecRequest *request,
              DifToolCodecReply         *reply)
{
  GeglRectangle box;
  char         *warning;

  codec->format = request->format;
  warning = dif_tool_tags_read (request->path, request->format, &codec->tags);
  if (warning != NULL)
    g_strlcpy (reply->warning, warning, sizeof reply->warning);
  g_free (warning);

  codec->graph = gegl_node_new ();
  codec->load = gegl_node_new_child (codec->graph, "operation",
                                     dif_tool_format_loader (request->format),
                                     "path", request->path, NULL);
  box = gegl_node_get_bounding_box (codec->load);
  reply->good = complaint[0] == '\0' && box.width > 0 && box.height > 0;
  if (dif_tool_orientation_swaps (codec->tags.orientation))
    box = (GeglRectangle) { 0, 0, box.height, box.width };
  reply->width = codec->width = box.width;
  reply->height = codec->height = box.height;
}

static void
blank_picture (Codec                     *codec,
               const DifToolCodecRequest *request,
               DifToolCodecReply         *reply)
{
  codec->width = request->width;
  codec->height = request->height;
  codec->buffer = gegl_buffer_new (
      GEGL_RECTANGLE (0, 0, codec->width, codec->height),
      babl_format ("R'G'B' u8"));
  reply->good = TRUE;
}

/* Mends pixels that GEGL's loader does not load as the file means them. */
static void
mend_picture (Codec             *codec,
              DifToolCodecReply *reply)
{
  const char *kind = dif_tool_pixels_drop_profile (codec->buffer,
                                                   codec->format);
  GeglBuffer *lying = codec->buffer;

  if (kind != NULL)
    g_snprintf (reply->warning, sizeof reply->warning,
                "its colour profile is for %s pictures and is ignored; it "
                "counts as sRGB", kind);
  if (codec->tags.negative)
    dif_tool_pixels_invert_grey (codec->buffer);
  if (codec->tags.orientation > 1)
    {
      codec->buffer = dif_tool_orientation_apply (lying,
                                                  codec->tags.orientation);
      g_object_unref (lying);
    }
}

static void
read_picture (Codec             *codec,
              DifToolCodecReply *reply)
{
  GeglNode *sink;

  if (codec->buffer == NULL)
    {
      sink = gegl_node_new_child (codec->graph, "operation",
                                  "gegl:buffer-sink", "buffer",
                                  &codec->buffer, "format", NULL, NULL);
      gegl_node_link (codec->load, sink);
      gegl_node_process (sink);
      g_clear_object (&codec->graph);
    }
  reply->good = complaint[0] == '\0' && codec->buffer != NULL;
  if (reply->good &&
      ! dif_tool_pixels_supported (gegl_buffer_get_format (codec->buffer)))
    {
      reply->good = FALSE;
      complain ("it is neither RGB nor grey; convert it to RGB first");
    }
  if (reply->good)
    mend_picture (codec, reply);
}

static gboolean
send_pixels (Codec *codec)
{
  const Babl *format = babl_format ("R'G'B'A float");
  gsize       stride = (gsize) codec->width * 4 * sizeof (float);
  float      *row = g_malloc (stride);
  gboolean    good = TRUE;

  for (int y = 0; y < codec->height && good; y++)
    {
      gegl_buffer_get (codec->buffer,
                       GEGL_RECTANGLE (0, y, codec->width, 1), 1.0, format,
                       row, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
      good = dif_tool_codec_send (codec->fd, row, stride);
    }
  g_free (row);
  return good;
}

/* Takes the new pixels from the socket.  NULL at its end. */
static GeglBuffer *
receive_pixels (Codec      *codec,
                const Babl *format)
{
  gsize       stride = (gsize) codec->width * 4 * sizeof (float);
  float      *row = g_malloc (stride);
  GeglBuffer *buffer;

  buffer = gegl_buffer_new (GEGL_RECTANGLE (0, 0, codec->width,
                                            codec->height), format);
  for (int y = 0; y < codec->height; y++)
    {
      if (! dif_tool_codec_receive (codec->fd, row, stride, NULL))
        {
          g_clear_object (&buffer);
          break;
        }
      dif_tool_pixels_merge_row (codec->buffer, buffer, y, row);
    }
  g_free (row);
  return buffer;
}

static void
set_saver_options (GeglNode     *save,
                   DifToolFormat format,
                   const Babl   *pixels)
{
  if (format == DIF_TOOL_FORMAT_PNG)
    gegl_node_set (save, "bitdepth",
                   babl_format_get_type (pixels, 0) == babl_type ("u8") ? 8
                                                                        : 16,
                   NULL);
  else if (format == DIF_TOOL_FORMAT_JPEG)
    gegl_node_set (save, "quality", JPEG_QUALITY, "grayscale",
                   babl_format_get_n_components (pixels) < 3, NULL);
}

static gboolean
write_picture (Codec                     *codec,
               const DifToolCodecRequest *request,
               DifToolCodecReply         *reply)
{
  const Babl *format;
  GeglBuffer *buffer;
  GeglNode   *graph;
  GeglNode   *source;
  GeglNode   *save;

  format = dif_tool_pixels_format_for (gegl_buffer_get_format (codec->buffer),
                                       request->format);
  buffer = receive_pixels (codec, format);
  if (buffer == NULL)
    return FALSE;

  graph = gegl_node_new ();
  source = gegl_node_new_child (graph, "operation", "gegl:buffer-source",
                                "buffer", buffer, NULL);
  save = gegl_node_new_child (graph, "operation",
                              dif_tool_format_saver (request->format),
                              "path", request->path, NULL);
  set_saver_options (save, request->format, format);
  gegl_node_link (source, save);
  gegl_node_process (save);
  g_object_unref (graph);
  g_object_unref (buffer);
  reply->good = complaint[0] == '\0';
  return TRUE;
}

static gboolean
answer (Codec                     *codec,
        const DifToolCodecRequest *request)
{
  DifToolCodecReply reply = { FALSE };

  complaint[0] = '\0';
  switch (request->op)
    {
    case DIF_TOOL_CODEC_OPEN:
      open_picture (codec, request, &reply);
      break;
    case DIF_TOOL_CODEC_BLANK:
      blank_picture (codec, request, &reply);
      break;
    case DIF_TOOL_CODEC_READ:
      read_picture (codec, &reply);
      break;
    case DIF_TOOL_CODEC_WRITE:
      if (! write_picture (codec, request, &reply))
        return FALSE;
      break;
    }
  if (! reply.good)
    g_strlcpy (reply.fault, complaint, sizeof reply.fault);
  fflush (stderr);
  return dif_tool_codec_send (codec->fd, &reply, sizeof reply) &&
         (request->op != DIF_TOOL_CODEC_READ || ! reply.good ||
          send_pixels (codec));
}

void
dif_tool_codec_serve (int fd)
{
  Codec               codec = { .fd = fd };
  DifToolCodecRequest request;

  /* The terminal sends its interrupt to every process of the group; when
   * this one ends is for the other end of the socket to say.
   */
  signal (SIGINT, SIG_IGN);
  signal (SIGTERM, SIG_IGN);
  g_log_set_default_handler (on_log, NULL);
  g_set_printerr_handler (complain);

  /* Buffers stay in memory, which the tool made sure of, so that no swap
   * file outlives this process.
   */
  g_setenv ("GEGL_USE_OPENCL", "no", TRUE);
  dif_exact_babl ();
  gegl_init (NULL, NULL);
  g_object_set (gegl_config (), "swap", NULL, NULL);

  while (dif_tool_codec_receive (fd, &request, sizeof request, NULL) &&
         answer (&codec, &request))
    ;
  _exit (0);
}
