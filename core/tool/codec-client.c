/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * codec-client.c: starts the codec process by fork(), so that it is the
 * same program without having to find itself on disk.
 */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "tool/codec-client.h"

gboolean
dif_tool_codec_start (DifToolCodec *codec,
                      GError      **error)
{
  int ends[2] = { -1, -1 };

  codec->process = -1;
  codec->chatter = tmpfile ();
  if (codec->chatter != NULL &&
      socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0)
    codec->process = fork ();
  if (codec->process < 0)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_IO,
                   "the picture decoder cannot be started: %s",
                   g_strerror (errno));
      if (codec->chatter != NULL)
        fclose (codec->chatter);
      if (ends[0] >= 0)
        {
          close (ends[0]);
          close (ends[1]);
        }
      memset (codec, 0, sizeof *codec);
      return FALSE;
    }

  if (codec->process == 0)
    {
#ifdef __linux__
      prctl (PR_SET_PDEATHSIG, SIGKILL);
#endif
      close (ends[0]);
      dup2 (fileno (codec->chatter), STDOUT_FILENO);
      dup2 (fileno (codec->chatter), STDERR_FILENO);
      dif_tool_codec_serve (ends[1]);
    }
  close (ends[1]);
  codec->fd = ends[0];
  return TRUE;
}

void
dif_tool_codec_stop (DifToolCodec *codec)
{
  if (codec->process <= 0)
    return;
  close (codec->fd);
  /* It may be deep inside a decoder, after an interrupt. */
  kill (codec->process, SIGKILL);
  while (waitpid (codec->process, NULL, 0) < 0 && errno == EINTR)
    ;
  fclose (codec->chatter);
  memset (codec, 0, sizeof *codec);
}

char *
dif_tool_codec_take_chatter (DifToolCodec *codec)
{
  char  line[200];
  char *text = NULL;

  rewind (codec->chatter);
  while (fgets (line, sizeof line, codec->chatter) != NULL)
    if (g_strstrip (line)[0] != '\0')
      {
        g_free (text);
        text = g_utf8_make_valid (line, -1);
      }
  rewind (codec->chatter);
  if (ftruncate (fileno (codec->chatter), 0) != 0)
    g_clear_pointer (&text, g_free);
  return text;
}
