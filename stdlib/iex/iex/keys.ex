defmodule IEx.Keys do
  @moduledoc """
  What the bytes of a terminal mean: `decode/1` turns them into keys.

  A key is `{:text, string}` (what was typed), `{:paste, string}` (bracketed paste), `{:ctrl, letter}`, `{:alt, key}` or a name:
  `:enter`, `:tab`, `:backspace`, `:delete`, `:escape`, `:up`, `:down`, `:left`, `:right`, `:home`, `:end`, `:word_left`, `:word_right`,
  `:page_up`, `:page_down`, `:back_tab`. Sequences that are not known are `:unknown`; bytes that are no UTF-8 are dropped.
  """

  @paste_end "\e[201~"

  @doc """
  The keys in the bytes, and the bytes at the end that are the beginning of a key.

      iex> IEx.Keys.decode("a\\e[A\\e")
      {[{:text, "a"}, :up], "\\e"}
      iex> IEx.Keys.decode("\\e]0;title\\aq")
      {[:unknown, {:text, "q"}], ""}
      iex> IEx.Keys.decode(<<1, 195>>)
      {[{:ctrl, ?a}], <<195>>}
  """
  @spec decode(binary) :: {[term], binary}
  def decode(bytes), do: decode(bytes, [])

  defp decode("", keys), do: {Enum.reverse(keys), ""}

  defp decode("\e[200~" <> rest = all, keys) do
    case :binary.match(rest, @paste_end) do
      {at, size} ->
        <<text::binary-size(at), _::binary-size(size), rest::binary>> = rest
        decode(rest, [{:paste, clean(text)} | keys])

      :nomatch ->
        {Enum.reverse(keys), all}
    end
  end

  defp decode("\e[" <> rest = all, keys) do
    case control_sequence(rest, "") do
      {parameters, final, rest} -> decode(rest, [sequence(final, parameters) | keys])
      :more when byte_size(all) < 32 -> {Enum.reverse(keys), all}
      :more -> decode(rest, keys)
    end
  end

  # Strings that a terminal sends by itself, like a title or an answer, up to their end: operating system commands, device control, and their like. Alone
  # these are keys with Alt.
  defp decode(<<"\e", kind, rest::binary>> = all, keys) when kind in [?], ?P, ?_, ?^, ?X] and rest != "" do
    case terminal_string(rest) do
      :more when byte_size(all) < 512 -> {Enum.reverse(keys), all}
      :more -> decode(rest, [:unknown | keys])
      rest -> decode(rest, [:unknown | keys])
    end
  end

  defp decode(<<"\eO", final, rest::binary>>, keys), do: decode(rest, [sequence(final, "") | keys])
  defp decode("\eO", keys), do: {Enum.reverse(keys), "\eO"}
  defp decode("\e", keys), do: {Enum.reverse(keys), "\e"}
  defp decode("\e\e" <> rest, keys), do: decode("\e" <> rest, [:escape | keys])

  defp decode("\e" <> rest, keys) do
    case character(rest) do
      {char, rest} -> decode(rest, [{:alt, plain(char)} | keys])
      :more -> {Enum.reverse(keys), "\e" <> rest}
      :invalid -> decode(binary_part(rest, 1, byte_size(rest) - 1), keys)
    end
  end

  # What is typed quickly, or comes through a pipe, is one piece of text.
  defp decode(bytes, keys) do
    case character(bytes) do
      {char, rest} when char < 0x20 or char == 0x7F -> decode(rest, [plain(char) | keys])
      {char, rest} -> text(rest, [char], keys)
      :more -> {Enum.reverse(keys), bytes}
      :invalid -> decode(binary_part(bytes, 1, byte_size(bytes) - 1), keys)
    end
  end

  # What follows such a string. Any other control character breaks it off.
  defp terminal_string(<<char, rest::binary>>) when char >= 0x20 and char != 0x7F, do: terminal_string(rest)
  defp terminal_string("\a" <> rest), do: rest
  defp terminal_string("\e\\" <> rest), do: rest
  defp terminal_string(rest) when rest in ["", "\e"], do: :more
  defp terminal_string(rest), do: rest

  defp text(bytes, chars, keys) do
    case character(bytes) do
      {char, rest} when char >= 0x20 and char != 0x7F -> text(rest, [char | chars], keys)
      _ -> decode(bytes, [{:text, List.to_string(Enum.reverse(chars))} | keys])
    end
  end

  defp character(<<char::utf8, rest::binary>>), do: {char, rest}
  defp character(""), do: :more
  defp character(<<lead>>) when lead in 0xC2..0xF4, do: :more
  defp character(<<lead, a>>) when lead in 0xE0..0xF4 and a in 0x80..0xBF, do: :more
  defp character(<<lead, a, b>>) when lead in 0xF0..0xF4 and a in 0x80..0xBF and b in 0x80..0xBF, do: :more
  defp character(_), do: :invalid

  defp plain(?\r), do: :enter
  defp plain(?\n), do: :enter
  defp plain(?\t), do: :tab
  defp plain(0x7F), do: :backspace
  defp plain(?\b), do: :backspace
  defp plain(char) when char in 1..26, do: {:ctrl, char + ?a - 1}
  defp plain(char) when char < 0x20, do: {:ctrl, char + ?@}
  defp plain(char), do: {:text, <<char::utf8>>}

  defp control_sequence(<<byte, rest::binary>>, seen) when byte in 0x20..0x3F, do: control_sequence(rest, <<seen::binary, byte>>)
  defp control_sequence(<<byte, rest::binary>>, seen) when byte in 0x40..0x7E, do: {seen, byte, rest}
  defp control_sequence("", _), do: :more
  defp control_sequence(rest, seen), do: {seen, 0, rest}

  defp sequence(?C, "1;" <> _), do: :word_right
  defp sequence(?D, "1;" <> _), do: :word_left
  defp sequence(?A, _), do: :up
  defp sequence(?B, _), do: :down
  defp sequence(?C, _), do: :right
  defp sequence(?D, _), do: :left
  defp sequence(?H, _), do: :home
  defp sequence(?F, _), do: :end
  defp sequence(?Z, _), do: :back_tab
  defp sequence(?~, number) when number in ["1", "7"], do: :home
  defp sequence(?~, number) when number in ["4", "8"], do: :end
  defp sequence(?~, "3" <> _), do: :delete
  defp sequence(?~, "5"), do: :page_up
  defp sequence(?~, "6"), do: :page_down
  defp sequence(_, _), do: :unknown

  # Line ends of a paste are newlines; bytes that are no text, and escapes, are left out.
  defp clean(text) do
    text = text |> String.replace("\r\n", "\n") |> String.replace("\r", "\n")
    for <<char::utf8 <- valid(text, [])>>, char >= 0x20 or char in [?\n, ?\t], char != 0x7F, into: "", do: <<char::utf8>>
  end

  defp valid(text, parts) do
    case :unicode.characters_to_binary(text) do
      good when is_binary(good) -> IO.iodata_to_binary([parts | good])
      {_, good, <<_, rest::binary>>} -> valid(rest, [parts | good])
    end
  end
end
