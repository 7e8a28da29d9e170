defmodule EEx.Engine do
  @moduledoc """
  What turns the parts of a template into code.

  An engine carries a state through the template: `init/1` makes it, `handle_text/3` and `handle_expr/3` add text and
  expressions with their marker (`""`, `"="`, `"/"`, `"|"`), `handle_begin/1` opens a block and `handle_end/1` returns its code,
  `handle_body/1` returns the code of the whole. `use EEx.Engine` takes the functions of this module for those that one does
  not write: they build a binary of the texts and of variables that hold the values.
  """

  @type state :: term

  @callback init(opts :: keyword) :: state
  @callback handle_body(state) :: Macro.t()
  @callback handle_text(state, [line: pos_integer, column: pos_integer], text :: String.t()) :: state
  @callback handle_expr(state, marker :: String.t(), expr :: Macro.t()) :: state
  @callback handle_begin(state) :: state
  @callback handle_end(state) :: Macro.t()

  @doc false
  defmacro __using__(_) do
    quote do
      @behaviour EEx.Engine

      def init(opts), do: EEx.Engine.init(opts)
      def handle_body(state), do: EEx.Engine.handle_body(state)
      def handle_begin(state), do: EEx.Engine.handle_begin(state)
      def handle_end(state), do: EEx.Engine.handle_end(state)
      def handle_text(state, meta, text), do: EEx.Engine.handle_text(state, meta, text)
      def handle_expr(state, marker, expr), do: EEx.Engine.handle_expr(state, marker, expr)

      defoverridable EEx.Engine
    end
  end

  @doc """
  Turns `@name` into a look-up of the assign; other code stays.

      iex> Macro.to_string(EEx.Engine.handle_assign(quote(do: @foo))) =~ "fetch_assign!"
      true
  """
  @spec handle_assign(Macro.t()) :: Macro.t()
  def handle_assign({:@, meta, [{name, _, atom}]}) when is_atom(name) and is_atom(atom) do
    line = meta[:line] || 0
    quote(line: line, do: EEx.Engine.fetch_assign!(var!(assigns), unquote(name)))
  end

  def handle_assign(arg), do: arg

  @doc false
  def fetch_assign!(assigns, key) do
    case Access.fetch(assigns, key) do
      {:ok, value} ->
        value

      :error ->
        keys = Enum.map(assigns, &elem(&1, 0))

        IO.warn(
          "assign @#{key} not available in EEx template. " <>
            "Please ensure all assigns are given as options. " <>
            "Available assigns: #{inspect(keys)}"
        )

        nil
    end
  end

  @doc false
  def init(_opts), do: %{binary: [], dynamic: [], vars_count: 0}

  @doc false
  def handle_begin(state), do: %{state | binary: [], dynamic: []}

  @doc false
  def handle_end(state), do: handle_body(state)

  @doc false
  def handle_body(%{binary: binary, dynamic: dynamic}) do
    {:__block__, [], :lists.reverse([{:<<>>, [], :lists.reverse(binary)} | dynamic])}
  end

  @doc false
  def handle_text(%{binary: binary} = state, _meta, text), do: %{state | binary: [text | binary]}

  @doc false
  def handle_expr(state, "=", ast) do
    %{binary: binary, dynamic: dynamic, vars_count: count} = state
    var = {:"arg#{count}", [], __MODULE__}
    assignment = quote(do: unquote(var) = String.Chars.to_string(unquote(ast)))
    segment = quote(do: unquote(var) :: binary)
    %{state | dynamic: [assignment | dynamic], binary: [segment | binary], vars_count: count + 1}
  end

  def handle_expr(%{dynamic: dynamic} = state, "", ast), do: %{state | dynamic: [ast | dynamic]}

  def handle_expr(_state, marker, _ast) when marker in ["/", "|"] do
    raise EEx.SyntaxError,
          "unsupported EEx syntax <%#{marker} %> (the syntax is valid but not supported by the current EEx engine)"
  end
end
