# The special forms are expanded by the compiler and have no body. They are declared here so that they have documentation,
# which `h/1` shows, and so that Kernel.SpecialForms.__info__(:macros) names them.

defmodule Kernel.SpecialForms do
  @moduledoc """
  The forms from which everything else in the language is built.

  They are known to the compiler itself: they cannot be left out, imported under conditions or redefined. `__ENV__`,
  `__MODULE__` and the like are pseudo variables that belong here as well.
  """

  forms = [
    {:%, [:struct, :map], "A struct or a pattern of one: `%User{name: \"Ann\"}`. The keys are checked when the code is compiled."},
    {:%{}, [:args], "A map, or in a pattern a map with at least these keys: `%{key => value}`, `%{a: 1}`. `%{map | key: value}` updates keys that exist."},
    {:&, [:expr], "A function made from an existing one, `&String.upcase/1`, or from an expression with placeholders, `&(&1 + &2)`."},
    {:., [:left, :right], "A call of a function of a module, `String.upcase(\"a\")`, of an anonymous function, `fun.(1)`, a field of a map, `map.field`, or a part of an alias."},
    {:"::", [:left, :right], "A segment of a bitstring with its type, `<<x::16>>`, or a type in a typespec."},
    {:<<>>, [:args], "A bitstring or a pattern of one. Segments have types (`integer`, `float`, `bits`, `binary`, `utf8`, `utf16`, `utf32`), sizes, units, signedness and byte order: `<<version::8, size::little-16, rest::binary>>`."},
    {:=, [:left, :right], "Matches the value on the right with the pattern on the left and binds its variables; raises `MatchError` if it does not match."},
    {:^, [:var], "In a pattern, the value that the variable has already, instead of binding it anew."},
    {:{}, [:args], "A tuple: `{1, 2, 3}`."},
    {:__CALLER__, [], "In a macro, the environment of its caller."},
    {:__DIR__, [], "The directory of the current file."},
    {:__ENV__, [], "The environment at this place, a `Macro.Env`."},
    {:__MODULE__, [], "The name of the current module, or `nil`."},
    {:__STACKTRACE__, [], "In `rescue` and `catch`, the stack trace of what was caught."},
    {:__aliases__, [:args], "An alias such as `Foo.Bar` as it stands in quoted code."},
    {:alias, [:module, :opts], "Sets a short name for a module: `alias Foo.Bar`, `alias Foo.Bar, as: Baz`, `alias Foo.{Bar, Baz}`. It holds to the end of the block."},
    {:case, [:condition, :clauses], "Evaluates the first clause whose pattern, and guard, the value matches; raises `CaseClauseError` if there is none."},
    {:cond, [:clauses], "Evaluates the first clause whose condition is truthy; raises `CondClauseError` if there is none."},
    {:fn, [:clauses], "An anonymous function: `fn x, y -> x + y end`. It may have several clauses, with guards."},
    {:for, [:args], "A comprehension: for all values of the generators (`x <- list`, `<<c <- binary>>`) that pass the filters, the value of the body, collected in a list or `:into` something, made `:uniq`, or reduced with `:reduce`."},
    {:import, [:module, :opts], "Makes functions and macros of a module callable without its name, all or `:only` or `:except` some."},
    {:quote, [:opts, :block], "The quoted code of a block. `unquote/1` inside puts values in. The options are `:unquote`, `:bind_quoted`, `:location`, `:line`, `:generated` and `:context`."},
    {:receive, [:args], "Waits for a message that matches one of the clauses and takes it from the mailbox; `after` gives a limit in milliseconds."},
    {:require, [:module, :opts], "Makes the macros of a module available, and loads it."},
    {:super, [:args], "In an overriding function, calls the overridden one."},
    {:try, [:args], "Evaluates a block and handles exceptions with `rescue`, throws, exits and errors with `catch`, the value with `else`; `after` runs in any case."},
    {:unquote, [:expr], "In `quote`, puts the value of an expression in place."},
    {:unquote_splicing, [:expr], "In `quote`, puts the elements of a list in place."},
    {:with, [:args], "Evaluates the clauses `pattern <- value` in turn and then the block; the first value that does not match is the result, or goes to the clauses of `else`."}
  ]

  for {name, args, text} <- forms do
    @doc text
    defmacro unquote(name)(unquote_splicing(for arg <- args, do: {arg, [], nil})) do
      _ = unquote(for arg <- args, do: {arg, [], nil})
      raise ArgumentError, "special forms are expanded by the compiler and cannot be called as macros"
    end
  end
end
