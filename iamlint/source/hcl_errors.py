"""Keeps what is sound of an HCL text with syntax errors, and says in words what is wrong with the rest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iamlint.source.document import Problem
from iamlint.source.span import Place, SourceText
from iamlint.source.templating import is_templated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Tree

MOST_PROBLEMS = 20

_BLOCK_START = re.compile(
    r"^(?:resource|data|module|variable|output|provider|terraform|locals|check|import|moved|removed|ephemeral)\b[^\n=]*\{",
    re.MULTILINE,
)
_WORDS = {
    "RBRACE": "`}`", "LBRACE": "`{`", "RSQB": "`]`", "LSQB": "`[`", "RPAR": "`)`", "LPAR": "`(`", "EQ": "`=`",
    "COLON": "`:`", "COMMA": "`,`", "QMARK": "`?`", "DOT": "`.`", "DBLQUOTE": "a closing quote", "$END": "the end",
    "NAME": "a name", "NL_OR_COMMENT": "a line break", "STRING_CHARS": "", "INTERP_START": "",
    "ESCAPED_INTERPOLATION": "", "ESCAPED_DIRECTIVE": "", "DIRECTIVE_START": "",
}  # fmt: skip


def without_broken_blocks(source: SourceText, tree: Tree) -> tuple[Tree, list[Problem]]:
    """The tree of the text without the top-level blocks that cannot be read, and a problem for each of those.

    A block that only tree-sitter stumbles over, and python-hcl2 reads, stays: its sound attributes are kept.
    """
    from iamlint.source.hcl_reader import parsed

    text = source.text
    problems: list[Problem] = []
    tolerated: set[int] = set()
    for _ in range(MOST_PROBLEMS):
        broken = _broken_range(tree, tolerated)
        if broken is None:
            break
        for start, end in _chunks(text, *_to_whole_blocks(text, *broken)):
            if not parsed(text[start:end]).root_node.has_error:
                continue
            problem = _explained(source, start, end)
            if problem is None:
                tolerated.add(broken[0])
                continue
            problems.append(problem)
            text = _blanked(text, start, end)
        if text is source.text or broken[0] in tolerated:
            tolerated.add(broken[0])
        tree = parsed(text)
    return tree, problems


def _broken_range(tree: Tree, tolerated: set[int]) -> tuple[int, int] | None:
    """The first stretch of the file, in whole top-level nodes, that has an error in it."""
    for child in tree.root_node.children:
        if not child.has_error or child.type == "comment":
            continue
        if child.type == "body":
            for inner in child.children:
                if inner.has_error and inner.start_byte not in tolerated:
                    return inner.start_byte, inner.end_byte
        elif child.start_byte not in tolerated:
            return child.start_byte, child.end_byte
    root = tree.root_node
    # A text that stops within a block can be one error as a whole, with no part of it to blame.
    return (root.start_byte, root.end_byte) if root.is_error and root.start_byte not in tolerated else None


def _to_whole_blocks(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch from the beginning of the top-level block that it is a piece of to that of the next: tree-sitter
    takes what comes after an error for further top-level nodes, and each of them for broken too."""
    from iamlint.source.hcl_reader import parsed

    starts = [found.start() for found in _BLOCK_START.finditer(text)]
    if not starts:
        return start, end
    head = max((at for at in starts if at <= start), default=start)
    if head < start and not parsed(text[head:start]).root_node.has_error:
        head = start  # what comes before is sound without it
    return head, min((at for at in starts if at >= end), default=len(text))


def _chunks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretch, cut where a top-level block begins at the start of a line: a missing brace swallows its
    neighbours."""
    starts = sorted({start, *(found.start() for found in _BLOCK_START.finditer(text, start, end))})
    yield from zip(starts, (*starts[1:], end), strict=True)


def _blanked(text: str, start: int, end: int) -> str:
    """The text with blanks in place of the stretch, its line breaks kept."""
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


def _explained(source: SourceText, start: int, end: int) -> Problem | None:
    """What python-hcl2 says about the stretch; None when it can read it."""
    import hcl2
    from lark.exceptions import UnexpectedInput, VisitError

    text = source.text[start:end]
    try:
        hcl2.parses(text if text.endswith("\n") else text + "\n")
    except UnexpectedInput as error:
        at = min(start + max(error.pos_in_stream or 0, 0), end)
        at += len(source.text[at:end]) - len(source.text[at:end].lstrip(" \t"))
        expected = getattr(error, "expected", None) or getattr(error, "allowed", None) or ()
        return _problem(source, start, end, at, _message(source, at, end, expected))
    except VisitError as error:
        if isinstance(error.orig_exc, RuntimeError) and not isinstance(error.orig_exc, RecursionError):
            line, _ = source.position(start)
            words = str(error.orig_exc)
            return _problem(source, start, end, end, f"not valid HCL: {words[:1].lower()}{words[1:]}, line {line} on")
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError):
        pass  # it read the text, and stumbled over what to make of it
    return None


def _problem(source: SourceText, start: int, end: int, at: int, message: str) -> Problem:
    """The problem at an offset, to the end of its line; at the end of a block, its header is the place."""
    text = source.text[start:end]
    templated = "{{" in text and is_templated(source.text, at)
    line_end = source.text.find("\n", at)
    stop = min(end, line_end if line_end > at else at + 1)
    place = Place(source, at, max(at + 1, stop)) if at < end else Place(source, start, _header_end(text, start))
    if templated:
        return Problem("template", place, message, "Render the template first.")
    return Problem("unreadable", place, message, "Correct the syntax: the block was not checked.")


def _header_end(text: str, start: int) -> int:
    return start + (text.find("\n") if "\n" in text else len(text))


def _message(source: SourceText, at: int, end: int, names: object) -> str:
    """The error in words: what stands there, and what could have."""
    found = re.match(r"[\w-]+|[^\w\s]|\s", source.text[at : at + 40]) if at < end else None
    there = "end of the block" if found is None else "line break" if found.group() == "\n" else f"`{found.group()}`"
    known = (
        sorted({_WORDS[name] for name in names if _WORDS.get(name)})
        if isinstance(names, (set, list, tuple, frozenset))
        else []
    )
    line, column = source.position(at)
    expected = f", expected {' or '.join(known)}" if 0 < len(known) <= 4 else ""
    return f"not valid HCL at line {line}, column {column}: unexpected {there}{expected}"
