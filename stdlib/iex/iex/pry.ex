defmodule IEx.Pry do
  @moduledoc """
  Stops processes in the midst of their code, for the shell to look around.

  A breakpoint compiles the source of its module again with a call of `__stop__/5` before each expression of the function's clauses;
  `remove/1` and `remove_breaks/0` compile it as it was. The table of this name, which `IEx.Broker` owns, holds
  `{id, module, function, arity, stops left}`.
  """

  @doc """
  Opens a shell in the scope of the calling process: `:ok` once it is told to go on, `{:error, reason}` if it was not let in.
  """
  def pry(binding, env), do: stop(binding, env, "Request to pry #{inspect(self())} at ")

  defp stop(binding, env, text) do
    ref = make_ref()

    case IEx.Broker.shell_of_caller() do
      nil ->
        IO.puts(:stderr, "Is an IEx shell running? Cannot pry #{inspect(self())} at #{place(env)}")
        {:error, :no_iex}

      server ->
        monitor = Process.monitor(server)
        send(server, {:take_over, self(), ref, text <> whereami(env.file, env.line, 2, function_text(env))})

        answer =
          receive do
            {^ref, answer} -> answer
            {:DOWN, ^monitor, _, _, _} -> :refused
          end

        Process.demonitor(monitor, [:flush])

        if answer == :accepted do
          action = IEx.Evaluator.pry(server, binding, Code.env_for_eval(env))
          if action == :next, do: Process.put(:iex_next, where(env)), else: Process.delete(:iex_next)
          :ok
        else
          Process.delete(:iex_next)
          {:error, :refused}
        end
    end
  end

  defp where(env), do: {env.module, env.function}

  defp function_text(%{module: module, function: {name, arity}}) when module != nil, do: Exception.format_mfa(module, name, arity)
  defp function_text(_), do: nil

  defp place(env), do: "#{Path.relative_to_cwd(env.file)}:#{env.line}"

  @doc "A place with the lines around it, the line itself marked."
  def whereami(file, line, radius, function \\ nil) do
    head = if function, do: "#{function} (#{Path.relative_to_cwd(file)}:#{line})", else: "#{Path.relative_to_cwd(file)}:#{line}"
    [head, "\n", snippet(file, line, radius)] |> IO.iodata_to_binary()
  end

  defp snippet(file, line, radius) do
    case File.read(file) do
      {:ok, text} ->
        lines =
          text
          |> String.split("\n")
          |> Enum.with_index(1)
          |> Enum.filter(fn {_, number} -> number in (line - radius)..(line + radius) end)

        width = lines |> Enum.map(fn {_, number} -> String.length("#{number}") end) |> Enum.max(fn -> 1 end)

        shown =
          for {text, number} <- lines do
            label = String.pad_leading("#{number}", width)
            if number == line, do: IEx.color(:eval_interrupt, "  > #{label}: #{text}") <> "\n", else: "    #{label}: #{text}\n"
          end

        ["\n", shown]

      _ ->
        ""
    end
  end

  ## Stops at dbg

  @doc """
  What `dbg` becomes with `phial --dbg pry`, or where the application environment `:elixir, :dbg_callback` is `{IEx.Pry, :dbg, []}`: it stops in the scope of the
  expression. A pipeline is gone through with `n()`, a step at a time; `continue()` does the rest.
  """
  def dbg({:|>, _, [_, _]} = code, options, env) do
    [{first, _} | calls] = Macro.unpipe(code)
    var = Macro.unique_var(:dbg, __MODULE__)
    texts = [Macro.to_string(first) | for({call, _} <- calls, do: "|> " <> Macro.to_string(call))]
    values = [first | for({call, position} <- calls, do: Macro.pipe(var, call, position))]

    steps =
      for {{value, text}, index} <- Enum.with_index(Enum.zip(values, texts)) do
        quote do
          unquote(var) = unquote(value)
          unquote(step(index == 0, text, var, options, env))
        end
      end

    quote do
      (unquote_splicing(steps))
      unquote(var)
    end
  end

  def dbg(code, options, env) do
    quote do
      IEx.Pry.__dbg__(true, nil, nil, unquote(options), unquote(scope(env)), __ENV__)
      unquote(Macro.dbg(code, options, env))
    end
  end

  defp step(first?, text, var, options, env) do
    quote do
      IEx.Pry.__dbg__(unquote(first?), unquote(text), unquote(var), unquote(options), unquote(scope(env)), __ENV__)
    end
  end

  # The variables of the code around.
  defp scope(env), do: {:binding, [line: env.line], []}

  @doc false
  def __dbg__(first?, text, value, options, binding, env) do
    if text, do: IO.puts([text, " ", IEx.color(:eval_info, "#=>"), " ", inspect(value, Keyword.merge(IEx.inspect_opts(), options))])

    if first? or Process.get(:iex_next) == where(env) do
      Process.delete(:iex_next)
      stop(binding, env, "Break reached: ")
    end

    :ok
  end

  ## Breakpoints

  @doc false
  def __stop__(id, first?, wanted?, binding, env) do
    cond do
      Process.get(:iex_next) == where(env) and not first? ->
        Process.delete(:iex_next)
        stop(binding, env, "Break reached: ")

      first? and :ets.whereis(__MODULE__) != :undefined and wanted?.() and take_stop(id) ->
        stop(binding, env, "Break reached: ")

      true ->
        :ok
    end
  end

  defp take_stop(id) do
    :ets.update_counter(__MODULE__, id, {5, -1, -1, -1}) >= 0
  rescue
    ArgumentError -> false
  end

  @doc """
  Sets a breakpoint: `{:ok, id}`, or `{:error, reason}`: `:no_source`, `:unknown_function_arity`, `:not_found` (no such module).

  `pattern` is nil or the quoted arguments with `guard`, which the call has to match.
  """
  def break(module, function, arity, stops, pattern \\ nil, guard \\ true) do
    id = next_id(module, function, arity)
    others = for {other, ^module, name, its_arity, _} = entry <- :ets.tab2list(__MODULE__), other != id, do: {other, name, its_arity, pattern_of(entry)}

    with :ok <- known(module, function, arity),
         :ok <- compile(module, [{id, function, arity, {pattern, guard}} | others]) do
      :ets.insert(__MODULE__, {id, module, function, arity, stops})
      :persistent_term.put({__MODULE__, id}, {pattern, guard})
      {:ok, id}
    end
  end

  defp pattern_of({id, _, _, _, _}), do: :persistent_term.get({__MODULE__, id}, {nil, true})

  @doc "Sets a breakpoint and gives its number; raises if it cannot be set."
  def break!(module, function, arity, stops, pattern \\ nil, guard \\ true) do
    if :ets.whereis(__MODULE__) == :undefined, do: raise("breakpoints need a running shell")

    case break(module, function, arity, stops, pattern, guard) do
      {:ok, id} ->
        id

      {:error, reason} ->
        text =
          case reason do
            :not_found -> "module #{inspect(module)} could not be found"
            :no_source -> "the source of #{inspect(module)} could not be found"
            :unknown_function_arity -> "unknown function/macro #{Exception.format_mfa(module, function, arity)}"
            {:compile, message} -> "#{inspect(module)} could not be compiled with the breakpoint: #{message}"
          end

        raise "could not set breakpoint, " <> text
    end
  end

  defp known(module, function, arity) do
    cond do
      not Code.ensure_loaded?(module) -> {:error, :not_found}
      source(module) == nil -> {:error, :no_source}
      definitions(module) |> Enum.any?(&match?({^function, ^arity}, &1)) -> :ok
      true -> {:error, :unknown_function_arity}
    end
  end

  defp next_id(module, function, arity) do
    same = Enum.find(:ets.tab2list(__MODULE__), &match?({_, ^module, ^function, ^arity, _}, &1))

    cond do
      same -> elem(same, 0)
      :ets.last(__MODULE__) == :"$end_of_table" -> 1
      true -> :ets.last(__MODULE__) + 1
    end
  end

  @doc "The breakpoints: `{id, module, {function, arity}, stops left}`."
  def breaks do
    if :ets.whereis(__MODULE__) == :undefined,
      do: [],
      else: for({id, module, function, arity, stops} <- :ets.tab2list(__MODULE__), do: {id, module, {function, arity}, max(stops, 0)})
  end

  @doc "Sets how often a breakpoint still stops: `:ok` or `:unknown`."
  def reset(id) do
    if :ets.update_element(__MODULE__, id, {5, 0}), do: :ok, else: :unknown
  end

  @doc "Takes away one breakpoint by its number."
  def remove(id) do
    case :ets.lookup(__MODULE__, id) do
      [{^id, module, _, _, _}] ->
        :ets.delete(__MODULE__, id)
        others = for {other, ^module, name, arity, _} = entry <- :ets.tab2list(__MODULE__), do: {other, name, arity, pattern_of(entry)}
        compile(module, others)

      [] ->
        :unknown
    end
  end

  @doc "Takes away the breakpoints of a module, and loads it as it was."
  def remove_breaks(module) do
    :ets.match_delete(__MODULE__, {:_, module, :_, :_, :_})
    if source(module), do: compile(module, []), else: :ok
  end

  @doc "Takes away all breakpoints."
  def remove_breaks do
    Enum.each(breaks() |> Enum.map(&elem(&1, 1)) |> Enum.uniq(), &remove_breaks/1)
  end

  defp source(module) do
    path = module.module_info(:compile)[:source]
    path = path && List.to_string(path)
    if path && File.regular?(path), do: path
  end

  # The functions that the source of a module defines.
  defp definitions(module) do
    {_, found} =
      Macro.prewalk(forms_of(module), [], fn
        {kind, _, [head | _]} = node, found when kind in [:def, :defp] ->
          case Macro.decompose_call(unguarded(head)) do
            {name, args} ->
              defaults = Enum.count(args, &match?({:\\, _, _}, &1))
              {node, for(arity <- (length(args) - defaults)..length(args), do: {name, arity}) ++ found}

            :error ->
              {node, found}
          end

        node, found ->
          {node, found}
      end)

    found
  end

  defp unguarded({:when, _, [head, _]}), do: head
  defp unguarded(head), do: head

  # The body of the module in its file, or [].
  defp forms_of(module) do
    {_, found} = change(quoted(module), [], fn body -> {:found, body} end, module)
    found
  end

  defp quoted(module), do: module |> source() |> then(&Code.string_to_quoted!(File.read!(&1), file: &1))

  # Walks the modules of a file; the body of the one that is looked for goes through the function.
  defp change(quoted, outer, fun, module) do
    Macro.prewalk(quoted, [], fn
      {:defmodule, meta, [{:__aliases__, _, parts} = name, [{:do, body}]]} = node, found ->
        full = if Enum.all?(parts, &is_atom/1), do: Module.concat(outer ++ parts)

        cond do
          full == module ->
            case fun.(body) do
              {:found, body} -> {{:defmodule, meta, [name, [do: nil]]}, body}
              body -> {{:defmodule, meta, [name, [do: {:__block__, [], [body]}]]}, found}
            end

          full != nil and String.starts_with?(Atom.to_string(module), Atom.to_string(full) <> ".") ->
            {inner, found} = change(body, [full], fun, module)
            {{:__block__, [], [{:defmodule, meta, [name, [do: inner]]}]}, found}

          true ->
            {node, found}
        end

      node, found ->
        {node, found}
    end)
  end

  # Compiles the top form that holds the module, with stops in the functions.
  defp compile(module, breaks) do
    path = source(module)
    {:ok, quoted} = path |> File.read!() |> Code.string_to_quoted(file: path)
    forms = if match?({:__block__, _, _}, quoted), do: elem(quoted, 2), else: [quoted]
    {changed, _} = change(forms, [], &instrument(&1, breaks), module)
    options = Code.compiler_options(ignore_module_conflict: true)

    try do
      for {form, old} <- Enum.zip(changed, forms), form != old or (breaks == [] and holds?(old, module)), do: Code.compile_quoted(form, path)
      :ok
    rescue
      error -> {:error, {:compile, Exception.message(error)}}
    after
      Code.compiler_options(options)
    end
  end

  defp holds?({:defmodule, _, [{:__aliases__, _, parts} | _]}, module) do
    name = Module.concat(parts)
    module == name or String.starts_with?(Atom.to_string(module), Atom.to_string(name) <> ".")
  end

  defp holds?(_, _), do: false

  defp instrument(body, []), do: body

  defp instrument({:__block__, meta, forms}, breaks), do: {:__block__, meta, Enum.map(forms, &instrument_form(&1, breaks))}
  defp instrument(form, breaks), do: instrument_form(form, breaks)

  defp instrument_form({kind, meta, [head, [{:do, body} | rest]]} = form, breaks) when kind in [:def, :defp] do
    with {name, args} <- Macro.decompose_call(unguarded(head)),
         defaults = Enum.count(args, &match?({:\\, _, _}, &1)),
         {id, _, _, pattern} <- Enum.find(breaks, fn {_, its_name, arity, _} -> its_name == name and arity in (length(args) - defaults)..length(args) end) do
      variables = Macro.generate_arguments(length(args), __MODULE__)
      args = if elem(pattern, 0), do: Enum.map(Enum.zip(args, variables), &bind/1), else: args
      head = put_args(head, args)
      {kind, meta, [head, [{:do, stops(body, id, wanted(pattern, variables), meta[:line])} | rest]]}
    else
      _ -> form
    end
  end

  defp instrument_form(form, _), do: form

  defp bind({{:\\, meta, [arg, default]}, variable}), do: {:\\, meta, [{:=, [], [arg, variable]}, default]}
  defp bind({arg, variable}), do: {:=, [], [arg, variable]}

  defp put_args({:when, meta, [head, guard]}, args), do: {:when, meta, [put_args(head, args), guard]}
  defp put_args({name, meta, _}, args), do: {name, meta, args}

  defp wanted({nil, _}, _), do: quote(do: fn -> true end)

  defp wanted({pattern, guard}, variables) do
    quote do
      fn ->
        case {unquote_splicing(variables)} do
          {unquote_splicing(pattern)} when unquote(guard) -> true
          _ -> false
        end
      end
    end
  end

  defp stops(body, id, wanted, line) do
    {meta, expressions} =
      case body do
        {:__block__, meta, list} -> {meta, list}
        one -> {[], [one]}
      end

    {list, _} =
      Enum.flat_map_reduce(expressions, {true, line}, fn expression, {first?, line} ->
        line = line_of(expression) || line
        {[stop_call(id, first?, wanted, line), expression], {false, line}}
      end)

    {:__block__, meta, list}
  end

  defp line_of({_, meta, _}), do: meta[:line]
  defp line_of(_), do: nil

  defp stop_call(id, first?, wanted, line) do
    at = [line: line || 1]
    scope = {:binding, at, []}
    env = {:__ENV__, at, nil}
    wanted = if first?, do: wanted, else: quote(do: fn -> false end)
    {{:., at, [__MODULE__, :__stop__]}, at, [id, first?, wanted, scope, env]}
  end
end
