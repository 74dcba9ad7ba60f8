#!/bin/sh
# The wheel with its libraries, as pip fetches them, in environments of their own far from the source. A broker without
# screens: from an empty folder to the first number, all modules of it, a report. A machine of screens: no pages. What each
# lacks, it says. Usage: wheel_test.sh PYTHON
set -eu
python=$1
folder=$(mktemp -d)
broker=
end() {
    [ -z "$broker" ] || kill "$broker" 2>/dev/null || true
    rm -rf "$folder"
}
trap end EXIT
"$python" -m hatchling build --target wheel --directory "$folder/dist"
wheel=$(ls "$folder"/dist/*.whl)
with() { # with NAME EXTRAS: an environment
    "$python" -m venv "$folder/$1"
    "$folder/$1/bin/pip" install --quiet --disable-pip-version-check "$wheel$2"
    echo "$1 $2: $(du -sm "$folder/$1" | cut -f1) MB"
}
refused() { # refused SENTENCE COMMAND...: the command ends with 1 and says so
    sentence=$1
    shift
    said=$("$@" 2>&1) && { echo "$*: not refused" >&2; exit 1; }
    case $said in *"$sentence"*) ;; *) echo "$*: $said" >&2; exit 1 ;; esac
}
mkdir "$folder/office"
cd "$folder/office"

with plain ""
with screens "[kiosk]"
with headless "[server]"
for at in plain screens; do
    refused "this machine has no pages and reports: install antrean[server]" "$folder/$at/bin/antrean" web
done
for at in plain headless; do
    refused "this machine has no screens and devices: install antrean[kiosk]" "$folder/$at/bin/antrean" counter
done
"$folder/screens/bin/python" -c 'import kivy, kiosk.drawing.pages' >/dev/null 2>&1

PATH="$folder/headless/bin:$PATH"
ANTREAN_MQTT__PORT=$(python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export ANTREAN_MQTT__PORT
python - <<'PROGRAM'
import importlib, importlib.util, pkgutil, broker
assert importlib.util.find_spec("kivy") is None
names = [one.name for one in pkgutil.walk_packages(broker.__path__, "broker.")]
for name in names:
    if not name.endswith(("__main__", "migrations.env")):
        importlib.import_module(name)
print("without Kivy:", len(names), "modules of the broker")
PROGRAM
antrean init --yes
antrean check-config --no-layout
refused "install antrean[kiosk]" antrean check-config
antrean broker &
broker=$!
python - <<'PROGRAM'
import os, queue
from pathlib import Path
from broker.bus import Bus
from broker.config import load_settings
from broker.config.logins import known_by

replies, online = queue.SimpleQueue(), queue.SimpleQueue()
address = known_by(load_settings(Path("config.yaml"), os.environ), "kiosk-1", Path("var")).mqtt.address("kiosk-1")
bus = Bus(address=address, office="office", client="kiosk-1", kind="kiosk", post=lambda step: step())
bus.on_link(lambda is_online: online.put(True) if is_online else None)
bus.start()
online.get(timeout=60)
bus.request("issue", {"service": "new-passport", "lane": "regular"}, replies.put)
print("the first number:", replies.get(timeout=60).result["ticket"]["number"])
bus.stop()
PROGRAM
antrean report --format pdf
"$folder/plain/bin/antrean" report --format xlsx >/dev/null 2>&1 && exit 1
refused "install antrean[server]" "$folder/plain/bin/antrean" report --format xlsx
