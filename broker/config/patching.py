"""Changes single values of config.yaml and leaves every other byte of it as it stands: comments, order, quotes, blanks.

A library that loads and dumps the file moves the comment above one section to the end of the one before, and drops it
with that one's last entry (tried with ruamel.yaml: decision 61). So the words of a value are replaced where they stand,
by the marks of the parser, and what came of it is read again before anybody relies on it.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import yaml

from broker.config.document import compose, read_value
from broker.config.faults import PathKey
from broker.config.schema import Place, child, place_at, top
from broker.config.settings import Settings

MAX_VALUE_DEPTH = 8
_WORD = re.compile(r"[a-z][a-z0-9_-]*")
"""An id: stands without quotes."""
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _./()-]*")
"""What may stand without quotes where it did before."""
_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_NOT_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""What some readers of YAML take for something else than a word."""
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_OTHER_BREAKS = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
_COMMENT_GAP = 3


class UnwritableError(Exception):
    """The file cannot be changed so by a program; the text says why, and `path` where."""

    def __init__(self, message: str, path: str = "") -> None:
        """Keep both."""
        super().__init__(message)
        self.path = path


class _LeaveOut:
    """Stands for no value at all."""

    def __repr__(self) -> str:
        """Return it in a word."""
        return "LEAVE_OUT"


LEAVE_OUT: Final = _LeaveOut()


@dataclass(frozen=True, slots=True)
class Edit:
    """What shall stand at a place: `services.new-passport.fee.id`, entries of a list by their id or position."""

    path: str
    value: object = LEAVE_OUT
    """A value of JSON; without one the line, or the entry, is taken out."""


def patched(text: str, edits: Sequence[Edit]) -> str:
    """Return the file's text with the edits in it. Raises UnwritableError where that cannot be done."""
    if _OTHER_BREAKS.search(text):
        message = "has line breaks of another kind: save it with an editor once"
        raise UnwritableError(message)
    wanted = _data(text)
    for edit in edits:
        before, wanted = wanted, edited(wanted, edit)
        for step in _steps(before, wanted, ()):
            text = _done(text, step)
    if _data(text) != wanted:
        message = "the lines would not land where they belong"
        raise UnwritableError(message)
    return text


def edited(data: Mapping[str, object], edit: Edit) -> dict[str, object]:
    """Return plain data with one edit in it. Raises UnwritableError where its path leads nowhere."""
    result = copy.deepcopy(dict(data))
    holder: object = result
    place: Place | None = top(Settings)
    *way, last = edit.path.split(".")
    for part in way:
        key = _key(holder, part)
        place = None if place is None else place.inside(key, holder)
        inside = child(holder, key)
        if inside is None and isinstance(holder, dict):
            inside = holder[part] = [] if place is not None and place.is_list else {}
        if not isinstance(inside, dict | list):
            message = "leads nowhere: there is no such section or entry"
            raise UnwritableError(message, edit.path)
        holder = inside
    _set(holder, last, edit)
    return result


def path_key(data: object, path: str) -> PathKey:
    """Return where a path leads, with positions for ids; what is not there stands as it is written."""
    found: list[str | int] = []
    for part in path.split("."):
        key = _key(data, part)
        found.append(key)
        data = child(data, key)
    return tuple(found)


def _key(holder: object, part: str) -> str | int:
    if not isinstance(holder, list):
        return part
    for index, entry in enumerate(holder):
        if child(entry, "id") == part:
            return index
    return int(part) if part.isdecimal() and part.isascii() and int(part) < len(holder) else part


def _set(holder: object, last: str, edit: Edit) -> None:
    key, is_out = _key(holder, last), edit.value is LEAVE_OUT
    if not is_out and _depth(edit.value) > MAX_VALUE_DEPTH:
        message = "is nested too deeply"
        raise UnwritableError(message, edit.path)
    match holder, key:
        case dict(), str() if is_out:
            holder.pop(key, None)
        case dict(), str():
            holder[key] = _plain_data(edit.value)
        case list(), int() if is_out:
            del holder[key]
        case list(), int() if _is_entry(edit.value, last) and child(holder[key], "id") != last:
            holder.append(_plain_data(edit.value))  # its id is a figure: no position is meant
        case list(), int():
            holder[key] = _plain_data(edit.value)
        case list(), str() if is_out:
            message = "is not there (any more)"
            raise UnwritableError(message, edit.path)
        case list(), str() if _is_entry(edit.value, key):
            holder.append(_plain_data(edit.value))
        case _:
            message = f'a new entry must carry its id, "{key}"'
            raise UnwritableError(message, edit.path)


def _is_entry(value: object, name: str) -> bool:
    """Tell whether a value is an entry of this id."""
    return isinstance(value, Mapping) and value.get("id") == name


def _plain_data(value: object) -> object:
    """Return a value as the reader of the file would: without what tells tuples from lists."""
    match value:
        case Mapping():
            return {str(key): _plain_data(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plain_data(inner) for inner in value]
        case _:
            return value


def _depth(value: object) -> int:
    match value:
        case Mapping():
            return 1 + max(map(_depth, value.values()), default=0)
        case list() | tuple():
            return 1 + max(map(_depth, value), default=0)
        case _:
            return 0


def _data(text: str) -> dict[str, object]:
    try:
        data = read_value(text)
    except ValueError as error:
        raise UnwritableError(str(error)) from error
    if not isinstance(data, dict):
        message = "holds no sections"
        raise UnwritableError(message)
    return data


# -- from data to steps -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Step:
    """One thing to do with the text: a value in place of another, one more in a section or list, or one less."""

    path: PathKey
    value: object
    is_new: bool = False


def _steps(before: object, after: object, path: PathKey) -> Iterator[_Step]:
    """Yield what leads from one to the other, as deep as can be: so that what is around a change stays."""
    if before == after and type(before) is type(after):
        return
    match before, after:
        case dict(), dict() if before and after and before.keys() & after.keys():
            for key in before:
                if key in after:
                    yield from _steps(before[key], after[key], (*path, key))
            yield from (_Step((*path, key), LEAVE_OUT) for key in before if key not in after)
            yield from (_Step((*path, key), after[key], is_new=True) for key in after if key not in before)
        case list(), list() if before and after:
            yield from _list_steps(before, after, path)
        case _:
            yield _Step(path, after)


def _list_steps(before: list[object], after: list[object], path: PathKey) -> Iterator[_Step]:
    """Yield what leads from one list to another: what is the same at its begin and its end stays."""
    shorter = min(len(before), len(after))
    begin = next((i for i in range(shorter) if before[i] != after[i]), shorter)
    end = next((i for i in range(shorter - begin) if before[-1 - i] != after[-1 - i]), shorter - begin)
    old, new = before[begin : len(before) - end], after[begin : len(after) - end]
    for index in range(min(len(old), len(new))):
        yield from _steps(old[index], new[index], (*path, begin + index))
    for index in reversed(range(len(new), len(old))):
        yield _Step((*path, begin + index), LEAVE_OUT)
    for index in range(len(old), len(new)):
        yield _Step((*path, begin + index), new[index], is_new=True)


# -- from a step to text ----------------------------------------------------------------------------------------------


def _done(text: str, step: _Step) -> str:
    """Return the text after one step."""
    top = compose(text)
    nodes = _nodes(top, step.path[:-1])
    flowing = next((i for i, node in enumerate(nodes) if getattr(node, "flow_style", False)), None)
    holder, key = nodes[-1], step.path[-1]
    page = _Page(text)
    if flowing is not None and (step.is_new or step.value is LEAVE_OUT):
        around = step.path[:flowing]
        value = _with(_at(_data(text), around), step.path[flowing:], step)
        page.replace(nodes[flowing], value)
    elif step.value is LEAVE_OUT and len(holder.value) == 1:
        page.replace(holder, [] if isinstance(holder, yaml.SequenceNode) else {}, after=_key_of(nodes, step.path[:-1]))
    elif step.value is LEAVE_OUT:
        page.take_out(holder, key)
    elif step.is_new and isinstance(holder, yaml.SequenceNode):
        page.add_item(holder, key, step.value)
    elif step.is_new:
        page.add_key(holder, str(key), step.value, _order(_data(text), step.path))
    else:
        page.replace(_child(holder, key), step.value, after=_key_of([*nodes, None], step.path))
    return page.text


def _nodes(top: yaml.Node, path: PathKey) -> list[yaml.Node]:
    """Return the nodes on the way to `path`, the file's own first."""
    found = [top]
    for key in path:
        found.append(_child(found[-1], key))
    return found


def _child(node: yaml.Node, key: str | int) -> yaml.Node:
    if isinstance(node, yaml.SequenceNode):
        entry: yaml.Node = node.value[key]
        return entry
    found: yaml.Node = next(value for name, value in node.value if name.value == key)
    return found


def _key_of(nodes: Sequence[yaml.Node | None], path: PathKey) -> yaml.Node | None:
    """Return the node of the key whose value stands at `path`; None for an entry of a list."""
    if not path or not isinstance(path[-1], str):
        return None
    holder = nodes[len(path) - 1]
    return next(name for name, _ in holder.value if name.value == path[-1]) if holder is not None else None


def _at(data: object, path: PathKey) -> object:
    for key in path:
        data = child(data, key)
    return data


def _with(data: object, path: PathKey, step: _Step) -> object:
    """Return a small section or list, as it stands on one line, after a step inside it."""
    data = copy.deepcopy(data)
    holder, key = _at(data, path[:-1]), path[-1]
    match holder, key:
        case dict(), str() if step.value is LEAVE_OUT:
            del holder[key]
        case dict(), str():
            holder[key] = step.value
        case list(), int() if step.value is LEAVE_OUT:
            del holder[key]
        case list(), int():
            holder.insert(key, step.value)
    return data


def _order(data: object, path: PathKey) -> tuple[str, ...]:
    """Return in which order keys are usually written beside each other at `path`."""
    place = place_at(Settings, data, path[:-1])
    return place.keys if place is not None else ()


class _Page:
    """The text in lines, and what can be done with it."""

    def __init__(self, text: str) -> None:
        self._end = "\r" if "\r\n" in text else ""
        self._is_ended = text.endswith("\n")
        self._lines = text.removesuffix("\n").split("\n")

    @property
    def text(self) -> str:
        return "\n".join(self._lines) + ("\n" if self._is_ended else "")

    def replace(self, node: yaml.Node, value: object, *, after: yaml.Node | None = None) -> None:
        """Put a value in place of another; `after` is the key that it belongs to."""
        is_block = isinstance(node, yaml.CollectionNode) and not node.flow_style
        if is_block or (after is not None and not _fits_line(value)):
            self._replace_block(node, value, after, is_block=is_block)
            return
        words = _flow(value, _style(node))
        start, end = node.start_mark, node.end_mark
        if isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}:
            end_line = self._last_line(node)
            self._lines[start.line : end_line + 1] = [self._lines[start.line][: start.column] + words + self._end]
            return
        if start.index == end.index and after is not None:  # nothing stood there
            at = self._behind_colon(after)
            line = self._lines[after.end_mark.line]
            self._lines[after.end_mark.line] = _spliced(line, at, at, f" {words}")
            return
        tail = self._lines[end.line][end.column :]
        whole = self._lines[start.line][: start.column] + self._words_between(node) + tail
        new = _spliced(whole, start.column, len(whole) - len(tail), words)
        self._lines[start.line : end.line + 1] = [new]

    def take_out(self, holder: yaml.Node, key: str | int) -> None:
        """Take a line or an entry out, with the comment behind it."""
        if isinstance(holder, yaml.SequenceNode):
            begin, end = self._dash_line(holder, int(key)), self._last_line(holder.value[key])
        else:
            name, value = next(pair for pair in holder.value if pair[0].value == key)
            begin, end = name.start_mark.line, max(name.end_mark.line, self._last_line(value))
            if begin == holder.start_mark.line and begin > 0 and self._lines[begin][: name.start_mark.column].strip():
                self._take_first_out(holder)
                return
        end += self._lines_of_comment(end)
        is_apart = begin > 0 and not self._lines[begin - 1].strip() and not self._is_words(end + 1)
        del self._lines[begin - 1 if is_apart else begin : end + 1]

    def add_item(self, holder: yaml.Node, index: str | int, value: object) -> None:
        """Write one more entry into a list of lines."""
        place, column = int(index), holder.start_mark.column
        at = self._last_line(holder.value[place - 1]) + 1 if place else self._dash_line(holder, 0)
        lines = [" " * column + line for line in _entry(value)]
        if len(holder.value) > 1 and not self._lines[self._dash_line(holder, 1) - 1].strip():
            lines.insert(0 if place else len(lines), "")
        self._insert(at, lines)

    def add_key(self, holder: yaml.Node, key: str, value: object, order: Sequence[str]) -> None:
        """Write one more line into a section: where it usually stands, else at its end."""
        column = holder.value[0][0].start_mark.column
        before = order[: order.index(key)] if key in order else ()
        pairs = [pair for pair in holder.value if pair[0].value in before] or holder.value
        name, last = pairs[-1]
        at = max(name.end_mark.line, self._last_line(last)) + 1
        self._insert(at, [" " * column + line for line in _member(key, value)])

    def _replace_block(self, node: yaml.Node, value: object, after: yaml.Node | None, *, is_block: bool) -> None:
        """Put a value in place of another where one of both stands in lines of its own."""
        if after is None:  # an entry of a list: the dash stays
            start, column = node.start_mark, node.start_mark.column
            new = _entry(value)
            first = self._lines[start.line][:column] + new[0].removeprefix("- ")
            pad = " " * (column - 2)
            self._lines[start.line : self._last_line(node) + 1] = [
                first + self._end,
                *(pad + line + self._end for line in new[1:]),
            ]
            return
        line, at = after.end_mark.line, self._behind_colon(after)
        if is_block:
            del self._lines[node.start_mark.line : self._last_line(node) + 1]
        else:
            self._lines[line] = _spliced(self._lines[line], at, node.end_mark.column, "")
        head, *rest = _member(after.value, value)
        words = head.partition(":")[2] if not rest else ""
        self._lines[line] = _spliced(self._lines[line], at, at, words)
        self._insert(line + 1, [" " * after.start_mark.column + one for one in rest])

    def _insert(self, at: int, lines: Sequence[str]) -> None:
        if at >= len(self._lines):
            self._is_ended = True
        self._lines[at:at] = [line + self._end for line in lines]

    def _take_first_out(self, holder: yaml.Node) -> None:
        """Take the first key of a list's entry out, which stands behind the dash: the next one comes there."""
        name, following = holder.value[0][0], holder.value[1][0]
        dash = self._lines[name.start_mark.line][: name.start_mark.column]
        line = self._lines[following.start_mark.line]
        self._lines[following.start_mark.line] = dash + line[following.start_mark.column :]
        del self._lines[name.start_mark.line : following.start_mark.line]

    def _last_line(self, node: yaml.Node) -> int:
        """Return the last line that a node has words on; PyYAML lets texts end behind empty ones."""
        line = _last_line(node)
        while line > node.start_mark.line and not self._lines[line].strip():
            line -= 1
        return line

    def _dash_line(self, holder: yaml.Node, index: int) -> int:
        line, column = int(holder.value[index].start_mark.line), holder.start_mark.column
        while self._lines[line][column : column + 1] != "-":
            line -= 1
        return line

    def _lines_of_comment(self, line: int) -> int:
        """Return over how many more lines the comment behind a line goes on, in its column."""
        column = self._lines[line].rfind("# ")
        if column <= 0 or not self._lines[line][:column].strip():
            return 0
        below = self._lines[line + 1 :]
        return next((i for i, one in enumerate(below) if not one.startswith(" " * column + "#")), len(below))

    def _is_words(self, line: int) -> bool:
        return line < len(self._lines) and bool(self._lines[line].strip())

    def _behind_colon(self, key: yaml.Node) -> int:
        return self._lines[key.end_mark.line].index(":", key.end_mark.column) + 1

    def _words_between(self, node: yaml.Node) -> str:
        """Return what stands between a node's marks on one line; of several lines what is as long as the last."""
        start, end = node.start_mark, node.end_mark
        if start.line == end.line:
            return self._lines[start.line][start.column : end.column]
        return ""


def _last_line(node: yaml.Node) -> int:
    """Return the last line that a node has words on; PyYAML lets a section end where the next one begins."""
    match node:
        case yaml.MappingNode() if node.value and not node.flow_style:
            return max(_last_line(value) for pair in node.value for value in pair)
        case yaml.SequenceNode() if node.value and not node.flow_style:
            return max(map(_last_line, node.value))
        case yaml.ScalarNode() if node.style in {"|", ">"}:
            before: int = node.end_mark.line - 1
            return before
        case _:
            end: int = node.end_mark.line
            return end


def _spliced(line: str, start: int, end: int, words: str) -> str:
    """Return a line with other words between two columns; a comment behind them keeps its column if it can."""
    tail = line[end:]
    comment = tail.lstrip(" ")
    if not comment.startswith("#"):
        return line[:start] + words + tail
    head = line[:start] + words
    column = len(line) - len(comment)
    gap = min(_COMMENT_GAP, len(tail) - len(comment))
    return head.rstrip(" ") + " " * max(gap, column - len(head.rstrip(" "))) + comment


# -- values as words --------------------------------------------------------------------------------------------------


def _style(node: yaml.Node) -> str | None:
    """Return the quotes of a text, empty for none; None for what never had any."""
    return node.style or "" if isinstance(node, yaml.ScalarNode) and node.value else None


def _scalar(value: object, style: str | None = None) -> str:
    """Return a value as it stands in the file: text in quotes, unless it is an id, or text stood there without."""
    if not isinstance(value, str):
        return json.dumps(value)
    looks = {None: _WORD, "": _PLAIN}.get(style)
    is_bare = looks is not None and looks.fullmatch(value) and value == value.strip()
    if is_bare and value.lower() not in _NOT_WORDS and read_value(value) == value:
        return value
    if style == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def _flow(value: object, style: str | None = None) -> str:
    """Return a value on one line."""
    match value:
        case Mapping():
            return "{" + ", ".join(f"{_key_words(key)}: {_flow(inner)}" for key, inner in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(_flow, value)) + "]"
        case _:
            return _scalar(value, style)


def _key_words(key: object) -> str:
    text = str(key)
    return text if _KEY.fullmatch(text) else _scalar(text)


def _fits_line(value: object) -> bool:
    """Tell whether a value is written on one line: a scalar, nothing, or a list of ids and times."""
    match value:
        case Mapping():
            return not value
        case list() | tuple():
            return all(not isinstance(one, Mapping | list | tuple) and " " not in str(one) for one in value)
        case _:
            return True


def _member(key: object, value: object) -> list[str]:
    """Return a key with its value as lines."""
    name = _key_words(key)
    if _fits_line(value):
        return [f"{name}: {_flow(value)}"]
    if isinstance(value, Mapping):
        return [f"{name}:", *(f"  {line}" for inner, one in value.items() for line in _member(inner, one))]
    entries = value if isinstance(value, list | tuple) else []
    return [f"{name}:", *(f"  {line}" for one in entries for line in _entry(one))]


def _entry(value: object) -> list[str]:
    """Return an entry of a list as lines, with its dash."""
    if isinstance(value, Mapping) and value:
        first, *rest = [line for key, inner in value.items() for line in _member(key, inner)]
        return [f"- {first}", *(f"  {line}" for line in rest)]
    return [f"- {_flow(value)}"]
