/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * main.c: entry point of gimp-diffusion: finds the command, runs it and
 * makes a message and an exit status of its error.
 */

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "tool/command.h"
#include "tool/interrupt.h"
#include "tool/tool.h"

typedef struct
{
  const char *name;
  gboolean  (*run) (int      argc,
                    char   **argv,
                    GError **error);
} Command;

static const Command commands[] =
{
  { "vary",     dif_tool_command_vary     },
  { "noise",    dif_tool_command_noise    },
  { "generate", dif_tool_command_generate },
  { "restore",  dif_tool_command_restore  },
  { "fill",     dif_tool_command_fill     },
  { "texture",  dif_tool_command_texture  },
  { "models",   dif_tool_command_models   }
};

static const char help[] =
  "Usage: gimp-diffusion COMMAND [OPTION...]\n"
  "\n"
  "Makes variations of a picture with a diffusion model, on this computer\n"
  "alone: noise is added to the picture up to a point of the chain that\n"
  "the strength names, and the model takes it out again step by step.\n"
  "\n"
  "Commands:\n"
  "  vary      write variations of a picture\n"
  "  noise     add noise to a picture, as vary does first, and stop there\n"
  "  generate  write pictures made from noise alone\n"
  "  restore   take the noise out of a picture\n"
  "  fill      make parts of a picture anew of what is around them\n"
  "  texture   write textures of a sample's stuff, of any size\n"
  "  models    list the models that are installed\n"
  "\n"
  "Options:\n"
  "  -h, --help     print this help; COMMAND --help tells about a command\n"
  "  -V, --version  print the version and the processor path in use\n"
  "\n"
  "Exit status:\n"
  "  0    done\n"
  "  1    failed; one message on standard error says why\n"
  "  2    the command line is wrong\n"
  "  130  interrupted (SIGINT; 143 for SIGTERM); pictures that were\n"
  "       finished by then are kept\n";

static int
usage_failure (const char *command)
{
  fprintf (stderr, "Try 'gimp-diffusion %s%s--help'.\n", command,
           command[0] != '\0' ? " " : "");
  return DIF_TOOL_EXIT_USAGE;
}

/* Output that could not be written, to a full disk say, is a failure
 * even where everything else went well.
 */
static int
close_output (int status)
{
  if (fflush (stdout) == 0 && ! ferror (stdout))
    return status;
  dif_tool_message ("standard output cannot be written");
  return status == DIF_TOOL_EXIT_DONE ? DIF_TOOL_EXIT_FAILURE : status;
}

static int
run_command (const Command  *command,
             int             argc,
             char          **argv)
{
  GError *error = NULL;
  int     status = DIF_TOOL_EXIT_DONE;

  if (command->run (argc, argv, &error))
    return DIF_TOOL_EXIT_DONE;

  dif_tool_message ("%s", error->message);
  if (error->domain == DIF_TOOL_USAGE_ERROR)
    status = usage_failure (command->name);
  else if (g_error_matches (error, DIF_ERROR, DIF_ERROR_CANCELLED) &&
           dif_tool_interrupted () != 0)
    status = DIF_TOOL_EXIT_SIGNAL (dif_tool_interrupted ());
  else
    status = DIF_TOOL_EXIT_FAILURE;
  g_error_free (error);
  return status;
}

int
main (int    argc,
      char **argv)
{
  const char *name = argc > 1 ? argv[1] : NULL;

  /* For file names and messages only: numbers are written with a point. */
  setlocale (LC_CTYPE, "");

  if (name == NULL)
    {
      dif_tool_message ("a command is missing");
      return usage_failure ("");
    }
  if (strcmp (name, "--help") == 0 || strcmp (name, "-h") == 0)
    {
      fputs (help, stdout);
      return close_output (DIF_TOOL_EXIT_DONE);
    }
  if (strcmp (name, "--version") == 0 || strcmp (name, "-V") == 0)
    {
      printf ("gimp-diffusion %s\nLicence: GPL-3.0-or-later\n"
              "Processor path: %s\n", DIF_VERSION, dif_cpu_path ());
      return close_output (DIF_TOOL_EXIT_DONE);
    }

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (name, commands[i].name) == 0)
      return close_output (run_command (&commands[i], argc - 1, argv + 1));

  dif_tool_message ("there is no command \"%s\"", name);
  return usage_failure ("");
}
