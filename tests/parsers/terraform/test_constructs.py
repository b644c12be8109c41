"""Every construct of HCL evaluates as Terraform evaluates it: the answers are those of its console."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Shown = Callable[..., Any]

CONTEXT = """
variable "known" { default = ["a", "b"] }
locals {
  users = { ann = { age = 3, tags = ["x"] }, bob = { age = 5, tags = ["y", "z"] } }
  name  = "n"
  txt   = "T $${x}"
}
"""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (
            """<<EOT
hello
  world
EOT""",
            "hello\n  world\n",
        ),
        (
            """<<-EOT
    hello
      world
    EOT""",
            "hello\n  world\n",
        ),
        (
            """<<-EOT
    a ${local.name}
  b
      c
  EOT""",
            "  a n\nb\n    c\n",
        ),
        (
            """<<-EOT

    a

      b
    EOT""",
            "\na\n\n  b\n",
        ),
        (
            "<<-EOT\n\ttab\n\t  two\n\tEOT",
            "tab\n  two\n",
        ),
        (
            """<<EOT
%{ for u in ["a", "b"] ~}
- ${u}
%{ endfor ~}
end
EOT""",
            "- a\n- b\nend\n",
        ),
        (
            """<<EOT
%{ for u in ["a", "b"] }
- ${u}
%{ endfor }
end
EOT""",
            "\n- a\n\n- b\n\nend\n",
        ),
        (
            """<<-EOT
  %{ for u in ["a", "b"] ~}
  - ${u}
  %{ endfor ~}
  end
  EOT""",
            "  - a\n  - b\n  end\n",
        ),
        (
            """<<-EOT
  %{ if true ~}
    yes
  %{ else ~}
    no
  %{ endif ~}
  end
  EOT""",
            "    yes\n  end\n",
        ),
        (
            """<<-EOT
  %{~ if false }
    yes
  %{~ else }
    no
  %{~ endif }
  end
  EOT""",
            "\n    no\n\n  end\n",
        ),
        (
            r"""<<EOT
$${a} %%{b} \n \" ${"x"} $ % $$ %%
EOT""",
            '${a} %{b} \\n \\" x $ % $$ %%\n',
        ),
        (
            """<<EOT
${ local.name
}
EOT""",
            "n\n",
        ),
        (
            """<<-EOT
    x${
  local.name
    }y
      z
    EOT""",
            "xny\n  z\n",
        ),
        (
            """upper(<<EOT
abc
EOT
)""",
            "ABC\n",
        ),
        (
            """upper(<<-EOT
  abc
  EOT
  )""",
            "ABC\n",
        ),
        (
            """join(",", [<<A
one
A
, <<B
two
B
])""",
            "one\n,two\n",
        ),
        (
            """{
  a = <<EOT
x
EOT
  b = 2
}""",
            {"a": "x\n", "b": 2},
        ),
        (
            """{
  a = 1 # comment
  // another
  b = 2 /* c */
  "c" = 3
}""",
            {"a": 1, "b": 2, "c": 3},
        ),
        (
            """[
  1, # one
  2,
  // two
  3
]""",
            [1, 2, 3],
        ),
        (
            """[
  for x in [1, 2] :
  x + 1
  if x > 1
]""",
            [3],
        ),
        (
            """{
  for k, v in local.users :
  k => v.age
  if v.age > 3
}""",
            {"bob": 5},
        ),
        ('{ for k, v in local.users : v.age > 3 ? "old" : "young" => k... }', {"young": ["ann"], "old": ["bob"]}),
        (
            """merge(
  { a = 1 },
  { b = 2 },
)""",
            {"a": 1, "b": 2},
        ),
        (
            """(true
  ? "a"
  : "b")""",
            "a",
        ),
        ('true ? "a" : "b"', "a"),
        ('[for k, v in local.users : [for t in v.tags : "${k}-${t}"]]', [["ann-x"], ["bob-y", "bob-z"]]),
        (
            "flatten([for k, v in local.users : [for t in v.tags : { k = k, t = t }]])",
            [{"k": "ann", "t": "x"}, {"k": "bob", "t": "y"}, {"k": "bob", "t": "z"}],
        ),
        (
            "{ for p in flatten([for k, u in local.users : [for t in u.tags : [k, t]]]) : p => upper(p)... }",
            {"ann": ["ANN"], "x": ["X"], "bob": ["BOB", "BOB"], "y": ["Y"], "z": ["Z"]},
        ),
        ("values(local.users)[*].tags[0]", ["x", "y"]),
        ("values(local.users).*.tags", [["x"], ["y", "z"]]),
        ("var.known.*", ["a", "b"]),
        ("var.known[*]", ["a", "b"]),
        ('local.users["ann"].tags.0', "x"),
        ('local.users.ann["tags"][0]', "x"),
        ('"${local.users.ann.age}"', 3),
        ('"${local.users.ann.age + 1}x"', "4x"),
        ('"${join(",", [for x in var.known : "<${x}>"])}"', "<a>,<b>"),
        ('"${"nested ${"deep ${local.name}"}"}"', "nested deep n"),
        ('"${{ a = 1 }.a}"', 1),
        ('"${[1, 2][0]}"', 1),
        ('"${local.txt}"', "T ${x}"),
        (r'"a\u00e9\U0001F600\\\"\r\n\tz"', 'aé😀\\"\r\n\tz'),
        ('"%{ if local.name == "n" }${local.name}%{ else }other%{ endif }!"', "n!"),
        ('"%{ for i, x in var.known }${i}:${x}%{ if i < 1 }, %{ endif }%{ endfor }"', "0:a, 1:b"),
        ('"%{~ if true ~}  a  %{~ endif ~}"', "a"),
        ('"x  %{~ for x in [1,2] ~}  ${x}  %{~ endfor ~}  y"', "x12y"),
        ('"${ true ? "a" : "b" }"', "a"),
        ('"${ /* c */ local.name }"', "n"),
        ("!(true && false) || !true", True),
        ("-local.users.ann.age", -3),
        ("1 + -1", 0),
        ("2 * (3 + 4) % 5", 4),
        ("1 < 2 == true", True),
        ('"a" == "a" && "b" != "c" || false', True),
        ('"x" == local.name ? 1 : 2 + 3', 5),
        ('lookup(local.users, "eve", null)', None),
        ('try(local.users.eve.age, local.users["bob"].age)', 5),
        ("try(local.users.eve, null) == null", True),
        ("null", None),
        ("[null]", [None]),
        ("{ a = null }.a == null", True),
        ('cidrsubnet("10.0.0.0/8", 8, 1)', "10.1.0.0/16"),
        ('{ "${local.name}-x" = 1, (local.name) = 2, local = 3 }', {"n-x": 1, "n": 2, "local": 3}),
        ('{ "a b" : 1, c : { d = [1, { e = 2 }] } }', {"a b": 1, "c": {"d": [1, {"e": 2}]}}),
        ("[[[[[[[[1]]]]]]]]", [[[[[[[[1]]]]]]]]),
        ("((((((1))))))", 1),
        ("element(var.known, length(var.known) - 1)", "b"),
        ("[for i in range(3) : i if i % 2 == 0]", [0, 2]),
        ("{ for i, v in var.known : i => v }", {"0": "a", "1": "b"}),
        ('{ for v in toset(var.known) : v => "${v}!" }', {"a": "a!", "b": "b!"}),
        ('tomap({ for k, v in local.users : k => v.age })["ann"]', 3),
        ('jsonencode(local.users) == "x"', False),
        ("[for u in local.users : u.age]", [3, 5]),
        ("[for k, u in local.users : k]", ["ann", "bob"]),
        ("keys(local.users)[0]", "ann"),
        ("{ for k in sort(keys(local.users)) : k => local.users[k].age }", {"ann": 3, "bob": 5}),
        ("zipmap(keys(local.users), values(local.users)[*].age)", {"ann": 3, "bob": 5}),
        ('formatlist("arn:aws:s3:::%s/*", var.known)', ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]),
        ('contains(keys(local.users), "ann") ? "in" : "out"', "in"),
        ("alltrue([for u in local.users : u.age > 2])", True),
        ('distinct(flatten([var.known, ["a"]]))', ["a", "b"]),
        ('coalesce(null, "", local.name)', "n"),
        (
            """upper(
  # comment
  "a" // other
)""",
            "A",
        ),
        ('"multi ${\n  upper("x")\n} line"', "multi X line"),
        (
            """{ a = 1
  b = 2 }""",
            {"a": 1, "b": 2},
        ),
        (
            """{ a = 1, b = 2
}""",
            {"a": 1, "b": 2},
        ),
        (
            """[1
]""",
            [1],
        ),
        (
            """<<EOT
EOT""",
            "",
        ),
        (
            """<<-EOT
EOT""",
            "",
        ),
        (
            """<<EOT

EOT""",
            "\n",
        ),
        (
            """<<EOT-X
x
EOT-X""",
            "x\n",
        ),
        (
            """<<EOT
  EOTX
 EOT""",
            "  EOTX\n",
        ),
        (
            """<<-EOT
    ${local.name}
      ${local.name}
    EOT""",
            "n\n  n\n",
        ),
        (
            """<<-EOT
    ${upper("a")} b
  EOT""",
            "A b\n",
        ),
        (
            """<<-EOT
      a
    %{ if true }
      b
    %{ endif }
  EOT""",
            "  a\n\n  b\n\n",
        ),
        (
            """<<EOT
{
  "Statement": [
%{ for i, x in var.known ~}
    { "a": "${x}" }%{ if i < 1 },%{ endif }
%{ endfor ~}
  ]
}
EOT""",
            '{\n  "Statement": [\n    { "a": "a" },\n    { "a": "b" }\n  ]\n}\n',
        ),
        ('"${local.users}" == local.users', True),
        ('"tab	inside"', "tab\tinside"),
        ('"a" != null', True),
        ('{ for s in ["a=1", "b=2"] : split("=", s)[0] => split("=", s)[1] }', {"a": "1", "b": "2"}),
        ("{ for k, v in { a = [1, 2], b = [3] } : k => [for x in v : x * 10] }", {"a": [10, 20], "b": [30]}),
        ('[for s in ["b", "a"] : { (s) = upper(s) }]', [{"b": "B"}, {"a": "A"}]),
        ('{ for s in ["b", "a"] : (s) => s }', {"b": "b", "a": "a"}),
        ("[for x in [for y in [1, 2, 3] : y * 2] : x if x != 4]", [2, 6]),
        ("1 == 1.0", True),
        ('"1" == 1', False),
        ("1e2 == 100", True),
        ("[ for x in { a = 1 } : x ]", [1]),
        ('{for x in ["a"]: x => x}', {"a": "a"}),
        ('[for x in ["a"]: x]', ["a"]),
        ('"${upper("a")}${lower("B")}"', "Ab"),
    ],
)
def test_constructs(value: Shown, expression: str, expected: Any) -> None:
    assert value(expression, CONTEXT) == expected
