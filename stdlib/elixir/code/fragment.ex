defmodule Code.Fragment do
  @moduledoc """
  Looks at code that is not complete, for editors and shells.

  `cursor_context/2` tells what stands before a cursor at the end of the text, `surround_context/3` what stands around a
  position, `container_cursor_to_quoted/2` parses text up to a cursor.
  """

  @operators ~c"~!@^&*+-=<>|/."
  @operator_words [~c"in", ~c"and", ~c"or", ~c"when", ~c"not"]

  @doc """
  What stands at the end of the text: for example `{:local_or_var, name}`, `{:dot, inside, name}`, `{:alias, name}`,
  `{:local_call, name}`, `{:module_attribute, name}`, `{:unquoted_atom, name}`, `{:struct, name}`, `{:operator, name}`,
  `{:sigil, name}`, `:expr` (an expression may start) or `:none`.

      iex> Code.Fragment.cursor_context("")
      :expr
      iex> Code.Fragment.cursor_context("hello_wor")
      {:local_or_var, ~c"hello_wor"}
      iex> Code.Fragment.cursor_context("String.up")
      {:dot, {:alias, ~c"String"}, ~c"up"}
  """
  def cursor_context(fragment, opts \\ [])

  def cursor_context(fragment, opts) when is_binary(fragment) and is_list(opts) do
    fragment |> last_line() |> String.to_charlist() |> Enum.reverse() |> context()
  end

  def cursor_context(fragment, opts), do: cursor_context(List.to_string(fragment), opts)

  defp last_line(text), do: text |> String.split("\n") |> List.last()

  # The text comes reversed.
  defp context(reversed) do
    case trim(reversed) do
      {[], _} ->
        :expr

      {[?( | rest], 0} ->
        call(rest, :call)

      {[?/ | rest] = all, 0} ->
        case name_context(rest) do
          {:local_or_var, name} -> {:local_arity, name}
          {:dot, inside, name} when name != [] -> {:dot_arity, inside, name}
          {:operator, name} -> {:operator_arity, name}
          _ -> name_context(all)
        end

      {rest, 0} ->
        name_context(rest)

      {[?. | _] = rest, _} ->
        if(match?([?., ?. | _], rest), do: :expr, else: name_context(rest))

      {rest, _spaces} ->
        call(rest, :space)
    end
  end

  defp trim(reversed), do: trim(reversed, 0)
  defp trim([char | rest], count) when char in [?\s, ?\t], do: trim(rest, count + 1)
  defp trim(rest, count), do: {rest, count}

  # Before an opening parenthesis, or before spaces that may stand for one.
  defp call(rest, kind) do
    case name_context(rest) do
      {:local_or_var, name} when kind == :call or name not in [~c"do", ~c"end", ~c"fn"] ->
        if name in @operator_words, do: :expr, else: {:local_call, name}

      {:dot, inside, name} when name != [] ->
        {:dot_call, inside, name}

      {:operator, name} when kind == :call ->
        {:operator_call, name}

      {:alias, _} = alias when kind == :call ->
        {:dot_call, alias, []}

      {:local_call, _} = call ->
        call

      :none when kind == :space ->
        :none

      _ ->
        :expr
    end
  end

  defp name_context([?. | rest]), do: dot(rest, [])

  defp name_context([char | _] = reversed) do
    cond do
      name_char?(char) or char in [??, ?!] -> identifier(reversed)
      char in @operators -> operator(reversed)
      char in [?:] -> if(match?([?:, ?: | _], reversed), do: {:operator, ~c"::"}, else: {:unquoted_atom, []})
      char == ?% -> {:struct, []}
      char in [?", ?'] -> :none
      char in [?), ?], ?}] -> :none
      true -> :expr
    end
  end

  defp name_context([]), do: :expr

  defp name_char?(char), do: char in ?a..?z or char in ?A..?Z or char in ?0..?9 or char == ?_ or char > 127

  defp identifier(reversed) do
    {name, rest} = take_name(reversed, [])

    case {name, rest} do
      {[first | _], _} when first in ?0..?9 -> :none
      {[first | _], [?., ?. | _]} when first > 0 -> plain(name, rest)
      {[first | _], [?. | before]} when first in ?A..?Z -> alias_after(before, name)
      {_, [?. | before]} -> dot(before, name)
      {_, _} -> plain(name, rest)
    end
  end

  defp take_name([char | rest], []) when char in [??, ?!], do: take_name(rest, [char])
  defp take_name([char | rest], acc), do: if(name_char?(char), do: take_name(rest, [char | acc]), else: {acc, [char | rest]})
  defp take_name([], acc), do: {acc, []}

  defp plain(name, [?@ | _]), do: {:module_attribute, name}
  defp plain(name, [?:, ?: | _]), do: plain(name, [])
  defp plain(name, [?: | _]), do: {:unquoted_atom, name}
  defp plain(name, [?& | _]) when hd(name) in ?0..?9, do: {:capture_arg, [?& | name]}
  defp plain([char], [?~ | _]), do: {:sigil, [char]}
  defp plain([first | _] = name, [?% | _]) when first in ?A..?Z, do: {:struct, name}
  defp plain([first | _] = name, _rest) when first in ?A..?Z, do: {:alias, name}
  defp plain(name, _rest) when name in @operator_words, do: {:operator, name}
  defp plain(name, _rest), do: {:local_or_var, name}

  # Foo.Ba: the whole alias.
  defp alias_after(before, name) do
    case name_context(elem(trim(before), 0)) do
      {:alias, prefix} -> {:alias, prefix ++ [?. | name]}
      {:struct, prefix} when prefix != [] -> {:struct, prefix ++ [?. | name]}
      {:local_or_var, _} = inside -> {:alias, inside, name}
      {:module_attribute, _} = inside -> {:alias, inside, name}
      _ -> :none
    end
  end

  defp dot(before, name) do
    case name_context(elem(trim(before), 0)) do
      {:local_or_var, var} -> {:dot, {:var, var}, name}
      {:alias, _} = inside -> {:dot, inside, name}
      {:alias, _, _} = inside -> {:dot, inside, name}
      {:unquoted_atom, atom} when atom != [] -> {:dot, {:unquoted_atom, atom}, name}
      {:module_attribute, _} = inside -> {:dot, inside, name}
      {:dot, _, inner} = inside when inner != [] -> {:dot, inside, name}
      {:struct, alias} when alias != [] -> if(name == [], do: {:struct, alias ++ ~c"."}, else: :none)
      :expr when name == [] -> :none
      _ -> :none
    end
  end

  defp operator(reversed) do
    {name, rest} = Enum.split_while(reversed, &(&1 in @operators))
    name = Enum.reverse(name)

    case {name, rest} do
      {~c"@", _} -> {:module_attribute, []}
      {~c"~", _} -> {:sigil, []}
      {_, [?: | _]} -> {:unquoted_atom, name}
      {[_ | _], _} -> if(List.last(name) == ?@, do: {:module_attribute, []}, else: {:operator, name})
    end
  end

  @doc """
  What stands around a position, `{line, column}`: a map with `:context`, `:begin` and `:end`, or `:none`.

      iex> Code.Fragment.surround_context("foo", {1, 1})
      %{begin: {1, 1}, context: {:local_or_var, ~c"foo"}, end: {1, 4}}
  """
  def surround_context(fragment, position, options \\ [])

  def surround_context(fragment, {line, column}, _options) when is_binary(fragment) do
    text = fragment |> String.split("\n") |> Enum.at(line - 1, "") |> String.to_charlist()
    {before, rest} = Enum.split(text, column - 1)

    cond do
      rest == [] or hd(rest) in [?\s, ?\t] -> :none
      name_char?(hd(rest)) or hd(rest) in [??, ?!] -> surround_name(before, rest, line)
      hd(rest) in [?@, ?%, ?:] -> surround_prefix(before, rest, line)
      hd(rest) in @operators -> surround_operator(before, rest, line)
      true -> :none
    end
  end

  def surround_context(fragment, position, options), do: surround_context(List.to_string(fragment), position, options)

  defp surround_name(before, rest, line) do
    {following, rest} = Enum.split_while(rest, &name_char?/1)

    following =
      case rest do
        [char | next] when char in [??, ?!] and (next == [] or hd(next) != ?=) -> following ++ [char]
        _ -> following
      end

    whole = before ++ following
    after_name = rest |> Enum.drop_while(&(&1 in [??, ?!]))

    context =
      case {name_context(Enum.reverse(whole)), after_name} do
        {{:local_or_var, name}, [?( | _]} -> {:local_call, name}
        {{:local_or_var, name}, [?/, digit | _]} when digit in ?0..?9 -> {:local_arity, name}
        {{:local_or_var, name}, [?: | next]} when next == [] or hd(next) != ?: -> {:key, name}
        {{:dot, inside, name}, [?( | _]} -> {:dot_call, inside, name}
        {{:dot, inside, name}, [?/, digit | _]} when digit in ?0..?9 -> {:dot_arity, inside, name}
        {context, _} -> context
      end

    if context in [:none, :expr] do
      :none
    else
      finish = length(whole)
      %{context: context, begin: {line, finish - width(context) + 1}, end: {line, finish + 1}}
    end
  end

  defp width({:struct, name}), do: length(name) + 1
  defp width({:module_attribute, name}), do: length(name) + 1
  defp width({:unquoted_atom, name}), do: length(name) + 1
  defp width({:sigil, name}), do: length(name) + 1
  defp width({:capture_arg, name}), do: length(name)
  defp width({kind, inside, name}) when kind in [:dot, :dot_call, :dot_arity, :alias], do: inside_width(inside) + 1 + length(name)
  defp width({_kind, name}), do: length(name)

  defp inside_width({:var, name}), do: length(name)
  defp inside_width(inside), do: width(inside)

  defp surround_prefix(before, [char | rest], line) do
    if rest != [] and name_char?(hd(rest)), do: surround_name(before ++ [char], rest, line), else: :none
  end

  defp surround_operator(before, rest, line) do
    left = before |> Enum.reverse() |> Enum.take_while(&(&1 in @operators)) |> Enum.reverse()
    right = Enum.take_while(rest, &(&1 in @operators))
    start = length(before) - length(left) + 1
    operator = left ++ right

    if operator == ~c".",
      do: surround_dot(before, rest, line),
      else: %{context: {:operator, operator}, begin: {line, start}, end: {line, start + length(operator)}}
  end

  defp surround_dot(before, [?. | rest], line) do
    if rest != [] and name_char?(hd(rest)), do: surround_name(before ++ [?.], rest, line), else: :none
  end

  @doc """
  Parses the text up to a cursor at its end: what is open is closed, and `__cursor__()` stands for what is being typed.

      iex> Code.Fragment.container_cursor_to_quoted("max(some_value, ")
      {:ok, {:max, [line: 1], [{:some_value, [line: 1], nil}, {:__cursor__, [line: 1], []}]}}
  """
  def container_cursor_to_quoted(fragment, opts \\ [])

  def container_cursor_to_quoted(fragment, opts) when is_binary(fragment) do
    {opts, _} = Keyword.split(opts, [:file, :line, :column, :columns, :token_metadata, :literal_encoder, :existing_atoms_only])
    kept = drop_name(fragment)
    closing = kept |> open([]) |> Enum.map(&close/1)
    Code.string_to_quoted(IO.iodata_to_binary([kept, " __cursor__()" | closing]), opts)
  end

  def container_cursor_to_quoted(fragment, opts), do: container_cursor_to_quoted(List.to_string(fragment), opts)

  # The name being typed, with what it is called on, makes room for the cursor.
  defp drop_name(fragment) do
    fragment
    |> String.to_charlist()
    |> Enum.reverse()
    |> Enum.drop_while(&(name_char?(&1) or &1 in ~c"?!.@"))
    |> Enum.reverse()
    |> List.to_string()
  end

  defp close(:block), do: "\nend"
  defp close(delimiter), do: delimiter

  # The closers of what is open, innermost first.
  defp open("", stack), do: stack
  defp open("<<" <> rest, stack), do: open(rest, [">>" | stack])
  defp open(">>" <> rest, [">>" | stack]), do: open(rest, stack)
  defp open("(" <> rest, stack), do: open(rest, [")" | stack])
  defp open("[" <> rest, stack), do: open(rest, ["]" | stack])
  defp open("{" <> rest, stack), do: open(rest, ["}" | stack])
  defp open(<<char, rest::binary>>, [<<char>> | stack]) when char in [?), ?], ?}], do: open(rest, stack)
  defp open("#" <> rest, stack), do: rest |> skip_line() |> open(stack)
  defp open("\"\"\"" <> rest, stack), do: rest |> skip_text("\"\"\"") |> open(stack)
  defp open("\"" <> rest, stack), do: rest |> skip_text("\"") |> open(stack)
  defp open("'" <> rest, stack), do: rest |> skip_text("'") |> open(stack)
  defp open(<<??, _, rest::binary>>, stack), do: open(rest, stack)

  defp open(<<char, _::binary>> = text, stack) when char in ?a..?z or char == ?_ do
    {word, rest} = take_word(text, "")

    case {word, rest, stack} do
      {_, ":" <> rest, stack} -> open(rest, stack)
      {"do", rest, stack} -> open(rest, [:block | stack])
      {"fn", rest, stack} -> open(rest, [:block | stack])
      {"end", rest, [:block | stack]} -> open(rest, stack)
      {_, rest, stack} -> open(rest, stack)
    end
  end

  defp open(<<_::utf8, rest::binary>>, stack), do: open(rest, stack)

  defp take_word(<<char, rest::binary>>, acc)
       when char in ?a..?z or char in ?A..?Z or char in ?0..?9 or char in [?_, ??, ?!],
       do: take_word(rest, <<acc::binary, char>>)

  defp take_word(rest, acc), do: {acc, rest}

  defp skip_line(text) do
    case :binary.split(text, "\n") do
      [_, rest] -> rest
      [_] -> ""
    end
  end

  defp skip_text("", _closing), do: ""
  defp skip_text(<<?\\, _, rest::binary>>, closing), do: skip_text(rest, closing)

  defp skip_text(text, closing) do
    if String.starts_with?(text, closing) do
      binary_part(text, byte_size(closing), byte_size(text) - byte_size(closing))
    else
      <<_::utf8, rest::binary>> = text
      skip_text(rest, closing)
    end
  end
end
