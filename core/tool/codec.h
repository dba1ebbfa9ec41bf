/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * codec.h: the process that decodes and encodes picture files with GEGL,
 * and the messages it is spoken to with.
 *
 * It is a process of its own because the libraries behind GEGL's loaders
 * and savers, and those that read tags, end the process they run in on
 * some faults (libjpeg calls exit()) and have crashed on others.  Here
 * such a fault becomes the end of a connection, and the tool says what
 * happened.
 *
 * Both ends are the same program and talk over a stream socket: a
 * request, then a reply.  READ is followed by height rows of width
 * pixels of R'G'B'A float in sRGB space, [0,1]; after WRITE and before
 * its reply go height rows of R'G'B' float, each with the least alpha that the pixel
 * gets.
 */

#ifndef DIF_TOOL_CODEC_H
#define DIF_TOOL_CODEC_H

#include <limits.h>

#include "tool/formats.h"

typedef enum
{
  DIF_TOOL_CODEC_OPEN,  /* path, format: look at a file's size            */
  DIF_TOOL_CODEC_BLANK, /* width, height: an opaque 8-bit RGB picture     */
  DIF_TOOL_CODEC_READ,  /* decode it, send its pixels                     */
  DIF_TOOL_CODEC_WRITE  /* path, format: encode it with other pixels      */
} DifToolCodecOp;

typedef struct
{
  DifToolCodecOp op;
  DifToolFormat  format;
  int            width;
  int            height;
  char           path[PATH_MAX];
} DifToolCodecRequest;

/* fault: empty, or what is wrong, and warning: empty, or what is odd and
 * the picture good all the same, both to be put after "FILE: ".
 */
typedef struct
{
  gboolean good;
  int      width;
  int      height;
  char     fault[256];
  char     warning[256];
} DifToolCodecReply;

/* Moves n bytes through the socket fd; FALSE at its end.  A signal does
 * not end the transfer unless stop is given and returns TRUE.
 */
gboolean dif_tool_codec_receive (int          fd,
                                 void        *bytes,
                                 gsize        n,
                                 gboolean   (*stop) (void));
gboolean dif_tool_codec_send    (int          fd,
                                 const void  *bytes,
                                 gsize        n);

/* Answers requests on fd until its other end is closed, then ends the
 * process.  Call it in a fresh process, whose standard error should lead
 * to where the libraries' chatter is wanted.
 */
void     dif_tool_codec_serve   (int          fd) G_GNUC_NORETURN;

#endif
