defmodule EEx.Compiler do
  @moduledoc false
  # Turns tokens into quoted code with an engine. A block's code is spread over several tokens (`if x do`, `else`, `end`):
  # they are joined to one text in which `__EEX__(n)` stands for the n-th body, parsed at its end, and the bodies put in.

  @default_engine EEx.SmartEngine

  def compile(tokens, source, opts) do
    line = Keyword.get(opts, :line, 1)

    state = %{
      engine: Keyword.get(opts, :engine, @default_engine),
      file: Keyword.get(opts, :file, "nofile"),
      source: source,
      line: line,
      quoted: [],
      start_line: nil,
      start_column: nil,
      parser_options: Keyword.get(opts, :parser_options, Code.get_compiler_option(:parser_options) || []),
      indentation: Keyword.get(opts, :indentation, 0)
    }

    generate(tokens, state.engine.init(opts), [], state)
  end

  # scope: the texts of the blocks that are open, the innermost first.
  defp generate([{:comment, _, _} | rest], buffer, scope, state), do: generate(rest, buffer, scope, state)

  defp generate([{:text, chars, meta} | rest], buffer, scope, state) do
    place = [line: meta.line, column: meta.column]
    generate(rest, state.engine.handle_text(buffer, place, IO.chardata_to_string(chars)), scope, state)
  end

  defp generate([{:expr, mark, chars, meta} | rest], buffer, scope, state) do
    expr = parse(chars, meta.line, column(meta.column, mark), state)
    generate(rest, state.engine.handle_expr(buffer, IO.chardata_to_string(mark), expr), scope, state)
  end

  defp generate([{:start_expr, mark, chars, meta} | rest], buffer, scope, state) do
    if mark == [] do
      message = "the contents of this expression won't be output unless the EEx block starts with \"<%=\""
      IO.warn(message, file: state.file, line: meta.line, column: meta.column)
    end

    {rest, line, contents} = look_ahead_middle(rest, meta.line, chars)

    inner = %{
      state
      | quoted: [],
        line: line,
        start_line: meta.line,
        start_column: column(meta.column, mark)
    }

    {expr, rest} = generate(rest, state.engine.handle_begin(buffer), [contents | scope], inner)
    generate(rest, state.engine.handle_expr(buffer, IO.chardata_to_string(mark), expr), scope, state)
  end

  defp generate([{:middle_expr, [], chars, meta} | rest], buffer, [current | scope], state) do
    {wrapped, state} = wrap(current, meta.line, chars, state.engine.handle_end(buffer), state)
    generate(rest, state.engine.handle_begin(buffer), [wrapped | scope], %{state | line: meta.line})
  end

  defp generate([{:middle_expr, [], chars, meta} | _], _, [], state),
    do: error("unexpected middle of expression <%#{chars}%>", meta, state)

  defp generate([{:end_expr, [], chars, meta} | rest], buffer, [current | _], state) do
    {wrapped, state} = wrap(current, meta.line, chars, state.engine.handle_end(buffer), state)
    quoted = parse(wrapped, state.start_line, state.start_column, state)
    {insert(quoted, state.quoted), rest}
  end

  defp generate([{:end_expr, [], chars, meta} | _], _, [], state),
    do: error("unexpected end of expression <%#{chars}%>", meta, state)

  # A marker in the middle or at the end of a block shows nothing more than without it.
  defp generate([{kind, _, chars, meta} | rest], buffer, scope, state)
       when kind in [:middle_expr, :end_expr] do
    IO.warn("unexpected beginning of EEx tag \"<%=\" on \"<%=#{chars}%>\", please remove \"=\"",
      file: state.file,
      line: meta.line,
      column: meta.column
    )

    generate([{kind, [], chars, meta} | rest], buffer, scope, state)
  end

  defp generate([{:eof, _}], buffer, [], state), do: state.engine.handle_body(buffer)

  defp generate([{:eof, meta}], _, _, state),
    do: error("unexpected end of string, expected a closing '<% end %>'", meta, state)

  defp error(message, meta, state),
    do: raise(EEx.SyntaxError, message: message, file: state.file, line: meta.line, column: meta.column)

  defp column(column, mark), do: column + 2 + length(mark)

  # Between `case x do` and its first clause nothing can be shown: blanks and comments there are dropped.
  defp look_ahead_middle([{:comment, _, _} | rest], start, contents),
    do: look_ahead_middle(rest, start, contents)

  defp look_ahead_middle([{:text, text, _} | rest] = tokens, start, contents) do
    if blank?(text) do
      case look_ahead_middle(rest, start, contents) do
        {^rest, ^start, ^contents} -> {tokens, start, contents}
        found -> found
      end
    else
      {tokens, start, contents}
    end
  end

  defp look_ahead_middle([{:middle_expr, _, chars, meta} | rest], start, contents) do
    line_ends = List.duplicate(?\n, max(meta.line - start - count_line_ends(contents), 0))
    {rest, meta.line, contents ++ line_ends ++ chars}
  end

  defp look_ahead_middle(tokens, start, contents), do: {tokens, start, contents}

  defp blank?(text), do: Enum.all?(text, &(&1 in [?\s, ?\t, ?\r, ?\n]))

  defp count_line_ends(chars), do: Enum.count(chars, &(&1 == ?\n))

  # Line ends are added so that the parser tells the lines of the template.
  defp wrap(current, line, chars, body, state) do
    line_ends = List.duplicate(?\n, max(line - state.line, 0))
    key = length(state.quoted)
    placeholder = ~c"__EEX__(" ++ Integer.to_charlist(key) ++ ~c");"
    {current ++ placeholder ++ line_ends ++ chars, %{state | quoted: [{key, body} | state.quoted]}}
  end

  defp insert({:__EEX__, _, [key]}, quoted) do
    {^key, body} = :lists.keyfind(key, 1, quoted)
    body
  end

  defp insert({left, meta, right}, quoted), do: {insert(left, quoted), meta, insert(right, quoted)}
  defp insert({left, right}, quoted), do: {insert(left, quoted), insert(right, quoted)}
  defp insert(list, quoted) when is_list(list), do: Enum.map(list, &insert(&1, quoted))
  defp insert(other, _), do: other

  defp parse(chars, line, column, state) do
    options = [file: state.file, line: line, column: column, indentation: state.indentation]
    Code.string_to_quoted!(IO.chardata_to_string(chars), options ++ state.parser_options)
  end
end
