defmodule :erl_anno do
  @moduledoc """
  Annotations of Erlang's abstract code: a location (a line or `{line, column}`), or a list of properties that has one.
  """

  defguardp is_location(term)
            when (is_integer(term) and term >= 0) or
                   (is_tuple(term) and tuple_size(term) == 2 and is_integer(elem(term, 0)) and is_integer(elem(term, 1)))

  @doc """
  Makes an annotation of a location.

      iex> :erl_anno.new({1, 5})
      {1, 5}
  """
  def new(location) when is_location(location), do: location
  def new(location), do: :erlang.error(:badarg, [location])

  @doc """
  Tells whether the term is an annotation.

      iex> :erl_anno.is_anno(3)
      true
  """
  def is_anno(term) when is_location(term), do: true
  def is_anno([_ | _] = list), do: :lists.all(&match?({_, _}, &1), list) and :lists.keymember(:location, 1, list)
  def is_anno(_term), do: false

  @doc """
  Returns the location.

      iex> :erl_anno.location(text: ~c"a", location: 2)
      2
  """
  def location(anno) when is_list(anno), do: property(anno, :location)
  def location(anno), do: anno

  @doc """
  Returns the line.

      iex> :erl_anno.line({4, 2})
      4
  """
  def line(anno) do
    case location(anno) do
      {line, _} -> line
      line -> line
    end
  end

  @doc """
  Returns the column, or `:undefined`.

      iex> :erl_anno.column({4, 2})
      2
  """
  def column(anno) do
    case location(anno) do
      {_, column} -> column
      _ -> :undefined
    end
  end

  @doc """
  Returns where the text of the annotation ends, or `:undefined` if it has none.

      iex> :erl_anno.end_location(text: ~c"abc", location: {1, 1})
      {1, 4}
  """
  def end_location(anno) do
    case text(anno) do
      :undefined -> :undefined
      text -> :lists.foldl(&advance/2, location(anno), text)
    end
  end

  defp advance(?\n, {line, _}), do: {line + 1, 1}
  defp advance(_, {line, column}), do: {line, column + 1}
  defp advance(?\n, line), do: line + 1
  defp advance(_, line), do: line

  @doc "Returns the text, or `:undefined`."
  def text(anno), do: property(anno, :text)

  @doc "Returns the file, or `:undefined`."
  def file(anno), do: property(anno, :file)

  @doc "Tells whether the code was made by a program."
  def generated(anno), do: property(anno, :generated) == true

  @doc "Tells whether the code is of a record."
  def record(anno), do: property(anno, :record) == true

  defp property(anno, key) when is_list(anno), do: :proplists.get_value(key, anno)
  defp property(_anno, _key), do: :undefined

  @doc """
  Replaces the location.

      iex> :erl_anno.set_location(2, 1)
      2
  """
  def set_location(location, anno) when is_list(anno), do: put(anno, :location, location)
  def set_location(location, _anno), do: location

  @doc """
  Replaces the line.

      iex> :erl_anno.set_line(3, {1, 2})
      {3, 2}
  """
  def set_line(line, anno) do
    case location(anno) do
      {_, column} -> set_location({line, column}, anno)
      _ -> set_location(line, anno)
    end
  end

  @doc "Puts a file."
  def set_file(file, anno), do: put(anno, :file, file)

  @doc "Marks as made by a program, or not."
  def set_generated(flag, anno), do: put(anno, :generated, flag)

  @doc "Marks as of a record, or not."
  def set_record(flag, anno), do: put(anno, :record, flag)

  @doc "Puts a text."
  def set_text(text, anno), do: put(anno, :text, text)

  defp put(anno, key, value) when is_list(anno), do: :lists.sort(:lists.keystore(key, 1, anno, {key, value}))
  defp put(location, key, value), do: put([location: location], key, value)

  @doc "The annotation as a plain term."
  def to_term(anno), do: anno

  @doc "The annotation of a plain term."
  def from_term(line) when is_integer(line) and line < 0, do: [generated: true, location: -line]
  def from_term(term), do: term
end
