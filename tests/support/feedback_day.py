"""The demo office with what its visitors say: ratings, surveys, suggestions and complaints, all told over the wire.

`python -m tests.support.feedback_day DIR` fills an empty data folder and leaves it there, for pictures and for looking
by hand: `antrean up --data DIR`. Last month nine questions were answered by 29 people, as in the regulation's own
example (91.48), and complaints came of which some were never answered; today visitors rate, suggest and complain.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from broker.config.surveys import shipped_survey
from broker.contract.messages import FeedbackMessage
from tests.support.caller import Caller, wait_until
from tests.support.office import OfficeProcess
from tests.support.surveys import SUMS

PIN = "1234"
SERVICE, COUNTER, OFFICER = "collection", "counter-1", "siti"
"""One stage, so that a visit is done with one finish."""
ANSWERS = 29
SURVEYS = ("skm", "ipk")
RATED_THEN, RATED_NOW = (2, 3, 3, 4, 4, 4, 4, 3), (4, 4, 3, 4, 2, 4, 4, 3, 4, 4, 1, 4)
COMPLAINED_THEN = (
    ("complaint", "Saya menunggu dua jam tanpa penjelasan."),
    ("information", "Apakah paspor anak memerlukan kedua orang tua?"),
    ("aspiration", "Mohon tambah kursi di ruang tunggu."),
    ("complaint", "Nomor saya dilewati dua kali."),
)
COMPLAINED_NOW = (
    ("complaint", "Pendingin ruang tunggu mati sejak pagi."),
    ("information", "Kapan jadwal layanan hari Sabtu?"),
)
SUGGESTED = (
    "Terima kasih, petugas loket 1 sangat ramah.",
    "Sediakan pengisi daya telepon di ruang tunggu.",
    "Tulisan di papan <b>terlalu kecil</b> untuk orang tua saya.",
)


def fill(data_dir: Path, *, extra: dict[str, str] | None = None) -> OfficeProcess:
    """Fill an empty folder; return the office of today, stopped."""
    today = OfficeProcess(data_dir, extra=extra or {}, is_moved=True)
    with _open(OfficeProcess(data_dir, extra=extra or {}, days_ago=_days_to_last_month(dt.datetime.now()))) as then:  # noqa: DTZ005 - the machine's own day
        _say(then, RATED_THEN, COMPLAINED_THEN)
        _answer(then)
        _see_to_complaints(then)
    # As after a night: else the next broker would take it for a clock that was set, and stay in that day.
    (data_dir / "clock.json").unlink(missing_ok=True)
    with _open(today) as now:
        _say(now, RATED_NOW, COMPLAINED_NOW)
    # Nothing is closed by a clock that nobody has confirmed yet; visitors have by now.
    with _open(today, closed=len(SURVEYS)) as now:
        _plan(now)
        for text in SUGGESTED:
            now.do("suggest", text=text, service=SERVICE, language="id")
    return today


def _days_to_last_month(now: dt.datetime) -> int:
    """Return how many days ago the fifteenth of last month was."""
    last = now.replace(day=1) - dt.timedelta(days=1)
    return (now - last.replace(day=15)).days


@contextmanager
def _open(office: OfficeProcess, *, closed: int = 0) -> Iterator[Caller]:
    """Run the office for a while; yield a client of it, once so many surveys have closed their last period."""
    office.start()
    caller = office.caller("kiosk-1")
    told: list[FeedbackMessage] = []
    caller.bus.listen(caller.bus.topics.feedback(), FeedbackMessage, told.append)
    try:
        with caller:
            wait_until(lambda: bool(told) and len(told[-1].results) >= closed, "the periods are closed")
            yield caller
    finally:
        office.stop()


def _say(visitors: Caller, ratings: Sequence[int], complaints: Sequence[tuple[str, str]]) -> None:
    """Let visitors be served one after the other and rate, then others complain."""
    session = visitors.do("open", counter=COUNTER, officer=OFFICER, pin=PIN)["session"]
    desk = {"counter": COUNTER, "session": session}
    for score in ratings:
        ticket = visitors.do("issue", service=SERVICE, lane="regular")["ticket"]
        for command in ("next", "start", "finish"):
            visitors.do(command, **desk)
        visitors.do("rate", ticket=ticket["id"], check=ticket["check"], score=score)
    visitors.do("close", **desk)
    for kind, text in complaints:
        visitors.do("complain", kind=kind, text=text, contact="0812 0000 0000", service=SERVICE, language="id")


def _answer(staff: Caller) -> None:
    """Enter papers on which the survey was answered, with the sums of the regulation's example."""
    session = staff.do("staff_in", officer="maria", pin=PIN)["session"]
    for survey in SURVEYS:
        asked = shipped_survey(survey)
        extra = [total - 3 * ANSWERS for total in SUMS]
        for person in range(ANSWERS):
            answers = {code: 4 if person < extra[place % len(extra)] else 3 for place, code in enumerate(asked.codes)}
            form: dict[str, Any] = {"survey": survey, "version": asked.version, "answers": answers}
            staff.do("survey", **form, service=SERVICE, session=session)
    staff.do("staff_out", session=session)


def _see_to_complaints(staff: Caller) -> None:
    """Answer the first two; nobody sees to the others, and their days pass."""
    session = staff.do("staff_in", officer="yusuf", pin=PIN)["session"]
    numbers = [one["number"] for one in staff.do("complaints", session=session)["complaints"]]
    for number in sorted(numbers)[:2]:
        staff.do("complaint_step", session=session, complaint=number, action="verify")
        staff.do(
            "complaint_step",
            session=session,
            complaint=number,
            action="answer",
            text="Terima kasih, sudah kami perbaiki.",
        )
    staff.do("staff_out", session=session)


def _plan(staff: Caller) -> None:
    """Say what is done about the lowest elements of the closed period."""
    session = staff.do("staff_in", officer="maria", pin=PIN)["session"]
    today = dt.datetime.now()  # noqa: DTZ005 - the machine's own day
    last = today.replace(day=1) - dt.timedelta(days=1)
    plan = {"survey": "skm", "period": f"{last:%Y-%m}", "by": f"{today.year}-12-31"}
    staff.do("survey_plan", session=session, element="time", plan="Berkas diperiksa sebelum nomor dipanggil.", **plan)
    staff.do("survey_plan", session=session, element="procedure", plan="Alur baru dipasang di pintu masuk.", **plan)
    staff.do("staff_out", session=session)


if __name__ == "__main__":
    fill(Path(sys.argv[1]))
