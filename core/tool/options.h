/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * options.h: the command line of every command as one structure.
 */

#ifndef DIF_TOOL_OPTIONS_H
#define DIF_TOOL_OPTIONS_H

#include "dif.h"

/* Bits: an option belongs to one or more commands, a parameter's to those of
 * its tasks.
 */
typedef enum
{
  DIF_TOOL_COMMAND_VARY     = DIF_TASK_VARY,
  DIF_TOOL_COMMAND_NOISE    = DIF_TASK_NOISE,
  DIF_TOOL_COMMAND_GENERATE = DIF_TASK_GENERATE,
  DIF_TOOL_COMMAND_RESTORE  = DIF_TASK_RESTORE,
  DIF_TOOL_COMMAND_FILL     = DIF_TASK_FILL,
  DIF_TOOL_COMMAND_TEXTURE  = DIF_TASK_TEXTURE,
  DIF_TOOL_COMMAND_MODELS   = 1 << 30
} DifToolCommand;

typedef struct
{
  DifSettings settings; /* its model is a name or folder */
  char       *input;    /* NULL for generate and models */
  char       *output;   /* NULL for models */
  char       *protect;  /* a picture, white where vary changes nothing; or NULL */
  char       *reference; /* a picture that vary takes parts of, or NULL */
  char       *mask;     /* a picture, white where IN is filled; or NULL */
  int         width;    /* of generate and texture, else 0 */
  int         height;
  gboolean    quiet;
  gboolean    json;
  gboolean    help;     /* it was asked for and is printed: that is all */
} DifToolOptions;

/* Fills options from the command line; argv[0] is the command's name.
 * Errors: DIF_TOOL_USAGE_ERROR; options is cleared then.
 */
gboolean dif_tool_options_parse (DifToolOptions *options,
                                 DifToolCommand  command,
                                 int             argc,
                                 char          **argv,
                                 GError        **error);

void     dif_tool_options_clear (DifToolOptions  *options);

#endif
