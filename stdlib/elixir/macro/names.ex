defmodule Macro.Names do
  @moduledoc false

  # How atoms are written: behind Macro.classify_atom/1, Macro.inspect_atom/2 and Macro.operator?/2.

  @unary [:!, :@, :^, :not, :+, :-, :~~~, :&]
  @binary [
    :<-,
    :\\,
    :when,
    :"::",
    :|,
    :=,
    :||,
    :|||,
    :or,
    :&&,
    :&&&,
    :and,
    :==,
    :!=,
    :=~,
    :===,
    :!==,
    :<,
    :<=,
    :>=,
    :>,
    :|>,
    :<<<,
    :>>>,
    :<~,
    :~>,
    :<<~,
    :~>>,
    :<~>,
    :"<|>",
    :in,
    :"^^^",
    :"//",
    :++,
    :--,
    :..,
    :<>,
    :+++,
    :---,
    :+,
    :-,
    :*,
    :/,
    :**,
    :.
  ]
  @specials [:..., :.., :"..//", :{}, :%{}, :%, :<<>>, :->, :|]
  # Operators whose atoms stand in quotes: a colon before or after them would read as something else.
  @quoted_operators [:"::", :"^^^", :~~~, :"//", :"<|>"]

  def operator?(:.., 0), do: true
  def operator?(:..., 0), do: true
  def operator?(:"..//", 3), do: true
  def operator?(:..., 1), do: true
  def operator?(name, 1), do: name in @unary
  def operator?(name, 2), do: name in @binary
  def operator?(_name, _arity), do: false

  def classify(atom) do
    cond do
      atom in @quoted_operators -> :quoted
      atom in @specials or atom in @unary or atom in @binary -> :unquoted
      true -> classify_text(Atom.to_string(atom))
    end
  end

  def classify_text("Elixir"), do: :alias
  def classify_text("Elixir." <> rest = text), do: if(alias?(rest), do: :alias, else: unquoted(text))

  def classify_text(text) do
    if identifier?(text), do: :identifier, else: unquoted(text)
  end

  defp unquoted(text), do: if(bare?(text), do: :unquoted, else: :quoted)

  # Segments in camel case, of ASCII.
  defp alias?(<<char, rest::binary>>) when char in ?A..?Z, do: alias_rest?(rest)
  defp alias?(_), do: false
  defp alias_rest?(<<?., rest::binary>>), do: alias?(rest)

  defp alias_rest?(<<char, rest::binary>>) when char in ?a..?z or char in ?A..?Z or char in ?0..?9 or char == ?_ do
    alias_rest?(rest)
  end

  defp alias_rest?(rest), do: rest == ""

  defp identifier?(<<char, rest::binary>>) when char in ?a..?z or char == ?_, do: identifier_rest?(rest)

  defp identifier?(<<char::utf8, rest::binary>> = text) when char > 127 do
    start?(char) and not upper?(char) and identifier_rest?(rest) and normal?(text)
  end

  defp identifier?(_), do: false

  defp identifier_rest?(<<char, rest::binary>>)
       when char in ?a..?z or char in ?A..?Z or char in ?0..?9 or char == ?_,
       do: identifier_rest?(rest)

  defp identifier_rest?(last) when last in ["", "?", "!"], do: true
  defp identifier_rest?(<<char::utf8, rest::binary>>) when char > 127, do: continue?(char) and identifier_rest?(rest)
  defp identifier_rest?(_), do: false

  # What an atom without quotes may be besides an identifier: it may start with a capital letter and hold @.
  defp bare?(<<char, rest::binary>>) when char in ?a..?z or char in ?A..?Z or char == ?_, do: bare_rest?(rest)
  defp bare?(<<char::utf8, rest::binary>> = text) when char > 127, do: start?(char) and bare_rest?(rest) and normal?(text)
  defp bare?(_), do: false

  defp bare_rest?(<<char, rest::binary>>)
       when char in ?a..?z or char in ?A..?Z or char in ?0..?9 or char == ?_ or char == ?@,
       do: bare_rest?(rest)

  defp bare_rest?(last) when last in ["", "?", "!"], do: true
  defp bare_rest?(<<char::utf8, rest::binary>>) when char > 127, do: continue?(char) and bare_rest?(rest)
  defp bare_rest?(_), do: false

  defp start?(char), do: :phial_unicode.category(char) in [:Lu, :Ll, :Lt, :Lm, :Lo, :Nl]
  defp upper?(char), do: :phial_unicode.category(char) in [:Lu, :Lt]

  defp continue?(char) do
    :phial_unicode.category(char) in [:Lu, :Ll, :Lt, :Lm, :Lo, :Nl, :Mn, :Mc, :Nd, :Pc]
  end

  defp normal?(text), do: :phial_unicode.normalize(text, :nfkc) == text

  def inspect_atom(:literal, atom) when is_nil(atom) or is_boolean(atom), do: Atom.to_string(atom)

  def inspect_atom(:literal, atom) do
    text = Atom.to_string(atom)
    if plain?(text), do: ":" <> text, else: inspect_literal(atom, text)
  end

  def inspect_atom(:key, atom) do
    text = Atom.to_string(atom)
    if plain?(text), do: text <> ":", else: inspect_key(atom, text)
  end

  def inspect_atom(:remote_call, atom) do
    text = Atom.to_string(atom)

    cond do
      plain?(text) -> text
      atom in [:.., :"..//"] -> quoted(text)
      atom in @unary or atom in @binary -> text
      classify(atom) == :identifier -> text
      true -> quoted(text)
    end
  end

  # Most names: lower case and ASCII. Operators that are words are written alike.
  defp plain?(<<char, rest::binary>>) when char in ?a..?z or char == ?_, do: plain_rest?(rest)
  defp plain?(_), do: false

  defp plain_rest?(<<char, rest::binary>>)
       when char in ?a..?z or char in ?0..?9 or char == ?_ or char in ?A..?Z,
       do: plain_rest?(rest)

  defp plain_rest?(rest), do: rest == ""

  defp inspect_literal(atom, text) do
    case classify(atom) do
      :alias -> if text == "Elixir", do: "Elixir", else: binary_part(text, 7, byte_size(text) - 7)
      :quoted -> ":" <> quoted(text)
      _ -> ":" <> text
    end
  end

  defp inspect_key(atom, text) do
    case classify(atom) do
      kind when kind in [:alias, :quoted] -> quoted(text) <> ":"
      _ -> text <> ":"
    end
  end

  defp quoted(text) do
    {escaped, ""} = Inspect.Escape.string(text, ?", :infinity)
    "\"" <> escaped <> "\""
  end
end
