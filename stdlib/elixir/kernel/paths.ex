# Compiled after Kernel.Operators. A path such as `users["john"].age` is its root, `users`, and a list of steps:
# `{:access, key}` for brackets and `{:field, name}` for a dot.

defmodule Kernel.Paths do
  @moduledoc false

  def get_in(path, _env) do
    {root, steps} = unnest(path, [], "get_in/1")
    read(steps, root)
  end

  defp read([{:access, key} | rest], expr), do: read(rest, quote(do: Access.get(unquote(expr), unquote(key))))

  defp read([{:field, name} | rest], expr) do
    read(
      rest,
      quote generated: true do
        case unquote(expr) do
          nil -> nil
          map -> map.unquote(name)
        end
      end
    )
  end

  defp read([], expr), do: expr

  def put_in(path, value, _env) do
    {root, steps} = unnest(path, [], "put_in/2")

    case fields_only?(steps) do
      true -> nested_update(root, steps, value)
      false -> second(update(root, steps, quote(do: fn _ -> {nil, unquote(value)} end)))
    end
  end

  def update_in(path, fun, _env) do
    {root, steps} = unnest(path, [], "update_in/2")

    case fields_only?(steps) do
      true -> nested_update(root, steps, quote(do: unquote(fun).(unquote(field_path(root, steps)))))
      false -> second(update(root, steps, quote(do: fn value -> {nil, unquote(fun).(value)} end)))
    end
  end

  def get_and_update_in(path, fun, _env) do
    {root, steps} = unnest(path, [], "get_and_update_in/2")
    update(root, steps, fun)
  end

  def pop_in(path, _env) do
    {root, steps} = unnest(path, [], "pop_in/1")
    pop(:field, root, steps)
  end

  defp second(expr), do: quote(do: :erlang.element(2, unquote(expr)))

  defp fields_only?([{:field, _} | rest]), do: fields_only?(rest)
  defp fields_only?([]), do: true
  defp fields_only?(_), do: false

  # Fields only: plain map updates, which need no function.
  defp nested_update(root, [{:field, name}], value) do
    quote do: %{unquote(root) | unquote(name) => unquote(value)}
  end

  defp nested_update(root, [{:field, name} | rest], value) do
    inner = nested_update(quote(do: unquote(root).unquote(name)), rest, value)
    quote do: %{unquote(root) | unquote(name) => unquote(inner)}
  end

  defp field_path(root, [{:field, name} | rest]), do: field_path(quote(do: unquote(root).unquote(name)), rest)
  defp field_path(root, []), do: root

  defp update(root, [step], fun), do: update_step(root, step, fun)

  defp update(root, [step | rest], fun) do
    var = quote(do: value)
    update_step(root, step, quote(do: fn unquote(var) -> unquote(update(var, rest, fun)) end))
  end

  defp update_step(root, {:access, key}, fun) do
    quote do: Access.get_and_update(unquote(root), unquote(key), unquote(fun))
  end

  defp update_step(root, {:field, name}, fun) do
    quote do: Map.get_and_update!(unquote(root), unquote(name), unquote(fun))
  end

  defp pop(_parent, _root, [{:field, name}]) do
    raise ArgumentError,
          "cannot use pop_in when the last segment is a field. This would effectively remove the field " <>
            "#{Kernel.inspect(name)} from the map/struct"
  end

  # Below a key that may be missing, there may be nothing to pop from.
  defp pop(:access, root, [{:access, key}]) do
    quote do
      case unquote(root) do
        nil -> :pop
        data -> Access.pop(data, unquote(key))
      end
    end
  end

  defp pop(:field, root, [{:access, key}]), do: quote(do: Access.pop(unquote(root), unquote(key)))

  defp pop(:access, root, [{:access, _} = step | rest]) do
    var = quote(do: value)
    fun = quote(do: fn unquote(var) -> unquote(pop(:access, var, rest)) end)
    data = quote(do: data)

    quote do
      case unquote(root) do
        nil -> :pop
        unquote(data) -> unquote(update_step(data, step, fun))
      end
    end
  end

  defp pop(_parent, root, [{kind, _} = step | rest]) do
    var = quote(do: value)
    update_step(root, step, quote(do: fn unquote(var) -> unquote(pop(kind, var, rest)) end))
  end

  defp unnest({{:., _, [Access, :get]}, _, [expr, key]}, acc, kind), do: unnest(expr, [{:access, key} | acc], kind)

  defp unnest({{:., _, [{name, _, _} = expr, field]}, _, []}, acc, kind)
       when is_atom(field) and name != :__aliases__ do
    unnest(expr, [{:field, field} | acc], kind)
  end

  defp unnest(other, [], kind) do
    raise ArgumentError,
          "cannot invoke #{kind}: expected a path with a field or brackets after the first variable or call, got: " <>
            Macro.to_string(other)
  end

  defp unnest(other, acc, kind) do
    case root?(other) do
      true ->
        {other, acc}

      false ->
        raise ArgumentError,
              "expression given to #{kind} must start with a variable, local or remote call and be followed by an " <>
                "element access, got: #{Macro.to_string(other)}"
    end
  end

  defp root?({call, _, args}) when is_list(args) and is_atom(call), do: call != :{} and call != :<<>>
  defp root?({{:., _, _}, _, _}), do: true
  defp root?({name, _, context}), do: is_atom(name) and is_atom(context)
  defp root?(_), do: false
end
