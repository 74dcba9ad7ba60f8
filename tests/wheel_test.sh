#!/bin/sh
# The wheel with all its libraries, as pip fetches them, in an environment of its own far from the source: from an empty
# folder to the first number. Usage: wheel_test.sh PYTHON
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
"$python" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "$folder"/dist/*.whl
mkdir "$folder/office"
cd "$folder/office"
PATH="$folder/venv/bin:$PATH"
ANTREAN_MQTT__PORT=$(python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export ANTREAN_MQTT__PORT
antrean init --yes
antrean check-config
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
