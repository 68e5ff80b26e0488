# SPDX-License-Identifier: GPL-3.0-or-later
# tap - runs the stories of a test file and prints TAP.
# What:  `tap.run([story, story, ...])`: each is a function whose name is a sentence; it fails by raising.
# Keeps: one failure does not stop the next story; the exit status says whether any failed.
# Not here: starting programs, sinks.
import sys
import traceback


class Skip(Exception):
    """Raised by a story that cannot run on this machine; its text says why."""


def run_story(number, story):
    name = story.__name__
    try:
        story()
    except Skip as reason:
        print("ok %d - %s # SKIP %s" % (number, name, reason), flush=True)
        return True
    except Exception:  # noqa: BLE001 - whatever a story raises is its failure
        print("not ok %d - %s" % (number, name), flush=True)
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
