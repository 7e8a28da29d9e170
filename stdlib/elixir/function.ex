defmodule Function do
  @moduledoc """
  Functions on functions.

  A function is made with `fn`, or with the capture operator from an existing one:

      iex> add = fn a, b -> a + b end
      iex> add.(1, 2)
      3
      iex> upcase = &String.upcase/1
      iex> upcase.("a")
      "A"
  """

  @type information :: :arity | :env | :index | :module | :name | :new_index | :new_uniq | :pid | :type | :uniq

  @doc """
  The function of a module as a value.

      iex> Function.capture(String, :length, 1)
      &String.length/1
  """
  @spec capture(module, atom, arity) :: fun
  def capture(module, function_name, arity), do: :erlang.make_fun(module, function_name, arity)

  @doc """
  What is known of a function, as a keyword list.

      iex> Function.info(&String.length/1)[:name]
      :length
  """
  @spec info(fun) :: [{information, term}]
  def info(fun), do: :erlang.fun_info(fun)

  @doc """
  One thing that is known of a function.

      iex> Function.info(fn x -> x end, :arity)
      {:arity, 1}
  """
  @spec info(fun, item) :: {item, term} when item: information
  def info(fun, item) when item != :self do
    :erlang.fun_info(fun, item)
  end

  @doc """
  Its argument.

      iex> Function.identity("Hello")
      "Hello"
  """
  @spec identity(value) :: value when value: var
  def identity(value), do: value
end
