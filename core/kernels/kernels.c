/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * kernels.c: which tables of kernels this machine can run, and which of
 * them is used.
 */

#include <string.h>

#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include <glib.h>

#include "dif.h"
#include "kernels/kernels.h"

#ifdef DIF_X86

/* The levels of the x86-64 psABI: v3 has AVX2, FMA and what else the
 * compiler may use of it, v4 has AVX-512 F, BW, CD, DQ and VL.  The
 * compiler's test includes the operating system's part in it.
 */
static bool
has_v3 (void)
{
  __builtin_cpu_init ();
  return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma")
         && __builtin_cpu_supports ("bmi") && __builtin_cpu_supports ("bmi2")
         && __builtin_cpu_supports ("lzcnt") && __builtin_cpu_supports ("movbe")
         && __builtin_cpu_supports ("f16c");
}

static bool
has_v4 (void)
{
  return has_v3 () && __builtin_cpu_supports ("avx512f")
         && __builtin_cpu_supports ("avx512bw")
         && __builtin_cpu_supports ("avx512cd")
         && __builtin_cpu_supports ("avx512dq")
         && __builtin_cpu_supports ("avx512vl");
}

#endif

#ifdef DIF_X86_BF16

#define ARCH_REQ_XCOMP_PERM 0x1023
#define XFEATURE_XTILEDATA  18

/* Linux grants the matrix unit's registers on request, to the whole
 * process (Documentation/arch/x86/xstate.rst).
 */
static bool
has_amx (void)
{
  static gsize once = 0;
  static bool  granted;

  if (g_once_init_enter (&once))
    {
#ifdef __linux__
      granted = __builtin_cpu_supports ("amx-tile")
                && __builtin_cpu_supports ("amx-bf16")
                && syscall (SYS_arch_prctl, ARCH_REQ_XCOMP_PERM,
                            XFEATURE_XTILEDATA) == 0;
#endif
      g_once_init_leave (&once, 1);
    }
  return granted;
}

#endif

const DifKernels *
dif_kernels_nth (int i)
{
  const DifKernels *usable[6];
  int               n = 0;

  usable[n++] = &dif_kernels_ref;
  usable[n++] = &dif_kernels_base;
#ifdef DIF_NEON
  usable[n++] = &dif_kernels_neon;
#endif
#ifdef DIF_X86
  if (has_v3 ())
    usable[n++] = &dif_kernels_v3;
  if (has_v4 ())
    usable[n++] = &dif_kernels_v4;
#endif
#ifdef DIF_X86_BF16
  if (has_v4 () && __builtin_cpu_supports ("avx512bf16"))
    {
      usable[n++] = &dif_kernels_bf16;
      if (has_amx ())
        usable[n++] = &dif_kernels_amx;
    }
#endif
  return i >= 0 && i < n ? usable[i] : NULL;
}

const DifKernels *
dif_kernels_by_name (const char *name)
{
  const DifKernels *k;
  int               i;

  for (i = 0; (k = dif_kernels_nth (i)); i++)
    if (strcmp (k->name, name) == 0)
      return k;
  return NULL;
}

static const DifKernels *
choose (void)
{
  const char       *wish = g_getenv ("DIF_CPU");
  const DifKernels *best = NULL, *k;
  int               i;

  /* The bfloat16 of AVX-512 has to be asked for: on processors with a
   * matrix unit it is slower than float32 on AVX-512, and others were not
   * measured.
   */
  for (i = 0; (k = dif_kernels_nth (i)); i++)
    if (! k->exact || strcmp (k->name, "amx-bf16") == 0)
      best = k;
  if (wish && *wish)
    {
      const DifKernels *wished = dif_kernels_by_name (wish);

      if (wished)
        return wished;
      g_warning ("DIF_CPU: this machine or build has no kernels called "
                 "\"%s\"; using \"%s\"", wish, best->name);
    }
  return best;
}

const DifKernels *
dif_kernels_get (void)
{
  static const DifKernels *kernels;

  if (g_once_init_enter (&kernels))
    g_once_init_leave (&kernels, choose ());
  return kernels;
}

const DifKernels *
dif_kernels_float (void)
{
  const DifKernels *k = dif_kernels_get (), *best = NULL;
  int               i;

  if (! k->exact)
    return k;
  for (i = 0; (k = dif_kernels_nth (i)) && ! k->exact; i++)
    best = k;
  return best;
}

const char *
dif_cpu_path (void)
{
  return dif_kernels_get ()->name;
}
