"""What systemd and udev have to know, so that the office opens with the machine.

Written by `antrean install-service`, and into the Debian package, by the same texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

USER: Final = "antrean"
CONFIG: Final = Path("/etc/antrean/config.yaml")
DATA: Final = Path("/var/lib/antrean")
OPENBOX: Final = CONFIG.parent / "openbox.xml"
XORG: Final = Path("/etc/X11/antrean.conf")
"""Where the X server of who is not root looks for a file that it is told of by name."""
ENVIRONMENT: Final = Path("/etc/default/antrean")

_UNIT = """\
# {origin}; yours go into {name}.d/*.conf (systemctl edit {name}).
[Unit]
Description={description}
{after}
StartLimitIntervalSec=0

[Service]
{kind}
EnvironmentFile=-{environment}
ExecStart={program} {part} --config {config} --data {data}
User={user}
Group={user}
Restart=always
RestartSec=2
TimeoutStopSec=30
UMask=0077
StateDirectory=antrean
StateDirectoryMode=0700
ReadWritePaths=/etc/antrean
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
"""
_SCREENS = """\
# {origin}; yours go into {name}.d/*.conf (systemctl edit {name}).
[Unit]
Description=Antrean: the screens of this machine, without a desktop
After=systemd-user-sessions.service antrean-broker.service sound.target
Conflicts=getty@tty7.service
StartLimitIntervalSec=0

[Service]
Type=exec
EnvironmentFile=-{environment}
ExecStart=/usr/bin/xinit {session} -- :0 vt7 -config {xorg} -nolisten tcp -noreset -keeptty
User={user}
Group={user}
SupplementaryGroups=audio video input
PAMName=login
TTYPath=/dev/tty7
TTYReset=yes
TTYVHangup=yes
StandardInput=tty
StandardOutput=journal
StandardError=journal
Restart=always
RestartSec=2
TimeoutStopSec=30
UMask=0077
StateDirectory=antrean
StateDirectoryMode=0700
ProtectSystem=full
ProtectHome=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
RestrictRealtime=yes

[Install]
WantedBy=multi-user.target
"""
_SESSION = """\
#!/bin/sh
# What the X server of this machine shows: no screen saver, no menus, no keys of a desktop; then the office's windows.
xset s off s noblank || true
xset -dpms 2>/dev/null || true
xhost "+si:localuser:$(id -un)" -local: >/dev/null || true
openbox --config-file {openbox} &
exec {program} up --screens --config {config} --data {data} $ANTREAN_SCREENS
"""
_OPENBOX = """\
<?xml version="1.0" encoding="UTF-8"?>
<!-- Windows alone, without frames: no menu, no key and no button of the mouse means anything to openbox. -->
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew><followMouse>no</followMouse></focus>
  <placement><policy>Smart</policy></placement>
  <desktops><number>1</number></desktops>
  <keyboard></keyboard>
  <mouse>
    <context name="Client">
      <mousebind button="Left" action="Press"><action name="Focus"/></mousebind>
    </context>
  </mouse>
  <menu></menu>
  <applications><application class="*"><decor>no</decor></application></applications>
</openbox_config>
"""
_XORG = """\
# The X server of the office's screens (antrean-screens.service), and no other: a keyboard that somebody plugs in leads
# to no console (Ctrl+Alt+F1 and so on) and does not end it (Ctrl+Alt+Backspace). What you need for screens and drivers
# belongs here or into xorg.conf.d; xorg.conf is not read.
Section "ServerFlags"
    Option "DontVTSwitch" "true"
    Option "DontZap" "true"
EndSection
"""
_ENVIRONMENT = """\
# What the services of antrean are started with. Any key of config.yaml, as ANTREAN_MQTT__PORT=18840 sets mqtt.port.
# Options of antrean up for the screens of this machine, where its name is not the one in config.yaml:
#ANTREAN_SCREENS="--machine hall"
"""
_SYSUSERS = f'u {USER} - "Antrean, the queue of this office" {DATA}\n'
_TMPFILES = f"""\
d {DATA} 0700 {USER} {USER}
d {CONFIG.parent} 0750 {USER} {USER}
"""
_UDEV = f"""\
# Ticket printers, keypads, signs and scanners on USB belong to the office's user.
SUBSYSTEM=="usbmisc", KERNEL=="lp[0-9]*", GROUP="{USER}", MODE="0660"
SUBSYSTEM=="tty", SUBSYSTEMS=="usb", GROUP="{USER}", MODE="0660"
"""


@dataclass(frozen=True, slots=True)
class Places:
    """Where each file belongs: what an administrator writes is below /etc, what a package brings below /usr."""

    origin: str
    units: Path
    system: Path
    session: Path


BY_HAND: Final = Places(
    origin="Written by antrean install-service",
    units=Path("/etc/systemd/system"),
    system=Path("/etc"),
    session=CONFIG.parent / "session",
)
OF_THE_PACKAGE: Final = Places(
    origin="Part of the package antrean",
    units=Path("/usr/lib/systemd/system"),
    system=Path("/usr/lib"),
    session=Path("/usr/lib/antrean/session"),
)


def service_files(program: Path, places: Places = BY_HAND) -> dict[Path, str]:
    """Return the files by where they belong; `program` is the command `antrean` that the services start.

    What begins with `#!` is to be run.
    """
    broker = {
        "description": "Antrean: the queue of this office",
        "after": "After=network.target",
        "kind": "Type=notify\nNotifyAccess=main\nTimeoutStartSec=300\nWatchdogSec=90",
        "part": "broker",
    }
    web = {
        "description": "Antrean: pages for phones and staff",
        "after": "After=antrean-broker.service\nWants=antrean-broker.service",
        "kind": "Type=exec",
        "part": "web",
    }
    units = {"antrean-broker.service": broker, "antrean-web.service": web}
    known = {
        "program": str(program),
        "config": str(CONFIG),
        "data": str(DATA),
        "user": USER,
        "origin": places.origin,
        "environment": str(ENVIRONMENT),
        "session": str(places.session),
        "openbox": str(OPENBOX),
        "xorg": XORG.name,
    }
    return {
        **{places.units / name: _UNIT.format(name=name, **fields, **known) for name, fields in units.items()},
        places.units / "antrean-screens.service": _SCREENS.format(name="antrean-screens.service", **known),
        places.session: _SESSION.format(**known),
        OPENBOX: _OPENBOX,
        XORG: _XORG,
        ENVIRONMENT: _ENVIRONMENT,
        places.system / "sysusers.d/antrean.conf": _SYSUSERS,
        places.system / "tmpfiles.d/antrean.conf": _TMPFILES,
        places.system / "udev/rules.d/60-antrean.rules": _UDEV,
    }


def hidden_by_home(program: Path) -> bool:
    """Tell whether a program lies in somebody's home, where the office's user cannot read it."""
    return program.parts[1:2] in {("home",), ("root",)}
