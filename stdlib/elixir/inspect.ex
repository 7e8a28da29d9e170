# Besides the protocol, this file holds its implementations for the built-in types and for structs in general (Any).

defprotocol Inspect do
  @moduledoc """
  How a value is shown to developers: by `inspect/2`, in the shell, in error messages.

  An implementation returns a document of `Inspect.Algebra`, or a string. The text should be the code that makes the
  value, where there is such code, else it has the form `#Name<...>`.

      defimpl Inspect, for: MyStack do
        import Inspect.Algebra

        def inspect(stack, opts) do
          concat(["MyStack.new(", to_doc(stack.items, opts), ")"])
        end
      end

  Structs can be shown in part by deriving:

      @derive {Inspect, only: [:id, :name]}
      defstruct [:id, :name, :password]

  with the options `:only`, `:except` (then the form is `#User<id: 1, name: "a", ...>`) and `:optional` (fields left out
  while they have their default).
  """

  # Structs without an implementation of their own are shown field by field.
  @fallback_to_any true

  @doc """
  The document of a term.

      iex> Inspect.inspect(:atom, %Inspect.Opts{})
      ":atom"
  """
  def inspect(term, opts)
end

defimpl Inspect, for: Atom do
  import Inspect.Algebra

  def inspect(atom, opts), do: color_doc(Macro.inspect_atom(:literal, atom), color_key(atom), opts)

  defp color_key(atom) when is_boolean(atom), do: :boolean
  defp color_key(nil), do: :nil
  defp color_key(_), do: :atom
end

defimpl Inspect, for: BitString do
  import Inspect.Algebra

  def inspect(term, opts) when is_binary(term) do
    %{binaries: binaries, base: base, printable_limit: limit} = opts

    if base == :decimal and (binaries == :as_strings or (binaries == :infer and String.printable?(term, limit))) do
      string_doc(term, limit, opts)
    else
      bits_doc(term, opts)
    end
  end

  def inspect(term, opts), do: bits_doc(term, opts)

  defp string_doc(term, limit, opts) do
    case Inspect.Escape.string(term, ?", limit) do
      {escaped, ""} ->
        color_doc("\"" <> escaped <> "\"", :string, opts)

      {escaped, _rest} ->
        concat(color_doc("\"" <> escaped <> "\"", :string, opts), " <> ...")
    end
  end

  defp bits_doc("", opts), do: color_doc("<<>>", :binary, opts)

  defp bits_doc(bitstring, opts) do
    left = color_doc("<<", :binary, opts)
    right = color_doc(">>", :binary, opts)
    inner = docs(bitstring, opts.limit, opts)
    group(concat(concat(left, nest(inner, 2)), right))
  end

  defp docs(_bits, 0, _opts), do: "..."
  defp docs(<<byte>>, _limit, opts), do: Inspect.Integer.inspect(byte, opts)

  defp docs(<<byte, rest::bitstring>>, limit, opts) do
    doc = Inspect.Integer.inspect(byte, opts)
    flex_glue(concat(doc, color_doc(",", :binary, opts)), docs(rest, decrement(limit), opts))
  end

  defp docs(bits, _limit, opts) do
    size = bit_size(bits)
    <<value::size(size)>> = bits
    concat(Inspect.Integer.inspect(value, opts), "::size(" <> Integer.to_string(size) <> ")")
  end

  defp decrement(:infinity), do: :infinity
  defp decrement(limit), do: limit - 1
end

defmodule Inspect.Escape do
  @moduledoc false

  # The text of a string between delimiters, and the rest beyond the limit of characters.
  def string(binary, delimiter, limit) do
    # Numbers are less than :infinity. Most strings are as they are shown.
    if byte_size(binary) <= limit and plain?(binary, delimiter),
      do: {binary, ""},
      else: string(binary, delimiter, limit, <<>>)
  end

  defp plain?(<<char, rest::binary>>, delimiter)
       when char >= ?\s and char < 127 and char != delimiter and char != ?\\ and char != ?#,
       do: plain?(rest, delimiter)

  defp plain?(rest, _delimiter), do: rest == ""

  defp string(<<>>, _delimiter, _limit, acc), do: {acc, ""}
  defp string(rest, _delimiter, 0, acc), do: {acc, rest}

  defp string(<<char, rest::binary>>, delimiter, limit, acc)
       when char >= ?\s and char < 127 and char != delimiter and char != ?\\ and char != ?# do
    string(rest, delimiter, decrement(limit), <<acc::binary, char>>)
  end

  defp string(<<delimiter, rest::binary>>, delimiter, limit, acc) do
    string(rest, delimiter, decrement(limit), <<acc::binary, ?\\, delimiter>>)
  end

  defp string(<<?#, ?{, rest::binary>>, delimiter, limit, acc) do
    string(rest, delimiter, decrement(decrement(limit)), <<acc::binary, ?\\, ?#, ?{>>)
  end

  defp string(<<char::utf8, rest::binary>>, delimiter, limit, acc) do
    string(rest, delimiter, decrement(limit), <<acc::binary, char(char)::binary>>)
  end

  defp string(<<byte, rest::binary>>, delimiter, limit, acc) do
    string(rest, delimiter, decrement(limit), <<acc::binary, "\\x", hex(byte)::binary>>)
  end

  defp decrement(:infinity), do: :infinity
  defp decrement(0), do: 0
  defp decrement(limit), do: limit - 1

  defp char(0), do: "\\0"
  defp char(?\a), do: "\\a"
  defp char(?\b), do: "\\b"
  defp char(?\d), do: "\\d"
  defp char(?\e), do: "\\e"
  defp char(?\f), do: "\\f"
  defp char(?\n), do: "\\n"
  defp char(?\r), do: "\\r"
  defp char(?\t), do: "\\t"
  defp char(?\v), do: "\\v"
  defp char(?\\), do: "\\\\"
  defp char(char) when char < 127, do: if(char < 32, do: "\\x" <> hex(char), else: <<char>>)
  defp char(char) when char < 0xA0, do: "\\x" <> hex(char)
  defp char(char) when char == 0xFEFF, do: "\\uFEFF"
  defp char(char), do: if(String.printable?(<<char::utf8>>), do: <<char::utf8>>, else: code_point(char))

  defp code_point(char) when char > 0xFFFF, do: "\\u{" <> Integer.to_string(char, 16) <> "}"
  defp code_point(char), do: "\\u" <> String.pad_leading(Integer.to_string(char, 16), 4, "0")

  defp hex(byte) when byte < 16, do: "0" <> Integer.to_string(byte, 16)
  defp hex(byte), do: Integer.to_string(byte, 16)
end

defimpl Inspect, for: List do
  import Inspect.Algebra

  def inspect([], opts), do: color_doc("[]", :list, opts)

  def inspect(term, opts) do
    cond do
      opts.charlists != :as_lists and opts.char_lists != :as_lists and charlist?(term, opts) ->
        charlist_doc(term, opts)

      keyword?(term) ->
        container(term, opts, &keyword/2)

      true ->
        container(term, opts, &to_doc/2)
    end
  end

  # With flexible lines for values that are simple, one element a line for others and for keywords.
  defp container(term, opts, fun) do
    break = if fun == (&to_doc/2), do: :maybe, else: :strict

    container_doc(
      color_doc("[", :list, opts),
      term,
      color_doc("]", :list, opts),
      opts,
      fun,
      break: break,
      separator: color_doc(",", :list, opts)
    )
  end

  @doc false
  def keyword({key, value}, opts) do
    key = color_doc(Macro.inspect_atom(:key, key), :atom, opts)
    concat(key, concat(" ", to_doc(value, opts)))
  end

  @doc false
  def keyword?([{key, _value} | rest]) when is_atom(key) do
    case Atom.to_charlist(key) do
      [?E, ?l, ?i, ?x, ?i, ?r, ?.] ++ _ -> false
      _ -> keyword?(rest)
    end
  end

  def keyword?([]), do: true
  def keyword?(_other), do: false

  defp charlist?(term, %{charlists: :as_charlists}), do: chars?(term)
  defp charlist?(term, %{charlists: :infer, printable_limit: limit}), do: List.ascii_printable?(term, limit)
  defp charlist?(_term, _opts), do: false

  defp chars?([char | rest]) when is_integer(char) and char >= 0 and char <= 0x10FFFF, do: chars?(rest)
  defp chars?(rest), do: rest == []

  defp charlist_doc(term, opts) do
    case Inspect.Escape.string(List.to_string(term), ?", opts.printable_limit) do
      {escaped, ""} -> color_doc("~c\"" <> escaped <> "\"", :charlist, opts)
      {escaped, _rest} -> concat(color_doc("~c\"" <> escaped <> "\"", :charlist, opts), " ++ ...")
    end
  end
end

defimpl Inspect, for: Tuple do
  import Inspect.Algebra

  def inspect(tuple, opts) do
    container_doc(
      color_doc("{", :tuple, opts),
      Tuple.to_list(tuple),
      color_doc("}", :tuple, opts),
      opts,
      &to_doc/2,
      separator: color_doc(",", :tuple, opts),
      break: :flex
    )
  end
end

defimpl Inspect, for: Map do
  import Inspect.Algebra

  def inspect(map, opts), do: inspect_as_map(map, opts)

  @doc false
  def inspect_as_map(map, opts) do
    list = :lists.sort(:maps.to_list(map))

    if Inspect.List.keyword?(list) do
      container(list, "", opts, &Inspect.List.keyword/2)
    else
      arrow = color_doc(" => ", :map, opts)
      container(list, "", opts, fn {key, value}, opts -> pair(key, arrow, value, opts) end)
    end
  end

  # The fields of a struct in the order of `infos`, a list of maps with `:field`.
  @doc false
  def inspect_as_struct(map, name, infos, opts) do
    fields = for %{field: field} <- infos, do: {field, Map.get(map, field)}
    container(fields, name, opts, &Inspect.List.keyword/2)
  end

  defp pair(key, arrow, value, opts) do
    concat(concat(to_doc(key, opts), arrow), to_doc(value, opts))
  end

  defp container(list, name, opts, fun) do
    container_doc(
      color_doc("%" <> name <> "{", :map, opts),
      list,
      color_doc("}", :map, opts),
      opts,
      fun,
      separator: color_doc(",", :map, opts),
      break: :strict
    )
  end
end

defimpl Inspect, for: Integer do
  import Inspect.Algebra

  def inspect(integer, %{base: :decimal} = opts), do: color_doc(:erlang.integer_to_binary(integer), :number, opts)

  def inspect(integer, %{base: base} = opts) do
    {prefix, radix} =
      case base do
        :binary -> {"0b", 2}
        :octal -> {"0o", 8}
        :hex -> {"0x", 16}
      end

    text =
      if integer < 0 do
        "-" <> prefix <> Integer.to_string(-integer, radix)
      else
        prefix <> Integer.to_string(integer, radix)
      end

    color_doc(text, :number, opts)
  end
end

defimpl Inspect, for: Float do
  import Inspect.Algebra

  # Whole numbers are shown without an exponent as long as all of their digits are sure.
  def inspect(float, opts) when (float >= 1.0 and float < 1.0e16) or (float <= -1.0 and float > -1.0e16) do
    whole = trunc(float)
    text = if whole == float, do: Integer.to_string(whole) <> ".0", else: :erlang.float_to_binary(float, [:short])
    color_doc(text, :number, opts)
  end

  def inspect(float, opts), do: color_doc(:erlang.float_to_binary(float, [:short]), :number, opts)
end

defimpl Inspect, for: Function do
  def inspect(function, _opts) do
    info = Function.info(function)
    module = info[:module]

    if info[:type] == :external do
      "&" <> name(module) <> "." <> Macro.inspect_atom(:remote_call, info[:name]) <> "/" <> Integer.to_string(info[:arity])
    else
      "#Function<" <> uniq(info) <> place(module, Atom.to_string(info[:name]), info[:arity]) <> ">"
    end
  end

  defp name(module), do: Macro.inspect_atom(:literal, module)

  defp uniq(info) do
    Integer.to_string(info[:new_index] || 0) <> "." <> uniq_number(info[:uniq])
  end

  defp uniq_number(uniq) when is_integer(uniq), do: Integer.to_string(uniq)
  defp uniq_number(_), do: "0"

  # The function's name is "-PARENT/ARITY-fun-INDEX-". Code outside of modules shows its file.
  defp place(module, "-__FILE__/" <> _, _arity) do
    source = module.module_info(:compile)[:source] || ~c"nofile"
    " in file:" <> Path.relative_to_cwd(List.to_string(source))
  end

  defp place(module, "-" <> rest, arity) do
    case :binary.split(rest, "-fun-") do
      [parent, _] when parent != "" -> "/" <> Integer.to_string(arity) <> " in " <> parent(module, parent)
      _ -> in_module(module, arity)
    end
  end

  defp place(module, _name, arity), do: in_module(module, arity)

  defp in_module(module, arity), do: "/" <> Integer.to_string(arity) <> " in " <> name(module)

  defp parent(module, parent) do
    case :binary.matches(parent, "/") do
      [] ->
        name(module) <> "." <> parent

      matches ->
        {position, 1} = List.last(matches)
        <<function::binary-size(position), arity::binary>> = parent
        name(module) <> "." <> Macro.inspect_atom(:remote_call, String.to_atom(function)) <> arity
    end
  end
end

defimpl Inspect, for: PID do
  def inspect(pid, _opts), do: "#PID" <> IO.iodata_to_binary(:erlang.pid_to_list(pid))
end

defimpl Inspect, for: Port do
  def inspect(port, _opts), do: IO.iodata_to_binary(:erlang.port_to_list(port))
end

defimpl Inspect, for: Reference do
  def inspect(reference, _opts) do
    [?#, ?R, ?e, ?f | rest] = :erlang.ref_to_list(reference)
    "#Reference" <> IO.iodata_to_binary(rest)
  end
end

# A failure of another implementation stands in its place.
defimpl Inspect, for: Inspect.Error do
  def inspect(%{stacktrace: stacktrace} = error, _opts) do
    text = error.exception |> Exception.message() |> String.replace("\n", "\n      ")

    "#Inspect.Error<\n  got #{Kernel.inspect(error.exception.__struct__)} with message:\n\n      \"\"\"\n      #{text}\n" <>
      "      \"\"\"\n\n  while inspecting:\n\n      #{String.replace(error.inspected, "\n", "\n      ")}\n" <>
      trace(stacktrace) <> "\n>"
  end

  defp trace([]), do: ""
  defp trace(stacktrace), do: "\n  Stacktrace:\n\n" <> Exception.format_stacktrace(stacktrace)
end

defimpl Inspect, for: Any do
  import Inspect.Algebra

  # Shows all fields, or those that the options of `@derive` choose.
  defmacro __deriving__(module, struct, options) do
    fields = :lists.sort(for key <- Map.keys(struct), key not in [:__exception__, :__struct__], do: key)
    only = Keyword.get(options, :only, fields)
    except = Keyword.get(options, :except, [])
    optional = if Keyword.get(options, :optional, []) == :all, do: fields, else: Keyword.get(options, :optional, [])

    :ok = check_fields(fields, only, :only, module)
    :ok = check_fields(fields, except, :except, module)
    :ok = check_fields(fields, optional, :optional, module)

    shown = Enum.reject(only, &(&1 in except))
    all? = Enum.sort(shown) == fields
    defaults = for field <- optional, do: {field, Map.fetch!(struct, field)}

    quote do
      defimpl Inspect, for: unquote(module) do
        def inspect(struct, opts) do
          Inspect.Any.inspect_derived(
            struct,
            unquote(Macro.escape(shown)),
            unquote(all?),
            unquote(Macro.escape(defaults)),
            opts
          )
        end
      end
    end
  end

  defp check_fields(fields, chosen, option, module) do
    case Enum.reject(List.wrap(chosen), &(&1 in fields)) do
      [] ->
        :ok

      unknown ->
        raise ArgumentError,
              "unknown fields #{Kernel.inspect(unknown)} given when deriving the Inspect protocol for " <>
                "#{Kernel.inspect(module)}. #{Kernel.inspect(option)} values must match struct fields"
    end
  end

  @doc false
  def inspect_derived(%module{} = struct, shown, all?, defaults, opts) do
    infos =
      for %{field: field} = info <- infos(struct, module),
          field in shown and not default?(struct, field, defaults),
          do: info

    name = Macro.inspect_atom(:literal, module)
    if all?, do: Inspect.Map.inspect_as_struct(struct, name, infos, opts), else: in_part(struct, name, infos, opts)
  end

  defp default?(struct, field, defaults) do
    case List.keyfind(defaults, field, 0) do
      {_, default} -> Map.get(struct, field) === default
      nil -> false
    end
  end

  defp in_part(struct, name, infos, opts) do
    fields = for %{field: field} <- infos, do: {field, Map.get(struct, field)}

    fun = fn
      :more, _opts -> "..."
      field, opts -> Inspect.List.keyword(field, opts)
    end

    container_doc(
      color_doc("#" <> name <> "<", :map, opts),
      fields ++ [:more],
      color_doc(">", :map, opts),
      opts,
      fun,
      separator: color_doc(",", :map, opts),
      break: :strict
    )
  end

  # A struct whose fields are not those of its module is shown as a map.
  def inspect(%module{} = struct, opts) do
    case known_fields(struct, module) do
      {:ok, infos} -> Inspect.Map.inspect_as_struct(struct, Macro.inspect_atom(:literal, module), infos, opts)
      :error -> Inspect.Map.inspect_as_map(struct, opts)
    end
  end

  def inspect(term, _opts), do: "#" <> Kernel.inspect(:erlang.term_to_binary(term))

  defp known_fields(struct, module) do
    if Map.keys(module.__struct__()) == Map.keys(struct), do: {:ok, infos(struct, module)}, else: :error
  rescue
    _ -> :error
  end

  defp infos(struct, module) do
    case function_exported?(module, :__info__, 1) && module.__info__(:struct) do
      [_ | _] = infos -> for %{field: field} = info <- infos, field not in [:__struct__, :__exception__], do: info
      _ -> for field <- Enum.sort(Map.keys(struct)), field not in [:__struct__, :__exception__], do: %{field: field}
    end
  end
end
