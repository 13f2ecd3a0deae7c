/*
 * Runs every suite. Check's own environment chooses among them: CK_RUN_SUITE=login runs one,
 * CK_FORK=no keeps a test in this process for a debugger. VP_MODULE names the module under test.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "pam.h"

static Suite *(*const suites[])(void) = {suite_login,  suite_change, suite_written,
                                         suite_broken, suite_traces, suite_walk};

int main(void)
{
    SRunner *runner = srunner_create(NULL);
    int failed;

    stage_create();
    for (size_t i = 0; i < COUNT(suites); i++)
        srunner_add_suite(runner, suites[i]());
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    stage_remove();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
