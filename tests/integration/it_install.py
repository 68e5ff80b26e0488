#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_install - what install puts in place fits together, uninstall takes all of it away, and the Debian package holds the same.
# Keeps: everything happens below a temporary DESTDIR; the package is only unpacked, never installed.
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap  # noqa: E402

FLAVOUR = os.path.basename(os.environ.get("HELPLINED_BUILD", "build/release"))
UNITS = "usr/lib/systemd/system"
PROGRAMS = {"usr/sbin/helplined", "usr/sbin/helpline-sender", "usr/sbin/helpline-modem", "usr/bin/helplinectl", "usr/lib/helplined/backup"}


def make(*arguments):
    # A make of its own: the job server of the make that runs this test is not inherited.
    environment = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(("make", "FLAVOUR=" + FLAVOUR) + arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")[-3000:]


def files_below(root):
    found = set()
    for folder, _, names in os.walk(root):
        found |= {os.path.relpath(os.path.join(folder, name), root) for name in names}
    return found


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def units_name_programs_that_are_installed():
    with tempfile.TemporaryDirectory() as root:
        make("install", "DESTDIR=" + root)
        for unit in os.listdir(os.path.join(root, UNITS)):
            for program in re.findall(r"^Exec\w+=(/\S+)", read(os.path.join(root, UNITS, unit)), re.MULTILINE):
                assert os.access(root + program, os.X_OK), "%s: %s is not installed" % (unit, program)
            for path in re.findall(r"^ExecPaths=(/\S+)", read(os.path.join(root, UNITS, unit)), re.MULTILINE):
                assert os.access(root + path, os.X_OK), "%s: %s is not installed" % (unit, path)


def systemd_accepts_the_installed_units():
    with tempfile.TemporaryDirectory() as root:
        make("install", "DESTDIR=" + root)
        own = sorted(os.listdir(os.path.join(root, UNITS)))
        # The units they refer to and the kill of ExecReload= belong to the system.
        shutil.copytree("/usr/lib/systemd/system", os.path.join(root, UNITS), symlinks=True, dirs_exist_ok=True)
        os.makedirs(os.path.join(root, "bin"))
        shutil.copy("/bin/true", os.path.join(root, "bin/kill"))
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", "--root=" + root] + own, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        text = done.stdout.decode("utf-8", "replace")
        assert done.returncode == 0 and "helpline" not in text, text


def install_holds_everything_with_safe_modes():
    with tempfile.TemporaryDirectory() as root:
        make("install", "DESTDIR=" + root)
        files = files_below(root)
        expected = PROGRAMS | {
            UNITS + "/helpline-modem@.service", "usr/lib/udev/rules.d/70-helpline-modem.rules", "usr/share/man/man8/helpline-modem.8",
            UNITS + "/helplined.service", UNITS + "/helplined-webhooks.socket", UNITS + "/helplined-backup.timer",
            "usr/lib/sysusers.d/helplined.conf", "usr/lib/tmpfiles.d/helplined.conf", "usr/share/man/man8/helplined.8",
            "usr/share/man/man1/helplinectl.1", "usr/share/man/man5/helplined.conf.5",
            "usr/share/doc/helplined/helplined.conf.example", "usr/share/helplined/lexicon/en.conf",
        }
        assert expected <= files, sorted(expected - files)
        for name in files:
            mode = os.stat(os.path.join(root, name)).st_mode & 0o7777
            assert mode == (0o755 if name in PROGRAMS else 0o644), "%s has mode %o" % (name, mode)


def another_prefix_reaches_into_the_units():
    with tempfile.TemporaryDirectory() as root:
        make("install", "DESTDIR=" + root, "PREFIX=/usr/local")
        unit = read(os.path.join(root, "usr/local/lib/systemd/system/helplined.service"))
        assert "ExecStart=/usr/local/sbin/helplined " in unit and "ExecPaths=/usr/local/sbin/helplined " in unit, unit
        assert not any(name.startswith(("usr/sbin", "usr/bin", "usr/lib")) for name in files_below(root))


def uninstall_leaves_configuration_and_data_alone():
    with tempfile.TemporaryDirectory() as root:
        make("install", "DESTDIR=" + root)
        for kept in ("etc/helplined/helplined.conf", "var/lib/helplined/helplined.db"):
            os.makedirs(os.path.dirname(os.path.join(root, kept)))
            with open(os.path.join(root, kept), "w", encoding="utf-8") as file:
                file.write("mine")
        make("uninstall", "DESTDIR=" + root)
        assert files_below(root) == {"etc/helplined/helplined.conf", "var/lib/helplined/helplined.db"}, sorted(files_below(root))
        assert not os.path.exists(os.path.join(root, "usr/share/helplined"))


def debian_package_holds_what_install_does():
    if FLAVOUR != "release":
        raise tap.Skip("the package is built from the release flavour")
    make("deb")
    package = sorted(name for name in os.listdir("build") if name.endswith(".deb"))[-1]
    with tempfile.TemporaryDirectory() as folder:
        installed, unpacked, control = (os.path.join(folder, name) for name in ("installed", "unpacked", "control"))
        make("install", "DESTDIR=" + installed)
        subprocess.run(["dpkg-deb", "-x", os.path.join("build", package), unpacked], check=True)
        subprocess.run(["dpkg-deb", "-e", os.path.join("build", package), control], check=True)
        plain = {re.sub(r"\.gz$", "", name).replace("helplined/changelog", "helplined/CHANGELOG.md") for name in files_below(unpacked)}
        assert plain - {"usr/share/doc/helplined/copyright"} == files_below(installed), sorted(plain ^ files_below(installed))
        fields = read(os.path.join(control, "control"))
        assert "@" not in fields.replace("helplined@", ""), fields
        for library in ("libsqlite3-0", "libmicrohttpd12", "libconfig9", "libcurl4", "libjansson4", "libexpat1", "libsodium23", "libutf8proc2", "libqrencode4"):
            assert library in fields, "%s is no dependency:\n%s" % (library, fields)
        for script in ("postinst", "prerm", "postrm"):
            assert os.access(os.path.join(control, script), os.X_OK), script


tap.run([
    units_name_programs_that_are_installed,
    systemd_accepts_the_installed_units,
    install_holds_everything_with_safe_modes,
    another_prefix_reaches_into_the_units,
    uninstall_leaves_configuration_and_data_alone,
    debian_package_holds_what_install_does,
])
