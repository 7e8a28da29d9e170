defmodule IEx.Editor do
  @moduledoc """
  The text that is being typed: what each key does to it. Nothing here knows of the terminal.

  The text is kept as graphemes, those before the cursor reversed, so that a step of the cursor passes over what is seen as one character.
  `key/2` answers `{:ok, editor}` or says what the owner has to do: `:enter`, `:complete`, `:eof`, `:interrupt`, `:clear`,
  `:suspend`, `:bell`.
  """

  defstruct left: [],
            right: [],
            history: [],
            place: -1,
            typed: "",
            kill: "",
            undo: [],
            search: nil

  @doc """
  An empty editor with a history, newest first.

      iex> IEx.Editor.text(IEx.Editor.new(["old"]))
      ""
  """
  def new(history), do: %__MODULE__{history: history}

  @doc "The whole text."
  def text(%__MODULE__{left: left, right: right}), do: IO.iodata_to_binary([Enum.reverse(left), right])

  @doc "The text before the cursor."
  def before(%__MODULE__{left: left}), do: IO.iodata_to_binary(Enum.reverse(left))

  @doc "The same editor with another text, the cursor at its end."
  def put_text(editor, text), do: %{editor | left: Enum.reverse(String.graphemes(text)), right: []}

  @doc "Inserts at the cursor. A combining character joins what stands before it."
  def insert(%{left: []} = editor, text), do: %{editor | left: Enum.reverse(String.graphemes(text))}

  def insert(%{left: [last | left]} = editor, text) do
    %{editor | left: Enum.reverse(String.graphemes(last <> text)) ++ left}
  end

  @doc "Moves the cursor to the end."
  def to_end(editor), do: %{editor | left: Enum.reverse(editor.right) ++ editor.left, right: []}

  @doc "What a key does."
  def key(%{search: nil} = editor, key), do: edit(key, editor)
  def key(editor, key), do: search(key, editor)

  ## Editing

  defp edit({:text, text}, editor), do: {:ok, editor |> remember() |> insert(text)}
  defp edit({:paste, text}, editor), do: {:ok, editor |> remember() |> insert(unprompted(text))}
  defp edit(:enter, editor), do: {:enter, editor}
  defp edit({:alt, :enter}, editor), do: {:ok, editor |> remember() |> insert("\n")}
  defp edit(:tab, editor), do: {:complete, editor}

  defp edit({:ctrl, ?c}, editor), do: {:interrupt, editor}
  defp edit({:ctrl, ?d}, %{left: [], right: []} = editor), do: {:eof, editor}
  defp edit({:ctrl, ?d}, editor), do: edit(:delete, editor)
  defp edit({:ctrl, ?l}, editor), do: {:clear, editor}
  defp edit({:ctrl, ?z}, editor), do: {:suspend, editor}

  defp edit(key, %{left: [char | left]} = editor) when key in [:left, {:ctrl, ?b}], do: {:ok, %{editor | left: left, right: [char | editor.right]}}
  defp edit(key, %{right: [char | right]} = editor) when key in [:right, {:ctrl, ?f}], do: {:ok, %{editor | left: [char | editor.left], right: right}}

  defp edit(key, editor) when key in [:home, {:ctrl, ?a}] do
    {line, left} = Enum.split_while(editor.left, &(&1 != "\n"))
    {:ok, %{editor | left: left, right: Enum.reverse(line) ++ editor.right}}
  end

  defp edit(key, editor) when key in [:end, {:ctrl, ?e}] do
    {line, right} = Enum.split_while(editor.right, &(&1 != "\n"))
    {:ok, %{editor | left: Enum.reverse(line) ++ editor.left, right: right}}
  end

  defp edit(key, editor) when key in [:word_left, {:alt, {:text, "b"}}] do
    {word, left} = word(editor.left)
    {:ok, %{editor | left: left, right: Enum.reverse(word) ++ editor.right}}
  end

  defp edit(key, editor) when key in [:word_right, {:alt, {:text, "f"}}] do
    {word, right} = word(editor.right)
    {:ok, %{editor | left: Enum.reverse(word) ++ editor.left, right: right}}
  end

  defp edit(:backspace, %{left: [_ | left]} = editor), do: {:ok, %{remember(editor) | left: left}}
  defp edit(:delete, %{right: [_ | right]} = editor), do: {:ok, %{remember(editor) | right: right}}

  defp edit({:ctrl, ?k}, %{right: ["\n" | right]} = editor), do: {:ok, %{remember(editor) | right: right, kill: "\n"}}

  defp edit({:ctrl, ?k}, editor) do
    {line, right} = Enum.split_while(editor.right, &(&1 != "\n"))
    {:ok, %{remember(editor) | right: right, kill: Enum.join(line)}}
  end

  defp edit({:ctrl, ?u}, editor) do
    {line, left} = Enum.split_while(editor.left, &(&1 != "\n"))
    {:ok, %{remember(editor) | left: left, kill: line |> Enum.reverse() |> Enum.join()}}
  end

  defp edit({:ctrl, ?w}, editor) do
    {spaces, left} = Enum.split_while(editor.left, &(&1 in [" ", "\n", "\t"]))
    {word, left} = Enum.split_while(left, &(&1 not in [" ", "\n", "\t"]))
    {:ok, %{remember(editor) | left: left, kill: (spaces ++ word) |> Enum.reverse() |> Enum.join()}}
  end

  defp edit({:alt, :backspace}, editor) do
    {word, left} = word(editor.left)
    {:ok, %{remember(editor) | left: left, kill: word |> Enum.reverse() |> Enum.join()}}
  end

  defp edit({:alt, {:text, "d"}}, editor) do
    {word, right} = word(editor.right)
    {:ok, %{remember(editor) | right: right, kill: Enum.join(word)}}
  end

  defp edit({:ctrl, ?y}, editor), do: {:ok, editor |> remember() |> insert(editor.kill)}

  defp edit({:ctrl, ?t}, %{left: [b, a | left], right: []} = editor), do: {:ok, %{remember(editor) | left: [a, b | left]}}
  defp edit({:ctrl, ?t}, %{left: [a | left], right: [b | right]} = editor), do: {:ok, %{remember(editor) | left: [a, b | left], right: right}}

  # Ctrl-_ undoes.
  defp edit({:ctrl, ?_}, %{undo: [{left, right} | undo]} = editor), do: {:ok, %{editor | left: left, right: right, undo: undo}}

  defp edit(key, editor) when key in [:up, {:ctrl, ?p}] do
    if "\n" in editor.left, do: {:ok, line_up(editor)}, else: older(editor)
  end

  defp edit(key, editor) when key in [:down, {:ctrl, ?n}] do
    if "\n" in editor.right, do: {:ok, line_down(editor)}, else: newer(editor)
  end

  defp edit(:page_up, editor), do: older(editor)
  defp edit(:page_down, editor), do: newer(editor)
  defp edit({:ctrl, ?r}, editor), do: {:ok, %{editor | search: %{text: "", place: -1, found: nil, from: {editor.left, editor.right}}}}
  defp edit({:alt, {:text, "<"}}, editor), do: recall(editor, length(editor.history) - 1)
  defp edit({:alt, {:text, ">"}}, editor), do: recall(editor, -1)
  defp edit(_, editor), do: {:bell, editor}

  defp remember(%{undo: undo} = editor), do: %{editor | undo: Enum.take([{editor.left, editor.right} | undo], 100)}

  # Lines that were copied from a session, with its prompts.
  defp unprompted(text) do
    if text =~ ~r/\A\s*(iex|pry)(\(\d+\))?> / do
      text
      |> String.split("\n")
      |> Enum.filter(&(&1 =~ ~r/\A\s*(iex|pry|\.\.\.)(\(\d+\))?> ?/))
      |> Enum.map_join("\n", &Regex.replace(~r/\A\s*(iex|pry|\.\.\.)(\(\d+\))?> ?/, &1, ""))
    else
      text
    end
  end

  defp word(graphemes) do
    {gap, rest} = Enum.split_while(graphemes, &(not word?(&1)))
    {word, rest} = Enum.split_while(rest, &word?/1)
    {gap ++ word, rest}
  end

  defp word?(grapheme), do: grapheme =~ ~r/^[\p{L}\p{N}_]/u

  defp line_up(editor) do
    {line, ["\n" | above]} = Enum.split_while(editor.left, &(&1 != "\n"))
    {over, _} = Enum.split_while(above, &(&1 != "\n"))
    excess = max(length(over) - length(line), 0)
    {passed, left} = Enum.split(above, excess)
    %{editor | left: left, right: Enum.reverse(passed) ++ ["\n" | Enum.reverse(line)] ++ editor.right}
  end

  defp line_down(editor) do
    {line, _} = Enum.split_while(editor.left, &(&1 != "\n"))
    {rest, ["\n" | below]} = Enum.split_while(editor.right, &(&1 != "\n"))
    {under, _} = Enum.split_while(below, &(&1 != "\n"))
    {passed, right} = Enum.split(below, min(length(under), length(line)))
    %{editor | left: Enum.reverse(passed) ++ ["\n" | Enum.reverse(rest)] ++ editor.left, right: right}
  end

  ## History

  defp older(%{place: place, history: history} = editor) do
    if place + 1 < length(history), do: recall(editor, place + 1), else: {:bell, editor}
  end

  defp newer(%{place: -1} = editor), do: {:bell, editor}
  defp newer(%{place: place} = editor), do: recall(editor, place - 1)

  defp recall(%{history: []} = editor, _), do: {:bell, editor}

  defp recall(editor, place) do
    typed = if editor.place == -1, do: text(editor), else: editor.typed
    text = if place == -1, do: typed, else: Enum.at(editor.history, place)
    {:ok, put_text(%{editor | place: place, typed: typed, undo: []}, text)}
  end

  ## Search backwards in the history

  defp search({:text, text}, editor), do: find(editor, editor.search.text <> text, max(editor.search.place, 0))
  defp search({:paste, text}, editor), do: search({:text, text}, editor)
  defp search({:ctrl, ?r}, editor), do: find(editor, editor.search.text, editor.search.place + 1)

  defp search({:ctrl, ?s}, editor), do: find_newer(editor)

  defp search(:backspace, editor) do
    text = String.slice(editor.search.text, 0..-2//1)
    find(editor, text, 0)
  end

  defp search(key, editor) when key in [{:ctrl, ?g}, {:ctrl, ?c}, :escape] do
    {left, right} = editor.search.from
    {:ok, %{editor | left: left, right: right, search: nil}}
  end

  # Any other key takes what was found, and does what it does.
  defp search(key, editor) do
    place = if editor.search.found, do: editor.search.place, else: editor.place
    edit(key, %{editor | search: nil, place: place})
  end

  defp find(editor, "", _), do: {:ok, %{editor | search: %{editor.search | text: "", place: -1, found: nil}}}

  defp find(editor, text, from) do
    found = editor.history |> Enum.drop(from) |> Enum.find_index(&String.contains?(&1, text))
    shown(editor, text, found && from + found)
  end

  defp find_newer(%{search: %{place: place, text: text}} = editor) do
    newer = editor.history |> Enum.take(max(place, 0)) |> Enum.with_index() |> Enum.reverse()
    found = Enum.find(newer, fn {input, _} -> String.contains?(input, text) end)
    shown(editor, text, found && elem(found, 1))
  end

  defp shown(editor, text, nil), do: {:bell, %{editor | search: %{editor.search | text: text}}}

  defp shown(editor, text, place) do
    editor = %{editor | search: %{editor.search | text: text, place: place, found: true}}
    {:ok, put_text(editor, Enum.at(editor.history, place))}
  end
end
