defmodule Record do
  @moduledoc """
  Records: tuples whose first element is a name, as used by Erlang, with macros to build and read them.

      defmodule User do
        require Record
        Record.defrecord(:user, name: "meg", age: 25)
      end

      import User
      record = user()            # {:user, "meg", 25}
      user(record, :age)         # 25
      user(record, age: 26)      # {:user, "meg", 26}
      user(record)               # [name: "meg", age: 25]

  In Elixir's own code, structs and maps are the better choice.
  """

  @doc """
  The fields and defaults of a record in an Erlang header file, given by `:from` a path or `:from_lib` a path such as
  `"kernel/include/file.hrl"`.
  """
  @spec extract(atom, keyword) :: keyword
  def extract(name, opts) when is_atom(name) and is_list(opts) do
    case List.keyfind(extract_all(opts), name, 0) do
      {_, fields} -> fields
      nil -> raise ArgumentError, "no record #{name} found at #{inspect(opts[:from] || opts[:from_lib])}"
    end
  end

  @doc """
  All records of an Erlang header file.
  """
  @spec extract_all(keyword) :: [{atom, keyword}]
  def extract_all(opts) when is_list(opts) do
    path = Record.Extractor.path(opts)

    case Record.Extractor.read(path, opts[:from_lib]) do
      {:ok, source} ->
        Record.Extractor.records(source)

      {:error, _} ->
        raise ArgumentError, "file #{path} does not exist"
    end
  end

  @doc """
  Whether the term is a record of the given name.

      iex> require Record
      iex> Record.is_record({User, "john", 27}, User)
      true
  """
  defguard is_record(data, kind)
           when is_atom(kind) and is_tuple(data) and tuple_size(data) > 0 and :erlang.element(1, data) == kind

  @doc """
  Whether the term is a record: a tuple whose first element is an atom.

      iex> require Record
      iex> Record.is_record({User, "john", 27})
      true
      iex> Record.is_record({})
      false
  """
  defguard is_record(data) when is_tuple(data) and tuple_size(data) > 0 and is_atom(:erlang.element(1, data))

  @doc """
  Defines macros to build and read records of a name, which `tag` may replace in the tuple.

  `name()` and `name(fields)` build one, also in patterns; `name(record, :field)` reads a field, `name(record, fields)`
  updates, `name(record)` gives a keyword list, and `name(:field)` the field's zero-based position.
  """
  defmacro defrecord(name, tag \\ nil, kv) do
    quote generated: true, bind_quoted: [name: name, tag: tag, kv: kv] do
      tag = tag || name
      fields = Record.__fields__(:defrecord, kv)

      defmacro unquote(name)(args \\ []) do
        Record.__access__(unquote(tag), unquote(fields), args, __CALLER__)
      end

      defmacro unquote(name)(record, args) do
        Record.__access__(unquote(tag), unquote(fields), record, args, __CALLER__)
      end
    end
  end

  @doc """
  Like `defrecord/3`, with macros that are private to the module.
  """
  defmacro defrecordp(name, tag \\ nil, kv) do
    quote generated: true, bind_quoted: [name: name, tag: tag, kv: kv] do
      tag = tag || name
      fields = Record.__fields__(:defrecordp, kv)

      defmacrop unquote(name)(args \\ []) do
        Record.__access__(unquote(tag), unquote(fields), args, __CALLER__)
      end

      defmacrop unquote(name)(record, args) do
        Record.__access__(unquote(tag), unquote(fields), record, args, __CALLER__)
      end
    end
  end

  # Defaults are put into code, so they are escaped here, once.
  @doc false
  def __fields__(type, fields) do
    escaped =
      for field <- fields do
        case field do
          {key, value} when is_atom(key) -> {key, Macro.escape(value)}
          key when is_atom(key) -> {key, nil}
          other -> raise ArgumentError, "#{type} fields must be atoms, got: #{inspect(other)}"
        end
      end

    Macro.escape(escaped)
  end

  @doc false
  def __access__(tag, fields, args, caller) do
    cond do
      is_atom(args) ->
        index(tag, fields, args)

      Keyword.keyword?(args) ->
        create(tag, fields, args, caller)

      true ->
        fields = Macro.escape(fields)

        case Macro.expand(args, caller) do
          {:{}, _, [^tag | values]} when length(values) == length(fields) -> :ok
          _ -> :ok
        end

        quote(do: Record.__keyword__(unquote(tag), unquote(fields), unquote(args)))
    end
  end

  @doc false
  def __access__(tag, fields, record, args, caller) do
    cond do
      is_atom(args) and args != nil ->
        quote(do: :erlang.element(unquote(index(tag, fields, args) + 1), unquote(record)))

      Keyword.keyword?(args) and caller.context != nil ->
        raise ArgumentError, "cannot invoke update style macro inside #{caller.context}"

      Keyword.keyword?(args) ->
        Enum.reduce(args, record, fn {key, value}, acc ->
          quote(do: :erlang.setelement(unquote(index(tag, fields, key) + 1), unquote(acc), unquote(value)))
        end)

      true ->
        raise ArgumentError,
              "expected arguments to be a compile time atom or a keyword list, got: " <> Macro.to_string(args)
    end
  end

  defp index(tag, fields, field) do
    case Enum.find_index(fields, fn {key, _} -> key == field end) do
      nil -> raise ArgumentError, "record #{inspect(tag)} does not have the key: #{inspect(field)}"
      index -> index + 1
    end
  end

  # In a pattern the fields that are not given match anything; `_: value` stands for all of them.
  defp create(tag, fields, args, caller) do
    {all, args} = Keyword.pop(args, :_)

    for {key, _} <- args, not Keyword.has_key?(fields, key) do
      raise ArgumentError, "record #{inspect(tag)} does not have the key: #{inspect(key)}"
    end

    values =
      for {key, default} <- fields do
        case Keyword.fetch(args, key) do
          {:ok, value} -> value
          :error when all != nil -> all
          :error -> if caller.context == :match, do: {:_, [], nil}, else: default
        end
      end

    {:{}, [], [tag | values]}
  end

  @doc false
  def __keyword__(tag, fields, record) do
    if is_record(record, tag) and tuple_size(record) == length(fields) + 1 do
      [_tag | values] = Tuple.to_list(record)
      Enum.zip_with(fields, values, fn {key, _default}, value -> {key, value} end)
    else
      raise ArgumentError,
            "expected argument to be a #{inspect(tag)} record with #{length(fields)} fields, got: " <> inspect(record)
    end
  end
end

defmodule Record.Extractor do
  @moduledoc false

  def path(opts) do
    case {opts[:from], opts[:from_lib]} do
      {nil, nil} ->
        raise ArgumentError, "expected :from or :from_lib to be given as option"

      {from, nil} ->
        from

      {nil, from_lib} ->
        [app | rest] = Path.split(from_lib)

        case :code.lib_dir(String.to_atom(app)) do
          {:error, _} -> from_lib
          dir -> Path.join([List.to_string(dir) | rest])
        end
    end
  end

  # Header files of the library itself are no files.
  def read(_path, "kernel/include/file.hrl") do
    fields = "size, type, access, atime, mtime, ctime, mode, links, major_device, minor_device, inode, uid, gid"
    {:ok, "-record(file_info, {#{fields}}).\n-record(file_descriptor, {module, data})."}
  end

  def read(path, _from_lib), do: File.read(path)

  # A record is `-record(name, {field, field = default, field :: type, ...}).`
  def records(source) do
    source = Regex.replace(~r/%[^\n]*/, source, "")

    for [_, name, body] <- Regex.scan(~r/-record\(\s*'?([\w@]+)'?\s*,\s*\{(.*?)\}\s*\)\s*\./s, source) do
      {String.to_atom(name), for(field <- fields(body), do: field(field))}
    end
  end

  # Commas inside brackets belong to defaults and types.
  defp fields(body), do: fields(body, 0, "", []) |> Enum.map(&String.trim/1) |> Enum.reject(&(&1 == ""))

  defp fields(<<char, rest::binary>>, depth, acc, done) when char in [?(, ?[, ?{], do: fields(rest, depth + 1, acc <> <<char>>, done)
  defp fields(<<char, rest::binary>>, depth, acc, done) when char in [?), ?], ?}], do: fields(rest, depth - 1, acc <> <<char>>, done)
  defp fields(<<?,, rest::binary>>, 0, acc, done), do: fields(rest, 0, "", [acc | done])
  defp fields(<<char::utf8, rest::binary>>, depth, acc, done), do: fields(rest, depth, acc <> <<char::utf8>>, done)
  defp fields("", _depth, acc, done), do: Enum.reverse([acc | done])

  defp field(text) do
    [left | _type] = String.split(text, "::", parts: 2)

    case String.split(left, "=", parts: 2) do
      [name] -> {name(name), :undefined}
      [name, default] -> {name(name), default(String.trim(default))}
    end
  end

  defp name(text), do: text |> String.trim() |> String.trim("'") |> String.to_atom()

  defp default("[]"), do: []
  defp default("{}"), do: {}
  defp default("<<>>"), do: ""
  defp default("\"" <> rest), do: rest |> String.trim_trailing("\"") |> String.to_charlist()
  defp default("'" <> _ = text), do: name(text)

  defp default(text) do
    case Integer.parse(text) do
      {integer, ""} -> integer
      _ -> if text =~ ~r/^[a-z]\w*$/, do: String.to_atom(text), else: :undefined
    end
  end
end
