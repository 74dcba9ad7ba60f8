"""The suggestion box, as supervisors and who handles complaints read and tag it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response

from broker.contract.messages import Suggestion
from broker.language import Phrases, mark
from broker.web.asking import UNFINISHED
from broker.web.staff.desk import Desk, Page, Section
from broker.web.staff.frame import Entry, Frame, Link, refused, turning
from broker.web.visitor.writing import Field, Notice, mark_of, new_mark, read_line

HOME = "/staff/suggestions"
MOST_TAGS, TAG_MAX = 5, 20
TAGS_MAX = MOST_TAGS * (TAG_MAX + 2)


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """One suggestion, with what may be done with it."""

    id: str
    day: str
    text: str
    more: str
    service: str
    tags: Field
    is_read: bool
    read_label: str
    save: str


@dataclass(frozen=True, slots=True)
class SuggestionsPage:
    """The box, the newest first."""

    title: str
    frame: Frame
    mark: str
    rows: tuple[SuggestionRow, ...]
    empty: str
    more: tuple[Link, ...]
    page: int = 0
    notice: Notice | None = None


def wrong_tags(p: Phrases) -> Notice:
    """Return why tags were not taken."""
    text = p.say("Up to {most} tags of up to {length} characters.", most=MOST_TAGS, length=TAG_MAX)
    return Notice("error", p.say("The tags were not saved."), text)


def suggestions(
    p: Phrases,
    around: Frame,
    listed: Sequence[Suggestion],
    form_mark: str,
    *,
    page: int,
    pages: int,
    services: Mapping[str, str],
    whole: Mapping[str, str],
    notice: Notice | None = None,
) -> SuggestionsPage:
    """Return the suggestions; `whole` are the texts that were asked for in full."""
    return SuggestionsPage(
        title=p.say("Suggestions"),
        frame=around,
        mark=form_mark,
        rows=tuple(
            SuggestionRow(
                id=one.id,
                day=p.date(one.day),
                text=whole.get(one.id, one.text if one.is_whole else f"{one.text}\u2026"),
                more="" if one.is_whole or one.id in whole else p.say("Read it whole"),
                service=services.get(one.service or "", one.service or ""),
                tags=Field("tags", p.say("Tags, with commas between"), ", ".join(one.tags), limit=TAGS_MAX),
                is_read=one.is_read,
                read_label=p.say("Read"),
                save=p.say("Save"),
            )
            for one in listed
        ),
        empty=p.say("Nobody has suggested anything yet."),
        more=turning(p, "/staff/suggestions?page=", page, pages),
        page=page,
        notice=notice,
    )


def tags_of(text: str) -> list[str]:
    """Return tags that were written with commas between, each once."""
    return list(dict.fromkeys(tag for part in text.split(",") if (tag := " ".join(part.split()).casefold())))


# -- what is asked -------------------------------------------------------------------------------------------------


class SuggestionPages:
    """What is read and tagged."""

    def section(self) -> Section:
        """Return where the pages stand."""
        return Section(
            (
                Page(HOME, self.suggestions, "suggestions"),
                Page(f"{HOME}/{{suggestion}}", self.marked, "suggestion_step", "POST"),
            ),
            (Entry(HOME, mark("Suggestions"), "suggestions"),),
        )

    async def suggestions(self, desk: Desk) -> Response:
        """List the suggestions."""
        return await self._suggestions(desk, desk.page)

    async def _suggestions(self, desk: Desk, page: int, *, notice: Notice | None = None, status: int = 200) -> Response:
        p, whole = desk.p, {}
        result = await desk.found("suggestions", {"page": page})
        wanted = desk.request.query_params.get("whole", "")[:64]
        if wanted:
            reply = await desk.reply("suggestion", {"suggestion": wanted})
            whole = {wanted: str(reply.result["text"])} if reply.result else {}
        shown = suggestions(
            p,
            desk.frame(HOME),
            [Suggestion.model_validate(one) for one in result.get("suggestions", ())],
            new_mark(),
            page=page,
            pages=int(result.get("pages", 1)),
            services=dict(desk.services()),
            whole=whole,
            notice=notice,
        )
        return desk.show("staff/suggestions.html", shown, status=status)

    async def marked(self, desk: Desk) -> Response:
        """Tag a suggestion, or say that it was read."""
        fields = await desk.form()
        arguments = {
            "suggestion": desk.request.path_params["suggestion"],
            "tags": tags_of(read_line(fields, "tags")),
            "is_read": bool(fields.get("read")),
        }
        page = int(fields["page"]) if re.fullmatch(r"[0-9]{1,4}", fields.get("page", "")) else 0
        reply = await desk.reply("suggestion_step", arguments, mark_of(fields))
        if reply.error is not None:
            notice = wrong_tags(desk.p) if reply.error.code == "bad_request" else refused(desk.p, reply.error)
            return await self._suggestions(desk, page, notice=notice, status=UNFINISHED)
        return RedirectResponse(f"/staff/suggestions?page={page}", status_code=303)
