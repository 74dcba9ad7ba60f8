"""`antrean install-service`: what systemd and udev have to know, so that the office opens with the machine."""

from __future__ import annotations

from pathlib import Path
from typing import Final

USER: Final = "antrean"
CONFIG: Final = Path("/etc/antrean/config.yaml")
DATA: Final = Path("/var/lib/antrean")

_UNIT = """\
# Written by antrean install-service; yours go into {name}.d/*.conf (systemctl edit {name}).
[Unit]
Description={description}
{after}
StartLimitIntervalSec=0

[Service]
{kind}
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


def service_files(program: Path) -> dict[Path, str]:
    """Return the files by where they belong; `program` is the command `antrean` that the services start."""
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
    known = {"program": str(program), "config": str(CONFIG), "data": str(DATA), "user": USER}
    return {
        **{
            Path("/etc/systemd/system") / name: _UNIT.format(name=name, **fields, **known)
            for name, fields in units.items()
        },
        Path("/etc/sysusers.d/antrean.conf"): _SYSUSERS,
        Path("/etc/tmpfiles.d/antrean.conf"): _TMPFILES,
        Path("/etc/udev/rules.d/60-antrean.rules"): _UDEV,
    }


def hidden_by_home(program: Path) -> bool:
    """Tell whether a program lies in somebody's home, where the office's user cannot read it."""
    return program.parts[1:2] in {("home",), ("root",)}
