/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dif-params.h: what may be asked for, and the one table that describes
 * all of it.  Checking, comparing, the options of gimp-diffusion, GIMP's
 * arguments, records, presets and the lists of the help page come from the
 * table: a new parameter is a member here, its row in dif-params.c, and
 * whatever makes use of it.  Part of dif.h, which says more.
 */

#ifndef DIF_PARAMS_H
#define DIF_PARAMS_H

#include <glib.h>

G_BEGIN_DECLS

/* The engine's parameters -------------------------------------------- */

typedef enum
{
  DIF_SAMPLER_DDPM,          /* ancestral, Ho et al. 2020                    */
  DIF_SAMPLER_DDIM,          /* Song et al. 2021, eta from 0 to 1            */
  DIF_SAMPLER_DPMPP_2M,      /* DPM-Solver++ 2M, Lu et al. 2022              */
  DIF_SAMPLER_DPMPP_2M_SDE,  /* its stochastic form                          */
  DIF_SAMPLER_DPMPP_2M_KARRAS/* 2M on the noise levels of Karras et al. 2022 */
} DifSamplerKind;

#define DIF_N_SAMPLERS 5

/* The blocks of JPEG files: whether restoring takes them out. */
typedef enum
{
  DIF_BLOCKS_AUTO,           /* where they are found                         */
  DIF_BLOCKS_ON,             /* also where they are hardly found             */
  DIF_BLOCKS_OFF
} DifBlocks;

/* What a job does with its source. */
typedef enum
{
  DIF_JOB_VARY,              /* makes variations of it, or pictures from noise */
  DIF_JOB_RESTORE,           /* takes out the noise that is in it            */
  DIF_JOB_FILL,              /* makes the parts that may change anew, of what is
                                round them, see pipeline/fill.h              */
  DIF_JOB_TEXTURE            /* makes a texture of its stuff                 */
} DifJobTask;

/* What variations are made of. */
typedef enum
{
  DIF_MADE_OF_LAYER_FINISHED,/* the source's patches, see quilt/quilt.h, and a
                                little of the model at the end             */
  DIF_MADE_OF_LAYER,         /* these alone                                */
  DIF_MADE_OF_MODEL          /* what the model makes of noise              */
} DifMadeOf;

#define DIF_MAX_VARIATIONS 100
#define DIF_MAX_STEPS      1000   /* and the longest chain, T, of a model */
#define DIF_MAX_REDUCTION  64
#define DIF_MAX_DRAWS      16
#define DIF_MAX_SIDE       (1 << 18)   /* of a picture, in pixels */

/* The table has the ranges. */
typedef struct
{
  double         strength;       /* share of the chain: turn round at
                                    t = round(strength * T); 0 is the exact
                                    identity, anything above runs at least
                                    one step                                 */
  int            num_variations;
  guint64        seed;           /* variation i (from 0) uses seed + i, and is
                                    the same alone or among others           */
  int            steps;          /* network steps on the way back from t to 0;
                                    a job takes no more than t               */
  DifSamplerKind sampler;
  double         eta;            /* for DIF_SAMPLER_DDIM                     */
  gboolean       from_noise;     /* start at t from N(0, I) and ignore the
                                    source's pixels (its size counts)        */
  double         vary;           /* above 0: all variations have seed, and the
                                    noise of variation i is interpolated on
                                    the sphere towards that of vary_seed + i,
                                    by vary times a right angle              */
  guint64        vary_seed;
  gboolean       tileable;       /* left meets right and top meets bottom:
                                    the source is made to wrap, see
                                    pipeline/seamless.h, and noise and tiles
                                    wrap round                               */
  gboolean       keep_colours;   /* the result gets the source's colours on
                                    the large scale, see
                                    pipeline/colours.h                       */
  DifJobTask     task;           /* strength is that of variations; where it fills
                                    1 leaves nothing of what was there; for the
                                    others it counts for nothing             */
  double         amount;         /* of that, how much: 0 none, 1 all, and beyond
                                    that it counts as so many times stronger */
  double         detail;         /* 0: the mean of all that the picture may have
                                    been, 1: one sample of it                */
  double         colour_noise;   /* of the noise in its colours, how much is
                                    taken out, as a share of amount          */
  double         regrain;        /* even fine grain that is put back, as a share
                                    of the noise that was measured           */
  DifBlocks      blocks;
  int            draws;          /* so many estimates are averaged, 0: as many
                                    as are quick, see pipeline/restore.h     */
  DifMadeOf      made_of;        /* sampler, steps and eta count for the model
                                    alone, structure and layout for the others */
  double         structure;      /* the largest thing that may change, as a
                                    share of the shorter side                */
  double         layout;         /* how strictly things stay at their height */
  double         context;        /* of what is filled, how far around it the
                                    source counts, in sizes of it            */
  int            texture_width;  /* of a texture, in pixels                  */
  int            texture_height;
  int            reduction;      /* above 1: each pixel is the average of a
                                    square of the whole picture, so many
                                    pixels a side; strength and noise are
                                    the whole's, averaged likewise           */
  int            origin_x;       /* where the picture lies on the canvas     */
  int            origin_y;       /*   that the noise is keyed to             */
  int            scale_side;     /* shorter side, in pixels, of the whole that
                                    the picture is cut from, which selects
                                    the octave label; 0: the picture's own   */
  int            threads;        /* 0: one per core; never changes the result */
  int            batch;          /* tiles per network call, 0: chosen by
                                    memory; never changes the result         */
} DifParams;

/* What is asked of a run --------------------------------------------- */

typedef enum
{
  DIF_CHAIN_GROUP,           /* a layer group in the image */
  DIF_CHAIN_IMAGE            /* a new image                */
} DifChainAs;

typedef enum
{
  DIF_TEXTURE_IMAGE,         /* a new image        */
  DIF_TEXTURE_LAYER          /* layers of the image */
} DifTextureAs;

/* The engine's parameters come first, so that an offset in them is one in
 * this.  Clear it with dif_settings_clear().
 */
typedef struct
{
  DifParams   params;
  char       *model;          /* name of its folder                           */
  gboolean    group;          /* the results of a layer go into a group       */
  gboolean    selection_mask; /* they get a layer mask of the selection       */
  char       *picks;          /* the variations to make, see ui/picks.h; "":
                                 params alone say which                       */
  int         chain_frames;   /* above 0: not variations, but the chain of the
                                 first one in so many layers                  */
  DifChainAs  chain_as;       /* what becomes of those                        */
  DifTextureAs texture_as;    /* what becomes of textures                     */
} DifSettings;

/* The table ---------------------------------------------------------- */

/* How a parameter is stored. */
typedef enum
{
  DIF_PARAM_NUMBER,           /* double                                       */
  DIF_PARAM_WHOLE,            /* int                                          */
  DIF_PARAM_SEED,             /* guint64, any; GIMP's controls have 0 to
                                 G_MAXINT                                     */
  DIF_PARAM_SWITCH,           /* gboolean                                     */
  DIF_PARAM_CHOICE,           /* enumeration: which of the choices, from 0    */
  DIF_PARAM_TEXT,             /* char *, of the structure's own               */
  DIF_PARAM_MODEL             /* the same: one of the models that are there   */
} DifParamType;

/* What can be asked for; a parameter belongs to some of these. */
typedef enum
{
  DIF_TASK_VARY     = 1 << 0, /* variations of a picture                      */
  DIF_TASK_NOISE    = 1 << 1, /* the forward process alone                    */
  DIF_TASK_GENERATE = 1 << 2, /* pictures from noise alone                    */
  DIF_TASK_RESTORE  = 1 << 3, /* a picture without its noise                  */
  DIF_TASK_FILL     = 1 << 4, /* parts of a picture made of what is round them */
  DIF_TASK_TEXTURE  = 1 << 5  /* a texture of a sample                        */
} DifTaskKind;

/* What a parameter counts for, and where it is stored. */
typedef enum
{
  DIF_PARAM_NOISE   = 1 << 0, /* for the noise that a variation starts from   */
  DIF_PARAM_RESULT  = 1 << 1, /* for the pixels of a variation, as all do that
                                 count for its noise                          */
  DIF_PARAM_RECORD  = 1 << 2, /* each result remembers it                     */
  DIF_PARAM_PRESET  = 1 << 3, /* a preset has it                              */
  DIF_PARAM_ONCE    = 1 << 4, /* for one run: GIMP forgets it before the next */
  DIF_PARAM_PERCENT = 1 << 5  /* a share, which people see in percent: GIMP's
                                 arguments, presets and records have 100 times
                                 what is in the structure                     */
} DifParamUse;

/* Labels and help are English; whoever shows them translates them. */
typedef struct
{
  const char *nick;           /* in arguments, options, presets, records      */
  const char *label;
  const char *help;
} DifParamChoice;

/* As an option of gimp-diffusion. */
typedef struct
{
  const char *name;           /* NULL: that of the parameter                  */
  char        letter;         /* 0: none                                      */
  int         place;          /* among the others in --help, from above       */
  const char *value;          /* what its value is called; NULL for a switch  */
  const char *help;           /* "{range}" and "{default}" stand for these    */
} DifParamOption;

typedef struct
{
  const char           *name;        /* of the argument, and everywhere       */
  DifParamType          type;
  gsize                 offset;      /* in DifSettings                        */
  guint                 tasks;       /* DifTaskKind; 0: programs alone set it */
  guint                 uses;        /* DifParamUse                           */
  const char           *subject;     /* of the sentence that refuses a value;
                                        NULL where none can be wrong          */
  double                min, max;    /* of NUMBER and WHOLE                   */
  double                usual;       /* the default, also of SWITCH and CHOICE */
  const char           *usual_text;  /* of TEXT and MODEL                     */
  const char           *before;      /* of CHOICE: the nick of what was done
                                        before there was this parameter, which
                                        records and presets without it mean;
                                        NULL: they leave it as it is          */
  const DifParamChoice *choices;     /* of CHOICE, ends with an empty one     */
  const char           *label;       /* in GIMP, with a mnemonic if a control
                                        has it; NULL: no argument there       */
  const char           *help;        /* a sentence                            */
  DifParamOption        option;      /* its help is NULL where there is none  */
} DifParam;

/* In the order of GIMP's arguments; ends with a row without a name. */
extern const DifParam dif_param_table[];

/* The row of that name, or NULL. */
const DifParam *dif_param_find (const char *name);

/* Whether it is a member of DifParams. */
gboolean        dif_param_is_engines (const DifParam *param);

/* How many times larger people see it than it is in the structure: 100 for
 * what they see in percent, else 1.
 */
double          dif_param_unit       (const DifParam *param);

/* Which of its choices has that nick; -1 if none has. */
int             dif_param_choice_find (const DifParam *param,
                                       const char     *nick);

/* All nicks of its choices: "a, b and c", with that word before the last.
 * Free with g_free().
 */
char           *dif_param_choices_list (const DifParam *param,
                                        const char     *word);

DifParams       dif_params_default (void);

/* Which task they are for: DIF_TASK_VARY where that is DIF_JOB_VARY. */
DifTaskKind     dif_params_task    (const DifParams *params);

/* Makes them for that one, and sets what has another default there than the table
 * says: what is filled keeps nothing of what was there, in six ways, and others than
 * variations are one.  DIF_TASK_NOISE and DIF_TASK_GENERATE are like DIF_TASK_VARY.
 */
void            dif_params_set_task (DifParams      *params,
                                     DifTaskKind     task);

/* The default of a row where the tasks, DifTaskKind, of wanted have it: where that is
 * one, what dif_params_set_task() sets.
 */
double          dif_param_usual    (const DifParam  *param,
                                    guint            wanted);

/* The nick that the choice of the task has for one, and the other way round:
 * DIF_TASK_VARY for what has none.
 */
const char     *dif_task_nick      (DifTaskKind      task);
DifTaskKind     dif_task_of_nick   (const char      *nick);

/* Whether two jobs differ in what counts for any of uses. */
gboolean        dif_params_differ  (const DifParams *a,
                                    const DifParams *b,
                                    guint            uses);

/* Sets everything to its default. */
void            dif_settings_init  (DifSettings     *settings);
void            dif_settings_clear (DifSettings     *settings);

G_END_DECLS

#endif /* DIF_PARAMS_H */
