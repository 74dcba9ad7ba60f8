"""A foreign client of the bus tries what it may not: each act by each role, stolen and ended sessions, guesses."""

from __future__ import annotations

from broker import permissions
from broker.domain.identity import session_digest
from tests.support.caller import Caller
from tests.support.office import OfficeProcess
from tests.support.staffed_office import PIN, WHO
from tests.unit.staff.test_permissions import ACTS, arguments

WRONG = "9753"
TRIES = 5


def signed_in(caller: Caller, officer: str) -> str:
    """Sign in without a counter; return the session."""
    return str(caller.do("staff_in", officer=officer, pin=PIN)["session"])


def test_a_stranger_is_refused_by_the_table(mosquitto_office: OfficeProcess) -> None:
    with mosquitto_office.caller("stranger") as stranger:
        sessions = {role: signed_in(stranger, officer) for role, officer in WHO.items()}
        for act in ACTS:
            for role, officer in WHO.items():
                reply = stranger.ask(act, session=sessions[role], **arguments(act))
                refusal = reply.error
                is_refused = refusal is not None and refusal.code == "not_allowed" and refusal.detail.get("act") == act
                assert is_refused is not permissions.may(role, act), (act, role, reply)
                if act == "staff_out":
                    sessions[role] = signed_in(stranger, officer)
            for stolen in ("", session_digest(sessions["supervisor"]), sessions["supervisor"] + "x"):
                reply = stranger.ask(act, session=stolen or "none", **arguments(act))
                assert reply.error is not None, act
                assert reply.error.code == "no_session", (act, reply)


def test_a_session_that_is_revoked_is_over_for_every_client_and_after_a_restart(
    mosquitto_office: OfficeProcess,
) -> None:
    with mosquitto_office.caller("one") as one, mosquitto_office.caller("two") as two:
        lost, supervisor = signed_in(one, "yusuf"), signed_in(two, "maria")
        assert one.refused("staff_revoke", session=lost, of="maria", reason="Just so.") == "unknown_session"
        two.do("staff_revoke", session=supervisor, of="yusuf", reason="The tablet is lost.")
        assert one.refused("complaints", session=lost) == "no_session"
        mosquitto_office.kill()
        mosquitto_office.start()
        assert one.refused("complaints", session=lost) == "no_session"
        assert two.do("staff_sessions", session=supervisor, own=True)["sessions"]


def test_guesses_lock_one_officer_where_they_are_made_and_nobody_else(mosquitto_office: OfficeProcess) -> None:
    with mosquitto_office.caller("stranger") as stranger:
        kept = signed_in(stranger, "siti")
        refusals = [stranger.refused("staff_in", officer="siti", pin=WRONG) for _ in range(TRIES)]
        assert refusals == ["wrong_pin"] * TRIES
        assert stranger.refused("staff_in", officer="siti", pin=PIN) == "wrong_pin"
        desk = stranger.do("open", counter="counter-1", officer="siti", pin=PIN)["session"]
        stranger.do("close", counter="counter-1", session=desk)
        assert signed_in(stranger, "maria")
        assert stranger.do("staff_sessions", session=kept, own=True)["sessions"], "who is in stays in"
