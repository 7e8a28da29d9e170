defmodule Runner do
  def run(host, module, name) do
    result = try do {:value, :erlang.apply(module, name, [])} catch kind, reason -> {kind, reason} end
    :erlang.send(host, result)
  end
  def start(fun), do: fun.()
end
# Stub.X stands for X, which the test's VM does not have.
defmodule Stub.String.Chars do
  def to_string(x), do: x
end
defmodule Stub.Range do
  def new(first, last), do: %{__struct__: Range, first: first, last: last, step: if(first <= last, do: 1, else: -1)}
end
