"""Which files lie in a folder of extracts, and is each of them fit to be read?"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from lift.errors import ExtractError
from lift.sources.dating import MANIFEST, Entry, check_month, date_in_name, read_manifest
from lift.sources.examine import Examined, examine, is_plain_file
from lift.sources.layout import Layout
from lift.sources.lines import read_blocks
from lift.sources.nil_return import NIL_RETURN, NilReturn, read_nil_return
from lift.sources.plausible import NO_DATE
from lift.sources.profiles import ProfileBook
from lift.sources.reader import Source
from lift.sources.recognise import recognise
from lift.sources.records import Ends, read_ends

LEFT_BY_SYSTEMS = ("thumbs.db", "desktop.ini")

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Received:
    """What a folder holds: the files to read, how many records the trailer of each counts, and the nil return."""

    sources: tuple[Source, ...]
    counts: Mapping[str, int]
    nil_return: NilReturn | None


@dataclass(frozen=True)
class Folder:
    """A folder of extracts and what is said of it: the run's month, a day for all files, the profiles in use."""

    path: Path
    month: datetime.date | None
    extract_date: datetime.date | None
    book: ProfileBook

    def receive(self) -> Received:
        """Looks at every file, without reading its rows. Raises ExtractError with everything that is wrong."""
        paths = self._files()
        manifest = read_manifest(self.path, {path.name for path in paths})
        nil_return = read_nil_return(self.path, self.month)
        if not paths:
            raise ExtractError(f"{self.path}: holds no extracts. Put the suppliers' files there, then run again.")
        examined = _all_or_every_problem(examine, paths)
        _refuse_same_bytes(examined)
        layouts = _all_or_every_problem(lambda file: self._recognised(file, manifest), examined)
        files = list(zip(examined, layouts, strict=True))
        _refuse_same_content(files)
        ends = _all_or_every_problem(lambda file: self._ends(*file, nil_return), files)
        sources = [
            self._source(file_id, file, layout, end, manifest)
            for file_id, ((file, layout), end) in enumerate(zip(files, ends, strict=True), start=1)
        ]
        checked = _all_or_every_problem(self._dated, sources)
        counts = {source.name: end.count for source, end in zip(sources, ends, strict=True) if end is not None}
        return Received(tuple(checked), counts, nil_return)

    def _files(self) -> list[Path]:
        if not self.path.is_dir():
            what = "is a file, not a folder" if self.path.exists() else "does not exist"
            raise ExtractError(f"{self.path}: {what}. Give the folder that holds the month's extracts.")
        paths = sorted(self.path.iterdir(), key=lambda path: (path.name.casefold(), path.name))
        return _all_or_every_problem(
            _plain_file,
            [path for path in paths if not _is_no_extract(path.name)],
        )

    def _recognised(self, file: Examined, manifest: Mapping[str, Entry]) -> Layout:
        entry = manifest.get(file.path.name)
        return recognise(file, self.book, entry.profile if entry else None)

    def _ends(self, file: Examined, layout: Layout, nil_return: NilReturn | None) -> Ends | None:
        name, profile = file.path.name, layout.profile
        if profile.structure == "records":
            return read_ends(file, layout)
        has_rows = file.last_filled_line > 1
        suppresses = profile.kind.name == "suppression"
        if not has_rows and not suppresses:
            raise ExtractError(
                f"{name}: has a heading line and no rows. Ask for the extract again, or remove it to run without."
            )
        if has_rows and suppresses and nil_return is not None:
            raise ExtractError(
                f"{name}: has rows, but {NIL_RETURN} says that nobody is to be suppressed. Remove whichever is wrong."
            )
        return None

    def _source(
        self, file_id: int, file: Examined, layout: Layout, ends: Ends | None, manifest: Mapping[str, Entry]
    ) -> Source:
        if ends is not None:
            return Source(file_id, file, layout, ends.extract_date, file.last_filled_line)
        entry = manifest.get(file.path.name)
        said = entry.extract_date if entry else None
        return Source(file_id, file, layout, said or date_in_name(file.path.name) or self.extract_date)

    def _dated(self, source: Source) -> Source:
        """The source, if its day suits the month. A day that only its rows tell is checked once they are read."""
        readings = source.layout.profile.tables[0].readings
        in_rows = any(reading.name == "extract_date" and source.layout.fields_of(reading) for reading in readings)
        if source.extract_date is not None and not in_rows:
            check_month(source.name, source.layout.profile.kind, source.extract_date, self.month)
        if source.extract_date is None and not in_rows:
            raise ExtractError(f"{source.name}: {NO_DATE}")
        return source


def _is_no_extract(name: str) -> bool:
    """Files that are read apart, and those that operating systems and open spreadsheets leave behind."""
    return name in (MANIFEST, NIL_RETURN) or name.startswith((".", "~$")) or name.casefold() in LEFT_BY_SYSTEMS


def _plain_file(path: Path) -> Path:
    if path.is_dir():
        raise ExtractError(
            f"{path.name}: is a folder, not a file. Put the extracts themselves into {path.parent.name}."
        )
    if not is_plain_file(path):
        raise ExtractError(f"{path.name}: is no file that can be read. Copy the extract itself here.")
    return path


def _all_or_every_problem(step: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """The step on every item; if it fails on several, all their messages in one ExtractError."""
    results, problems = [], []
    for item in items:
        try:
            results.append(step(item))
        except ExtractError as error:
            problems.append(str(error))
    if problems:
        raise ExtractError("\n".join(problems))
    return results


def _refuse_same_bytes(files: Sequence[Examined]) -> None:
    seen: dict[str, Examined] = {}
    for file in files:
        first = seen.setdefault(file.sha256, file)
        if first is not file:
            raise ExtractError(
                f"{file.path.name}: is the same file as {first.path.name}, byte for byte. Remove one of them."
            )


def _refuse_same_content(files: Sequence[tuple[Examined, Layout]]) -> None:
    """The same lines in another encoding or with other line ends are the same extract too."""
    seen: dict[tuple[str, int], list[Examined]] = {}
    for file, layout in files:
        seen.setdefault((layout.profile.name, file.last_filled_line), []).append(file)
    for alike in seen.values():
        digests: dict[str, Examined] = {}
        for file in alike if len(alike) > 1 else []:
            first = digests.setdefault(_content(file), file)
            if first is not file:
                raise ExtractError(
                    f"{file.path.name}: holds the same lines as {first.path.name}, saved differently. Remove one."
                )


def _content(file: Examined) -> str:
    digest = hashlib.sha256()
    for block in read_blocks(file):
        for i, line in enumerate(block.lines(), start=block.first):
            if i <= file.last_filled_line:
                digest.update(line.encode() + b"\n")
    return digest.hexdigest()
