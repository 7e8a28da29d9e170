defmodule Code do
  @moduledoc ~S"""
  Functions to parse, format, evaluate, compile and load code.

      iex> {value, _binding} = Code.eval_string("a + b", a: 1, b: 2)
      iex> value
      3

  Evaluated code runs with all rights of this VM: never evaluate text from strangers. Loading and compiling code makes
  modules available in the whole VM.
  """

  @type binding :: [{atom | tuple, any}]
  @type position :: non_neg_integer | {pos_integer, pos_integer}

  @boolean_options [:docs, :debug_info, :ignore_already_consolidated, :ignore_module_conflict, :infer_signatures, :relative_paths]
  @list_options [:no_warn_undefined, :tracers, :parser_options, :on_undefined_variable]

  ## Diagnostics

  @doc """
  Calls a function and collects the compiler's errors and warnings: `{result, diagnostics}`.

  They are printed as well with `log: true`. Each is a map with `:message`, `:severity`, `:file`, `:source`, `:position`, `:span`
  and `:stacktrace`.

      iex> {_, [diagnostic]} = Code.with_diagnostics(fn -> Code.eval_string("fn x -> 1 end") end)
      iex> diagnostic.severity
      :warning
  """
  @spec with_diagnostics(keyword, (-> result)) :: {result, [map]} when result: term
  def with_diagnostics(opts \\ [], fun) when is_list(opts) and is_function(fun, 0),
    do: Code.Diagnostics.with_diagnostics(Keyword.get(opts, :log, false), fun)

  @doc """
  Prints a diagnostic to standard error as the compiler does; with `snippet: false` without the source line.
  """
  @spec print_diagnostic(map, keyword) :: :ok
  def print_diagnostic(diagnostic, opts \\ []) when is_map(diagnostic) and is_list(opts),
    do: IO.__print_diagnostic__(diagnostic, Keyword.get(opts, :snippet, true))

  ## Evaluation

  @doc """
  Evaluates text; returns its value and the variables afterwards.

  The third argument is an environment (`__ENV__`) or a keyword list with `:file`, `:line` and `:module`.

      iex> Code.eval_string("c = a + b", [a: 1, b: 2], __ENV__) |> elem(0)
      3
  """
  @spec eval_string(List.Chars.t(), binding, Macro.Env.t() | keyword) :: {term, binding}
  def eval_string(string, binding \\ [], opts \\ [])

  def eval_string(string, binding, opts) do
    :phial_compiler.eval_string(to_binary(string), binding, environment(opts))
  end

  @doc """
  Evaluates quoted code; returns its value and the variables afterwards.

      iex> Code.eval_quoted(quote(do: var!(a) + var!(b)), a: 1, b: 2) |> elem(0)
      3
  """
  @spec eval_quoted(Macro.t(), binding, Macro.Env.t() | keyword) :: {term, binding}
  def eval_quoted(quoted, binding \\ [], env_or_opts \\ []) do
    :phial_compiler.eval_quoted(quoted, binding, environment(env_or_opts))
  end

  @doc """
  Evaluates quoted code in an environment; returns the value, the variables and the environment afterwards.

  With `prune_binding: true` only variables that the code uses are returned.
  """
  @spec eval_quoted_with_env(Macro.t(), binding, Macro.Env.t(), keyword) :: {term, binding, Macro.Env.t()}
  def eval_quoted_with_env(quoted, binding, %{__struct__: Macro.Env} = env, opts \\ []) do
    {value, new_binding, env} = :phial_compiler.eval_quoted_with_env(quoted, binding, env)

    if Keyword.get(opts, :prune_binding, false) do
      {value, Enum.filter(new_binding, fn {name, _} -> used?(quoted, name) end), env}
    else
      {value, new_binding, env}
    end
  end

  defp used?(quoted, {name, context}), do: uses?(quoted, name, context)
  defp used?(quoted, name), do: uses?(quoted, name, nil)

  defp uses?(quoted, name, context) do
    Enum.any?(Macro.prewalker(quoted), &match?({^name, _, ^context}, &1))
  end

  defp environment(%{__struct__: Macro.Env} = env), do: env
  defp environment(opts) when is_list(opts), do: opts

  @doc """
  An environment for evaluation, from `:file`, `:line` and `:module` or another environment.
  """
  @spec env_for_eval(Macro.Env.t() | keyword) :: Macro.Env.t()
  def env_for_eval(env_or_opts), do: :phial_compiler.env_for_eval(env_or_opts)

  @doc """
  Evaluates a file; returns its value and variables.
  """
  @spec eval_file(binary, nil | binary) :: {term, binding}
  def eval_file(file, relative_to \\ nil) when is_binary(file) do
    {source, file} = read_source!(file, relative_to)
    eval_string(source, [], file: file, line: 1)
  end

  defp to_binary(string) when is_binary(string), do: string
  defp to_binary(charlist), do: List.to_string(charlist)

  defp read_source!(file, relative_to) do
    path = if relative_to, do: Path.expand(file, relative_to), else: Path.expand(file)

    case File.read(path) do
      {:ok, source} -> {source, path}
      {:error, reason} -> raise Code.LoadError, file: path, reason: reason
    end
  end

  ## Parsing

  @doc """
  Parses text to quoted code: `{:ok, quoted}` or `{:error, {meta, message, token}}`.

  The options are `:file`, `:line`, `:column`, `:columns`, `:unescape`, `:existing_atoms_only`, `:token_metadata`,
  `:literal_encoder`, `:static_atoms_encoder`, `:emit_warnings`.

      iex> Code.string_to_quoted("1 + 2")
      {:ok, {:+, [line: 1], [1, 2]}}
  """
  @spec string_to_quoted(List.Chars.t(), keyword) :: {:ok, Macro.t()} | {:error, {keyword, binary | {binary, binary}, binary}}
  def string_to_quoted(string, opts \\ []), do: :phial_compiler.string_to_quoted(to_binary(string), opts)

  @doc """
  Like `string_to_quoted/2`, but raises `SyntaxError`, `TokenMissingError` or `MismatchedDelimiterError`.

      iex> Code.string_to_quoted!("foo(1)")
      {:foo, [line: 1], [1]}
  """
  @spec string_to_quoted!(List.Chars.t(), keyword) :: Macro.t()
  def string_to_quoted!(string, opts \\ []) do
    source = to_binary(string)

    case :phial_compiler.string_to_quoted(source, opts) do
      {:ok, quoted} -> quoted
      {:error, error} -> raise_syntax_error(error, source, opts)
    end
  end

  @doc """
  Like `string_to_quoted/2`, with the comments: `{:ok, quoted, comments}`.

  A comment is a map with `:line`, `:column`, `:text`, `:previous_eol_count` and `:next_eol_count`.

      iex> {:ok, :foo, [comment]} = Code.string_to_quoted_with_comments(":foo # :bar")
      iex> comment.text
      "# :bar"
  """
  def string_to_quoted_with_comments(string, opts \\ []) do
    source = to_binary(string)

    case :phial_compiler.string_to_quoted(source, opts) do
      {:ok, quoted} -> {:ok, quoted, Code.Comments.extract(source, Keyword.get(opts, :line, 1))}
      {:error, error} -> {:error, error}
    end
  end

  @doc """
  Like `string_to_quoted_with_comments/2`, but raises for errors and returns `{quoted, comments}`.
  """
  def string_to_quoted_with_comments!(string, opts \\ []) do
    source = to_binary(string)
    {string_to_quoted!(source, opts), Code.Comments.extract(source, Keyword.get(opts, :line, 1))}
  end

  defp raise_syntax_error({meta, message, token}, source, opts) do
    file = Keyword.get(opts, :file, "nofile")
    line = meta[:line]
    column = meta[:column]
    first = Keyword.get(opts, :line, 1)

    description =
      case message do
        {prefix, suffix} -> prefix <> token <> suffix
        "syntax error before: " -> message <> readable_token(token)
        message -> message <> token
      end

    position = [file: file, line: line, column: column, description: description]

    cond do
      meta[:closing_delimiter] ->
        raise MismatchedDelimiterError,
              position ++ delimiters(meta) ++ [snippet: snippet(source, line - first, meta[:end_line] - first)]

      meta[:end_line] && meta[:opening_delimiter] == nil ->
        raise TokenMissingError,
          file: file,
          line: meta[:end_line],
          column: meta[:end_column],
          description: "syntax error: expression is incomplete",
          snippet: snippet(source, meta[:end_line] - first, meta[:end_line] - first)

      meta[:end_line] ->
        raise TokenMissingError, position ++ delimiters(meta) ++ [snippet: snippet(source, line - first, meta[:end_line] - first)]

      String.contains?(description, "expression is incomplete") ->
        raise TokenMissingError, position ++ [snippet: snippet(source, line - first, line - first)]

      true ->
        raise SyntaxError, position ++ [snippet: snippet(source, line - first, line - first)]
    end
  end

  @reserved ~w(and or not in when fn do end after else rescue catch true false nil)
  @quoted_reserved for word <- @reserved, do: "'" <> word <> "'"

  defp readable_token(token) when token in @reserved or token in @quoted_reserved do
    word = String.trim(token, "'")

    "#{word}. \"#{word}\" is a reserved word in Elixir and therefore its usage is limited. For instance, " <>
      "it can't be used as a variable or be defined nor invoked as a regular function"
  end

  defp readable_token("[" <> _ = token) do
    if String.starts_with?(token, "[<<") and String.ends_with?(token, ">>]"), do: String.slice(token, 3..-4//1), else: "\""
  end

  defp readable_token("$" <> character), do: "?" <> character
  defp readable_token(token), do: token

  defp delimiters(meta) do
    Keyword.take(meta, [:end_line, :end_column, :opening_delimiter, :closing_delimiter, :expected_delimiter])
  end

  defp snippet(source, first, last) do
    source |> String.split(["\r\n", "\n"]) |> Enum.slice(first, max(last - first, 0) + 1) |> Enum.join("\n")
  end

  ## Formatting

  @doc """
  Formats code; returns iodata.

  The options are `:line_length` (98), `:locals_without_parens`, `:force_do_end_blocks` and those of `string_to_quoted/2`.

      iex> IO.iodata_to_binary(Code.format_string!("foo( 1,2 )"))
      "foo(1, 2)"
  """
  @spec format_string!(binary, keyword) :: iodata
  def format_string!(string, opts \\ []) when is_binary(string) and is_list(opts) do
    line_length = Keyword.get(opts, :line_length, 98)

    to_quoted = [
      file: Keyword.get(opts, :file, "nofile"),
      line: Keyword.get(opts, :line, 1),
      unescape: false,
      literal_encoder: &{:ok, {:__block__, &2, [&1]}},
      token_metadata: true,
      emit_warnings: false
    ]

    {quoted, comments} = string_to_quoted_with_comments!(string, to_quoted)
    doc = Code.Formatter.to_algebra(Code.Comments.attach(quoted, comments), [source: true] ++ opts)
    text = IO.iodata_to_binary(Inspect.Algebra.format(doc, line_length))
    String.trim_trailing(text, "\n")
  end

  @doc """
  Formats a file; returns iodata that ends with a new line.
  """
  @spec format_file!(binary, keyword) :: iodata
  def format_file!(file, opts \\ []) when is_binary(file) and is_list(opts) do
    [format_string!(File.read!(file), [file: file, line: 1] ++ opts), ?\n]
  end

  @doc """
  Turns quoted code into a document of `Inspect.Algebra`; `:comments` are placed by their lines.
  """
  @spec quoted_to_algebra(Macro.t(), keyword) :: Inspect.Algebra.t()
  def quoted_to_algebra(quoted, opts \\ []) do
    case Keyword.get(opts, :comments, []) do
      [] -> Code.Formatter.to_algebra(quoted, opts)
      comments -> Code.Formatter.to_algebra(Code.Comments.attach(quoted, comments), [source: true] ++ opts)
    end
  end

  ## Compilation

  @doc """
  Compiles text; returns `[{module, binary}]`, the modules it defines.

      iex> [{CodeExample, _}] = Code.compile_string("defmodule CodeExample do end")
  """
  @spec compile_string(List.Chars.t(), binary) :: [{module, binary}]
  def compile_string(string, file \\ "nofile") when is_binary(file) do
    :phial_compiler.compile_string(to_binary(string), file)
  end

  @doc """
  Compiles quoted code; returns `[{module, binary}]`.
  """
  @spec compile_quoted(Macro.t(), binary) :: [{module, binary}]
  def compile_quoted(quoted, file \\ "nofile") when is_binary(file), do: :phial_compiler.compile_quoted(quoted, file)

  @doc """
  Compiles a file; returns `[{module, binary}]`.
  """
  @spec compile_file(binary, nil | binary) :: [{module, binary}]
  def compile_file(file, relative_to \\ nil) when is_binary(file) do
    {source, path} = read_source!(file, relative_to)
    :phial_compiler.compile_string(source, path)
  end

  @doc """
  Compiles a file unless it was required before; returns `[{module, binary}]` or `nil`.
  """
  @spec require_file(binary, nil | binary) :: [{module, binary}] | nil
  def require_file(file, relative_to \\ nil) when is_binary(file) do
    {source, path} = read_source!(file, relative_to)

    if path in required_files() do
      nil
    else
      put_required([path | required_files()])
      :phial_compiler.compile_string(source, path)
    end
  end

  @doc """
  The files that were required.
  """
  @spec required_files() :: [binary]
  def required_files(), do: :persistent_term.get({Code, :required_files}, [])

  @doc """
  Forgets that files were required, so that they can be required again.
  """
  @spec unrequire_files([binary]) :: :ok
  def unrequire_files(files) when is_list(files), do: put_required(required_files() -- files)

  defp put_required(files), do: :persistent_term.put({Code, :required_files}, files)

  @doc false
  @deprecated "Use Code.required_files/0 instead"
  def loaded_files(), do: required_files()

  @doc false
  @deprecated "Use Code.unrequire_files/1 instead"
  def unload_files(files), do: unrequire_files(files)

  @doc false
  @deprecated "Use Code.require_file/2 or Code.compile_file/2 instead"
  def load_file(file, relative_to \\ nil), do: compile_file(file, relative_to)

  ## Options

  @doc """
  The names of the compiler's options.

      iex> :docs in Code.available_compiler_options()
      true
  """
  @spec available_compiler_options() :: [atom]
  def available_compiler_options(), do: @boolean_options ++ @list_options

  @doc """
  The value of a compiler option.

      iex> is_boolean(Code.get_compiler_option(:ignore_module_conflict))
      true
  """
  @spec get_compiler_option(atom) :: term
  def get_compiler_option(key) when key in @boolean_options or key in @list_options do
    :persistent_term.get({Code, key}, default_option(key))
  end

  @doc """
  Sets a compiler option for the whole VM.
  """
  @spec put_compiler_option(atom, term) :: :ok
  def put_compiler_option(key, value) when key in @boolean_options do
    if not is_boolean(value) do
      raise "compiler option #{inspect(key)} should be a boolean, got: #{inspect(value)}"
    end

    :persistent_term.put({Code, key}, value)
  end

  def put_compiler_option(key, value) when key in @list_options, do: :persistent_term.put({Code, key}, value)
  def put_compiler_option(:warnings_as_errors, _value), do: :ok
  def put_compiler_option(key, _value), do: raise("unknown compiler option: #{inspect(key)}")

  defp default_option(key) when key in [:docs, :debug_info, :infer_signatures], do: true
  defp default_option(key) when key in @boolean_options, do: false
  defp default_option(:on_undefined_variable), do: :raise
  defp default_option(_key), do: []

  @doc """
  All compiler options as a map.
  """
  @spec compiler_options() :: map
  def compiler_options(), do: for(key <- available_compiler_options(), into: %{}, do: {key, get_compiler_option(key)})

  @doc """
  Sets compiler options; returns their former values.
  """
  @spec compiler_options(Enumerable.t()) :: map
  def compiler_options(opts) do
    for {key, value} <- opts, into: %{} do
      previous = if key == :warnings_as_errors, do: false, else: get_compiler_option(key)
      put_compiler_option(key, value)
      {key, previous}
    end
  end

  @doc """
  Removes modules that the compiler made for its own use; there are none, so the count is 0.

      iex> Code.purge_compiler_modules()
      {:ok, 0}
  """
  @spec purge_compiler_modules() :: {:ok, non_neg_integer}
  def purge_compiler_modules(), do: {:ok, 0}

  ## Loading

  @doc """
  Loads the module if it is not loaded: `{:module, module}` or `{:error, reason}`.

      iex> Code.ensure_loaded(Atom)
      {:module, Atom}
      iex> Code.ensure_loaded(DoesNotExist)
      {:error, :nofile}
  """
  @spec ensure_loaded(module) :: {:module, module} | {:error, :embedded | :badfile | :nofile | :on_load_failure}
  def ensure_loaded(module) when is_atom(module), do: :phial_code.ensure_loaded(module)

  @doc """
  Whether the module is loaded or can be.

      iex> Code.ensure_loaded?(Atom)
      true
  """
  @spec ensure_loaded?(module) :: boolean
  def ensure_loaded?(module) when is_atom(module), do: match?({:module, _}, ensure_loaded(module))

  @doc """
  Loads the module if it is not loaded, and returns it; raises `ArgumentError` if it cannot be loaded.

      iex> Code.ensure_loaded!(Atom)
      Atom
  """
  @spec ensure_loaded!(module) :: module
  def ensure_loaded!(module) when is_atom(module) do
    case ensure_loaded(module) do
      {:module, module} ->
        module

      {:error, reason} ->
        raise ArgumentError, "could not load module #{inspect(module)} due to reason #{inspect(reason)}"
    end
  end

  @doc """
  Loads the modules: `:ok`, or `{:error, [{module, reason}]}` for those that cannot be loaded.

      iex> Code.ensure_all_loaded([Atom, String])
      :ok
  """
  @spec ensure_all_loaded([module]) :: :ok | {:error, [{module, atom}]}
  def ensure_all_loaded(modules) when is_list(modules) do
    case for(module <- modules, {:error, reason} <- [ensure_loaded(module)], do: {module, reason}) do
      [] -> :ok
      errors -> {:error, errors}
    end
  end

  @doc """
  Like `ensure_all_loaded/1`, but raises `ArgumentError`.
  """
  @spec ensure_all_loaded!([module]) :: :ok
  def ensure_all_loaded!(modules) do
    case ensure_all_loaded(modules) do
      :ok ->
        :ok

      {:error, errors} ->
        lines = for {module, reason} <- errors, do: ["\n  * ", inspect(module), " due to reason ", inspect(reason)]
        raise ArgumentError, IO.iodata_to_binary(["could not load the following modules:\n" | lines])
    end
  end

  @doc """
  Whether the module is loaded; does not load it.

      iex> Code.loaded?(Code)
      true
  """
  @spec loaded?(module) :: boolean
  def loaded?(module) when is_atom(module), do: :erlang.module_loaded(module)

  @doc """
  Like `ensure_loaded/1`; while files are compiled side by side, waits for the module if one of them will define it.
  """
  @spec ensure_compiled(module) :: {:module, module} | {:error, :embedded | :badfile | :nofile | :on_load_failure | :unavailable}
  def ensure_compiled(module) when is_atom(module) do
    case ensure_loaded(module) do
      {:module, module} -> {:module, module}
      {:error, reason} -> Kernel.ParallelCompiler.await_module(module, reason)
    end
  end

  @doc """
  Like `ensure_compiled/1`; returns the module or raises `ArgumentError`.

      iex> Code.ensure_compiled!(Atom)
      Atom
  """
  @spec ensure_compiled!(module) :: module
  def ensure_compiled!(module) do
    case ensure_compiled(module) do
      {:module, module} ->
        module

      {:error, reason} ->
        raise ArgumentError, "could not load module #{inspect(module)} due to reason #{inspect(reason)}"
    end
  end

  @doc false
  @deprecated "Use Code.ensure_compiled/1 instead (see the proper disclaimers in its docs)"
  def ensure_compiled?(module), do: match?({:module, _}, ensure_compiled(module))

  @doc """
  Whether the calling process is one that compiles files side by side with others.

      iex> Code.can_await_module_compilation?()
      false
  """
  @spec can_await_module_compilation?() :: boolean
  def can_await_module_compilation?(), do: Kernel.ParallelCompiler.compiling?()

  ## Paths

  @doc """
  Adds a directory at the end of those in which compiled modules are looked for.
  """
  @spec append_path(Path.t(), keyword) :: boolean
  def append_path(path, _opts \\ []) do
    added? = :code.add_pathz(charlist_path(path)) == true
    Protocol.__new_code_path__()
    added?
  end

  @doc """
  Adds directories at the end.
  """
  @spec append_paths([Path.t()], keyword) :: :ok
  def append_paths(paths, opts \\ []) when is_list(paths), do: Enum.each(paths, &append_path(&1, opts))

  @doc """
  Adds a directory before those in which compiled modules are looked for.
  """
  @spec prepend_path(Path.t(), keyword) :: boolean
  def prepend_path(path, _opts \\ []) do
    added? = :code.add_patha(charlist_path(path)) == true
    Protocol.__new_code_path__()
    added?
  end

  @doc """
  Adds directories before the others.
  """
  @spec prepend_paths([Path.t()], keyword) :: :ok
  def prepend_paths(paths, opts \\ []) when is_list(paths) do
    paths |> Enum.reverse() |> Enum.each(&prepend_path(&1, opts))
  end

  @doc """
  Removes a directory from those in which compiled modules are looked for.
  """
  @spec delete_path(Path.t()) :: boolean
  def delete_path(path), do: :code.del_path(charlist_path(path)) == true

  @doc """
  Removes directories.
  """
  @spec delete_paths([Path.t()]) :: :ok
  def delete_paths(paths) when is_list(paths), do: Enum.each(paths, &delete_path/1)

  defp charlist_path(path), do: path |> Path.expand() |> String.to_charlist()

  ## Documentation

  @doc """
  The documentation of a module in the form of Erlang's `:docs_v1`, or `{:error, reason}`.

      iex> {:docs_v1, _, :elixir, _, %{"en" => _}, _, _} = Code.fetch_docs(Atom)
      iex> Code.fetch_docs(ModuleNotGood)
      {:error, :module_not_found}
  """
  def fetch_docs(module_or_path)

  def fetch_docs(module) when is_atom(module) do
    case :phial_code.ensure_loaded(module) do
      {:module, _} ->
        case :phial_compiler.module_docs(module) do
          docs when is_tuple(docs) -> docs
          _ -> {:error, {:invalid_chunk, ""}}
        end

      {:error, _} ->
        {:error, :module_not_found}
    end
  end

  def fetch_docs(path) when is_binary(path) do
    path |> Path.basename() |> Path.rootname() |> String.to_atom() |> fetch_docs()
  end
end
