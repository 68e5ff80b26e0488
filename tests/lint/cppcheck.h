/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cppcheck - included before every file that cppcheck reads (tests/lint/rules/static).
 * Why:   it does not know __VA_OPT__, and would skip every file that logs.
 */
#ifndef TESTS_LINT_CPPCHECK_H
#define TESTS_LINT_CPPCHECK_H

#if __has_include("gateway/base/log.h")
#include "gateway/base/log.h"
#undef log_event
#define log_event(level, event, ...) log_write(level, event, 0)
#endif

#endif
