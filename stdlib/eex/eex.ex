defmodule EEx do
  @moduledoc """
  Templates: text with Elixir between `<%` and `%>`.

    * `<% code %>` runs code and shows nothing
    * `<%= code %>` shows the value
    * `<%% text %>` is `<% text %>` as text
    * `<%!-- comment --%>` is left out

  Blocks hold text: `<%= if ok? do %>yes<% else %>no<% end %>`. In the usual engine `@name` is an assign: a value given under
  `:assigns`.

  Options of all functions: `:file`, `:line` and `:column` where the source begins, `:indentation` of its lines, `:trim` to leave
  out lines that hold nothing but code, `:engine` (`EEx.SmartEngine`), and `:parser_options` for `Code.string_to_quoted/2`.
  """

  @doc """
  Defines a function whose body is the template.

      defmodule Sample do
        require EEx
        EEx.function_from_string(:def, :sample, "<%= a + b %>", [:a, :b])
      end
      Sample.sample(1, 2) #=> "3"
  """
  defmacro function_from_string(kind, name, source, args \\ [], options \\ []) do
    quote bind_quoted: [kind: kind, name: name, source: source, args: args, options: options] do
      info = Keyword.merge([file: __ENV__.file, line: __ENV__.line], options)
      args = Enum.map(args, fn arg -> {arg, [line: info[:line]], nil} end)
      compiled = EEx.compile_string(source, info)

      case kind do
        :def -> def unquote(name)(unquote_splicing(args)), do: unquote(compiled)
        :defp -> defp unquote(name)(unquote_splicing(args)), do: unquote(compiled)
      end
    end
  end

  @doc """
  Defines a function whose body is the template in a file. The module is compiled again when the file changes.
  """
  defmacro function_from_file(kind, name, file, args \\ [], options \\ []) do
    quote bind_quoted: [kind: kind, name: name, file: file, args: args, options: options] do
      info = Keyword.merge([file: IO.chardata_to_string(file), line: 1], options)
      args = Enum.map(args, fn arg -> {arg, [line: info[:line]], nil} end)
      compiled = EEx.compile_file(file, info)

      @external_resource file
      @file file
      case kind do
        :def -> def unquote(name)(unquote_splicing(args)), do: unquote(compiled)
        :defp -> defp unquote(name)(unquote_splicing(args)), do: unquote(compiled)
      end
    end
  end

  @doc """
  Compiles a template to quoted code.

      iex> quoted = EEx.compile_string("<%= a + b %>")
      iex> {result, _} = Code.eval_quoted(quoted, a: 1, b: 2)
      iex> result
      "3"
  """
  @spec compile_string(String.t(), keyword) :: Macro.t()
  def compile_string(source, options \\ []) when is_binary(source) and is_list(options) do
    case tokenize(source, options) do
      {:ok, tokens} ->
        EEx.Compiler.compile(tokens, source, options)

      {:error, message, meta} ->
        file = Keyword.get(options, :file, "nofile")
        raise EEx.SyntaxError, message: message, file: file, line: meta.line, column: meta.column
    end
  end

  @doc """
  Compiles the template in a file to quoted code.
  """
  @spec compile_file(Path.t(), keyword) :: Macro.t()
  def compile_file(filename, options \\ []) when is_list(options) do
    filename = IO.chardata_to_string(filename)
    options = Keyword.merge([file: filename, line: 1], options)
    compile_string(File.read!(filename), options)
  end

  @doc """
  Runs a template with variables.

      iex> EEx.eval_string("foo <%= bar %>", bar: "baz")
      "foo baz"
      iex> EEx.eval_string("<%= @x %>", assigns: [x: 1])
      "1"
  """
  @spec eval_string(String.t(), keyword, keyword) :: String.t()
  def eval_string(source, bindings \\ [], options \\ [])
      when is_binary(source) and is_list(bindings) and is_list(options) do
    source |> compile_string(options) |> eval(bindings, options)
  end

  @doc """
  Runs the template in a file with variables.
  """
  @spec eval_file(Path.t(), keyword, keyword) :: String.t()
  def eval_file(filename, bindings \\ [], options \\ []) when is_list(bindings) and is_list(options) do
    filename = IO.chardata_to_string(filename)
    options = Keyword.put_new(options, :file, filename)
    filename |> compile_file(options) |> eval(bindings, options)
  end

  defp eval(compiled, bindings, options) do
    {result, _} =
      Code.eval_quoted(compiled, bindings, Keyword.take(options, [:file, :line, :module, :prune_binding]))

    result
  end

  @doc """
  Splits a template into tokens: `{:ok, tokens}` or `{:error, message, meta}`.

      iex> EEx.tokenize(~c"foo", line: 1, column: 1)
      {:ok, [{:text, ~c"foo", %{column: 1, line: 1}}, {:eof, %{column: 4, line: 1}}]}
  """
  @spec tokenize(IO.chardata(), keyword) :: {:ok, [tuple]} | {:error, String.t(), map}
  def tokenize(contents, opts \\ []), do: EEx.Tokenizer.tokenize(contents, opts)
end
