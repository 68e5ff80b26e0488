#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_units - the units keep daemon, sender and backup as confined as the manual promises, and fit together.
# What:  `systemd-analyze security --offline` against a ceiling for each unit, and what a score cannot say: no network for the daemon,
#        every socket by a name that the daemon knows, every user and folder created by sysusers and tmpfiles.
# Keeps: the gate itself is tried on a unit that has lost one line.
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap  # noqa: E402

# systemd counts exposure in tenths: 5 is 0.5.
CEILINGS = {"helplined.service": 5, "helpline-sender.service": 12, "helplined-backup.service": 10, "helpline-modem@.service": 5}
SOCKETS = ("webhooks", "console", "control", "workers")


def read(name):
    with open(os.path.join("systemd", name), encoding="utf-8") as file:
        return file.read()


def values(name, key):
    return [value.strip() for value in re.findall(r"^%s=(.*)$" % key, read(name), re.MULTILINE)]


def is_within(path, ceiling):
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=%d" % ceiling, path],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=dict(os.environ, LC_ALL="C.UTF-8"))
    text = done.stdout.decode("utf-8", "replace")
    assert "Overall exposure level" in text, text
    print("# " + text.strip().splitlines()[-1], flush=True)
    return done.returncode == 0


def exposure_of_every_service_is_below_its_ceiling():
    services = sorted(name for name in os.listdir("systemd") if name.endswith(".service"))
    assert services == sorted(CEILINGS), services
    for name, ceiling in CEILINGS.items():
        assert is_within(os.path.abspath(os.path.join("systemd", name)), ceiling), name


def gate_notices_a_lost_line():
    for name, lost in (("helplined.service", "PrivateNetwork=yes"), ("helpline-sender.service", "CapabilityBoundingSet="),
                       ("helpline-modem@.service", "PrivateNetwork=yes"), ("helpline-modem@.service", "PrivateUsers=yes")):
        text = read(name)
        assert lost in text
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.replace(lost, ""))
            assert not is_within(path, CEILINGS[name]), "%s passes without %s" % (name, lost)


def daemon_has_no_network_of_its_own():
    assert values("helplined.service", "PrivateNetwork") == ["yes"]
    assert values("helplined.service", "RestrictAddressFamilies") == ["AF_UNIX"]
    assert values("helplined.service", "IPAddressDeny") == ["any"]


def daemon_sees_who_asks():
    # In a user namespace of its own every peer would be nobody: the audit chain could not name people, nor workers be told apart.
    assert not values("helplined.service", "PrivateUsers")
    assert values("helpline-sender.service", "Group") == values("helplined.service", "Group")


def sender_cannot_reach_database_or_configuration():
    hidden = " ".join(values("helpline-sender.service", "InaccessiblePaths"))
    assert "/var/lib/helplined" in hidden and "/etc/helplined" in hidden, hidden
    assert not values("helpline-sender.service", "LoadCredential")
    assert values("helpline-sender.service", "User") != values("helplined.service", "User")


def modem_reaches_its_device_and_the_daemon_alone():
    unit = "helpline-modem@.service"
    assert values(unit, "DevicePolicy") == ["closed"]
    assert values(unit, "DeviceAllow") == ["char-ttyUSB rw", "char-ttyACM rw"]
    assert values(unit, "PrivateNetwork") == ["yes"] and values(unit, "RestrictAddressFamilies") == ["AF_UNIX"]
    assert values(unit, "CapabilityBoundingSet") == [""] and values(unit, "AmbientCapabilities") == [""]
    assert values(unit, "SupplementaryGroups") == ["dialout"]
    assert values(unit, "Group") == values("helplined.service", "Group")
    assert values(unit, "User")[0] not in values("helplined.service", "User") + values("helpline-sender.service", "User")
    assert values(unit, "Restart") == ["always"] and values(unit, "WatchdogSec") and values(unit, "StartLimitIntervalSec") == ["0"]
    hidden = " ".join(values(unit, "InaccessiblePaths"))
    assert "/var/lib/helplined" in hidden and "/etc/helplined" in hidden, hidden
    assert "--name %i" in values(unit, "ExecStart")[0]


def ports_of_modems_are_nobody_elses():
    rules = read("helpline-modem.rules")
    assert 'ENV{ID_MM_PORT_IGNORE}="1"' in rules and 'GROUP="dialout"' in rules
    labels, jumps = re.findall(r'LABEL="(\w+)"', rules), re.findall(r'GOTO="(\w+)"', rules)
    assert set(jumps) == set(labels) and len(labels) == len(set(labels)), (jumps, labels)
    # The rule that is reached without a jump must be the one that leaves: another maker's port stays as it is.
    body = [row for row in rules.splitlines() if row and not row.startswith("#")]
    assert body[body.index('LABEL="helpline_modem_port"') - 1] == 'GOTO="helpline_modem_end"', body


def every_socket_has_a_name_that_the_daemon_knows():
    units = ["helplined-%s.socket" % name for name in SOCKETS]
    assert sorted(units) == sorted(name for name in os.listdir("systemd") if name.endswith(".socket"))
    for name, unit in zip(SOCKETS, units):
        assert values(unit, "FileDescriptorName") == [name], unit
        assert values(unit, "Service") == ["helplined.service"], unit
    for key in ("Requires", "After"):
        assert set(units) <= set(" ".join(values("helplined.service", key)).split()), key


def every_user_and_group_is_made_by_sysusers():
    made = set(re.findall(r"^[ug]\s+(\S+)", read("helplined.sysusers"), re.MULTILINE))
    for unit in sorted(os.listdir("systemd")):
        if unit.endswith((".service", ".socket")):
            for key in ("User", "Group", "SupplementaryGroups", "SocketUser", "SocketGroup"):
                for names in values(unit, key):
                    assert set(names.split()) <= made, "%s: %s=%s" % (unit, key, names)


def keys_come_as_credentials_and_their_folder_is_closed():
    folders = dict(re.findall(r"^d (\S+)\s+(\d+)", read("helplined.tmpfiles"), re.MULTILINE))
    assert folders["/etc/helplined/keys"] == "0700"
    for value in values("helplined.service", "LoadCredential"):
        assert os.path.dirname(value.split(":")[1]) == "/etc/helplined/keys", value


tap.run([
    exposure_of_every_service_is_below_its_ceiling,
    gate_notices_a_lost_line,
    daemon_has_no_network_of_its_own,
    daemon_sees_who_asks,
    sender_cannot_reach_database_or_configuration,
    modem_reaches_its_device_and_the_daemon_alone,
    ports_of_modems_are_nobody_elses,
    every_socket_has_a_name_that_the_daemon_knows,
    every_user_and_group_is_made_by_sysusers,
    keys_come_as_credentials_and_their_folder_is_closed,
])
