defmodule EEx.Tokenizer do
  @moduledoc false
  # Splits a template. Tokens: {:text, chars, meta}, {:expr | :start_expr | :middle_expr | :end_expr, marker, chars, meta},
  # {:comment, chars, meta} and at last {:eof, meta}. Chars and markers are charlists, meta is %{line:, column:}.
  #
  # Whether code opens a block is seen from its words alone: it ends with `do`, or with the `->` of an `fn` that it leaves open.

  @keywords [~c"else", ~c"after", ~c"catch", ~c"rescue"]

  def tokenize(contents, opts) when is_binary(contents), do: tokenize(String.to_charlist(contents), opts)

  def tokenize(contents, opts) when is_list(contents) do
    line = Keyword.get(opts, :line, 1)
    indentation = Keyword.get(opts, :indentation, 0)
    column = Keyword.get(opts, :column, indentation + 1)
    state = %{trim: Keyword.get(opts, :trim, false), indentation: indentation, start: true}
    text(contents, line, column, state, {[], line, column}, [])
  end

  # buffer: {the text so far, reversed; the line and column where it began}
  defp text([?<, ?%, ?% | rest], line, column, state, {chars, l, c}, acc),
    do: text(rest, line, column + 3, state, {[?%, ?< | chars], l, c}, acc)

  defp text([?<, ?%, ?!, ?-, ?- | rest], line, column, state, buffer, acc) do
    case until(rest, ~c"--%>", line, column + 5, state, []) do
      {:ok, chars, rest, new_line, new_column} ->
        comment = {:comment, chars, %{line: line, column: column}}
        after_code(rest, new_line, new_column, state, buffer, acc, comment)

      {:error, error_line, error_column} ->
        {:error, "missing token '--%>'", %{line: error_line, column: error_column}}
    end
  end

  defp text([?<, ?%, ?# | rest], line, column, state, buffer, acc) do
    case until(rest, ~c"%>", line, column + 3, state, []) do
      {:ok, _, rest, new_line, new_column} ->
        after_code(rest, new_line, new_column, state, buffer, acc, nil)

      {:error, error_line, error_column} ->
        {:error, "missing token '%>'", %{line: error_line, column: error_column}}
    end
  end

  defp text([?<, ?% | rest], line, column, state, buffer, acc) do
    {marker, code} =
      case rest do
        [char | code] when char in [?=, ?/, ?|] -> {[char], code}
        code -> {[], code}
      end

    case until(code, ~c"%>", line, column + 2 + length(marker), state, []) do
      {:ok, chars, rest, new_line, new_column} ->
        {kind, marker} = classify(chars, marker)
        token = {kind, marker, chars, %{line: line, column: column}}
        after_code(rest, new_line, new_column, state, buffer, acc, token)

      {:error, error_line, error_column} ->
        {:error, "missing token '%>'", %{line: error_line, column: error_column}}
    end
  end

  defp text([?\n | rest], line, _, state, {chars, l, c}, acc),
    do: text(rest, line + 1, state.indentation + 1, state, {[?\n | chars], l, c}, acc)

  defp text([char | rest], line, column, state, {chars, l, c}, acc),
    do: text(rest, line, column + 1, state, {[char | chars], l, c}, acc)

  defp text([], line, column, _, buffer, acc) do
    {:ok, :lists.reverse(put_text(buffer, acc), [{:eof, %{line: line, column: column}}])}
  end

  # The text before the code is done; what stands behind it is trimmed with it.
  defp after_code(rest, line, column, state, {chars, l, c}, acc, token) do
    {chars, rest, line, column} =
      if state.trim, do: trim(chars, rest, line, column, state), else: {chars, rest, line, column}

    acc = put_text({chars, l, c}, acc)
    acc = if token, do: [token | acc], else: acc
    text(rest, line, column, %{state | start: false}, {[], line, column}, acc)
  end

  defp put_text({[], _, _}, acc), do: acc

  defp put_text({chars, line, column}, acc),
    do: [{:text, :lists.reverse(chars), %{line: line, column: column}} | acc]

  # Reads up to the closing token.
  defp until(chars, close, line, column, state, acc) do
    case chars do
      [] ->
        {:error, line, column}

      [?\n | rest] ->
        if starts?(chars, close),
          do: :error,
          else: until(rest, close, line + 1, state.indentation + 1, state, [?\n | acc])

      [char | rest] ->
        if starts?(chars, close) do
          {:ok, :lists.reverse(acc), :lists.nthtail(length(close), chars), line, column + length(close)}
        else
          until(rest, close, line, column + 1, state, [char | acc])
        end
    end
  end

  defp starts?(_, []), do: true
  defp starts?([char | chars], [char | prefix]), do: starts?(chars, prefix)
  defp starts?(_, _), do: false

  ## Trimming

  # Blanks between code and a line's start or end go, and so do all line ends there but one.
  defp trim(chars, rest, line, column, state) do
    {rest, line, column} = trim_right(rest, line, column, state)
    {trim_left(chars, state.start), rest, line, column}
  end

  defp trim_left(chars, start?) do
    case drop_blanks(chars) do
      [?\n | rest] -> one_line_end(rest, start?)
      [] when start? -> []
      _ -> chars
    end
  end

  defp one_line_end(chars, start?) do
    case drop_space(chars) do
      [] when start? -> []
      # Blanks at the end of the last line with text stay.
      rest -> [?\n | keep_blanks(chars, rest)]
    end
  end

  defp keep_blanks(chars, rest) do
    if :lists.member(?\n, :lists.sublist(chars, length(chars) - length(rest))), do: rest, else: chars
  end

  defp drop_blanks([char | rest]) when char in [?\s, ?\t, ?\r], do: drop_blanks(rest)
  defp drop_blanks(chars), do: chars

  defp drop_space([char | rest]) when char in [?\s, ?\t, ?\r, ?\n], do: drop_space(rest)
  defp drop_space(chars), do: chars

  defp trim_right(rest, line, column, state) do
    {blanks, after_blanks} = Enum.split_while(rest, &(&1 in [?\s, ?\t, ?\r]))

    case after_blanks do
      [] -> {[], line, column + length(blanks)}
      [?\n | _] -> last_line_end(after_blanks, line, column + length(blanks), state)
      _ -> {rest, line, column}
    end
  end

  # Passes over empty lines, but for the last line end; at the end of the template over that too.
  defp last_line_end([?\n | rest] = chars, line, column, state) do
    {blanks, after_blanks} = Enum.split_while(rest, &(&1 in [?\s, ?\t, ?\r]))

    case after_blanks do
      [?\n | _] -> last_line_end(after_blanks, line + 1, state.indentation + 1, state)
      [] -> {[], line + 1, state.indentation + 1 + length(blanks)}
      _ -> {chars, line, column}
    end
  end

  ## Blocks

  defp classify(chars, marker) do
    words = words(chars, [])
    first = List.first(words)
    last = List.last(words)

    cond do
      last == :-> and first != ~c"end" and open_fns(words, 0) > 0 -> {:start_expr, marker}
      last == :-> -> {:middle_expr, marker}
      first == ~c"end" -> {:end_expr, marker}
      last == ~c"do" -> {:start_expr, marker}
      length(words) == 1 and first in @keywords -> {:middle_expr, marker}
      true -> {:expr, marker}
    end
  end

  defp open_fns([~c"fn" | rest], count), do: open_fns(rest, count + 1)
  defp open_fns([~c"end" | rest], count), do: open_fns(rest, count - 1)
  defp open_fns([_ | rest], count), do: open_fns(rest, count)
  defp open_fns([], count), do: count

  # The words of code, :-> for arrows and :other for the rest; strings, charlists and comments are passed over.
  defp words([], acc), do: :lists.reverse(acc)
  defp words([?# | rest], acc), do: words(Enum.drop_while(rest, &(&1 != ?\n)), acc)
  defp words([char | rest], acc) when char in [?\s, ?\t, ?\r, ?\n], do: words(rest, acc)
  defp words([??, ?\\, _ | rest], acc), do: words(rest, [:other | acc])
  defp words([??, _ | rest], acc), do: words(rest, [:other | acc])
  defp words([quote | rest], acc) when quote in [?", ?'], do: words(skip_string(rest, quote), [:other | acc])
  defp words([?-, ?> | rest], acc), do: words(rest, [:-> | acc])
  # What follows a dot is a name, and so is what follows a colon or comes before one.
  defp words([sign, char | rest], acc) when sign in [?., ?:, ?@, ?&] and (char in ?a..?z or char == ?_) do
    {_, rest} = Enum.split_while(rest, &name?/1)
    words(rest, [:other | acc])
  end

  defp words([char | _] = chars, acc) when char in ?a..?z or char in ?A..?Z or char == ?_ or char > 127 do
    {word, rest} = Enum.split_while(chars, &name?/1)

    case rest do
      [mark | rest] when mark in [??, ?!] -> words(rest, [:other | acc])
      [?:, next | _] when next in [?\s, ?\n, ?\t] -> words(tl(rest), [:other | acc])
      rest -> words(rest, [word | acc])
    end
  end

  defp words([char | rest], acc) when char in ?0..?9,
    do: words(Enum.drop_while(rest, &name?/1), [:other | acc])

  defp words([_ | rest], acc), do: words(rest, [:other | acc])

  defp name?(char), do: char in ?a..?z or char in ?A..?Z or char in ?0..?9 or char == ?_ or char > 127

  defp skip_string([], _), do: []
  defp skip_string([?\\, _ | rest], quote), do: skip_string(rest, quote)
  defp skip_string([?#, ?{ | rest], quote), do: rest |> skip_interpolation(0) |> skip_string(quote)
  defp skip_string([quote | rest], quote), do: rest
  defp skip_string([_ | rest], quote), do: skip_string(rest, quote)

  defp skip_interpolation([], _), do: []
  defp skip_interpolation([?} | rest], 0), do: rest
  defp skip_interpolation([?} | rest], depth), do: skip_interpolation(rest, depth - 1)
  defp skip_interpolation([?{ | rest], depth), do: skip_interpolation(rest, depth + 1)

  defp skip_interpolation([quote | rest], depth) when quote in [?", ?'],
    do: rest |> skip_string(quote) |> skip_interpolation(depth)

  defp skip_interpolation([_ | rest], depth), do: skip_interpolation(rest, depth)
end
