# A document is text with places where lines may break, in the manner of Wadler ("A prettier printer") made strict as by
# Lindig ("Strictly pretty"). `format/2` walks a stack of {indentation, mode, document} once. A group is laid out flat if
# it fits in what is left of the line, else its own breaks (not those of groups inside) become new lines.
#
# Modes: `:flat` breaks are spaces; `:break` breaks are new lines; `:flat_no_break` as flat, and groups inside cannot
# enable breaks again; `:break_no_flat` breaks are allowed and may not be taken for flat, which lets the last argument of a
# call stay on the line of the call and break inside.

defmodule Inspect.Algebra do
  @moduledoc """
  Documents that can be laid out in lines of a given width.

  A document is built from strings, `break/1` (a space, or a new line where needed), `nest/2` (indentation), `group/1`
  (breaks that are taken together) and `concat/2`; `format/2` lays it out.

      iex> import Inspect.Algebra
      iex> doc = group(glue("hello", "world"))
      iex> IO.iodata_to_binary(format(doc, 80))
      "hello world"
      iex> IO.iodata_to_binary(format(doc, 8))
      "hello\\nworld"

  `to_doc/2` makes documents of terms, and `container_doc/6` of collections; with them implementations of `Inspect`
  are written.
  """

  @container_separator ","
  @tail_separator " |"

  @type t :: binary | atom | tuple | list

  defguardp is_doc_tag(tag)
            when tag == :doc_string or tag == :doc_cons or tag == :doc_nest or tag == :doc_break or tag == :doc_group or
                   tag == :doc_color or tag == :doc_force or tag == :doc_fits or tag == :doc_collapse

  @doc """
  Tells whether a term is a document. Allowed in guards.

      iex> import Inspect.Algebra
      iex> {is_doc(empty()), is_doc("text"), is_doc(%{})}
      {true, true, false}
  """
  defguard is_doc(doc)
           when is_binary(doc) or doc == :doc_nil or doc == :doc_line or doc == [] or
                  (is_tuple(doc) and is_doc_tag(:erlang.element(1, doc)))

  ## Documents of terms

  @doc """
  The document of a term, as its implementation of `Inspect` gives it.
  """
  @spec to_doc(any, Inspect.Opts.t()) :: t
  def to_doc(%{__struct__: struct} = term, %{structs: true, inspect_fun: fun} = opts) when is_atom(struct) do
    try do
      fun.(term, opts)
    rescue
      caught -> failure_doc(term, opts, caught, __STACKTRACE__)
    end
  end

  def to_doc(%{__struct__: struct} = map, opts) when is_atom(struct), do: Inspect.Map.inspect_as_map(map, opts)
  def to_doc(term, %{inspect_fun: fun} = opts), do: fun.(term, opts)

  # The message or the stack trace of the failure may show the same struct: a mark in the process dictionary ends that.
  defp failure_doc(term, opts, caught, stacktrace) do
    if :erlang.get(:inspect_trap) == true do
      Inspect.Map.inspect_as_map(term, opts)
    else
      :erlang.put(:inspect_trap, true)

      try do
        shown = inspect(term, structs: false, limit: opts.limit)
        error = Inspect.Error.exception(exception: caught, stacktrace: stacktrace, inspected_struct: shown)
        if opts.safe, do: Inspect.inspect(error, opts), else: reraise(error, stacktrace)
      after
        :erlang.erase(:inspect_trap)
      end
    end
  end

  @doc """
  The document of a collection: its elements between `left` and `right`, up to the limit of the options.

  `fun` makes the document of an element. The options are `:separator` (`","`) and `:break`: `:strict` puts each element
  on a line of its own if they do not fit on one, `:flex` fills the lines, `:maybe` chooses `:flex` if all elements are
  simple.

      iex> opts = %Inspect.Opts{limit: 2}
      iex> fun = fn i, _opts -> to_string(i) end
      iex> doc = Inspect.Algebra.container_doc("[", [1, 2, 3], "]", opts, fun)
      iex> IO.iodata_to_binary(Inspect.Algebra.format(doc, 80))
      "[1, 2, ...]"
  """
  def container_doc(left, collection, right, inspect_opts, fun, opts \\ [])

  def container_doc(left, [], right, %Inspect.Opts{}, fun, opts) when is_function(fun, 2) and is_list(opts) do
    concat(left, right)
  end

  def container_doc(left, collection, right, %Inspect.Opts{} = inspect_opts, fun, opts)
      when is_list(collection) and is_function(fun, 2) and is_list(opts) do
    break = Keyword.get(opts, :break, :maybe)
    separator = Keyword.get(opts, :separator, @container_separator)
    {docs, simple?} = elements(collection, inspect_opts.limit, inspect_opts, fun, [], break == :maybe)
    flex? = simple? or break == :flex
    docs = join(:lists.reverse(docs), flex?, separator)

    if flex? do
      group(concat(concat(left, nest(docs, 1)), right))
    else
      group(glue(nest(glue(left, "", docs), 2), "", right))
    end
  end

  defp elements([], _limit, _opts, _fun, acc, simple?), do: {acc, simple?}
  defp elements(_, 0, _opts, _fun, acc, simple?), do: {["..." | acc], simple?}

  defp elements([term | rest], limit, opts, fun, acc, simple?) when is_list(rest) do
    limit = decrement(limit)
    doc = fun.(term, %{opts | limit: limit})
    elements(rest, limit, opts, fun, [doc | acc], simple? and simple?(doc))
  end

  defp elements([term | tail], limit, opts, fun, acc, simple?) do
    limit = decrement(limit)
    head = fun.(term, %{opts | limit: limit})
    tail = fun.(tail, %{opts | limit: decrement(limit)})
    {[{:improper, tail}, head | acc], simple? and simple?(head) and simple?(tail)}
  end

  defp decrement(:infinity), do: :infinity
  defp decrement(limit), do: limit - 1

  defp simple?({:doc_cons, left, right}), do: simple?(left) and simple?(right)
  defp simple?({:doc_color, doc, _}), do: simple?(doc)
  defp simple?({:doc_string, _, _}), do: true
  defp simple?(doc), do: doc == :doc_nil or is_binary(doc)

  defp join([doc], _flex?, _separator), do: doc
  defp join([head, {:improper, tail}], flex?, _separator), do: pair(head, tail, flex?, @tail_separator)
  defp join([:doc_nil | rest], flex?, separator), do: join(rest, flex?, separator)
  defp join([head | rest], flex?, separator), do: pair(head, join(rest, flex?, separator), flex?, separator)

  defp pair(left, :doc_nil, _flex?, _separator), do: left
  defp pair(left, right, true, separator), do: flex_glue(concat(left, separator), right)
  defp pair(left, right, false, separator), do: glue(concat(left, separator), right)

  ## Building documents

  @doc """
  The empty document.

      iex> Inspect.Algebra.empty()
      :doc_nil
  """
  def empty(), do: :doc_nil

  @doc """
  A string whose length is counted in characters, not bytes.

      iex> doc = Inspect.Algebra.string("olá")
      iex> IO.iodata_to_binary(Inspect.Algebra.format(doc, 80))
      "olá"
  """
  def string(string) when is_binary(string), do: {:doc_string, string, String.length(string)}

  @doc """
  Two documents, one after the other.

      iex> doc = Inspect.Algebra.concat("hello", "world")
      iex> IO.iodata_to_binary(Inspect.Algebra.format(doc, 80))
      "helloworld"
  """
  def concat(left, right) when is_doc(left) and is_doc(right), do: {:doc_cons, left, right}

  @doc """
  A list of documents, one after the other.

      iex> doc = Inspect.Algebra.concat(["a", "b", "c"])
      iex> IO.iodata_to_binary(Inspect.Algebra.format(doc, 80))
      "abc"
  """
  def concat(docs) when is_list(docs), do: fold(docs, &concat/2)

  @doc """
  A document in the colour that the options give for the key.
  """
  def color_doc(doc, color_key, opts)

  def color_doc(doc, _key, %{syntax_colors: []}) when is_doc(doc), do: doc

  def color_doc(doc, key, %{syntax_colors: colors}) when is_doc(doc) do
    case Keyword.fetch(colors, key) do
      {:ok, color} ->
        reset = Keyword.get(colors, :reset, :reset)
        concat({:doc_color, doc, ansi(color)}, {:doc_color, :doc_nil, ansi(reset)})

      :error ->
        doc
    end
  end

  defp ansi(color), do: IO.iodata_to_binary(IO.ANSI.format_fragment(color, true))

  @doc false
  def color(doc, color_key, opts), do: color_doc(doc, color_key, opts)

  @doc """
  A document whose lines, after breaks inside it, are indented by `level` more columns.

  `level` may be `:cursor`, the column where it starts, or `:reset`. With `mode` `:break` it holds only where the group
  is broken.

      iex> doc = Inspect.Algebra.nest(Inspect.Algebra.glue("hello", "world"), 5)
      iex> IO.iodata_to_binary(Inspect.Algebra.format(Inspect.Algebra.group(doc), 5))
      "hello\\n     world"
  """
  def nest(doc, level, mode \\ :always)
  def nest(doc, :cursor, mode) when mode in [:always, :break] and is_doc(doc), do: {:doc_nest, doc, :cursor, mode}
  def nest(doc, :reset, mode) when mode in [:always, :break] and is_doc(doc), do: {:doc_nest, doc, :reset, mode}
  def nest(doc, 0, mode) when mode in [:always, :break] and is_doc(doc), do: doc

  def nest(doc, level, mode) when is_integer(level) and level > 0 and mode in [:always, :break] and is_doc(doc) do
    {:doc_nest, doc, level, mode}
  end

  @doc """
  A place where the line may break; otherwise the string stands there.

      iex> doc = Inspect.Algebra.concat(["a", Inspect.Algebra.break("\\t"), "b"])
      iex> IO.iodata_to_binary(Inspect.Algebra.format(Inspect.Algebra.group(doc), 10))
      "a\\tb"
  """
  def break(string \\ " ") when is_binary(string), do: {:doc_break, string, :strict}

  @doc """
  A break that is decided on its own: lines are filled as far as they go.
  """
  def flex_break(string \\ " ") when is_binary(string), do: {:doc_break, string, :flex}

  @doc """
  Two documents with a break between them.

      iex> doc = Inspect.Algebra.glue("hello", "world")
      iex> IO.iodata_to_binary(Inspect.Algebra.format(Inspect.Algebra.group(doc), 80))
      "hello world"
  """
  def glue(left, break_string \\ " ", right) when is_binary(break_string) do
    concat(left, concat(break(break_string), right))
  end

  @doc """
  Two documents with a flexible break between them.

      iex> doc = Inspect.Algebra.flex_glue("hello", "world")
      iex> IO.iodata_to_binary(Inspect.Algebra.format(Inspect.Algebra.group(doc), 80))
      "hello world"
  """
  def flex_glue(left, break_string \\ " ", right) when is_binary(break_string) do
    concat(left, concat(flex_break(break_string), right))
  end

  @doc """
  A document whose breaks are taken all or none. With `:inherit` it breaks whenever the group around it does.

      iex> doc = Inspect.Algebra.group(Inspect.Algebra.glue("a", "b"))
      iex> IO.iodata_to_binary(Inspect.Algebra.format(doc, 2))
      "a\\nb"
  """
  def group(doc, mode \\ :self) when is_doc(doc) and mode in [:self, :inherit], do: {:doc_group, doc, mode}

  @doc """
  Forces the groups around the document to break.

      iex> doc = Inspect.Algebra.group(Inspect.Algebra.force_unfit(Inspect.Algebra.glue("a", "b")))
      iex> IO.iodata_to_binary(Inspect.Algebra.format(doc, 80))
      "a\\nb"
  """
  def force_unfit(doc) when is_doc(doc), do: {:doc_force, doc}

  @doc """
  Whether, for deciding if the group before it fits, only the part up to the document's first break counts.
  """
  def next_break_fits(doc, mode \\ :enabled) when is_doc(doc) and mode in [:enabled, :disabled] do
    {:doc_fits, doc, mode}
  end

  @doc """
  Lets at most `max` empty lines stand in sequence at this place.
  """
  def collapse_lines(max) when is_integer(max) and max > 0, do: {:doc_collapse, max}

  @doc """
  A document that is laid out as if lines had no limit.

      iex> doc = Inspect.Algebra.glue("aaaaa", Inspect.Algebra.no_limit(Inspect.Algebra.group(Inspect.Algebra.glue("b", "c"))))
      iex> IO.iodata_to_binary(Inspect.Algebra.format(Inspect.Algebra.group(doc), 4))
      "aaaaa\\nb c"
  """
  def no_limit(doc) when is_doc(doc), do: {:doc_group, {:doc_nest, doc, :no_limit, :always}, :self}

  @doc """
  Two documents with a space between them.

      iex> doc = Inspect.Algebra.space("hello", "world")
      iex> IO.iodata_to_binary(Inspect.Algebra.format(doc, 5))
      "hello world"
  """
  def space(left, right), do: concat(left, concat(" ", right))

  @doc """
  A new line, always.

      iex> doc = Inspect.Algebra.concat(["a", Inspect.Algebra.line(), "b"])
      iex> IO.iodata_to_binary(Inspect.Algebra.format(doc, 80))
      "a\\nb"
  """
  def line(), do: :doc_line

  @doc """
  Two documents with a new line between them.

      iex> doc = Inspect.Algebra.line("hello", "world")
      iex> IO.iodata_to_binary(Inspect.Algebra.format(doc, 80))
      "hello\\nworld"
  """
  def line(left, right), do: concat(left, concat(:doc_line, right))

  @doc """
  Folds a list of documents from the right.

      iex> doc = Inspect.Algebra.fold(["A", "B", "C"], fn doc, acc -> Inspect.Algebra.concat([doc, "!", acc]) end)
      iex> IO.iodata_to_binary(Inspect.Algebra.format(doc, 80))
      "A!B!C"
  """
  def fold(docs, fun)
  def fold([], _fun), do: :doc_nil
  def fold([doc], _fun), do: doc
  def fold([doc | rest], fun) when is_function(fun, 2), do: fun.(doc, fold(rest, fun))

  @doc false
  def fold_doc(docs, fun), do: fold(docs, fun)

  @doc false
  @deprecated "Use a combination of concat/2 and nest/2 instead"
  def surround(left, doc, right), do: group(concat([left, nest(concat(break(""), doc), 2), break(""), right]))

  @doc false
  @deprecated "Use Inspect.Algebra.container_doc/6 instead"
  def surround_many(left, docs, right, opts, fun, separator \\ @container_separator) do
    container_doc(left, docs, right, opts, fun, separator: separator)
  end

  ## Layout

  @doc """
  Lays out the document in lines of `width` columns (or `:infinity`); returns iodata.

      iex> doc = Inspect.Algebra.group(Inspect.Algebra.glue("a", "b"))
      iex> IO.iodata_to_binary(Inspect.Algebra.format(doc, 2))
      "a\\nb"
  """
  @spec format(t, non_neg_integer | :infinity) :: iodata
  def format(doc, width) when is_doc(doc) and (width == :infinity or width >= 0) do
    format(width, 0, [{0, :flat, doc}])
  end

  # width, column, entries
  defp format(_w, _k, []), do: []
  defp format(w, k, [{_, _, string} | t]) when is_binary(string), do: [string | format(w, k + byte_size(string), t)]
  defp format(w, k, [{i, m, {:doc_cons, left, right}} | t]), do: format(w, k, [{i, m, left}, {i, m, right} | t])
  defp format(w, k, [{_, _, :doc_nil} | t]), do: format(w, k, t)
  defp format(w, k, [{_, _, []} | t]), do: format(w, k, t)
  defp format(w, k, [{_, _, {:doc_string, string, length}} | t]), do: [string | format(w, k + length, t)]
  defp format(w, _k, [{i, _, :doc_line} | t]), do: [indent(i) | format(w, i, t)]
  defp format(w, k, [{i, m, {:doc_color, doc, color}} | t]), do: [color | format(w, k, [{i, m, doc} | t])]
  defp format(w, k, [{i, m, {:doc_force, doc}} | t]), do: format(w, k, [{i, m, doc} | t])
  defp format(w, k, [{i, m, {:doc_fits, doc, _}} | t]), do: format(w, k, [{i, m, doc} | t])
  defp format(w, k, [{i, _, {:doc_collapse, max}} | t]), do: collapse(format(w, k, t), max, 0, i)

  defp format(w, k, [{i, m, {:doc_break, string, :flex}} | t]) do
    k = k + byte_size(string)

    if w == :infinity or m == :flat or fits?(w, k, true, t) do
      [string | format(w, k, t)]
    else
      [indent(i) | format(w, i, t)]
    end
  end

  defp format(w, k, [{_, :flat, {:doc_break, string, _}} | t]), do: [string | format(w, k + byte_size(string), t)]
  defp format(w, _k, [{i, _, {:doc_break, _, _}} | t]), do: [indent(i) | format(w, i, t)]

  defp format(w, k, [{i, _m, {:doc_nest, doc, :no_limit, _}} | t]) do
    [format(:infinity, k, [{i, :flat, doc}]) | format(w, k, t)]
  end

  defp format(w, k, [{i, m, {:doc_nest, doc, level, mode}} | t]) do
    if mode == :always or m == :break do
      format(w, k, [{nested(level, k, i), m, doc} | t])
    else
      format(w, k, [{i, m, doc} | t])
    end
  end

  defp format(w, k, [{i, :break, {:doc_group, doc, :inherit}} | t]), do: format(w, k, [{i, :break, doc} | t])

  defp format(w, k, [{i, _, {:doc_group, doc, _}} | t]) do
    if w == :infinity or fits?(w, k, false, [{i, :flat, doc}]) do
      format(w, k, [{i, :flat, doc} | t])
    else
      format(w, k, [{i, :break, doc} | t])
    end
  end

  defp nested(:cursor, column, _indentation), do: column
  defp nested(:reset, _column, _indentation), do: 0
  defp nested(level, _column, indentation), do: indentation + level

  defp indent(0), do: "\n"
  defp indent(i), do: "\n" <> :binary.copy(" ", i)

  # What follows a `collapse_lines` are the laid out pieces; new lines at their head are counted and cut.
  defp collapse(["\n" <> _ | tail], max, count, i), do: collapse(tail, max, count + 1, i)
  defp collapse(["" | tail], max, count, i), do: collapse(tail, max, count, i)
  defp collapse(tail, max, count, i), do: [:binary.copy("\n", min(max, count)), :binary.copy(" ", i) | tail]

  # Whether the entries fit in the rest of the line. `break?` says whether the entries after the group's own are looked
  # at, up to their first break.
  defp fits?(w, k, break?, _entries) when k > w and break?, do: false
  defp fits?(w, k, _break?, _entries) when k > w, do: false
  defp fits?(_w, _k, _break?, []), do: true

  defp fits?(w, k, b, [{i, _, {:doc_fits, doc, :disabled}} | t]), do: fits?(w, k, b, [{i, :flat_no_break, doc} | t])
  defp fits?(w, k, b, [{i, :flat_no_break, {:doc_fits, doc, _}} | t]), do: fits?(w, k, b, [{i, :flat_no_break, doc} | t])

  defp fits?(w, k, b, [{i, _, {:doc_fits, doc, :enabled}} | t]), do: fits?(w, k, b, [{i, :break_no_flat, doc} | t])
  defp fits?(w, k, b, [{i, :break_no_flat, {:doc_force, doc}} | t]), do: fits?(w, k, b, [{i, :break_no_flat, doc} | t])
  defp fits?(_w, _k, _b, [{_, :break_no_flat, {:doc_break, _, _}} | _]), do: true
  defp fits?(_w, _k, _b, [{_, :break_no_flat, :doc_line} | _]), do: true

  defp fits?(_w, _k, _b, [{_, :break, {:doc_break, _, _}} | _]), do: true
  defp fits?(_w, _k, _b, [{_, :break, :doc_line} | _]), do: true
  defp fits?(w, k, b, [{i, :break, {:doc_group, doc, _}} | t]), do: fits?(w, k, b, [{i, :flat, doc} | t])

  defp fits?(w, _k, b, [{i, _, :doc_line} | t]), do: fits?(w, i, b, t)
  defp fits?(w, k, b, [{_, _, :doc_nil} | t]), do: fits?(w, k, b, t)
  defp fits?(w, k, b, [{_, _, []} | t]), do: fits?(w, k, b, t)
  defp fits?(w, _k, b, [{i, _, {:doc_collapse, _}} | t]), do: fits?(w, i, b, t)
  defp fits?(w, k, b, [{i, m, {:doc_color, doc, _}} | t]), do: fits?(w, k, b, [{i, m, doc} | t])
  defp fits?(w, k, b, [{i, _, {:doc_nest, doc, :no_limit, _}} | t]), do: fits?(w, k, b, [{i, :flat, doc} | t])
  defp fits?(w, k, b, [{i, m, {:doc_nest, doc, _, :break}} | t]), do: fits?(w, k, b, [{i, m, doc} | t])
  defp fits?(w, k, b, [{i, m, {:doc_nest, doc, level, _}} | t]), do: fits?(w, k, b, [{nested(level, k, i), m, doc} | t])
  defp fits?(w, k, b, [{i, m, {:doc_group, doc, _}} | t]), do: fits?(w, k, b, [{i, m, doc} | t])
  defp fits?(w, k, b, [{_, _, {:doc_string, _, length}} | t]), do: fits?(w, k + length, b, t)
  defp fits?(w, k, b, [{_, _, string} | t]) when is_binary(string), do: fits?(w, k + byte_size(string), b, t)
  defp fits?(_w, _k, _b, [{_, _, {:doc_force, _}} | _]), do: false
  defp fits?(w, k, b, [{_, _, {:doc_break, string, _}} | t]), do: fits?(w, k + byte_size(string), b, t)
  defp fits?(w, k, b, [{i, m, {:doc_cons, left, right}} | t]), do: fits?(w, k, b, [{i, m, left}, {i, m, right} | t])
end
