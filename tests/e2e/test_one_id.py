"""Two machines were given one id: the first goes on, the second waits and takes over."""

from __future__ import annotations

from broker.config import load_settings
from broker.contract.claim import Standing
from broker.contract.messages import HallMessage
from broker.contract.office import OfficeBus
from broker.screen import open_bus
from tests.support.caller import wait_until
from tests.support.office import CONFIG, OfficeProcess


class Kiosk:
    """The bus of a kiosk of the configuration, as its process opens it."""

    def __init__(self, port: int) -> None:
        settings = load_settings(CONFIG, {"ANTREAN_MQTT__PORT": str(port)})
        self.links: list[bool] = []
        self.standings: list[Standing] = []
        self.halls: list[HallMessage] = []
        self.bus: OfficeBus = open_bus("kiosk", settings, "kiosk-1", lambda step: step())
        self.bus.on_link(self.links.append)
        self.bus.on_taken(self.standings.append)
        self.bus.listen("antrean/v1/demo/state/hall", HallMessage, self.halls.append)
        self.bus.start()


def test_the_second_of_two_machines_waits_and_takes_over(mosquitto_office: OfficeProcess) -> None:
    mosquitto_office.wait_online()
    first = Kiosk(mosquitto_office.port)
    wait_until(lambda: first.links == [True], "the first one works")
    wait_until(lambda: any(not hall.retained for hall in first.halls), "and is told at once what is true now", 3.0)
    second = Kiosk(mosquitto_office.port)
    wait_until(lambda: (first.standings, second.standings) == (["wanted"], ["taken"]), "both know")
    assert (first.links, second.links) == ([True], [])
    first.bus.stop()
    wait_until(lambda: second.links == [True], "the second one takes over")
    second.bus.stop()
