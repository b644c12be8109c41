"""The rule language: a closed corner of Python's expression grammar, parsed to a small tree of plain lists.

The tree holds nothing but strings, numbers, booleans, None and lists, so that it can be kept as JSON:
["name", n] · ["attr", tree, n] · ["call", tree, n, [tree…]] · ["not", tree] · ["and"|"or", [tree…]] ·
["compare", operator, left, right] · ["any"|"all", variable, tree, tree] · ["literal", value] · ["list", [value…]]
"""

from __future__ import annotations

import ast
from typing import Any

Tree = list[Any]

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
MOST_CHARACTERS = 4000
MOST_DEPTH = 40


class ExpressionError(Exception):
    """A `when:`, `at:` or message that is not in the rule language. `column` is 0-based within the expression."""

    def __init__(self, message: str, column: int = 0, line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.column = column
        self.line = line


def parse(text: str) -> Tree:
    """The tree of an expression. Raises ExpressionError for anything outside the language."""
    if len(text) > MOST_CHARACTERS:
        raise ExpressionError(f"longer than {MOST_CHARACTERS} characters")
    # Parentheses let an expression run over several lines, as YAML's block scalars make it.
    try:
        parsed = ast.parse(f"({text}\n)", mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        column = max(0, (getattr(error, "offset", 1) or 1) - 2)
        line = max(0, (getattr(error, "lineno", 1) or 1) - 1)
        raise ExpressionError(f"not an expression: {getattr(error, 'msg', error)}", column, line) from error
    return _tree(parsed.body, 0)


def _refused(node: ast.expr, message: str) -> ExpressionError:
    first = node.lineno == 1
    return ExpressionError(message, max(0, node.col_offset - (1 if first else 0)), node.lineno - 1)


def _tree(node: ast.expr, depth: int) -> Tree:
    if depth > MOST_DEPTH:
        raise _refused(node, "nested too deeply")
    deeper = depth + 1
    match node:
        case ast.Name(id="true" | "false" as name):
            return ["literal", name == "true"]
        case ast.Name(id=name):
            return ["name", _plain(node, name)]
        case ast.Attribute(value=value, attr=name):
            return ["attr", _tree(value, deeper), _plain(node, name)]
        case ast.Constant(value=value) if value is None or isinstance(value, (str, int, float, bool)):
            return ["literal", value]
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return ["list", [_literal(item) for item in items]]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return ["not", _tree(operand, deeper)]
        case ast.BoolOp(op=op, values=values):
            return ["and" if isinstance(op, ast.And) else "or", [_tree(value, deeper) for value in values]]
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
            return ["compare", _COMPARISONS[type(op)], _tree(left, deeper), _tree(right, deeper)]
        case ast.Compare():
            raise _refused(node, "compare two things at a time, with == != < <= > >= in, not in")
        case ast.Call():
            return _call(node, deeper)
    raise _refused(node, f"{_described(node)} is not in the rule language; a term on the model says such things")


def _call(node: ast.Call, depth: int) -> Tree:
    if node.keywords:
        raise _refused(node, "terms take their arguments by position")
    if isinstance(node.func, ast.Attribute):
        name = _plain(node, node.func.attr)
        return ["call", _tree(node.func.value, depth), name, [_argument(argument) for argument in node.args]]
    if isinstance(node.func, ast.Name) and node.func.id in ("any", "all") and len(node.args) == 1:
        argument = node.args[0]
        if isinstance(argument, ast.GeneratorExp) and len(argument.generators) == 1:
            return _quantified(node, node.func.id, argument, depth)
        raise _refused(node, f"write {node.func.id}(… for x in …)")
    raise _refused(node, "only terms of the model, any(…) and all(…) can be called")


def _quantified(node: ast.Call, quantifier: str, generator: ast.GeneratorExp, depth: int) -> Tree:
    clause = generator.generators[0]
    if not isinstance(clause.target, ast.Name) or clause.is_async:
        raise _refused(node, f"write {quantifier}(… for x in …)")
    condition = _tree(generator.elt, depth)
    for test in clause.ifs:
        chosen = _tree(test, depth)
        # any(c for x if t) is any(t and c); all(c for x if t) is all(not t or c).
        condition = ["and", [chosen, condition]] if quantifier == "any" else ["or", [["not", chosen], condition]]
    return [quantifier, _plain(node, clause.target.id), _tree(clause.iter, depth), condition]


def _plain(node: ast.expr, name: str) -> str:
    if name.startswith("_"):
        raise _refused(node, f"`{name}`: names that begin with an underscore are not for rules")
    return name


def _argument(node: ast.expr) -> Tree:
    """An argument of a term: a literal, or something in scope and its fields."""
    if isinstance(node, (ast.Name, ast.Attribute)):
        return _tree(node, 0)
    return ["literal", _literal(node)]


def _literal(node: ast.expr) -> str | int | float | bool | None:
    if isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, (str, int, float, bool))):
        return node.value
    if isinstance(node, ast.Name) and node.id in ("true", "false"):
        return node.id == "true"
    raise _refused(node, "only literals can stand here")


def _described(node: ast.expr) -> str:
    names: dict[type[ast.expr], str] = {
        ast.BinOp: "arithmetic",
        ast.Lambda: "a lambda",
        ast.Subscript: "indexing",
        ast.IfExp: "if … else",
        ast.JoinedStr: "an f-string",
        ast.ListComp: "a list comprehension",
        ast.Dict: "a mapping",
        ast.NamedExpr: "an assignment",
    }
    return names.get(type(node), type(node).__name__)


def parse_message(text: str) -> list[str | Tree]:
    """A message as literal pieces and the trees of its `{expressions}`; `{{` and `}}` are braces themselves."""
    pieces: list[str | Tree] = []
    literal: list[str] = []
    at = 0
    while at < len(text):
        character = text[at]
        if text[at : at + 2] in ("{{", "}}"):
            literal.append(character)
            at += 2
        elif character == "{":
            end = text.find("}", at)
            if end < 0:
                raise ExpressionError("`{` without `}`", at)
            if literal:
                pieces.append("".join(literal))
                literal = []
            pieces.append(parse(text[at + 1 : end]))
            at = end + 1
        elif character == "}":
            raise ExpressionError("`}` without `{`", at)
        else:
            literal.append(character)
            at += 1
    if literal:
        pieces.append("".join(literal))
    return pieces
