defmodule ExUnit.DocTest.Error do
  @moduledoc false
  defexception [:message]
end

defmodule ExUnit.DocTest do
  @moduledoc ~S"""
  Tests made of the examples in documentation.

      defmodule MyModuleTest do
        use ExUnit.Case, async: true
        doctest MyModule
      end

  An example is a line with `iex>` and lines with `...>` that continue it; what follows, up to an empty line or the
  next `iex>`, is its expected value. Examples that are not parted by an empty line are one test and share
  variables. An expectation `** (SomeError) message` stands for an exception, and one of the form `#Name<...>` is compared with
  the inspected value. An example without expectation is only run.
  """

  @doc """
  Defines the tests of a module's documentation.

  Options: `:only` and `:except` (lists of `name: arity`, and `:moduledoc`), `:import` (import the module into the
  tests), and `:tags`.
  """
  defmacro doctest(mod, opts \\ []) do
    require_module =
      if is_atom(Macro.expand(mod, __CALLER__)) do
        quote do
          require unquote(mod)
        end
      end

    tests =
      quote bind_quoted: [mod: mod, opts: opts] do
        env = __ENV__
        file = ExUnit.DocTest.__file__(mod)

        for {name, test, tags} <- ExUnit.DocTest.__doctests__(mod, opts) do
          @file {file, 1}
          doc = ExUnit.Case.register_test(env.module, env.file, env.line, :doctest, name, tags)
          def unquote(doc)(_), do: unquote(test)
        end
      end

    [require_module, tests]
  end

  @doc """
  Defines the tests of a Markdown file. Option: `:tags`.
  """
  defmacro doctest_file(file, opts \\ []) do
    quote bind_quoted: [file: file, opts: opts] do
      env = __ENV__
      file = Path.relative_to_cwd(file)
      @external_resource file

      for {name, test, tags} <- ExUnit.DocTest.__file_doctests__(file, opts) do
        @file {"(for doctest at) " <> file, 1}
        doc = ExUnit.Case.register_test(env.module, env.file, env.line, :doctest, name, tags)
        def unquote(doc)(_), do: unquote(test)
      end
    end
  end

  @doc false
  def __file__(module) do
    "(for doctest at) " <> source(module)
  end

  defp source(module) do
    source = module.module_info(:compile)[:source]
    Path.relative_to_cwd(IO.chardata_to_string(source || "nofile"))
  end

  @doc false
  def __doctests__(module, opts) do
    import? = Keyword.get(opts, :import, false)
    file = source(module)

    module
    |> extract()
    |> filter(opts)
    |> Enum.flat_map(fn {what, line, doc} ->
      for examples <- parse(doc, line, file, module), do: {what, examples}
    end)
    |> Enum.with_index(1)
    |> Enum.map(fn {{what, examples}, index} ->
      {test_name(what, module, index), test_code(examples, module, import?, file),
       [doctest: module] ++ tags(opts)}
    end)
  end

  @doc false
  def __file_doctests__(file, opts) do
    file
    |> File.read!()
    |> parse(0, file, :file)
    |> Enum.with_index(1)
    |> Enum.map(fn {examples, index} ->
      {"#{file} (#{index})", test_code(examples, :file, false, file), [doctest: file] ++ tags(opts)}
    end)
  end

  defp tags(opts), do: Keyword.get(opts, :tags, [])

  defp test_name(:moduledoc, module, index), do: "module #{inspect(module)} (#{index})"
  defp test_name({name, arity}, module, index), do: "#{Exception.format_mfa(module, name, arity)} (#{index})"

  # ---- Documentation ----

  # Returns `{:moduledoc | {name, arity}, line, text}` of everything that is documented.
  defp extract(module) do
    case Code.ensure_compiled(module) do
      {:module, _} -> :ok
      {:error, _} -> raise ExUnit.DocTest.Error, "module #{inspect(module)} could not be found"
    end

    case Code.fetch_docs(module) do
      {:docs_v1, anno, _, _, moduledoc, _, docs} ->
        extract_moduledoc(anno, moduledoc) ++ Enum.flat_map(Enum.sort(docs), &extract_doc/1)

      {:error, _reason} ->
        raise ExUnit.DocTest.Error,
              "could not retrieve the documentation for module #{inspect(module)}. " <>
                "The module was not compiled with documentation or its BEAM file cannot be accessed"
    end
  end

  defp extract_moduledoc(anno, %{"en" => doc}), do: [{:moduledoc, line(anno), doc}]
  defp extract_moduledoc(_anno, _doc), do: []

  defp extract_doc({{kind, name, arity}, anno, _signature, %{"en" => doc}, _meta})
       when kind in [:function, :macro],
       do: [{{name, arity}, line(anno), doc}]

  defp extract_doc(_), do: []

  defp line(anno) when is_integer(anno), do: anno
  defp line({line, _column}), do: line
  defp line(anno) when is_list(anno), do: line(Keyword.get(anno, :location, 0))

  defp filter(extracted, opts) do
    case {Keyword.get(opts, :only, []), Keyword.get(opts, :except, [])} do
      {[], []} -> extracted
      {[], except} -> Enum.reject(extracted, fn {what, _, _} -> what in except end)
      {only, []} -> Enum.filter(extracted, fn {what, _, _} -> what in only end)
      {only, except} -> Enum.filter(extracted, fn {what, _, _} -> what in only and what not in except end)
    end
  end

  # ---- Parsing ----

  # Returns a list of tests; a test is a list of examples
  # `%{exprs: [{code, line}], expected: expected, line: line, formatted: text}`.
  defp parse(doc, line, file, module) do
    doc
    |> String.split(["\r\n", "\n"])
    |> Enum.with_index(line + 1)
    |> Enum.map(fn {text, line} -> {classify(text), line} end)
    |> parse_lines([], [], %{file: file, module: module})
  end

  defp classify(text) do
    trimmed = String.trim_leading(text)
    indent = byte_size(text) - byte_size(trimmed)

    cond do
      trimmed == "" -> :blank
      code = prompt(trimmed, "iex") -> {:iex, indent, code}
      code = prompt(trimmed, "...") -> {:continue, indent, code}
      String.starts_with?(trimmed, ["```", "~~~"]) -> :fence
      true -> {:text, indent, text}
    end
  end

  # What follows `iex>` or `iex(1)>`.
  defp prompt(text, prompt) do
    size = byte_size(prompt)

    case text do
      <<^prompt::binary-size(size), ">", rest::binary>> -> strip_space(rest)
      <<^prompt::binary-size(size), "(", rest::binary>> -> numbered(rest)
      _ -> nil
    end
  end

  defp numbered(<<digit, rest::binary>>) when digit in ?0..?9, do: numbered(rest)
  defp numbered(<<")>", rest::binary>>), do: strip_space(rest)
  defp numbered(_), do: nil

  defp strip_space(" " <> rest), do: rest
  defp strip_space(rest), do: rest

  # `examples` are those of the test at hand, newest first.
  defp parse_lines([{{:iex, indent, code}, line} | rest], examples, tests, env) do
    {exprs, rest} = take_exprs(rest, [{[code], line}], indent)
    {expected, rest} = take_expected(rest, indent, [])
    example = %{exprs: Enum.reverse(exprs), expected: expected, line: line}

    case rest do
      [{{:iex, _, _}, _} | _] -> parse_lines(rest, [example | examples], tests, env)
      _ -> parse_lines(rest, [], [Enum.reverse([example | examples]) | tests], env)
    end
  end

  defp parse_lines([{{:continue, _, code}, line} | rest], [], tests, env) do
    if code == "" do
      parse_lines(rest, [], tests, env)
    else
      raise ExUnit.DocTest.Error,
            "#{env.file}:#{line}: expected non-blank line to follow iex> prompt, or iex> before ...> #{code}"
    end
  end

  defp parse_lines([_ | rest], examples, tests, env), do: parse_lines(rest, examples, tests, env)
  defp parse_lines([], _examples, tests, _env), do: Enum.reverse(tests)

  # Expressions up to the first expectation: later prompts without one between belong to the same example.
  defp take_exprs([{{:continue, _, code}, _} | rest], [{lines, line} | exprs], indent),
    do: take_exprs(rest, [{[code | lines], line} | exprs], indent)

  defp take_exprs([{{:iex, _, code}, line} | rest], exprs, indent),
    do: take_exprs(rest, [{[code], line} | exprs], indent)

  defp take_exprs(rest, exprs, _indent), do: {exprs, rest}

  defp take_expected([{{:text, _, text}, _} | rest], indent, lines),
    do: take_expected(rest, indent, [strip_indent(text, indent) | lines])

  defp take_expected(rest, _indent, []), do: {nil, rest}
  defp take_expected(rest, _indent, lines), do: {lines |> Enum.reverse() |> Enum.join("\n"), rest}

  defp strip_indent(text, 0), do: text
  defp strip_indent(<<char, rest::binary>>, n) when char in [?\s, ?\t], do: strip_indent(rest, n - 1)
  defp strip_indent(text, _n), do: text

  # ---- Code ----

  defp test_code(examples, module, import?, file) do
    statements = for example <- examples, do: example_code(example, module, file)

    imported =
      if import? do
        [
          quote do
            import unquote(module)
          end
        ]
      else
        []
      end

    {:__block__, [], imported ++ statements}
  end

  defp example_code(%{exprs: exprs, expected: expected, line: line} = example, module, file) do
    exprs = for {lines, line} <- exprs, do: {lines |> Enum.reverse() |> Enum.join("\n"), line}
    expected = expectation(expected)

    stack =
      Macro.escape([{module_name(module), :__MODULE__, 0, [file: String.to_charlist(file), line: line]}])

    doctest = formatted(exprs, expected)
    {before, [{last, last_line}]} = Enum.split(exprs, -1)

    with {:ok, before} <- quoted_all(before, file),
         {:ok, last_quoted} <- quoted(last, file, last_line),
         {:ok, check} <- check(expected, last, last_quoted, doctest, stack, file, example.line) do
      {:__block__, [], before ++ [check]}
    else
      {:error, exception} ->
        quote do
          ExUnit.DocTest.__error__(unquote(exception), unquote(doctest), unquote(stack))
        end
    end
  end

  defp module_name(:file), do: nil
  defp module_name(module), do: module

  defp expectation(nil), do: nil

  defp expectation("** (" <> rest = text) do
    case String.split(rest, ")", parts: 2) do
      [name, message] -> {:error, Module.concat([name]), String.replace_prefix(message, " ", "")}
      _ -> {:value, text}
    end
  end

  defp expectation(text) do
    if opaque?(text), do: {:inspect, text}, else: {:value, text}
  end

  # `#Name<...>` is no code, but what inspection makes of some values.
  defp opaque?(text) do
    String.starts_with?(text, "#") and String.ends_with?(text, ">") and
      case text do
        <<"#", char, _::binary>> when char in ?A..?Z -> String.contains?(text, "<")
        _ -> false
      end
  end

  defp formatted(exprs, expected) do
    lines =
      for {code, _line} <- exprs do
        code
        |> String.split("\n")
        |> Enum.with_index()
        |> Enum.map_join("\n", fn {text, index} -> if(index == 0, do: "iex> ", else: "...> ") <> text end)
      end

    Enum.join(lines ++ formatted_expected(expected), "\n")
  end

  defp formatted_expected(nil), do: []
  defp formatted_expected({:value, text}), do: [text]
  defp formatted_expected({:inspect, text}), do: [inspect(text)]

  defp formatted_expected({:error, exception, message}),
    do: ["** (#{inspect(exception)}) #{inspect(message)}"]

  defp quoted_all(exprs, file) do
    Enum.reduce_while(exprs, {:ok, []}, fn {code, line}, {:ok, done} ->
      case quoted(code, file, line) do
        {:ok, quoted} -> {:cont, {:ok, done ++ [quoted]}}
        error -> {:halt, error}
      end
    end)
  end

  defp quoted(code, file, line) do
    {:ok, Code.string_to_quoted!(code, file: file, line: line)}
  rescue
    error -> {:error, "(#{inspect(error.__struct__)}) #{Exception.message(error)}"}
  end

  defp check(nil, _code, quoted, _doctest, _stack, _file, _line), do: {:ok, quoted}

  defp check({:value, text}, code, quoted, doctest, stack, file, line) do
    with {:ok, expected} <- quoted(text, file, line) do
      check =
        quote do
          value = unquote(quoted)

          ExUnit.DocTest.__test__(
            value,
            unquote(expected),
            unquote(doctest),
            unquote(code),
            unquote(text),
            unquote(stack)
          )

          value
        end

      {:ok, check}
    end
  end

  defp check({:inspect, text}, code, quoted, doctest, stack, _file, _line) do
    check =
      quote do
        value = unquote(quoted)

        ExUnit.DocTest.__inspect__(
          value,
          unquote(text),
          unquote(doctest),
          unquote(code),
          unquote(inspect(text)),
          unquote(stack)
        )

        value
      end

    {:ok, check}
  end

  defp check({:error, exception, message}, _code, quoted, doctest, stack, _file, _line) do
    check =
      quote do
        ExUnit.DocTest.__error__(
          fn -> unquote(quoted) end,
          unquote(message),
          unquote(exception),
          unquote(doctest),
          unquote(stack)
        )
      end

    {:ok, check}
  end

  # ---- What tests call ----

  @doc false
  def __test__(value, expected, doctest, code, expected_code, stack) do
    if value === expected do
      :ok
    else
      error =
        ExUnit.AssertionError.exception(
          message: "Doctest failed",
          doctest: doctest,
          expr: "#{code} === #{expected_code}",
          left: value,
          right: expected
        )

      reraise error, stack
    end
  end

  @doc false
  def __inspect__(value, expected, doctest, code, expected_code, stack) do
    case inspect(value, safe: false) do
      ^expected ->
        :ok

      actual ->
        error =
          ExUnit.AssertionError.exception(
            message: "Doctest failed",
            doctest: doctest,
            expr: "inspect(#{code}) === #{expected_code}",
            left: actual,
            right: expected
          )

        reraise error, stack
    end
  end

  @doc false
  def __error__(reason, doctest, stack) do
    error =
      ExUnit.AssertionError.exception(message: "Doctest did not compile, got: #{reason}", doctest: doctest)

    reraise error, stack
  end

  @doc false
  def __error__(fun, message, exception, doctest, stack) do
    result =
      try do
        fun.()
        :none
      rescue
        error -> {error, __STACKTRACE__}
      end

    failure =
      case result do
        :none ->
          "Doctest failed: expected exception #{inspect(exception)} but nothing was raised"

        {%{__struct__: ^exception} = error, _} ->
          actual = Exception.message(error)

          if actual != message do
            "Doctest failed: wrong message for #{inspect(exception)}\nexpected:\n  #{inspect(message)}\nactual:\n  #{inspect(actual)}"
          end

        {error, stacktrace} ->
          message =
            "Doctest failed: expected exception #{inspect(exception)} but got #{inspect(error.__struct__)} with message #{inspect(Exception.message(error))}"

          reraise ExUnit.AssertionError.exception(message: message, doctest: doctest), stack ++ stacktrace
      end

    if failure,
      do: reraise(ExUnit.AssertionError.exception(message: failure, doctest: doctest), stack),
      else: :ok
  end
end
