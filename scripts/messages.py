"""Keep the catalogues: gather what the program says, merge it into the Chinese and English texts, compile them.

    python scripts/messages.py                # extract, update, compile
    python scripts/messages.py --merge DIR    # the same, taking translations from DIR/*.po first
    python scripts/messages.py --check        # exit 1 when a text lacks its Chinese or a catalogue is stale

Python is read by Babel's extractor; templates become Python-like source through Django's ``templatize`` first.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "zhiqiao"
LOCALE = PACKAGE / "locale"
LANGUAGES = ("zh_Hans", "en")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "_now": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
Message = tuple[str, int, str | tuple[str, ...], str | None]


def main(arguments: list[str]) -> int:
    settings.configure(USE_I18N=True)
    django.setup()
    template = gathered()
    if "--check" in arguments:
        problems = [problem for language in LANGUAGES for problem in faults(language, template)]
        print("\n".join(problems) or "catalogues complete")
        return 1 if problems else 0
    folder = Path(arguments[arguments.index("--merge") + 1]) if "--merge" in arguments else None
    for language in LANGUAGES:
        catalogue = updated(language, template, folder if language == "zh_Hans" else None)
        write(language, catalogue)
        open_texts = [message.id for message in catalogue if message.id and not translated(message, language)]
        print(f"{language}: {len(catalogue)} texts, {len(open_texts)} without translation")
        for text in open_texts:
            print(f"  {text!r}")
    return 0


def gathered() -> Catalog:
    """Every text of the package, in a stable order and without line numbers, so that a shifted line is no change."""
    found = Catalog(charset="utf-8", fuzzy=False)
    for file, _line, text, context in sorted(messages(), key=lambda each: (each[0], each[1], str(each[2]))):
        found.add(text, locations=[(file, 0)], context=context)
    return found


def messages() -> Iterator[Message]:
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("templates/**/*.html")]):
        source = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            # What is left of a template's indentation would be none that Python's tokens allow.
            source = "\n".join(line.lstrip() for line in templatize(source).splitlines())
        name = path.relative_to(PACKAGE).as_posix()
        stream = io.BytesIO(source.encode())
        for line, text, _comments, context in extract(
            "python", stream, keywords=KEYWORDS, options={"encoding": "utf-8"}
        ):
            if text and text != "":
                yield name, line, text, context


def place(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def kept(language: str) -> Catalog:
    path = place(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", fuzzy=False)
    with path.open("rb") as stream:
        return read_po(stream, locale=language)


def updated(language: str, template: Catalog, folder: Path | None) -> Catalog:
    """The kept catalogue brought to the template: new texts added, gone ones dropped, nothing guessed as fuzzy."""
    catalogue = kept(language)
    given = merged(folder) if folder else {}
    catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    for message in catalogue:
        key = (message.context, message.id if isinstance(message.id, str) else message.id[0])
        if message.id and not translated(message, language) and key in given:
            message.string = (given[key],) if message.pluralizable else given[key]
        if message.id and language == "en":
            message.string = message.id
    return catalogue


def merged(folder: Path) -> dict[tuple[str | None, str], str]:
    """Translations that others wrote down, by context and text."""
    found: dict[tuple[str | None, str], str] = {}
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as stream:
            for message in read_po(stream, locale="zh_Hans"):
                text = message.id if isinstance(message.id, str) else message.id[0]
                strings = message.string or ""
                said = strings if isinstance(strings, str) else strings[0]
                if text and said:
                    found[message.context, text] = said
    return found


def translated(message: object, language: str) -> bool:
    said = message.string  # type: ignore[attr-defined]  # Babel ships no types
    return all(said) if isinstance(said, tuple | list) else bool(said)


def faults(language: str, template: Catalog) -> Iterator[str]:
    catalogue = kept(language)
    known = {(message.context, str(message.id)) for message in catalogue if message.id}
    wanted = {(message.context, str(message.id)) for message in template if message.id}
    yield from (f"{language}: stale, not in the catalogue: {text}" for _, text in sorted(wanted - known, key=str))
    yield from (f"{language}: stale, no longer said: {text}" for _, text in sorted(known - wanted, key=str))
    for message in catalogue:
        if message.id and not translated(message, language):
            yield f"{language}: no translation: {message.id}"
        elif message.id and (lost := placeholders(message.id) ^ placeholders(message.string)):
            yield f"{language}: placeholders differ ({', '.join(sorted(lost))}): {message.id}"
    compiled = place(language).with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != machine_form(catalogue):
        yield f"{language}: {compiled.name} is stale"


def placeholders(text: object) -> set[str]:
    """The names in ``%(name)s`` of a text or of all its plural forms."""
    joined = " ".join(text) if isinstance(text, tuple | list) else str(text)
    return {part.partition(")")[0] for part in joined.split("%(")[1:]}


def machine_form(catalogue: Catalog) -> bytes:
    stream = io.BytesIO()
    write_mo(stream, catalogue)
    return stream.getvalue()


def write(language: str, catalogue: Catalog) -> None:
    path = place(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        write_po(stream, catalogue, sort_output=True, omit_header=False, include_lineno=False, width=120)
    path.with_suffix(".mo").write_bytes(machine_form(catalogue))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
