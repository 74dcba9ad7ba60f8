"""What officers know: PINs and passwords as hashes, and second factors, sealed with the office's key."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import Connection, select
from sqlmodel import col

from broker.domain.commands import NewFactor, NewPin
from broker.ports import SealError, Work
from broker.store.moments import micros
from broker.store.office_key import OfficeKey
from broker.store.tables import FactorRow, PasswordRow, PinRow, table_of
from broker.store.writing import Step, Writing, insert_into

_FORGET_PIN = "DELETE FROM pins WHERE office = ? AND officer = ?"
_INSERT_PIN = insert_into("pins", "office, officer, hash, seed, at")
_FORGET_PASSWORD = "DELETE FROM passwords WHERE office = ? AND officer = ?"  # noqa: S105 - no password
_INSERT_PASSWORD = insert_into("passwords", "office, officer, hash, seed, at")
_FORGET_FACTOR = "DELETE FROM second_factors WHERE office = ? AND officer = ?"
_INSERT_FACTOR = insert_into("second_factors", "office, officer, sealed, seed, step, at")
_WITH_PIN = "SELECT officer FROM pins WHERE office = ?"
_WITH_PASSWORD = "SELECT officer FROM passwords WHERE office = ?"  # noqa: S105 - no password
_WITH_FACTOR = "SELECT officer FROM second_factors WHERE office = ?"
_STEP = "UPDATE second_factors SET step = ? WHERE office = ? AND officer = ?"


def write_officers(writing: Writing, office: str, work: Work, key: OfficeKey | None) -> None:
    """Write what officers chose, in the place of what was before, and which one-time codes have served."""
    at = micros(work.at)
    writing.rows(_FORGET_PIN, [(office, officer) for officer in work.pins])
    writing.rows(_INSERT_PIN, [(office, officer, pin.hash, pin.seed, at) for officer, pin in work.pins.items()])
    writing.steps(_passwords(office, work, at))
    writing.steps(_factors(office, work, at, key))
    writing.rows(_STEP, [(step, office, officer) for officer, step in work.steps.items()])


def forget_officers(writing: Writing, office: str, known: Collection[str]) -> None:
    """Delete what is kept of who is not `known`."""
    for ask, forget in ((_WITH_PIN, _FORGET_PIN), (_WITH_PASSWORD, _FORGET_PASSWORD), (_WITH_FACTOR, _FORGET_FACTOR)):
        gone = [officer for (officer,) in writing.all(ask, (office,)) if officer not in known]
        writing.rows(forget, [(office, officer) for officer in gone])


def read_who_left(connection: Connection, office: str, known: Collection[str]) -> set[str]:
    """Return of whom PIN, password or second factor is kept who is not `known`."""
    rows = (PinRow, PasswordRow, FactorRow)
    found = (
        connection.scalars(select(of.c.officer).where(of.c.office == office)) for of in (table_of(r) for r in rows)
    )
    return {officer for some in found for officer in some} - set(known)


def read_pins(connection: Connection, office: str) -> dict[str, NewPin]:
    """Return by officer what is kept of the PINs that were chosen."""
    wanted = select(col(PinRow.officer), col(PinRow.hash), col(PinRow.seed)).where(col(PinRow.office) == office)
    return {officer: NewPin(chosen, seed) for officer, chosen, seed in connection.execute(wanted)}


def read_passwords(connection: Connection, office: str) -> dict[str, NewPin]:
    """Return by officer what is kept of passwords."""
    wanted = select(col(PasswordRow.officer), col(PasswordRow.hash), col(PasswordRow.seed))
    rows = connection.execute(wanted.where(col(PasswordRow.office) == office))
    return {officer: NewPin(chosen, seed) for officer, chosen, seed in rows}


def read_factors(connection: Connection, office: str, key: OfficeKey | None) -> Mapping[str, NewFactor]:
    """Return by officer the second factors; of one that cannot be opened the secret is empty."""
    wanted = select(col(FactorRow.officer), col(FactorRow.sealed), col(FactorRow.seed), col(FactorRow.step))
    rows = connection.execute(wanted.where(col(FactorRow.office) == office))
    return {officer: NewFactor(_opened(key, officer, sealed), seed, step) for officer, sealed, seed, step in rows}


def _opened(key: OfficeKey | None, officer: str, sealed: bytes) -> str:
    try:
        return "" if key is None else key.unseal(_sealed_as(officer), sealed)
    except SealError:
        return ""


def _sealed_as(officer: str) -> str:
    """Return under which id a second factor is sealed: none of another officer fits in its place."""
    return f"totp/{officer}"


def _passwords(office: str, work: Work, at: int) -> Iterator[Step]:
    for officer, password in work.passwords.items():
        yield _FORGET_PASSWORD, (office, officer)
        if password is not None:
            yield _INSERT_PASSWORD, (office, officer, password.hash, password.seed, at)


def _factors(office: str, work: Work, at: int, key: OfficeKey | None) -> Iterator[Step]:
    for officer, factor in work.factors.items():
        yield _FORGET_FACTOR, (office, officer)
        if factor is not None and key is not None:
            sealed = key.seal(_sealed_as(officer), factor.secret)
            yield _INSERT_FACTOR, (office, officer, sealed, factor.seed, factor.step, at)
