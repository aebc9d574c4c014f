"""The codes of `pattern_filter`: what they mean and what to do about them.  PF1xx is rewritten, PF2xx refused."""

from __future__ import annotations

from codemods.toolkit.codemod import Code

CODES: tuple[Code, ...] = (
    Code(
        "PF101",
        "glob handed to -k",
        """The user's pattern is a glob, and it is handed to pytest's `-k`, which takes an expression. Taking the stars
off its ends helps only when there are no others.

```python
clean = args.pattern.strip("*")                # "*golden*path*" becomes "golden*path"
command.extend(["-k", clean])                  # PF101: pytest ends with a usage error (4)
```

It becomes one call that turns the pattern into what pytest understands, and combines it with the `-k` that the
command has already:

```python
apply_pattern(command, args.pattern, category)  # -k "(websocket or ws) and (golden and path)"
```

**What to do.** Nothing: it is rewritten. What a pattern means stands above the generated code. Read the message on
stderr when a pattern is not applied to a category, and set the table `[tool.codemods.pattern_filter.policy]`.
""",
    ),
    Code(
        "PF102",
        "option that pytest forgets",
        """A second `-k` (or `-m`) is added to a command that has one. pytest keeps the last one only, so what the first
one selects is dropped in silence.

```python
command = ["pytest", "-m", "not slow"]
if args.markers:
    command += ["-m", args.markers]            # PF102: slow tests run, too
```

It becomes `narrow(command, "-m", args.markers)`: both have to hold.

**What to do.** Nothing: it is rewritten. Where the second one is meant to replace the first, build the command with
one of them (`else`), before you run the codemod.
""",
    ),
    Code(
        "PF103",
        "quotes within an argument",
        """Quotes are part of an argument. A shell would take them off; where no shell is used, or each argument is
quoted
anyway, they reach pytest.

```python
subprocess.run(["pytest", "-k", '"websocket or ws"'])      # PF103: the expression is a usage error
```

**What to do.** Nothing: the quotes go. (A command that a shell takes apart keeps them, unless the way it is joined
changes in the same run.)
""",
    ),
    Code(
        "PF104",
        "command joined with spaces",
        """A list of arguments is joined with spaces and handed to a shell, which takes it apart at every space: also
within `golden and path`, and within a folder's name.

```python
subprocess.run(" ".join(command), shell=True)              # PF104
```

Where the join stands in the call itself, the list is handed over and `shell=True` goes. Where the text is given to
other code, it stays a text, and every argument in it is quoted: `shell_command(command)`.

**What to do.** Nothing: it is rewritten.
""",
    ),
    Code(
        "PF105",
        "policy written as conditions",
        """Which categories a pattern is applied to is decided by conditions: the pattern is replaced by everything,
or a
function answers with True and False. The user gets other tests than those asked for, and no message.

```python
if pattern != "*" and category not in {"e2e", "e2e_full"}:
    pattern = "*"                              # PF105
```

It becomes `pattern = pattern_for(pattern, category)`, which looks into one table and says on stderr when a pattern is
not applied. A category that the code leaves out by name is "none" in the table; where all but a few are left out,
nobody decided so, and they are filtered by name.

**What to do.** Nothing: it is rewritten. Put your decisions into `[tool.codemods.pattern_filter.policy]`.
""",
    ),
    Code(
        "PF106",
        "stars taken out of a glob of files",
        """Test files are looked for by a glob that is made of the pattern without its stars. `*golden*path*` becomes
`goldenpath`, and no file is named so.

```python
clean = pattern.replace("*", "")
files = root.rglob(f"**/*{clean}*.py")         # PF106
```

It becomes `matching_files(root.rglob("**/*.py"), pattern)`: the files that the pattern selects by their name, or by
their path when it has a `/`.

**What to do.** Nothing: it is rewritten.
""",
    ),
    Code(
        "PF107",
        "generated policy out of date",
        """The runner holds the policy table of an earlier run, and `[tool.codemods.pattern_filter.policy]` says
something
else by now.

```toml
[tool.codemods.pattern_filter.policy]
database = "none"                              # PF107: the generated table has no `database`
```

**What to do.** Nothing: the generated code is written anew. Change the configuration, never the generated code. A
category that the runner left unfiltered when it was rewritten stays "none" until the configuration says otherwise.
""",
    ),
    Code(
        "PF108",
        "glob looked for as a text",
        """A pattern is compared with `*`, and otherwise looked for in the names of files as it stands. `*golden*` is in
no name: the user gets nothing, and no message.

```python
for file in root.rglob("test_*.py"):
    if pattern == "*" or pattern.lower() in file.name.lower():     # PF108
        files.append(file)
```

The condition becomes `matching_files([file], pattern)`, which holds where the pattern selects the file.

**What to do.** Nothing: it is rewritten.
""",
    ),
    Code(
        "PF201",
        "glob in a form that stays",
        """A glob is handed to `-k` in a form that is not rewritten: within one string that is a whole command, in one
word with the option, among the arguments of a call, or as a literal that names files.

```python
os.system(f"pytest -k {pattern.strip('*')}")               # PF201
command.append(f"-k={pattern.strip('*')}")                 # PF201
session.run("pytest", "-k", pattern.strip("*"))            # PF201
```

**What to do.** Build the command as a list, and run the codemod again; write a literal as an expression
(`"golden and path"`).
""",
    ),
    Code(
        "PF202",
        "option in a list that can't be changed there",
        """What is wrong stands in a table, in a literal with another option of the same name, or in a list that is put
into the command later. Only the command itself can be narrowed.

```python
extra = ["-k", pattern.strip("*")]             # PF202
subprocess.run(["pytest", *extra])
```

**What to do.** Put the option into the command itself (`command.extend([...])`) and run the codemod again.
""",
    ),
    Code(
        "PF203",
        "option added in a loop",
        """Each round of a loop adds another `-k` (or `-m`) to the same command, and pytest keeps the last one. Whether
tests have to match all of them or any of them is not written anywhere.

```python
for word in words:
    command += ["-k", word]                    # PF203
```

**What to do.** Add one option behind the loop: `" or ".join(words)`, or `" and "`.
""",
    ),
    Code(
        "PF204",
        "options that contradict each other",
        """A second option follows another one, and no test can match both: it is meant to replace the first.

```python
command = ["pytest", "-m", "not slow"]
if args.slow:
    command += ["-m", "slow"]                  # PF204
```

**What to do.** Choose one of them where the command is made, or leave it: pytest keeps the last one.
""",
    ),
    Code(
        "PF205",
        "joined command goes out of sight",
        """Quotes stand in an argument, and the command is joined and handed to code outside of this module. Whether a
shell takes the quotes off can't be told.

```python
command = ["pytest", "-k", '"websocket or ws"']            # PF205
connection.execute(" ".join(command))
```

**What to do.** Hand over a list, or `shlex.join(command)`, and write the arguments without quotes.
""",
    ),
    Code(
        "PF206",
        "text that a shell may take apart",
        """A command is one text for a shell, or is joined for one, and something in it may be meant as several words:
quoted as one argument it would mean something else.

```python
command.append("--cov=src --cov-report=html")              # two arguments
subprocess.run(" ".join(command), shell=True)              # PF206
```

**What to do.** Put each argument into the list by itself, and run the codemod again.
""",
    ),
    Code(
        "PF207",
        "condition that decides more",
        """The pattern is applied under a condition about the category, and the same condition decides about other
things
too, so it can't give way to the policy table.

```python
if category in {"e2e"}:
    if args.pattern:
        command.extend(["-k", args.pattern.strip("*")])    # PF207
    command.append("-x")
```

**What to do.** Give the pattern a condition of its own (`if args.pattern:`), and run the codemod again.
""",
    ),
    Code(
        "PF208",
        "path added behind a pattern",
        """Behind the place where the pattern is applied, something is added to the command that may be a path. A
pattern
that selects files would not see it.

```python
command.extend(["-k", args.pattern.strip("*")])            # PF208
command.append("tests/")
```

**What to do.** Apply the pattern last: move the paths above it, and run the codemod again.
""",
    ),
    Code(
        "PF209",
        "glob of files that can't be followed",
        """The stars of a pattern are taken out for a glob of files, and the files are found in a way that is not
followed
(`glob.glob`, `os.walk`, another function).

```python
files = glob.glob(f"tests/*{pattern.replace('*', '')}*.py")        # PF209
```

The same holds for a pattern that is looked for in a name (`pattern == "*" or pattern in entry.name`) of something that
may be no path.

**What to do.** Use `Path.rglob`, or keep the stars: `pattern.strip("*")`.
""",
    ),
    Code(
        "PF210",
        "selection that nobody reads",
        """The runner takes an option like pytest's own `-k` or `-m`, and never looks at its value: what the user
selects is
ignored in silence.

```python
parser.add_argument("--keyword", "-k")         # PF210: `args.keyword` is read nowhere
```

**What to do.** Hand it to pytest, or remove the option.
""",
    ),
    Code(
        "PF290",
        "another change touches the same place",
        """Two changes of one run would change the same text, and neither can be made without the other.

```python
subprocess.run(["pytest", "-k", one.strip("*"), "-k", two.strip("*")])      # PF290
```

**What to do.** Take them apart: one of them on a line of its own.
""",
    ),
    Code(
        "PF291",
        "names of the generated code are taken",
        """The module has a function, a class or a variable of its own that is named like one of the generated code.

```python
def narrow(command): ...                       # PF291: another `narrow`
```

**What to do.** Rename it, or set `placement = "module"` to keep the generated code in a module of its own.
""",
    ),
    Code(
        "PF292",
        "another module has the name of the generated one",
        """With `placement = "module"` the functions are imported from a module, which the run makes. The project has a
module or a package of this name already, and it is none that this codemod wrote.

```toml
[tool.codemods.pattern_filter]
placement = "module"
module = "tests.pytest_selection"              # PF292: tests/pytest_selection.py holds something else
```

**What to do.** Set `module` to a name that is free, and run again. (Generated code is known by its first and last line:
put them back where they were removed, or delete the file.)
""",
    ),
    Code(
        "PF293",
        "policy of the code is not configured",
        """With `placement = "module"` the policy table stands in the module and comes from the configuration only.
The code
leaves a category unfiltered that the configuration doesn't name.

```python
if category != "database":                     # PF293: and no `database = "none"` in the policy
    command.extend(["-k", args.pattern.strip("*")])
```

**What to do.** Add the category to `[tool.codemods.pattern_filter.policy]`, and run again: the table of the module is
written anew, too.
""",
    ),
)
