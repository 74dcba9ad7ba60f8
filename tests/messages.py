"""`make i18n`: every text that the source says, brought into the catalogue of each language by Babel.

`python -m tests.messages [LANGUAGE...]` writes templates for translators to `build/i18n` and updates the catalogues
that there are; a LANGUAGE that is named gets new ones for all that visitors see and hear. Translations stay, texts that
the source says no more go, and a text that changed a little keeps its old words, marked fuzzy until somebody looked.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import escape, read_po, write_po
from babel.plural import to_gettext
from jinja2 import Environment
from jinja2.ext import extract_from_ast

PACKAGES = ("broker", "kiosk", "display", "counter", "broker.reports", "broker.web", "broker.web.staff")
VISITORS = ("broker", "kiosk", "display", "broker.web")
"""What is needed in every language of visitors; officers read the office's own."""
TEMPLATES = Path("build/i18n")
ORDER_FROM = "id"
"""The catalogue whose order and headings all others have."""

HEAD = """\
# {name}: the words of {package}.
msgid ""
msgstr ""
"Project-Id-Version: antrean\\n"
"Language: {language}\\n"
"Plural-Forms: {plural_forms}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""

Key = str | tuple[str, ...]


def main() -> None:
    """Bring every catalogue up to date and tell what is to be translated."""
    for package in PACKAGES:
        found = template(package)
        TEMPLATES.mkdir(parents=True, exist_ok=True)
        with (TEMPLATES / f"{package}.pot").open("wb") as out:
            write_po(out, found)
        named = sys.argv[1:] if package in VISITORS else []
        for language in sorted({*languages(package), *named}):
            open_texts = update(package, language, found)
            sys.stdout.write(f"{place(package, language)}: {open_texts or 'nothing'} to translate or look at\n")


def folder(package: str) -> Path:
    """Return where a package's source lies."""
    file = importlib.import_module(package).__file__
    assert file is not None
    return Path(file).parent


def place(package: str, language: str) -> Path:
    """Return where a catalogue lies, or would."""
    return folder(package) / "locale" / language / "LC_MESSAGES" / f"{package.rpartition('.')[2]}.po"


def languages(package: str) -> list[str]:
    """Return the languages that a package has catalogues of."""
    return sorted(path.parts[-3] for path in folder(package).glob("locale/*/LC_MESSAGES/*.po"))


def catalogue(package: str, language: str) -> Catalog:
    """Return a package's catalogue, empty where there is none."""
    path = place(package, language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)


def entries(package: str, language: str) -> dict[Key, Message]:
    """Return the entries of a catalogue by their msgid."""
    return {key_of(message): message for message in catalogue(package, language) if message.id}


def around(package: str) -> list[str]:
    """Return the packages whose words one has too: those that it lies in, and the broker's."""
    if package == "broker":
        return []
    outer = package.rpartition(".")[0] or "broker"
    return [outer, *around(outer)]


def key_of(message: Message) -> Key:
    """Return the msgid, or both of a plural."""
    return message.id if isinstance(message.id, str) else tuple(message.id)


def texts(package: str) -> dict[Key, tuple[str, int]]:
    """Return every text said in a package, with one of its places: file and line."""
    root = folder(package)
    within = [folder(other) for other in PACKAGES if other.startswith(f"{package}.")]
    files = (path for pattern in ("*.py", "*.kv", "*.html") for path in sorted(root.rglob(pattern)))
    return {
        message: (path.relative_to(root.parent).as_posix(), line)
        for path in files
        if not any(path.is_relative_to(inner) for inner in within)
        for message, line in texts_of_file(path)
        if message
    }


def texts_of_file(path: Path) -> Iterator[tuple[Key, int]]:
    """Yield each text said in a file, with its line; of a .kv file, what stands right of the colons.

    By the syntax tree, as Babel's own extractor stumbles over `.count(b"...")`.
    """
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        yield from texts_of_template(source)
        return
    if path.suffix == ".py":
        chunks = [(0, source)]
    else:
        chunks = [(n, line.partition(":")[2].strip()) for n, line in enumerate(source.splitlines())]
    for offset, chunk in chunks:
        for node in ast.walk(parsed(chunk, strict=path.suffix == ".py")):
            yield from ((text, offset + line) for text, line in texts_of_call(node))


def texts_of_template(source: str) -> Iterator[tuple[Key, int]]:
    """Yield each text that a template says, with its line."""
    for line, function, said in extract_from_ast(Environment(autoescape=True).parse(source), ("say", "count")):
        parts = (said,) if isinstance(said, str) else said or ()
        whole = tuple(part for part in parts if part is not None)
        if function == "say" and whole:
            yield whole[0], line
        elif len(whole) > 1:
            yield (whole[0], whole[1]), line


def parsed(chunk: str, *, strict: bool) -> ast.AST:
    """Return the tree of some Python; what is none counts as empty unless `strict`."""
    try:
        return ast.parse(chunk)
    except SyntaxError:
        if strict:
            raise
        return ast.Module(body=[], type_ignores=[])


def texts_of_call(node: ast.AST) -> Iterator[tuple[Key, int]]:
    """Yield what a call of say, mark or count says, with its line."""
    match node:
        case ast.Call(func=ast.Name(id="mark") | ast.Attribute(attr="mark" | "say"), args=[message, *_]):
            yield from ((text, node.lineno) for text in constants(message))
        case ast.Call(
            func=ast.Attribute(attr="count"), args=[ast.Constant(value=str(one)), ast.Constant(value=str(many)), _, *_]
        ):
            yield (one, many), node.lineno


def constants(node: ast.expr) -> Iterator[str]:
    """Yield the texts that an argument may be: one, or either of a condition."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from constants(body)
            yield from constants(orelse)


def template(package: str) -> Catalog:
    """Return all texts of a package that need words of their own, in the order that translators know."""
    said = texts(package)
    shared = {key for other in around(package) for key in entries(other, ORDER_FROM)}
    elsewhere = set().union(*map(texts, PACKAGES)) if package == "broker" else set(said)
    known = entries(package, ORDER_FROM)
    found = Catalog(project="antrean")
    for key in (*(key for key in known if key in elsewhere), *(key for key in said if key not in known)):
        if key not in shared or key in known:
            comments = known[key].user_comments if key in known else []
            found.add(key, locations=[said[key]] if key in said else [], user_comments=comments)
    return found


def update(package: str, language: str, found: Catalog) -> int:
    """Bring one catalogue up to date and return how many of its texts need somebody to look at."""
    path = place(package, language)
    if not path.exists():
        path.parent.mkdir(parents=True)
        path.write_text(_head(package, language), encoding="utf-8")
    known = catalogue(package, language)
    known.update(found, update_header_comment=False)
    head = path.read_text(encoding="utf-8").rstrip().partition("\n\n")[0] + "\n"
    own_headings = {key: message.user_comments for key, message in entries(package, language).items()}
    wanted = [message for message in known if message.id]
    for message in wanted:
        if not isinstance(message.id, str) and len(_forms(message)) != known.num_plurals:
            message.string = ("",) * known.num_plurals  # a new text comes with as many as English has
    blocks = [_entry(message, own_headings.get(key_of(message), message.user_comments)) for message in wanted]
    path.write_text("\n".join([head, *blocks]), encoding="utf-8")
    return sum(1 for message in wanted if message.fuzzy or not all(_forms(message)))


def _head(package: str, language: str) -> str:
    locale = Locale(language)
    return HEAD.format(
        name=locale.get_display_name("en"),
        package=package,
        language=language,
        plural_forms=to_gettext(locale.plural_form),  # Babel's own table of gettext plurals lacks Indonesian
    )


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def _entry(message: Message, comments: list[str]) -> str:
    """Return one entry as it stands in the file; a heading stands apart from what is below it."""
    lines = [f"# {comment}" for comment in comments]
    lines += [""] if comments else []
    lines += ["#, fuzzy"] if message.fuzzy else []
    key = key_of(message)
    if isinstance(key, str):
        lines += [f"msgid {escape(key)}", f"msgstr {escape(_forms(message)[0])}"]
    else:
        lines += [f"msgid {escape(key[0])}", f"msgid_plural {escape(key[1])}"]
        lines += [f"msgstr[{n}] {escape(form)}" for n, form in enumerate(_forms(message))]
    return "\n".join((*lines, ""))


if __name__ == "__main__":
    main()
