defmodule ExUnit.DuplicateTestError do
  @moduledoc false
  defexception [:message]
end

defmodule ExUnit.DuplicateDescribeError do
  @moduledoc false
  defexception [:message]
end

defmodule ExUnit.Case do
  @moduledoc """
  Makes a module a test case.

      defmodule MathTest do
        use ExUnit.Case, async: true

        describe "addition" do
          @tag :fast
          test "of two numbers" do
            assert 1 + 1 == 2
          end
        end
      end

  Options of `use`: `:async` (run at the same time as other modules), `:register` (`false` leaves the
  module out of the suite), `:parameterize` (a list of maps: the module runs once with each in its context) and
  `:group` (async modules of one group do not run at the same time).

  Tags, set by `@tag`, `@describetag` and `@moduletag`, are in the context of a test. Known ones: `:skip`, `:timeout`,
  `:capture_log`, `:tmp_dir`.
  """

  @type env :: module | Macro.Env.t()
  @compile {:no_warn_undefined, [ExUnit.Server, ExUnit.Callbacks]}
  @reserved [:module, :file, :line, :test, :async, :registered, :describe]

  @doc false
  defmacro __using__(opts) do
    quote do
      ExUnit.Case.__register__(__MODULE__, unquote(opts))

      import ExUnit.Callbacks
      import ExUnit.Assertions
      import ExUnit.Case, only: [describe: 2, test: 1, test: 2, test: 3]
      import ExUnit.DocTest, only: [doctest: 1, doctest: 2, doctest_file: 1, doctest_file: 2]

      @before_compile ExUnit.Case
      @after_compile ExUnit.Case
    end
  end

  @doc false
  def __register__(module, opts) do
    if not Keyword.keyword?(opts) do
      raise ArgumentError,
            "the argument passed to \"use ExUnit.Case\" must be a keyword list, got: #{inspect(opts)}"
    end

    registered? = Module.has_attribute?(module, :ex_unit_tests)

    if not registered? do
      for attribute <- [
            :tag,
            :describetag,
            :moduletag,
            :ex_unit_registered_test_attributes,
            :ex_unit_registered_describe_attributes,
            :ex_unit_registered_module_attributes
          ],
          do: Module.register_attribute(module, attribute, accumulate: true)

      Module.register_attribute(module, :ex_unit_tests, accumulate: true)
      Module.put_attribute(module, :ex_unit_setups, [])
      Module.put_attribute(module, :ex_unit_describe, nil)
      Module.put_attribute(module, :ex_unit_used_describes, [])
    end

    options =
      if Module.has_attribute?(module, :ex_unit_options),
        do: Module.get_attribute(module, :ex_unit_options),
        else: []

    Module.put_attribute(module, :ex_unit_options, Keyword.merge(options || [], opts))
    :ok
  end

  # ---- Macros ---------------------------------------------------------------------------

  @doc """
  Defines a test. The second argument is a pattern of the test's context.

      test "adds", %{numbers: numbers} do
        assert Enum.sum(numbers) == 6
      end
  """
  defmacro test(message, var \\ quote(do: _), contents) do
    if not is_tuple(var) do
      IO.warn(
        "test context is always a map. The pattern " <>
          "#{inspect(Macro.to_string(var))} will never match",
        __CALLER__
      )
    end

    contents =
      case contents do
        [do: block] ->
          quote do
            unquote(block)
            :ok
          end

        _ ->
          quote do
            try(unquote(contents))
            :ok
          end
      end

    var = Macro.escape(var)
    contents = Macro.escape(contents, unquote: true)
    %{module: mod, file: file, line: line} = __CALLER__

    quote bind_quoted: [var: var, contents: contents, message: message, mod: mod, file: file, line: line] do
      name = ExUnit.Case.register_test(mod, file, line, :test, message, [])
      def unquote(name)(unquote(var)), do: unquote(contents)
    end
  end

  @doc """
  Defines a test that is yet to be written, and fails.

      test "this will be a test in future"
  """
  defmacro test(message) do
    %{module: mod, file: file, line: line} = __CALLER__

    quote bind_quoted: [message: message, mod: mod, file: file, line: line] do
      name = ExUnit.Case.register_test(mod, file, line, :test, message, [:not_implemented])
      def unquote(name)(_), do: flunk("Not implemented")
    end
  end

  @doc """
  Groups tests, which may share setups and `@describetag`s.
  """
  defmacro describe(message, do: block) do
    quote do
      ExUnit.Case.__describe__(__MODULE__, __ENV__.line, unquote(message))

      try do
        unquote(block)
      after
        ExUnit.Case.__end_describe__(__MODULE__)
      end
    end
  end

  @doc false
  def __describe__(module, line, message) do
    if Module.get_attribute(module, :ex_unit_describe) do
      raise "cannot call \"describe\" inside another \"describe\". See the documentation for ExUnit.Case.describe/2 on named setups and how to handle hierarchies"
    end

    cond do
      not is_binary(message) ->
        raise ArgumentError, "describe name must be a string, got: #{inspect(message)}"

      message in Module.get_attribute(module, :ex_unit_used_describes) ->
        raise ExUnit.DuplicateDescribeError,
              "describe #{inspect(message)} is already defined in #{inspect(module)}"

      true ->
        :ok
    end

    if Module.get_attribute(module, :describetag) != [] do
      raise "@describetag must be set inside describe/2 blocks"
    end

    Module.put_attribute(module, :ex_unit_describe, {line, message})
    used = Module.get_attribute(module, :ex_unit_used_describes)
    Module.put_attribute(module, :ex_unit_used_describes, [message | used])
    :ok
  end

  @doc false
  def __end_describe__(module) do
    Module.put_attribute(module, :ex_unit_describe, nil)
    Module.delete_attribute(module, :describetag)

    for {attribute, _} <- Module.get_attribute(module, :ex_unit_registered_describe_attributes),
        do: Module.delete_attribute(module, attribute)

    :ok
  end

  @doc false
  defmacro __before_compile__(env) do
    tests = env.module |> Module.get_attribute(:ex_unit_tests) |> Enum.reverse() |> Macro.escape()
    moduletags = Module.get_attribute(env.module, :moduletag)

    setup_all? =
      Enum.any?(Module.get_attribute(env.module, :ex_unit_setups), fn {kind, _, _, _} ->
        kind == :setup_all
      end)

    tags = moduletags |> List.flatten() |> normalize_tags() |> Macro.escape()

    options = Macro.escape(Module.get_attribute(env.module, :ex_unit_options))

    quote do
      unquote(ExUnit.Callbacks.__compile__(env))

      @doc false
      def __ex_unit__(:options), do: unquote(options)

      @doc false
      def __ex_unit__ do
        %ExUnit.TestModule{
          file: __ENV__.file,
          name: __MODULE__,
          setup_all?: unquote(setup_all?),
          tags: unquote(tags),
          tests: unquote(tests)
        }
      end
    end
  end

  @doc false
  def __after_compile__(%{module: module}, _) do
    if Keyword.get(module.__ex_unit__(:options), :register, true),
      do: ExUnit.Server.add_module(module, __options__(module))
  end

  # How a module wants to be run.
  @doc false
  def __options__(module) do
    options = module.__ex_unit__(:options)

    %{
      async?: Keyword.get(options, :async, false),
      group: Keyword.get(options, :group),
      parameterize: Keyword.get(options, :parameterize)
    }
  end

  # ---- Registering ----------------------------------------------------------------------

  @doc """
  Registers a test of a type of its own; returns the name of the function that has to be defined.
  """
  def register_test(module_or_env, test_type, name, tags)

  def register_test(%{module: mod, file: file, line: line}, test_type, name, tags),
    do: register_test(mod, file, line, test_type, name, tags)

  def register_test(mod, test_type, name, tags) when is_atom(mod),
    do: register_test(mod, "nofile", 0, test_type, name, tags)

  @doc "Like `register_test/4`, with module, file and line given one by one."
  def register_test(mod, file, line, test_type, name, tags) do
    if not Module.has_attribute?(mod, :ex_unit_tests) do
      raise "cannot define #{test_type}. Please make sure you have invoked \"use ExUnit.Case\" in the current module"
    end

    registered_attributes =
      for kind <- [
            :ex_unit_registered_test_attributes,
            :ex_unit_registered_describe_attributes,
            :ex_unit_registered_module_attributes
          ],
          {attribute, accumulate?} <- Module.get_attribute(mod, kind),
          do: {attribute, accumulate?}

    registered =
      Map.new(registered_attributes, fn {attribute, _} ->
        {attribute, Module.get_attribute(mod, attribute)}
      end)

    moduletag = Module.get_attribute(mod, :moduletag)
    tag = Module.delete_attribute(mod, :tag)
    async = Keyword.get(Module.get_attribute(mod, :ex_unit_options), :async, false)

    {name, describe, describe_line, describetag} =
      case Module.get_attribute(mod, :ex_unit_describe) do
        {line, describe} ->
          {name!(test_type, describe <> " ", name), describe, line, Module.get_attribute(mod, :describetag)}

        nil ->
          {name!(test_type, "", name), nil, nil, []}
      end

    if Module.defines?(mod, {name, 1}) do
      raise ExUnit.DuplicateTestError, ~s("#{name}" is already defined in #{inspect(mod)})
    end

    tags =
      (tags ++ Enum.reverse(List.wrap(tag)) ++ describetag ++ moduletag)
      |> List.flatten()
      |> normalize_tags()
      |> check_tags!()
      |> Map.merge(%{
        line: line,
        file: file,
        registered: registered,
        async: async,
        describe: describe,
        describe_line: describe_line,
        test_type: test_type
      })

    test = %ExUnit.Test{name: name, case: mod, module: mod, tags: tags}
    Module.put_attribute(mod, :ex_unit_tests, test)

    for {attribute, _} <- Module.get_attribute(mod, :ex_unit_registered_test_attributes),
        do: Module.delete_attribute(mod, attribute)

    name
  end

  # Names are atoms, which hold 255 characters.
  defp name!(test_type, prefix, name) do
    text = "#{test_type} #{prefix}#{name}"

    if String.length(text) > 255 do
      raise ArgumentError,
            "the computed name of a test (which includes its type, the name of its describe block if present, " <>
              "and the test name itself) must be shorter than 255 characters, got: #{inspect(text)}"
    end

    String.to_atom(text)
  end

  # Tags set later win over earlier ones of the same kind, and closer kinds over farther ones.
  defp normalize_tags(tags) do
    Enum.reduce(Enum.reverse(tags), %{}, fn
      {key, value}, acc -> Map.put(acc, key, value)
      tag, acc when is_atom(tag) -> Map.put(acc, tag, true)
      tag, acc when is_list(tag) -> Enum.into(tag, acc)
    end)
  end

  defp check_tags!(tags) do
    for key <- @reserved, Map.has_key?(tags, key) do
      raise "cannot set tag #{inspect(key)} because it is reserved by ExUnit"
    end

    case Map.fetch(tags, :test_type) do
      {:ok, value} -> raise "value for tag \":test_type\" must be an atom, got: #{inspect(value)}"
      :error -> tags
    end
  end

  @doc """
  Makes `@name` an attribute whose value is in the context of the next test, under `:registered`.
  """
  def register_attribute(env, name, opts \\ []),
    do: register_attribute(env, name, opts, :ex_unit_registered_test_attributes)

  @doc "Like `register_attribute/3`, for all tests of a `describe`."
  def register_describe_attribute(env, name, opts \\ []),
    do: register_attribute(env, name, opts, :ex_unit_registered_describe_attributes)

  @doc "Like `register_attribute/3`, for all tests of the module."
  def register_module_attribute(env, name, opts \\ []),
    do: register_attribute(env, name, opts, :ex_unit_registered_module_attributes)

  defp register_attribute(%{module: module}, name, opts, kind),
    do: register_attribute(module, name, opts, kind)

  defp register_attribute(mod, name, opts, kind) when is_atom(mod) and is_atom(name) and is_list(opts) do
    for other <- [
          :ex_unit_registered_test_attributes,
          :ex_unit_registered_describe_attributes,
          :ex_unit_registered_module_attributes
        ],
        List.keymember?(Module.get_attribute(mod, other), name, 0) do
      raise ArgumentError, "cannot register attribute #{inspect(name)} multiple times"
    end

    Module.register_attribute(mod, name, opts)
    Module.put_attribute(mod, kind, {name, Keyword.get(opts, :accumulate, false)})
    :ok
  end

  @doc """
  Returns the most recently registered test of a module that is being compiled, or `nil`.
  """
  def get_last_registered_test(%{module: module}), do: get_last_registered_test(module)

  def get_last_registered_test(module) when is_atom(module) do
    case Module.get_attribute(module, :ex_unit_tests) do
      [test | _] -> test
      _ -> nil
    end
  end
end
