defmodule IEx.Markdown do
  @moduledoc """
  Shows Markdown on a terminal: paragraphs filled to the width, headings, lists, quotes, code and tables in the colours of the settings.
  """

  alias IEx.Screen

  @doc """
  The text for a terminal of so many columns. Without colours the marks of inline text stay as they are written.

      iex> IEx.Markdown.render("# Title\\n\\nsome\\nwords", 80)
      "# Title\\n\\nsome words\\n"
      iex> IEx.Markdown.render("* a\\n* b", 80)
      "  • a\\n  • b\\n"
  """
  @spec render(String.t(), pos_integer) :: String.t()
  def render(text, width) do
    text
    |> String.split(["\r\n", "\n"])
    |> blocks([])
    |> Enum.map(&block(&1, max(width, 20), ""))
    |> join()
    |> IO.iodata_to_binary()
  end

  defp join(parts), do: parts |> Enum.reject(&(&1 == [])) |> Enum.intersperse("\n")

  ## Blocks: {:heading, level, text}, {:code, lines}, {:list, [{mark, blocks}]}, {:quote, blocks}, {:table, rows}, {:rule}, {:paragraph, text}

  defp blocks([], done), do: Enum.reverse(done)

  defp blocks([line | rest] = lines, done) do
    cond do
      String.trim(line) == "" ->
        blocks(rest, done)

      found = Regex.run(~r/^(#{"\#"}{1,6})\s+(.*?)\s*#*$/, line) ->
        [_, marks, title] = found
        blocks(rest, [{:heading, byte_size(marks), title} | done])

      found = Regex.run(~r/^ {0,3}(```|~~~)/, line) ->
        fence = Enum.at(found, 1)
        {code, rest} = Enum.split_while(rest, &(not String.starts_with?(String.trim_leading(&1), fence)))
        blocks(Enum.drop(rest, 1), [{:code, code} | done])

      line =~ ~r/^(    |\t)/ ->
        {code, rest} = Enum.split_while(lines, &(&1 =~ ~r/^(    |\t)/ or String.trim(&1) == ""))
        blocks(rest, [{:code, code |> Enum.map(&String.replace(&1, ~r/^(    |\t)/, "")) |> trim_end()} | done])

      line =~ ~r/^ {0,3}([-*_])( *\1){2,}\s*$/ ->
        blocks(rest, [{:rule} | done])

      line =~ ~r/^ {0,3}>/ ->
        {quoted, rest} = Enum.split_while(lines, &(&1 =~ ~r/^ {0,3}>/))
        blocks(rest, [{:quote, quoted |> Enum.map(&String.replace(&1, ~r/^ {0,3}> ?/, "")) |> blocks([])} | done])

      line =~ ~r/^\s*([-*+]|\d+[.)])\s+\S/ ->
        {items, rest} = items(lines, [])
        blocks(rest, [{:list, items} | done])

      line =~ ~r/\|/ and table?(rest) ->
        {rows, rest} = Enum.split_while(lines, &(&1 =~ ~r/\|/))
        blocks(rest, [{:table, Enum.map(rows, &cells/1)} | done])

      true ->
        {words, rest} = Enum.split_while(lines, &(not ends_paragraph?(&1)))
        {words, rest} = if words == [], do: {[line], tl(lines)}, else: {words, rest}
        blocks(rest, [{:paragraph, Enum.map_join(words, " ", &String.trim/1)} | done])
    end
  end

  defp table?([line | _]), do: line =~ ~r/^\s*\|?\s*:?-{2,}/ and line =~ ~r/\|/
  defp table?([]), do: false

  defp ends_paragraph?(line) do
    String.trim(line) == "" or line =~ ~r/^(#{"\#"}{1,6} | {0,3}(```|~~~)| {0,3}>)/ or line =~ ~r/^\s*([-*+]|\d+[.)])\s+\S/
  end

  defp trim_end(lines), do: lines |> Enum.reverse() |> Enum.drop_while(&(String.trim(&1) == "")) |> Enum.reverse()

  defp cells(row), do: row |> String.trim() |> String.trim("|") |> String.split("|") |> Enum.map(&String.trim/1)

  # The items of a list: what is indented deeper than the mark belongs to the item.
  defp items([line | rest] = lines, done) do
    case Regex.run(~r/^(\s*)([-*+]|\d+[.)])(\s+)(.*)$/, line) do
      [_, indent, mark, gap, text] when text != "" ->
        inner = byte_size(indent) + byte_size(mark) + byte_size(gap)
        {more, rest} = Enum.split_while(rest, &belongs?(&1, byte_size(indent)))
        {blank, more} = more |> Enum.reverse() |> Enum.split_while(&(String.trim(&1) == ""))
        more = more |> Enum.reverse() |> Enum.map(&unindent(&1, inner))
        items(blank ++ rest, [{mark, blocks([text | more], [])} | done])

      _ ->
        if String.trim(line) == "" and match?([next | _] when next != "", rest) and hd(rest) =~ ~r/^\s*([-*+]|\d+[.)])\s+\S/,
          do: items(rest, done),
          else: {Enum.reverse(done), lines}
    end
  end

  defp items([], done), do: {Enum.reverse(done), []}

  defp belongs?(line, indent) do
    String.trim(line) == "" or leading(line) > indent or not (line =~ ~r/^\s*([-*+]|\d+[.)])\s+\S/ or leading(line) <= indent)
  end

  defp leading(line), do: byte_size(line) - byte_size(String.trim_leading(line))
  defp unindent(line, count), do: String.slice(line, min(leading(line), count)..-1//1)

  ## Output

  defp block({:heading, level, title}, width, indent) do
    mark = if IEx.color?(), do: "", else: String.duplicate("#", level) <> " "
    fill([{mark <> title, :doc_headings}], width, indent, indent)
  end

  defp block({:paragraph, text}, width, indent), do: fill([{text, nil}], width, indent, indent)
  defp block({:code, lines}, _, indent), do: Enum.map(lines, &[indent, "    ", IEx.color(:doc_code, &1), "\n"])
  defp block({:rule}, width, indent), do: [indent, String.duplicate("─", width - String.length(indent)), "\n"]
  defp block({:quote, blocks}, width, indent), do: blocks |> Enum.map(&block(&1, width, indent <> "> ")) |> join()

  defp block({:list, items}, width, indent) do
    Enum.map(items, fn {mark, blocks} ->
      mark = if mark in ["*", "-", "+"], do: "• ", else: mark <> " "
      first = indent <> "  " <> mark
      inner = indent <> "  " <> String.duplicate(" ", String.length(mark))

      case blocks do
        [{:paragraph, text} | rest] ->
          [fill([{text, nil}], width, first, inner) | Enum.map(rest, &[if(match?({:list, _}, &1), do: "", else: "\n"), block(&1, width, inner)])]

        _ ->
          [first, "\n", blocks |> Enum.map(&block(&1, width, inner)) |> join()]
      end
    end)
  end

  defp block({:table, [heading, _rule | rows]}, _, indent) do
    columns = [heading | rows] |> Enum.map(&length/1) |> Enum.max()
    pad = fn row -> row ++ List.duplicate("", columns - length(row)) end
    shown = Enum.map([heading | rows], fn row -> row |> pad.() |> Enum.map(&inline/1) end)
    widths = shown |> Enum.zip() |> Enum.map(fn column -> column |> Tuple.to_list() |> Enum.map(&Screen.text_width/1) |> Enum.max() end)

    [first | rest] =
      Enum.map(shown, fn row ->
        row |> Enum.zip(widths) |> Enum.map_join(" | ", fn {cell, width} -> cell <> String.duplicate(" ", width - Screen.text_width(cell)) end)
      end)

    rule = Enum.map_join(widths, "-|-", &String.duplicate("-", &1))
    [[indent, IEx.color(:doc_table_heading, first), "\n"], [indent, rule, "\n"] | Enum.map(rest, &[indent, String.trim_trailing(&1), "\n"])]
  end

  # Fills lines with words. A word keeps its escape sequences, which take no room.
  defp fill([{text, colour}], width, first, indent) do
    words = text |> inline() |> String.split(" ", trim: true)
    room = width - String.length(indent)

    {lines, line, _} =
      Enum.reduce(words, {[], [], 0}, fn word, {lines, line, used} ->
        size = Screen.text_width(word)

        cond do
          line == [] -> {lines, [word], size}
          used + 1 + size > room -> {[Enum.reverse(line) | lines], [word], size}
          true -> {lines, [word | line], used + 1 + size}
        end
      end)

    [Enum.reverse(line) | lines]
    |> Enum.reverse()
    |> Enum.with_index()
    |> Enum.map(fn {words, index} ->
      line = Enum.join(words, " ")
      [if(index == 0, do: first, else: indent), if(colour, do: IEx.color(colour, line), else: line), "\n"]
    end)
  end

  # `code`, **bold**, *emphasis* and [links](address). Each word is coloured by itself, so that lines can be broken anywhere.
  defp inline(text) do
    ~r/`+[^`]+`+|\*\*[^*\s][^*]*\*\*|__[^_\s][^_]*__|(?<![\w*])\*[^*\s][^*]*\*(?![\w*])|(?<![\w_])_[^_\s][^_]*_(?![\w_])|\[[^\]]+\]\([^)\s]+\)/
    |> Regex.split(text, include_captures: true)
    |> Enum.map_join(&span/1)
  end

  defp span("`" <> _ = text), do: if(IEx.color?(), do: words(String.trim(text, "`"), :doc_inline_code), else: text)
  defp span("**" <> rest = text), do: if(IEx.color?() and rest != "", do: words(String.trim(text, "**"), :doc_bold), else: text)
  defp span("__" <> rest = text), do: if(IEx.color?() and rest != "", do: words(String.trim(text, "__"), :doc_bold), else: text)
  defp span("*" <> _ = text), do: emphasis(text, "*")
  defp span("_" <> _ = text), do: emphasis(text, "_")

  defp span("[" <> _ = text) do
    case Regex.run(~r/^\[([^\]]+)\]\(([^)\s]+)\)$/, text) do
      [_, label, address] -> "#{inline(label)} (#{address})"
      nil -> text
    end
  end

  defp span(text), do: text

  defp emphasis(text, mark) do
    inner = text |> String.trim_leading(mark) |> String.trim_trailing(mark)
    if IEx.color?() and String.ends_with?(text, mark) and inner != "", do: words(inner, :doc_underline), else: text
  end

  defp words(text, colour), do: text |> String.split(" ") |> Enum.map_join(" ", &IEx.color(colour, &1))
end
