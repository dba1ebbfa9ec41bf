/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fuzz-schedule.c: whatever scheduler_config.json is accepted must give
 * a chain from the picture towards noise.
 */

#include "fuzz.h"
#include "sample/schedule.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const char  *path = "scheduler/scheduler_config.json";
  GError      *error = NULL;
  DifSchedule *schedule = dif_schedule_parse ((const char *) data, size, path,
                                              &error);
  int          t;

  if (! fuzz_check (schedule != NULL, path, &error))
    return 0;

  FUZZ_REQUIRE (schedule->n_train_steps >= 1);
  FUZZ_REQUIRE (dif_schedule_alpha_bar (schedule, 0) == 1.0);
  for (t = 1; t <= schedule->n_train_steps; t++)
    {
      double now = dif_schedule_alpha_bar (schedule, t);

      /* The last one may be the stand-in for an end at 0. */
      FUZZ_REQUIRE (now >= 0);
      FUZZ_REQUIRE (now < dif_schedule_alpha_bar (schedule, t - 1) ||
                    (t == schedule->n_train_steps && now <= 0x1p-24));
    }
  dif_schedule_free (schedule);

  return 0;
}
