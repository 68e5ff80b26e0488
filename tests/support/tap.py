# SPDX-License-Identifier: GPL-3.0-or-later
# tap - runs the stories of a test file and prints TAP.
# What:  `tap.run([story, story, ...])`: each is a function whose name is a sentence; it fails by raising.
# Keeps: one failure does not stop the next story; the exit status says whether any failed; a limit of time is there to catch what
#        waits or hangs, never to measure: it grows with the slowness of the build (tests/bench measures).
# Not here: starting programs, sinks.
import os
import sys
import traceback

IS_SANITIZED = os.path.basename(os.path.normpath(os.environ.get("HELPLINED_BUILD", "build/release"))) in ("asan", "tsan", "cover")
SLOWNESS = 10 if IS_SANITIZED else 3


def within(seconds):
    """The limit for something that takes less than `seconds` on an idle machine."""
    return seconds * SLOWNESS


WHY_SHOWN = 300  # characters of what a story raised, beside its name; the whole of it follows


class Skip(Exception):
    """Raised by a story that cannot run on this machine; its text says why."""


def run_story(number, story):
    name = story.__name__
    try:
        story()
    except Skip as reason:
        print("ok %d - %s # SKIP %s" % (number, name, reason), flush=True)
        return True
    except Exception as problem:  # noqa: BLE001 - whatever a story raises is its failure
        why = " ".join(("%s: %s" % (type(problem).__name__, problem)).split())[:WHY_SHOWN]
        print("not ok %d - %s: %s" % (number, name, why.replace("#", "_")), flush=True)
        for line in traceback.format_exc().splitlines():
            print("# " + line, flush=True)
        return False
    print("ok %d - %s" % (number, name), flush=True)
    return True


def run(stories):
    """Prints the plan and every result, and exits."""
    print("1..%d" % len(stories), flush=True)
    results = [run_story(number, story) for number, story in enumerate(stories, 1)]
    sys.exit(0 if all(results) else 1)
