/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * codec-client.h: the tool's end of the decoding and encoding process of
 * codec.h: its start, its end and what it said meanwhile.
 */

#ifndef DIF_TOOL_CODEC_CLIENT_H
#define DIF_TOOL_CODEC_CLIENT_H

#include <stdio.h>
#include <sys/types.h>

#include "tool/codec.h"

typedef struct
{
  pid_t process;
  int   fd;
  FILE *chatter;  /* its standard output and standard error */
} DifToolCodec;

/* Call it before the tool has a thread.  Errors: IO. */
gboolean dif_tool_codec_start        (DifToolCodec *codec,
                                      GError      **error);

/* Ends the process whatever it does.  A codec that never started, all
 * bytes 0, is allowed.
 */
void     dif_tool_codec_stop         (DifToolCodec *codec);

/* The last line of what the libraries said since the last call, or
 * NULL.  Free with g_free().
 */
char    *dif_tool_codec_take_chatter (DifToolCodec *codec);

#endif
