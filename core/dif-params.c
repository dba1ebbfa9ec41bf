/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dif-params.c: the table of parameters, and what goes by it alone.
 */

#include <string.h>

#include "dif-params.h"

/* Marks a text for the translators, who work for GIMP's side of the house:
 * nothing is translated here.
 */
#define N_(text) text

#define AT(member)  G_STRUCT_OFFSET (DifSettings, member)
#define PARAM(name) G_STRUCT_OFFSET (DifSettings, params.name)

#define VARY     DIF_TASK_VARY
#define NOISE    DIF_TASK_NOISE
#define GENERATE DIF_TASK_GENERATE
#define RESTORE  DIF_TASK_RESTORE
#define FILL     DIF_TASK_FILL
#define TEXTURE  DIF_TASK_TEXTURE

static const DifParamChoice samplers[DIF_N_SAMPLERS + 1] =
{
  [DIF_SAMPLER_DDPM] = {
    "ddpm", N_("DDPM (ancestral)"),
    N_("Adds fresh noise at every step; best with many steps")
  },
  [DIF_SAMPLER_DDIM] = {
    "ddim", N_("DDIM"),
    N_("Adds no noise on the way; simple and predictable")
  },
  [DIF_SAMPLER_DPMPP_2M] = {
    "dpmpp-2m", N_("DPM-Solver++ 2M"),
    N_("Good results in few steps")
  },
  [DIF_SAMPLER_DPMPP_2M_SDE] = {
    "dpmpp-2m-sde", N_("DPM-Solver++ 2M SDE"),
    N_("The same with fresh noise at every step: livelier texture")
  },
  [DIF_SAMPLER_DPMPP_2M_KARRAS] = {
    "dpmpp-2m-karras", N_("DPM-Solver++ 2M Karras"),
    N_("More of its steps at low noise: the best in few steps")
  }
};

static const DifParamChoice tasks[] =
{
  [DIF_JOB_VARY] = {
    "vary", N_("Vary"), N_("Makes variations of the layer")
  },
  [DIF_JOB_RESTORE] = {
    "restore", N_("Restore"), N_("Takes the noise out of the layer")
  },
  [DIF_JOB_FILL] = {
    "fill", N_("Fill"),
    N_("Draws what is selected, or transparent, anew from what is around it")
  },
  [DIF_JOB_TEXTURE] = {
    "texture", N_("Texture"), N_("Makes a texture of the layer's stuff")
  },
  { NULL }
};

static const DifParamChoice blocks[] =
{
  [DIF_BLOCKS_AUTO] = {
    "auto", N_("Where found"), N_("Takes blocks out where the layer has them")
  },
  [DIF_BLOCKS_ON] = {
    "on", N_("Always"), N_("Also where they are hardly found")
  },
  [DIF_BLOCKS_OFF] = {
    "off", N_("Never"), N_("Leaves blocks as they are")
  },
  { NULL }
};

static const DifParamChoice origins[] =
{
  [DIF_MADE_OF_LAYER_FINISHED] = {
    "layer-finished", N_("This layer, finished by the model"),
    N_("Parts of the layer put together anew, and the model goes over that "
       "lightly")
  },
  [DIF_MADE_OF_LAYER] = {
    "layer", N_("This layer alone"),
    N_("Parts of the layer put together anew, with its light and its grain")
  },
  [DIF_MADE_OF_MODEL] = {
    "model", N_("The model alone"),
    N_("What the model puts in the place of noise")
  },
  { NULL }
};

static const DifParamChoice chain_places[] =
{
  [DIF_CHAIN_GROUP] = {
    "group", N_("In a layer group"), N_("Above the layer, as one undo step")
  },
  [DIF_CHAIN_IMAGE] = {
    "image", N_("As a new image"), N_("Can be exported as an animation")
  },
  { NULL }
};

static const DifParamChoice texture_places[] =
{
  [DIF_TEXTURE_IMAGE] = {
    "image", N_("As a new image"), N_("Each texture is an image of its own")
  },
  [DIF_TEXTURE_LAYER] = {
    "layer", N_("As layers"), N_("Above the layer, as one undo step")
  },
  { NULL }
};

const DifParam dif_param_table[] =
{
  {
    .name = "strength", .type = DIF_PARAM_NUMBER, .offset = PARAM (strength),
    .tasks = VARY | NOISE | FILL,
    .uses = DIF_PARAM_RESULT | DIF_PARAM_RECORD | DIF_PARAM_PRESET
            | DIF_PARAM_PERCENT,
    .subject = "The strength", .min = 0.0, .max = 1.0, .usual = 0.4,
    .label = N_("S_trength (%)"),
    .help = N_("How much changes. Made of the layer: how much of it is put "
               "together anew. With the model alone: how far the layer is turned "
               "into noise before it is restored; at 20 only fine detail "
               "changes, at 60 most of it, at 100 nothing of the layer is left"),
    .option = { .letter = 's', .place = 30, .value = "S",
                .help = "How far to go into noise, {range} ({default}, fill: 1)" }
  },
  {
    .name = "num-variations", .type = DIF_PARAM_WHOLE,
    .offset = PARAM (num_variations), .tasks = VARY | GENERATE | FILL | TEXTURE,
    .uses = DIF_PARAM_PRESET,
    .subject = "The number of variations", .min = 1, .max = DIF_MAX_VARIATIONS,
    .usual = 4,
    .label = N_("_Variations"),
    .help = N_("How many variations to make, each as a layer of its own"),
    .option = { .name = "variations", .letter = 'n', .place = 40, .value = "N",
                .help = "Number of pictures, {range} "
                        "(vary: {default}, others: 1)" }
  },
  {
    .name = "seed", .type = DIF_PARAM_SEED, .offset = PARAM (seed),
    .tasks = VARY | NOISE | GENERATE | RESTORE | FILL | TEXTURE,
    .uses = DIF_PARAM_NOISE | DIF_PARAM_RESULT | DIF_PARAM_RECORD,
    .label = N_("S_eed"),
    .help = N_("Chooses the noise: the same seed makes the same variations. "
               "The first uses this number, each further one the next"),
    .option = { .place = 50, .value = "N",
                .help = "Seed of the first; number k uses seed + k - 1 "
                        "({default})" }
  },
  {
    .name = "steps", .type = DIF_PARAM_WHOLE, .offset = PARAM (steps),
    .tasks = VARY | GENERATE,
    .uses = DIF_PARAM_RESULT | DIF_PARAM_RECORD | DIF_PARAM_PRESET,
    .subject = "The number of steps", .min = 1, .max = DIF_MAX_STEPS,
    .usual = 12,
    .label = N_("Steps"),
    .help = N_("How many steps the model takes to remove the noise: more take "
               "longer and can look better"),
    .option = { .place = 90, .value = "N",
                .help = "Network steps, {range} ({default})" }
  },
  {
    .name = "sampler", .type = DIF_PARAM_CHOICE, .offset = PARAM (sampler),
    .tasks = VARY | GENERATE,
    .uses = DIF_PARAM_RESULT | DIF_PARAM_RECORD | DIF_PARAM_PRESET,
    .subject = "The sampler", .usual = DIF_SAMPLER_DPMPP_2M_KARRAS,
    .choices = samplers,
    .label = N_("S_ampler"),
    .help = N_("How the noise is removed from step to step"),
    .option = { .place = 100, .value = "NAME", .help = "{range} (the last)" }
  },
  {
    .name = "eta", .type = DIF_PARAM_NUMBER, .offset = PARAM (eta),
    .tasks = VARY | GENERATE,
    .uses = DIF_PARAM_RESULT | DIF_PARAM_RECORD | DIF_PARAM_PRESET,
    .subject = "Eta", .min = 0.0, .max = 1.0, .usual = 0.0,
    .label = N_("Eta"),
    .help = N_("With DDIM: how much fresh noise each step adds"),
    .option = { .place = 110, .value = "E",
                .help = "Noise that ddim adds on the way back, {range} "
                        "({default})" }
  },
  {
    .name = "model", .type = DIF_PARAM_MODEL, .offset = AT (model),
    .tasks = VARY | NOISE | GENERATE | RESTORE,
    .uses = DIF_PARAM_RECORD | DIF_PARAM_PRESET, .usual_text = "photo",
    .label = N_("Mo_del"),
    .help = N_("The model that removes the noise. Folders placed in "
               "diffusion-models, in GIMP's user folder, appear here"),
    .option = { .letter = 'm', .place = 150, .value = "NAME",
                .help = "Name or folder of the model ({default})" }
  },
  {
    .name = "tileable", .type = DIF_PARAM_SWITCH, .offset = PARAM (tileable),
    .tasks = VARY | GENERATE | TEXTURE,
    .uses = DIF_PARAM_RESULT | DIF_PARAM_RECORD | DIF_PARAM_PRESET,
    .label = N_("Tilea_ble"),
    .help = N_("The left edge continues at the right one and the top at the "
               "bottom"),
    .option = { .place = 130,
                .help = "Left continues at the right and the top at the "
                        "bottom" }
  },
  {
    .name = "keep-colours", .type = DIF_PARAM_SWITCH,
    .offset = PARAM (keep_colours), .tasks = VARY,
    .uses = DIF_PARAM_RESULT | DIF_PARAM_RECORD | DIF_PARAM_PRESET,
    .label = N_("_Keep colours"),
    .help = N_("The results keep the layer's colours on the large scale"),
    .option = { .place = 140,
                .help = "Keep the picture's colours on the large scale" }
  },
  {
    .name = "group", .type = DIF_PARAM_SWITCH, .offset = AT (group),
    .tasks = VARY, .uses = DIF_PARAM_RECORD | DIF_PARAM_PRESET,
    .label = N_("As a _group"),
    .help = N_("The results of each layer go into a layer group")
  },
  {
    .name = "selection-mask", .type = DIF_PARAM_SWITCH,
    .offset = AT (selection_mask), .tasks = VARY | RESTORE | FILL,
    .uses = DIF_PARAM_RECORD | DIF_PARAM_PRESET, .usual = TRUE,
    .label = N_("Selection as ad_justable mask"),
    .help = N_("With a selection, each result gets a layer mask of it: paint on "
               "that to show more or less of the result. Otherwise, and where "
               "the layer has a mask, the selected pixels of the result are "
               "blended into the layer's")
  },
  {
    .name = "vary", .type = DIF_PARAM_NUMBER, .offset = PARAM (vary),
    .tasks = VARY | NOISE | GENERATE,
    .uses = DIF_PARAM_NOISE | DIF_PARAM_RESULT | DIF_PARAM_RECORD
            | DIF_PARAM_ONCE,
    .subject = "The distance of the variations", .min = 0.0, .max = 1.0,
    .usual = 0.0,
    .label = N_("Distance"),
    .help = N_("Above 0 the variations stay near the one of the seed: their "
               "noise lies between that of the seed (0) and other noise (1)"),
    .option = { .place = 60, .value = "V",
                .help = "How far to go from the seed's noise to other noise, "
                        "{range} ({default})" }
  },
  {
    .name = "vary-seed", .type = DIF_PARAM_SEED, .offset = PARAM (vary_seed),
    .tasks = VARY | NOISE | GENERATE,
    .uses = DIF_PARAM_NOISE | DIF_PARAM_RESULT | DIF_PARAM_RECORD
            | DIF_PARAM_ONCE,
    .label = N_("Other seed"),
    .help = N_("Chooses the other noise; each variation uses the next"),
    .option = { .place = 70, .value = "N",
                .help = "Seed of the other noise; number k uses this + k - 1 "
                        "({default})" }
  },
  {
    .name = "picks", .type = DIF_PARAM_TEXT, .offset = AT (picks),
    .tasks = VARY, .uses = DIF_PARAM_ONCE, .usual_text = "",
    .label = N_("Picks"),
    .help = N_("Makes these variations and no others: seeds with commas "
               "between; \"7~0.25~1001\" is seed 7 with distance 0.25 and other "
               "seed 1001")
  },
  {
    .name = "chain-frames", .type = DIF_PARAM_WHOLE,
    .offset = AT (chain_frames), .tasks = VARY, .uses = DIF_PARAM_ONCE,
    .min = 0, .max = 200, .usual = 0,
    .label = N_("Frames of the chain"),
    .help = N_("Above 0, instead of variations: the way into noise and back, in "
               "so many layers")
  },
  {
    .name = "chain-as", .type = DIF_PARAM_CHOICE, .offset = AT (chain_as),
    .tasks = VARY, .usual = DIF_CHAIN_GROUP, .choices = chain_places,
    .label = N_("Where the chain goes"),
    .help = N_("What the layers of the chain become")
  },
  {
    .name = "from-noise", .type = DIF_PARAM_SWITCH,
    .offset = PARAM (from_noise), .uses = DIF_PARAM_RESULT
  },
  {
    .name = "task", .type = DIF_PARAM_CHOICE, .offset = PARAM (task),
    .tasks = VARY | RESTORE | FILL | TEXTURE,
    .uses = DIF_PARAM_RESULT | DIF_PARAM_RECORD | DIF_PARAM_PRESET,
    .subject = "The task", .usual = DIF_JOB_VARY, .choices = tasks,
    .label = N_("Task"),
    .help = N_("What to do with the layer: to vary it, or to take out the noise "
               "that is in it")
  },
  {
    .name = "amount", .type = DIF_PARAM_NUMBER, .offset = PARAM (amount),
    .tasks = RESTORE,
    .uses = DIF_PARAM_RESULT | DIF_PARAM_RECORD | DIF_PARAM_PRESET
            | DIF_PARAM_PERCENT,
    .subject = "The amount", .min = 0.0, .max = 3.0, .usual = 1.0,
    .label = N_("_Amount (%)"),
    .help = N_("How much of the noise to take out: 0 leaves the layer as it is, "
               "100 takes out what was measured, and above that it counts as so "
               "many times stronger"),
    .option = { .letter = 'a', .place = 200, .value = "A",
                .help = "How much of the noise to take out, {range}; above 1 it "
                        "counts as stronger than measured ({default})" }
  },
  {
    .name = "detail", .type = DIF_PARAM_NUMBER, .offset = PARAM (detail),
    .tasks = RESTORE,
    .uses = DIF_PARAM_RESULT | DIF_PARAM_RECORD | DIF_PARAM_PRESET
            | DIF_PARAM_PERCENT,
    .subject = "The detail", .min = 0.0, .max = 1.0, .usual = 0.0,
    .label = N_("De_tail (%)"),
    .help = N_("At 0 the mean of all that the picture may have been: smooth, and "
               "the closest to it. At 100 one of these pictures: sharp, with "
               "invented fine detail where the noise has covered it"),
    .option = { .place = 210, .value = "D",
                .help = "From the mean of all that the picture may have been (0) "
                        "to a sample of it (1), {range} ({default})" }
  },
  {
    .name = "colour-noise", .type = DIF_PARAM_NUMBER,
    .offset = PARAM (colour_noise), .tasks = RESTORE,
    .uses = DIF_PARAM_RESULT | DIF_PARAM_RECORD | DIF_PARAM_PRESET
            | DIF_PARAM_PERCENT,
    .subject = "The amount of colour noise", .min = 0.0, .max = 1.0, .usual = 1.0,
    .label = N_("Colour _noise (%)"),
    .help = N_("How much of the noise in the colours to take out, as a share of "
               "the amount"),
    .option = { .place = 220, .value = "A",
                .help = "How much of the noise in the colours to take out, as a "
                        "share of the amount, {range} ({default})" }
  },
  {
    .name = "regrain", .type = DIF_PARAM_NUMBER, .offset = PARAM (regrain),
    .tasks = RESTORE,
    .uses = DIF_PARAM_RESULT | DIF_PARAM_RECORD | DIF_PARAM_PRESET
            | DIF_PARAM_PERCENT,
    .subject = "The grain", .min = 0.0, .max = 1.0, .usual = 0.0,
    .label = N_("_Grain put back (%)"),
    .help = N_("Even, fine grain on the result, as a share of the noise that was "
               "measured: so that a part that was restored matches the rest"),
    .option = { .place = 230, .value = "G",
                .help = "Even fine grain put back, as a share of the noise, "
                        "{range} ({default})" }
  },
  {
    .name = "blocks", .type = DIF_PARAM_CHOICE, .offset = PARAM (blocks),
    .tasks = RESTORE,
    .uses = DIF_PARAM_RESULT | DIF_PARAM_RECORD | DIF_PARAM_PRESET,
    .subject = "The choice of blocks", .usual = DIF_BLOCKS_AUTO,
    .choices = blocks,
    .label = N_("JPEG _blocks"),
    .help = N_("Whether to take out the blocks and rings that JPEG files get when "
               "they are compressed strongly"),
    .option = { .place = 240, .value = "WHEN",
                .help = "Take out the blocks of JPEG files: {range} "
                        "({default}, where they are found)" }
  },
  {
    .name = "draws", .type = DIF_PARAM_WHOLE, .offset = PARAM (draws),
    .tasks = RESTORE,
    .uses = DIF_PARAM_RESULT | DIF_PARAM_RECORD | DIF_PARAM_PRESET,
    .subject = "The number of draws", .min = 0, .max = DIF_MAX_DRAWS, .usual = 0,
    .label = N_("A_verages"),
    .help = N_("So many estimates are averaged, each with other noise on top; 0 "
               "stands for as many as are quick. More are closer to the picture "
               "and take longer"),
    .option = { .place = 250, .value = "N",
                .help = "Estimates to average, up to 16, or 0 for as many as are "
                        "quick ({default}); more are closer to the picture and "
                        "take longer" }
  },
  {
    .name = "made-of", .type = DIF_PARAM_CHOICE, .offset = PARAM (made_of),
    .tasks = VARY,
    .uses = DIF_PARAM_RESULT | DIF_PARAM_RECORD | DIF_PARAM_PRESET,
    .subject = "What the variations are made of", .usual = DIF_MADE_OF_LAYER_FINISHED,
    .before = "model", .choices = origins,
    .label = N_("Made of"),
    .help = N_("What is put into the variations: parts of the layer itself, "
               "which keep its light and grain, or what the model invents"),
    .option = { .place = 25, .value = "WHAT",
                .help = "What the variations are made of, the picture's own "
                        "parts or what the model invents: {range} ({default})" }
  },
  {
    .name = "structure", .type = DIF_PARAM_NUMBER, .offset = PARAM (structure),
    .tasks = VARY,
    .uses = DIF_PARAM_RESULT | DIF_PARAM_RECORD | DIF_PARAM_PRESET
            | DIF_PARAM_PERCENT,
    .subject = "The structure", .min = 0.02, .max = 0.3, .usual = 0.3,
    .label = N_("Structure (%)"),
    .help = N_("Made of the layer: the size of the largest things that may "
               "change, as a share of the layer's shorter side"),
    .option = { .place = 32, .value = "S",
                .help = "Made of the picture: the largest thing that may change, "
                        "as a share of the shorter side, {range} ({default})" }
  },
  {
    .name = "layout", .type = DIF_PARAM_NUMBER, .offset = PARAM (layout),
    .tasks = VARY | FILL,
    .uses = DIF_PARAM_RESULT | DIF_PARAM_RECORD | DIF_PARAM_PRESET
            | DIF_PARAM_PERCENT,
    .subject = "The layout", .min = 0.0, .max = 1.0, .usual = 0.5,
    .label = N_("Layout (%)"),
    .help = N_("Made of the layer: how strictly things stay at their height in "
               "it, the sky above and the ground below"),
    .option = { .place = 34, .value = "L",
                .help = "Made of the picture: how strictly things stay at their "
                        "height in it, {range} ({default})" }
  },
  {
    .name = "context", .type = DIF_PARAM_NUMBER, .offset = PARAM (context),
    .tasks = FILL, .uses = DIF_PARAM_RESULT | DIF_PARAM_RECORD | DIF_PARAM_PRESET,
    .subject = "The context", .min = 0.5, .max = 8.0, .usual = 1.5,
    .label = N_("Context"),
    .help = N_("How far around what is filled the layer counts, in sizes of "
               "that: more finds more to copy, and takes longer"),
    .option = { .place = 260, .value = "C",
                .help = "How far around what is filled the picture counts, in "
                        "sizes of that, {range} ({default})" }
  },
  {
    .name = "texture-width", .type = DIF_PARAM_WHOLE,
    .offset = PARAM (texture_width), .tasks = TEXTURE,
    .uses = DIF_PARAM_RESULT | DIF_PARAM_RECORD | DIF_PARAM_PRESET,
    .subject = "The width of the texture", .min = 16, .max = 16384, .usual = 1024,
    .label = N_("Width"), .help = N_("The width of the texture, in pixels")
  },
  {
    .name = "texture-height", .type = DIF_PARAM_WHOLE,
    .offset = PARAM (texture_height), .tasks = TEXTURE,
    .uses = DIF_PARAM_RESULT | DIF_PARAM_RECORD | DIF_PARAM_PRESET,
    .subject = "The height of the texture", .min = 16, .max = 16384, .usual = 1024,
    .label = N_("Height"), .help = N_("The height of the texture, in pixels")
  },
  {
    .name = "texture-as", .type = DIF_PARAM_CHOICE, .offset = AT (texture_as),
    .tasks = TEXTURE, .usual = DIF_TEXTURE_IMAGE, .choices = texture_places,
    .label = N_("Where the texture goes"),
    .help = N_("What the textures become")
  },
  {
    .name = "reduction", .type = DIF_PARAM_WHOLE, .offset = PARAM (reduction),
    .uses = DIF_PARAM_NOISE | DIF_PARAM_RESULT,
    .subject = "The reduction", .min = 0, .max = DIF_MAX_REDUCTION
  },
  {
    .name = "origin-x", .type = DIF_PARAM_WHOLE, .offset = PARAM (origin_x),
    .uses = DIF_PARAM_NOISE | DIF_PARAM_RESULT,
    .min = G_MININT, .max = G_MAXINT
  },
  {
    .name = "origin-y", .type = DIF_PARAM_WHOLE, .offset = PARAM (origin_y),
    .uses = DIF_PARAM_NOISE | DIF_PARAM_RESULT,
    .min = G_MININT, .max = G_MAXINT
  },
  {
    .name = "scale-side", .type = DIF_PARAM_WHOLE, .offset = PARAM (scale_side),
    .tasks = VARY | GENERATE | RESTORE, .uses = DIF_PARAM_RESULT,
    .subject = "The scale", .min = 0, .max = DIF_MAX_SIDE,
    .option = { .place = 120, .value = "N",
                .help = "Shorter side of the whole that the picture is cut "
                        "from, 0 for its own ({default})" }
  },
  {
    .name = "threads", .type = DIF_PARAM_WHOLE, .offset = PARAM (threads),
    .tasks = VARY | GENERATE | RESTORE | FILL | TEXTURE,
    .subject = "The number of threads", .min = 0, .max = 1024,
    .option = { .letter = 't', .place = 160, .value = "N",
                .help = "Threads, 0 for one per core ({default}); never changes "
                        "the result" }
  },
  {
    .name = "batch", .type = DIF_PARAM_WHOLE, .offset = PARAM (batch),
    .tasks = VARY | GENERATE | RESTORE,
    .subject = "The batch", .min = 0, .max = 256,
    .option = { .place = 170, .value = "N",
                .help = "Tiles per network call, 0 to choose ({default}); never "
                        "changes the result" }
  },
  { NULL }
};

/* Rows --------------------------------------------------------------- */

const DifParam *
dif_param_find (const char *name)
{
  const DifParam *p;

  for (p = dif_param_table; p->name; p++)
    if (strcmp (p->name, name) == 0)
      return p;
  return NULL;
}

gboolean
dif_param_is_engines (const DifParam *param)
{
  return param->offset < sizeof (DifParams);
}

double
dif_param_unit (const DifParam *param)
{
  return param->uses & DIF_PARAM_PERCENT ? 100.0 : 1.0;
}

int
dif_param_choice_find (const DifParam *param,
                       const char     *nick)
{
  int i;

  for (i = 0; param->choices[i].nick; i++)
    if (g_strcmp0 (param->choices[i].nick, nick) == 0)
      return i;
  return -1;
}

char *
dif_param_choices_list (const DifParam *param,
                        const char     *word)
{
  GString              *list = g_string_new (NULL);
  const DifParamChoice *c;

  for (c = param->choices; c->nick; c++)
    {
      if (c > param->choices && c[1].nick)
        g_string_append (list, ", ");
      else if (c > param->choices)
        g_string_append_printf (list, " %s ", word);
      g_string_append (list, c->nick);
    }
  return g_string_free (list, FALSE);
}

/* Structures --------------------------------------------------------- */

static void
set_usual (const DifParam *p,
           gpointer        structure)
{
  switch (p->type)
    {
    case DIF_PARAM_NUMBER:
      G_STRUCT_MEMBER (double, structure, p->offset) = p->usual;
      break;
    case DIF_PARAM_SEED:
      G_STRUCT_MEMBER (guint64, structure, p->offset) = (guint64) p->usual;
      break;
    case DIF_PARAM_WHOLE:
    case DIF_PARAM_SWITCH:
    case DIF_PARAM_CHOICE:
      G_STRUCT_MEMBER (int, structure, p->offset) = (int) p->usual;
      break;
    case DIF_PARAM_TEXT:
    case DIF_PARAM_MODEL:
      G_STRUCT_MEMBER (char *, structure, p->offset) = g_strdup (p->usual_text);
      break;
    }
}

static const DifTaskKind kinds[] =
{
  [DIF_JOB_VARY]    = DIF_TASK_VARY,
  [DIF_JOB_RESTORE] = DIF_TASK_RESTORE,
  [DIF_JOB_FILL]    = DIF_TASK_FILL,
  [DIF_JOB_TEXTURE] = DIF_TASK_TEXTURE
};

static DifJobTask
job_task (DifTaskKind task)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i] == task)
      return (DifJobTask) i;
  return DIF_JOB_VARY;
}

DifTaskKind
dif_params_task (const DifParams *params)
{
  return params->task >= 0 && params->task < (int) G_N_ELEMENTS (kinds)
         ? kinds[params->task] : DIF_TASK_VARY;
}

void
dif_params_set_task (DifParams   *params,
                     DifTaskKind  task)
{
  params->task = job_task (task);
  if (params->task != DIF_JOB_VARY)
    params->num_variations = 1;
  if (params->task == DIF_JOB_FILL)
    {
      params->num_variations = 6;
      params->strength = 1.0;
    }
}

double
dif_param_usual (const DifParam *param,
                 guint           wanted)
{
  DifParams params = dif_params_default ();

  if (! dif_param_is_engines (param) || (wanted & (wanted - 1)) != 0)
    return param->usual;
  dif_params_set_task (&params, (DifTaskKind) wanted);
  if (param->type == DIF_PARAM_NUMBER)
    return G_STRUCT_MEMBER (double, &params, param->offset);
  if (param->type == DIF_PARAM_WHOLE || param->type == DIF_PARAM_SWITCH)
    return G_STRUCT_MEMBER (int, &params, param->offset);
  return param->usual;
}

const char *
dif_task_nick (DifTaskKind task)
{
  return tasks[job_task (task)].nick;
}

DifTaskKind
dif_task_of_nick (const char *nick)
{
  int i = nick ? dif_param_choice_find (dif_param_find ("task"), nick) : -1;

  return i >= 0 ? kinds[i] : DIF_TASK_VARY;
}

DifParams
dif_params_default (void)
{
  DifParams       params = { 0 };
  const DifParam *p;

  for (p = dif_param_table; p->name; p++)
    if (dif_param_is_engines (p))
      set_usual (p, &params);
  return params;
}

void
dif_settings_init (DifSettings *settings)
{
  const DifParam *p;

  memset (settings, 0, sizeof *settings);
  for (p = dif_param_table; p->name; p++)
    set_usual (p, settings);
}

void
dif_settings_clear (DifSettings *settings)
{
  const DifParam *p;

  for (p = dif_param_table; p->name; p++)
    if (p->type == DIF_PARAM_TEXT || p->type == DIF_PARAM_MODEL)
      g_clear_pointer (&G_STRUCT_MEMBER (char *, settings, p->offset), g_free);
}

static gboolean
same (const DifParam  *p,
      const DifParams *a,
      const DifParams *b)
{
  if (p->type == DIF_PARAM_NUMBER)
    return G_STRUCT_MEMBER (double, a, p->offset)
           == G_STRUCT_MEMBER (double, b, p->offset);
  if (p->type == DIF_PARAM_SEED)
    return G_STRUCT_MEMBER (guint64, a, p->offset)
           == G_STRUCT_MEMBER (guint64, b, p->offset);
  return G_STRUCT_MEMBER (int, a, p->offset)
         == G_STRUCT_MEMBER (int, b, p->offset);
}

gboolean
dif_params_differ (const DifParams *a,
                   const DifParams *b,
                   guint            uses)
{
  const DifParam *p;

  for (p = dif_param_table; p->name; p++)
    if (dif_param_is_engines (p) && (p->uses & uses) && ! same (p, a, b))
      return TRUE;
  return FALSE;
}
