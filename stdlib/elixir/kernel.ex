# Bootstrap order
#
# Kernel is the first module of the library to be compiled: nothing else exists then. The code below therefore
# uses only special forms, the forms the compiler implements itself (def, defp, defmacro, defmacrop, defmodule,
# @, defoverridable) and functions of :erlang. It uses no macro of its own: every `if`, `|>`, `<>`, `in`,
# `and`, `raise`, string interpolation or sigil is absent on purpose, and so are the imported spellings of
# guards in guards (`:erlang.is_list(x)`, not `is_list(x)`).
#
# A macro whose expansion needs more than a few lines delegates to one of these modules, which are compiled next,
# in this order, and may use every macro that does not itself lead to a module compiled later:
#
#   Kernel.Utils      raise, struct definitions, guards, delegates, exceptions
#   Kernel.Operators  in, |>, ranges, <>
#   Kernel.Paths      put_in, update_in, get_and_update_in, pop_in, get_in with paths
#   Kernel.Sigils     the sigils
#
# Code in quotes refers to :erlang, to special forms or to full module names, so that an expansion means the same
# in a module that imports only part of Kernel.

defmodule Kernel do
  @moduledoc """
  The functions and macros that every Elixir module has at hand without asking.

  Kernel is imported everywhere. It holds operators, type checks, control flow (`if/2`, `&&/2`, ...), the forms that
  define things (`def/2`, `defmodule/2`, `defstruct/1`, ...), processes (`spawn/1`, `send/2`), access to nested
  data (`get_in/2`, `put_in/3`), and the sigils. The most basic constructs of the language, such as `case` or
  `quote`, are in `Kernel.SpecialForms` and cannot be left out or redefined.

  A module that wants its own version of one of these leaves Kernel's out:

      import Kernel, except: [max: 2]

  Functions marked as guards may be used in guards as well. `nil` and `false` are falsy, all other values truthy.
  """

  ## Arithmetic

  @doc """
  The absolute value of a number.

      iex> abs(-3)
      3
      iex> abs(-3.5)
      3.5
  """
  @doc guard: true
  def abs(number), do: :erlang.abs(number)

  @doc """
  The number itself.

      iex> +1
      1
  """
  @doc guard: true
  def +value, do: :erlang.+(value)

  @doc """
  The number with its sign changed.

      iex> -(2)
      -2
  """
  @doc guard: true
  def -value, do: :erlang.-(value)

  @doc """
  Adds two numbers.

      iex> 1 + 2
      3
      iex> 1 + 2.5
      3.5
  """
  @doc guard: true
  def left + right, do: :erlang.+(left, right)

  @doc """
  Subtracts the right number from the left one.

      iex> 1 - 2
      -1
  """
  @doc guard: true
  def left - right, do: :erlang.-(left, right)

  @doc """
  Multiplies two numbers.

      iex> 3 * 4
      12
  """
  @doc guard: true
  def left * right, do: :erlang.*(left, right)

  @doc """
  Divides two numbers; the result is always a float.

  Raises `ArithmeticError` if the divisor is zero. See `div/2` for whole numbers.

      iex> 1 / 2
      0.5
      iex> 4 / 2
      2.0
  """
  @doc guard: true
  def left / right, do: :erlang./(left, right)

  @doc """
  Raises `base` to the power of `exponent`.

  Two integers with a non-negative exponent give an integer, anything else a float.

      iex> 2 ** 10
      1024
      iex> 2 ** -1
      0.5
      iex> 2.0 ** 2
      4.0
  """
  def base ** exponent
      when :erlang.andalso(
             :erlang.is_integer(base),
             :erlang.andalso(:erlang.is_integer(exponent), :erlang.>=(exponent, 0))
           ) do
    integer_power(base, exponent, 1)
  end

  def base ** exponent, do: :math.pow(base, exponent)

  # Square and multiply; the last squaring is skipped since it would be the largest number and is not needed.
  defp integer_power(_base, 0, acc), do: acc
  defp integer_power(base, 1, acc), do: :erlang.*(base, acc)

  defp integer_power(base, exponent, acc) do
    case :erlang.band(exponent, 1) do
      0 -> integer_power(:erlang.*(base, base), :erlang.bsr(exponent, 1), acc)
      1 -> integer_power(:erlang.*(base, base), :erlang.bsr(exponent, 1), :erlang.*(base, acc))
    end
  end

  @doc """
  Integer division, truncated toward zero.

      iex> div(7, 2)
      3
      iex> div(-7, 2)
      -3
  """
  @doc guard: true
  def div(dividend, divisor), do: :erlang.div(dividend, divisor)

  @doc """
  The remainder of `div/2`; it has the sign of the dividend.

      iex> rem(7, 2)
      1
      iex> rem(-7, 2)
      -1
  """
  @doc guard: true
  def rem(dividend, divisor), do: :erlang.rem(dividend, divisor)

  @doc """
  The smallest integer that is not less than the number.

      iex> ceil(1.1)
      2
  """
  @doc guard: true
  def ceil(number), do: :erlang.ceil(number)

  @doc """
  The largest integer that is not greater than the number.

      iex> floor(-1.1)
      -2
  """
  @doc guard: true
  def floor(number), do: :erlang.floor(number)

  @doc """
  The nearest integer; halves go away from zero.

      iex> round(2.5)
      3
      iex> round(-2.5)
      -3
  """
  @doc guard: true
  def round(number), do: :erlang.round(number)

  @doc """
  The integer part of a number.

      iex> trunc(-5.9)
      -5
  """
  @doc guard: true
  def trunc(number), do: :erlang.trunc(number)

  ## Comparison

  @doc """
  Whether two terms are equal; integers and floats compare by value.

      iex> 1 == 1.0
      true
      iex> :a == :b
      false
  """
  @doc guard: true
  def left == right, do: :erlang.==(left, right)

  @doc """
  Whether two terms differ; the opposite of `==/2`.

      iex> 1 != 2
      true
      iex> 1 != 1.0
      false
  """
  @doc guard: true
  def left != right, do: :erlang."/="(left, right)

  @doc """
  Whether two terms are exactly equal: an integer never equals a float.

      iex> 1 === 1.0
      false
      iex> [1] === [1]
      true
  """
  @doc guard: true
  def left === right, do: :erlang."=:="(left, right)

  @doc """
  The opposite of `===/2`.

      iex> 1 !== 1.0
      true
  """
  @doc guard: true
  def left !== right, do: :erlang."=/="(left, right)

  @doc """
  Whether the left term is before the right one in term order.

  Terms of all types can be compared: number < atom < reference < function < port < pid < tuple < map < list < bitstring.

      iex> 1 < 2
      true
      iex> 1 < :atom
      true
  """
  @doc guard: true
  def left < right, do: :erlang.<(left, right)

  @doc """
  Whether the left term is after the right one in term order.

      iex> 1 > 2
      false
  """
  @doc guard: true
  def left > right, do: :erlang.>(left, right)

  @doc """
  Whether the left term is before the right one in term order or equals it.

      iex> 1 <= 1.0
      true
  """
  @doc guard: true
  def left <= right, do: :erlang."=<"(left, right)

  @doc """
  Whether the left term is after the right one in term order or equals it.

      iex> 1 >= 2
      false
  """
  @doc guard: true
  def left >= right, do: :erlang.>=(left, right)

  @doc """
  The larger of two terms in term order; the first one if they are equal.

      iex> max(1, 2)
      2
      iex> max(:a, "b")
      "b"
  """
  @doc guard: true
  def max(first, second), do: :erlang.max(first, second)

  @doc """
  The smaller of two terms in term order; the first one if they are equal.

      iex> min(1, 2)
      1
  """
  @doc guard: true
  def min(first, second), do: :erlang.min(first, second)

  @doc """
  Strict boolean negation; raises `ArgumentError` for anything but `true` and `false`.

      iex> not true
      false
  """
  @doc guard: true
  def not value, do: :erlang.not(value)

  @doc """
  Whether the string on the left matches the regular expression, or contains the string, on the right.

      iex> "abcd" =~ ~r/c(d)/
      true
      iex> "abcd" =~ "bc"
      true
      iex> "abcd" =~ ""
      true
  """
  def left =~ "" when :erlang.is_binary(left), do: true

  def left =~ right when :erlang.andalso(:erlang.is_binary(left), :erlang.is_binary(right)) do
    case :binary.match(left, right) do
      :nomatch -> false
      _ -> true
    end
  end

  def left =~ right when :erlang.is_binary(left), do: Regex.match?(right, left)

  ## Lists, tuples, maps, binaries

  @doc """
  Concatenates a list and another list (or any term, which then ends an improper list).

      iex> [1, 2] ++ [3]
      [1, 2, 3]
      iex> [1] ++ 2
      [1 | 2]
  """
  def left ++ right, do: :erlang.++(left, right)

  @doc """
  Removes from the left list the first occurrence of each element of the right list.

      iex> [1, 2, 3, 2] -- [2]
      [1, 3, 2]
  """
  def left -- right, do: :erlang.--(left, right)

  @doc """
  The first element of a list. Raises `ArgumentError` if it is empty.

      iex> hd([1, 2, 3])
      1
  """
  @doc guard: true
  def hd(list), do: :erlang.hd(list)

  @doc """
  The list without its first element. Raises `ArgumentError` if it is empty.

      iex> tl([1, 2, 3])
      [2, 3]
  """
  @doc guard: true
  def tl(list), do: :erlang.tl(list)

  @doc """
  The number of elements of a proper list; takes time in proportion to it.

      iex> length([:a, :b])
      2
  """
  @doc guard: true
  def length(list), do: :erlang.length(list)

  @doc """
  The element at a zero-based position of a tuple.

      iex> elem({:a, :b}, 1)
      :b
  """
  @doc guard: true
  def elem(tuple, index), do: :erlang.element(:erlang.+(index, 1), tuple)

  @doc """
  The tuple with the element at a zero-based position replaced.

      iex> put_elem({:a, :b}, 0, :c)
      {:c, :b}
  """
  def put_elem(tuple, index, value), do: :erlang.setelement(:erlang.+(index, 1), tuple, value)

  @doc """
  The number of elements of a tuple.

      iex> tuple_size({:a, :b})
      2
  """
  @doc guard: true
  def tuple_size(tuple), do: :erlang.tuple_size(tuple)

  @doc """
  The number of keys of a map.

      iex> map_size(%{a: 1})
      1
  """
  @doc guard: true
  def map_size(map), do: :erlang.map_size(map)

  @doc """
  The number of bits of a bitstring.

      iex> bit_size(<<1, 2::4>>)
      12
  """
  @doc guard: true
  def bit_size(bitstring), do: :erlang.bit_size(bitstring)

  @doc """
  The number of bytes needed to hold a bitstring.

      iex> byte_size("é")
      2
      iex> byte_size(<<1::1>>)
      1
  """
  @doc guard: true
  def byte_size(bitstring), do: :erlang.byte_size(bitstring)

  @doc """
  The part of a binary that starts at a byte position; a negative length takes bytes before the position.

      iex> binary_part("hello", 1, 3)
      "ell"
      iex> binary_part("hello", 5, -2)
      "lo"
  """
  @doc guard: true
  def binary_part(binary, start, size), do: :erlang.binary_part(binary, start, size)

  @doc """
  The bytes of a binary at the positions of a range; positions outside of it are left out.

      iex> binary_slice("elixir", 1..3)
      "lix"
      iex> binary_slice("elixir", -3..-1)
      "xir"
      iex> binary_slice("elixir", 10..20)
      ""
      iex> binary_slice("elixir", 0..-1//2)
      "eii"
  """
  def binary_slice(binary, %{__struct__: Range, first: first, last: last, step: step})
      when :erlang.is_binary(binary) do
    slice = slice_range(binary, first, last, :erlang.byte_size(binary))

    case :erlang.>(step, 1) do
      true ->
        every(slice, step)

      false ->
        # `first..last` with last < first counts down, as in `1..-1`, but was written with the other direction in mind.
        case :erlang.orelse(:erlang."=:="(step, 1), :erlang.andalso(:erlang.<(last, 0), :erlang.>=(first, 0))) do
          true -> slice
          false -> bad_slice_step(first, last, step)
        end
    end
  end

  defp every(<<byte, rest::binary>>, step) do
    skipped = :erlang.min(:erlang.-(step, 1), :erlang.byte_size(rest))
    others = every(:erlang.binary_part(rest, skipped, :erlang.-(:erlang.byte_size(rest), skipped)), step)
    <<byte, others::binary>>
  end

  defp every(<<>>, _step), do: <<>>

  defp bad_slice_step(first, last, step) do
    range = %{__struct__: Range, first: first, last: last, step: step}
    text = inspect(range)
    message = <<"negative steps are not supported in binary_slice/2, pass ", text::binary, " with step 1 instead">>
    :erlang.error(ArgumentError.exception(message))
  end

  @doc """
  At most `size` bytes of a binary from a position, which counts from the end if it is negative.

      iex> binary_slice("elixir", 1, 3)
      "lix"
      iex> binary_slice("elixir", -3, 10)
      "xir"
      iex> binary_slice("elixir", 6, 2)
      ""
  """
  def binary_slice(binary, start, size)
      when :erlang.andalso(
             :erlang.is_binary(binary),
             :erlang.andalso(
               :erlang.is_integer(start),
               :erlang.andalso(:erlang.is_integer(size), :erlang.>=(size, 0))
             )
           ) do
    total = :erlang.byte_size(binary)
    from = from_end(start, total)
    slice_bytes(binary, :erlang.max(from, 0), :erlang.min(size, :erlang.-(total, :erlang.max(from, 0))))
  end

  defp slice_range(binary, first, last, total) do
    from = from_end(first, total)
    to = from_end(last, total)

    case :erlang.orelse(:erlang.<(from, 0), :erlang.>=(from, total)) do
      true ->
        case :erlang.andalso(:erlang.<(from, 0), :erlang.>=(to, 0)) do
          true -> slice_bytes(binary, 0, :erlang.+(:erlang.min(to, :erlang.-(total, 1)), 1))
          false -> ""
        end

      false ->
        to = :erlang.min(to, :erlang.-(total, 1))
        slice_bytes(binary, from, :erlang.+(:erlang.-(to, from), 1))
    end
  end

  defp from_end(position, total) when :erlang.<(position, 0), do: :erlang.+(position, total)
  defp from_end(position, _total), do: position

  defp slice_bytes(binary, from, size) when :erlang.>(size, 0), do: :erlang.binary_part(binary, from, size)
  defp slice_bytes(_binary, _from, _size), do: ""

  ## Type checks

  @doc """
  Whether the term is an atom; `nil`, `true`, `false` and module names are.

      iex> is_atom(:name)
      true
      iex> is_atom("name")
      false
  """
  @doc guard: true
  def is_atom(term), do: :erlang.is_atom(term)

  @doc """
  Whether the term is a binary, that is, a bitstring of whole bytes; strings are.

      iex> is_binary("text")
      true
      iex> is_binary(<<1::3>>)
      false
  """
  @doc guard: true
  def is_binary(term), do: :erlang.is_binary(term)

  @doc """
  Whether the term is a bitstring.

      iex> is_bitstring(<<1::3>>)
      true
  """
  @doc guard: true
  def is_bitstring(term), do: :erlang.is_bitstring(term)

  @doc """
  Whether the term is `true` or `false`.

      iex> is_boolean(false)
      true
      iex> is_boolean(nil)
      false
  """
  @doc guard: true
  def is_boolean(term), do: :erlang.is_boolean(term)

  @doc """
  Whether the term is a float.

      iex> is_float(1.0)
      true
  """
  @doc guard: true
  def is_float(term), do: :erlang.is_float(term)

  @doc """
  Whether the term is a function.

      iex> is_function(fn -> :ok end)
      true
  """
  @doc guard: true
  def is_function(term), do: :erlang.is_function(term)

  @doc """
  Whether the term is a function of that many arguments.

      iex> is_function(fn x -> x end, 1)
      true
      iex> is_function(fn x -> x end, 2)
      false
  """
  @doc guard: true
  def is_function(term, arity), do: :erlang.is_function(term, arity)

  @doc """
  Whether the term is an integer.

      iex> is_integer(1)
      true
  """
  @doc guard: true
  def is_integer(term), do: :erlang.is_integer(term)

  @doc """
  Whether the term is a list, proper or not.

      iex> is_list([1 | 2])
      true
  """
  @doc guard: true
  def is_list(term), do: :erlang.is_list(term)

  @doc """
  Whether the term is a map; structs are.

      iex> is_map(%{})
      true
  """
  @doc guard: true
  def is_map(term), do: :erlang.is_map(term)

  @doc """
  Whether a map has a key. Raises `BadMapError` if the first argument is no map.

      iex> is_map_key(%{a: 1}, :a)
      true
  """
  @doc guard: true
  def is_map_key(map, key), do: :erlang.is_map_key(key, map)

  @doc """
  Whether the term is an integer or a float.

      iex> is_number(1.5)
      true
  """
  @doc guard: true
  def is_number(term), do: :erlang.is_number(term)

  @doc """
  Whether the term is a process identifier.

      iex> is_pid(self())
      true
  """
  @doc guard: true
  def is_pid(term), do: :erlang.is_pid(term)

  @doc """
  Whether the term is a port.

      iex> is_port(self())
      false
  """
  @doc guard: true
  def is_port(term), do: :erlang.is_port(term)

  @doc """
  Whether the term is a reference.

      iex> is_reference(make_ref())
      true
  """
  @doc guard: true
  def is_reference(term), do: :erlang.is_reference(term)

  @doc """
  Whether the term is a tuple.

      iex> is_tuple({1, 2})
      true
  """
  @doc guard: true
  def is_tuple(term), do: :erlang.is_tuple(term)

  @doc """
  Whether the term is `nil`.

      iex> is_nil(nil)
      true
      iex> is_nil(false)
      false
  """
  @doc guard: true
  defmacro is_nil(term) do
    quote do: :erlang."=:="(unquote(term), nil)
  end

  @doc """
  Whether the term is a struct.

      iex> is_struct(1..2)
      true
      iex> is_struct(%{})
      false
  """
  @doc guard: true
  defmacro is_struct(term) do
    case __CALLER__ do
      %{context: :guard} ->
        quote do
          :erlang.andalso(
            :erlang.is_map(unquote(term)),
            :erlang.andalso(
              :erlang.is_map_key(:__struct__, unquote(term)),
              :erlang.is_atom(:erlang.map_get(:__struct__, unquote(term)))
            )
          )
        end

      _ ->
        quote do
          case unquote(term) do
            %{__struct__: name} when :erlang.is_atom(name) -> true
            _ -> false
          end
        end
    end
  end

  @doc """
  Whether the term is a struct of the module `name`.

      iex> is_struct(1..2, Range)
      true
      iex> is_struct(1..2, URI)
      false
  """
  @doc guard: true
  defmacro is_struct(term, name) do
    case __CALLER__ do
      %{context: :guard} ->
        quote do
          :erlang.andalso(
            :erlang.is_map(unquote(term)),
            :erlang.andalso(
              :erlang.andalso(:erlang.is_atom(unquote(name)), :erlang.is_map_key(:__struct__, unquote(term))),
              :erlang."=:="(:erlang.map_get(:__struct__, unquote(term)), unquote(name))
            )
          )
        end

      _ ->
        quote do
          case unquote(name) do
            name when :erlang.is_atom(name) ->
              case unquote(term) do
                %{__struct__: ^name} -> true
                _ -> false
              end

            _ ->
              :erlang.error(ArgumentError.exception("expected a module name, an atom, as second argument of is_struct/2"))
          end
        end
    end
  end

  @doc """
  Whether the term is a map but not a struct.

      iex> is_non_struct_map(%{})
      true
      iex> is_non_struct_map(1..2)
      false
  """
  @doc guard: true
  defmacro is_non_struct_map(term) do
    case __CALLER__ do
      %{context: :guard} ->
        quote do
          :erlang.andalso(
            :erlang.is_map(unquote(term)),
            :erlang.not(
              :erlang.andalso(
                :erlang.is_map_key(:__struct__, unquote(term)),
                :erlang.is_atom(:erlang.map_get(:__struct__, unquote(term)))
              )
            )
          )
        end

      _ ->
        quote do
          case unquote(term) do
            %{__struct__: name} when :erlang.is_atom(name) -> false
            %{} -> true
            _ -> false
          end
        end
    end
  end

  @doc """
  Whether the term is an exception.

      iex> is_exception(%RuntimeError{})
      true
      iex> is_exception(%{})
      false
  """
  @doc guard: true
  defmacro is_exception(term) do
    case __CALLER__ do
      %{context: :guard} ->
        quote do
          :erlang.andalso(
            :erlang.is_map(unquote(term)),
            :erlang.andalso(
              :erlang.andalso(
                :erlang.is_map_key(:__struct__, unquote(term)),
                :erlang.is_atom(:erlang.map_get(:__struct__, unquote(term)))
              ),
              :erlang.andalso(
                :erlang.is_map_key(:__exception__, unquote(term)),
                :erlang."=:="(:erlang.map_get(:__exception__, unquote(term)), true)
              )
            )
          )
        end

      _ ->
        quote do
          case unquote(term) do
            %{__struct__: name, __exception__: true} when :erlang.is_atom(name) -> true
            _ -> false
          end
        end
    end
  end

  @doc """
  Whether the term is an exception of the module `name`.

      iex> is_exception(%RuntimeError{}, RuntimeError)
      true
  """
  @doc guard: true
  defmacro is_exception(term, name) do
    case __CALLER__ do
      %{context: :guard} ->
        quote do
          :erlang.andalso(
            :erlang.is_map(unquote(term)),
            :erlang.andalso(
              :erlang.andalso(
                :erlang.andalso(:erlang.is_atom(unquote(name)), :erlang.is_map_key(:__struct__, unquote(term))),
                :erlang."=:="(:erlang.map_get(:__struct__, unquote(term)), unquote(name))
              ),
              :erlang.andalso(
                :erlang.is_map_key(:__exception__, unquote(term)),
                :erlang."=:="(:erlang.map_get(:__exception__, unquote(term)), true)
              )
            )
          )
        end

      _ ->
        quote do
          case unquote(name) do
            name when :erlang.is_atom(name) ->
              case unquote(term) do
                %{__struct__: ^name, __exception__: true} -> true
                _ -> false
              end

            _ ->
              :erlang.error(ArgumentError.exception("expected a module name, an atom, as second argument of is_exception/2"))
          end
        end
    end
  end

  ## Processes, functions, exits

  @doc """
  Calls a function with a list of arguments.

      iex> apply(fn x, y -> x + y end, [1, 2])
      3
  """
  def apply(fun, args), do: :erlang.apply(fun, args)

  @doc """
  Calls the function of a module with a list of arguments.

      iex> apply(String, :upcase, ["abc"])
      "ABC"
  """
  def apply(module, function_name, args), do: :erlang.apply(module, function_name, args)

  @doc """
  Ends the calling process with a reason, unless the exit is caught.

      iex> try do
      ...>   exit(:done)
      ...> catch
      ...>   :exit, reason -> reason
      ...> end
      :done
  """
  def exit(reason), do: :erlang.exit(reason)

  @doc """
  Throws a value, to be caught by an enclosing `try`/`catch`.

      iex> try do
      ...>   throw(:value)
      ...> catch
      ...>   value -> value
      ...> end
      :value
  """
  def throw(term), do: :erlang.throw(term)

  @doc """
  The identifier of the calling process.

      iex> self() == self()
      true
  """
  @doc guard: true
  def self(), do: :erlang.self()

  @doc """
  Sends a message to a process, a registered name or a `{name, node}`, and returns the message.

      iex> send(self(), :hello)
      :hello
  """
  def send(dest, message), do: :erlang.send(dest, message)

  @doc """
  Starts a process that runs the function, and returns its identifier.

      iex> is_pid(spawn(fn -> :ok end))
      true
  """
  def spawn(fun), do: :erlang.spawn(fun)

  @doc """
  Starts a process that calls `module.fun` with the arguments.

      iex> is_pid(spawn(String, :upcase, ["a"]))
      true
  """
  def spawn(module, fun, args), do: :erlang.spawn(module, fun, args)

  @doc """
  Starts a process that is linked to the caller.

      iex> is_pid(spawn_link(fn -> :ok end))
      true
  """
  def spawn_link(fun), do: :erlang.spawn_link(fun)

  @doc """
  Starts a process that calls `module.fun` with the arguments and is linked to the caller.

      iex> is_pid(spawn_link(String, :upcase, ["a"]))
      true
  """
  def spawn_link(module, fun, args), do: :erlang.spawn_link(module, fun, args)

  @doc """
  Starts a process and monitors it; returns its identifier and the monitor's reference.

      iex> {pid, ref} = spawn_monitor(fn -> exit(:bye) end)
      iex> receive do
      ...>   {:DOWN, ^ref, :process, ^pid, reason} -> reason
      ...> end
      :bye
  """
  def spawn_monitor(fun), do: :erlang.spawn_monitor(fun)

  @doc """
  Starts a process that calls `module.fun` with the arguments, and monitors it.

      iex> {pid, _ref} = spawn_monitor(String, :upcase, ["a"])
      iex> is_pid(pid)
      true
  """
  def spawn_monitor(module, fun, args), do: :erlang.spawn_monitor(module, fun, args)

  @doc """
  A reference that no other call returns.

      iex> make_ref() == make_ref()
      false
  """
  def make_ref(), do: :erlang.make_ref()

  @doc """
  The name of the local node.

      iex> is_atom(node())
      true
  """
  @doc guard: true
  def node(), do: :erlang.node()

  @doc """
  The node on which a process, reference or port lives.

      iex> node(self()) == node()
      true
  """
  @doc guard: true
  def node(pid_ref_or_port), do: :erlang.node(pid_ref_or_port)

  @doc """
  Whether a loaded module exports a public function. It does not load the module.

      iex> function_exported?(Enum, :map, 2)
      true
      iex> function_exported?(Enum, :nothing, 2)
      false
  """
  def function_exported?(module, function, arity), do: :erlang.function_exported(module, function, arity)

  @doc """
  Whether a loaded module exports a public macro. It does not load the module.

      iex> macro_exported?(Kernel, :if, 2)
      true
      iex> macro_exported?(Kernel, :self, 0)
      false
  """
  def macro_exported?(module, macro, arity)
      when :erlang.andalso(
             :erlang.is_atom(module),
             :erlang.andalso(:erlang.is_atom(macro), :erlang.is_integer(arity))
           ) do
    case :erlang.function_exported(module, :__info__, 1) do
      true -> :lists.member({macro, arity}, module.__info__(:macros))
      false -> false
    end
  end

  @doc """
  The text of a term as it would be written in source, for developers to read.

  The options are those of `Inspect.Opts`, for example `:limit`, `:width`, `:pretty`, `:base`, `:charlists`.

      iex> inspect(:foo)
      ":foo"
      iex> inspect([1, 2, 3, 4], limit: 3)
      "[1, 2, 3, ...]"
      iex> inspect("olá" <> <<0>>)
      "<<111, 108, 195, 161, 0>>"
      iex> inspect(100, base: :hex)
      "0x64"
  """
  def inspect(term, opts \\ []) when :erlang.is_list(opts), do: Kernel.Utils.inspect_term(term, opts)

  ## Structs

  @doc """
  Builds or updates a struct with fields from an enumerable; unknown keys are ignored.

  The first argument is the struct's module or an existing struct.

      iex> struct(Range, first: 1, last: 2, step: 1)
      1..2
      iex> struct(URI, host: "example.com", unknown: 1).host
      "example.com"
  """
  def struct(struct, fields \\ []), do: Kernel.Utils.new_struct(struct, fields)

  @doc """
  Like `struct/2`, but raises `KeyError` for unknown keys and checks the keys that must be given.

      iex> struct!(URI, host: "example.com").host
      "example.com"
      iex> struct!(1..2, unknown: 1)
      ** (KeyError) key :unknown not found in: 1..2
  """
  def struct!(struct, fields \\ []), do: Kernel.Utils.new_struct!(struct, fields)

  ## Nested data

  @doc """
  Reads a value from nested structures, key by key; `nil` on the way ends with `nil`.

  A key that is a function is called as described in `Access`.

      iex> get_in(%{"john" => %{age: 27}}, ["john", :age])
      27
      iex> get_in(%{}, ["jane", :age])
      nil
  """
  def get_in(data, keys)
  def get_in(nil, [_ | _]), do: nil
  def get_in(data, [h]) when :erlang.is_function(h), do: h.(:get, data, fn value -> value end)
  def get_in(data, [h | t]) when :erlang.is_function(h), do: h.(:get, data, fn value -> get_in(value, t) end)
  def get_in(data, [h]), do: Access.get(data, h)
  def get_in(data, [h | t]), do: get_in(Access.get(data, h), t)
  def get_in(data, []), do: data

  @doc """
  Puts a value in nested structures.

      iex> put_in(%{"john" => %{age: 27}}, ["john", :age], 28)
      %{"john" => %{age: 28}}
  """
  def put_in(data, [_ | _] = keys, value) do
    :erlang.element(2, get_and_update_in(data, keys, fn _ -> {nil, value} end))
  end

  @doc """
  Replaces a value in nested structures with the result of a function.

      iex> update_in(%{"john" => %{age: 27}}, ["john", :age], &(&1 + 1))
      %{"john" => %{age: 28}}
  """
  def update_in(data, [_ | _] = keys, fun) when :erlang.is_function(fun, 1) do
    :erlang.element(2, get_and_update_in(data, keys, fn value -> {nil, fun.(value)} end))
  end

  @doc """
  Reads and replaces a value in nested structures at once.

  The function gets the value and returns `{value_to_return, new_value}`, or `:pop`.

      iex> get_and_update_in(%{a: %{b: 1}}, [:a, :b], &{&1, &1 + 1})
      {1, %{a: %{b: 2}}}
  """
  def get_and_update_in(data, keys, fun)

  def get_and_update_in(data, [head], fun) when :erlang.is_function(head, 3), do: head.(:get_and_update, data, fun)

  def get_and_update_in(data, [head | tail], fun) when :erlang.is_function(head, 3) do
    head.(:get_and_update, data, fn value -> get_and_update_in(value, tail, fun) end)
  end

  def get_and_update_in(data, [head], fun) when :erlang.is_function(fun, 1), do: Access.get_and_update(data, head, fun)

  def get_and_update_in(data, [head | tail], fun) when :erlang.is_function(fun, 1) do
    Access.get_and_update(data, head, fn value -> get_and_update_in(value, tail, fun) end)
  end

  @doc """
  Removes a value from nested structures; returns it and the structure without it.

      iex> pop_in(%{"john" => %{age: 27}}, ["john", :age])
      {27, %{"john" => %{}}}
  """
  def pop_in(data, keys)
  def pop_in(nil, [key | _]), do: :erlang.error(ArgumentError.exception(pop_nil_message(key)))
  def pop_in(data, [_ | _] = keys), do: pop_in_data(data, keys)

  defp pop_nil_message(key) do
    text = inspect(key)
    <<"could not pop key ", text::binary, " on a nil value">>
  end

  defp pop_in_data(nil, [_ | _]), do: :pop
  defp pop_in_data(data, [fun]) when :erlang.is_function(fun), do: fun.(:get_and_update, data, fn _ -> :pop end)

  defp pop_in_data(data, [fun | tail]) when :erlang.is_function(fun) do
    fun.(:get_and_update, data, fn value -> pop_in_data(value, tail) end)
  end

  defp pop_in_data(data, [key]), do: Access.pop(data, key)

  defp pop_in_data(data, [key | tail]) do
    Access.get_and_update(data, key, fn value -> pop_in_data(value, tail) end)
  end

  @doc """
  Reads a value through a path written as code; a missing step gives `nil`.

      iex> users = %{"john" => %{age: 27}}
      iex> get_in(users["john"].age)
      27
      iex> get_in(users["jane"].age)
      nil
  """
  defmacro get_in(path), do: Kernel.Paths.get_in(path, __CALLER__)

  @doc """
  Puts a value at a path written as code.

      iex> users = %{"john" => %{age: 27}}
      iex> put_in(users["john"].age, 28)
      %{"john" => %{age: 28}}
  """
  defmacro put_in(path, value), do: Kernel.Paths.put_in(path, value, __CALLER__)

  @doc """
  Updates the value at a path written as code with a function.

      iex> users = %{"john" => %{age: 27}}
      iex> update_in(users["john"].age, &(&1 + 1))
      %{"john" => %{age: 28}}
  """
  defmacro update_in(path, fun), do: Kernel.Paths.update_in(path, fun, __CALLER__)

  @doc """
  Reads and updates the value at a path written as code.

      iex> users = %{"john" => %{age: 27}}
      iex> get_and_update_in(users["john"].age, &{&1, &1 + 1})
      {27, %{"john" => %{age: 28}}}
  """
  defmacro get_and_update_in(path, fun), do: Kernel.Paths.get_and_update_in(path, fun, __CALLER__)

  @doc """
  Removes the value at a path written as code.

      iex> users = %{"john" => %{age: 27}}
      iex> pop_in(users["john"][:age])
      {27, %{"john" => %{}}}
  """
  defmacro pop_in(path), do: Kernel.Paths.pop_in(path, __CALLER__)

  ## Time

  @doc """
  Milliseconds of a timeout given as an integer, `:infinity`, a `Duration` or a keyword list of units.

      iex> to_timeout(hour: 1, minute: 30)
      5_400_000
      iex> to_timeout(:infinity)
      :infinity
      iex> to_timeout(250)
      250
  """
  def to_timeout(duration), do: Kernel.Utils.timeout_of(duration)

  ## Boolean operators and control flow

  @doc """
  Evaluates the `do` block if the condition is truthy, else the `else` block (or gives `nil`).

      iex> if 1 < 2, do: :yes, else: :no
      :yes
      iex> if nil, do: :yes
      nil
  """
  defmacro if(condition, clauses)
  defmacro if(condition, [{:do, do_clause}]), do: build_if(condition, do_clause, nil)
  defmacro if(condition, [{:do, do_clause}, {:else, else_clause}]), do: build_if(condition, do_clause, else_clause)
  defmacro if(condition, [{:else, else_clause}, {:do, do_clause}]), do: build_if(condition, do_clause, else_clause)

  defmacro if(_condition, _arguments) do
    :erlang.error(
      ArgumentError.exception("invalid or duplicate keys for if, only \"do\" and an optional \"else\" are permitted")
    )
  end

  # `optimize_boolean` tells the compiler that it may leave out the test for nil when the condition is a boolean.
  defp build_if(condition, do_clause, else_clause) do
    mark_boolean(
      quote do
        case unquote(condition) do
          x when :erlang.orelse(:erlang."=:="(x, false), :erlang."=:="(x, nil)) -> unquote(else_clause)
          _ -> unquote(do_clause)
        end
      end
    )
  end

  defp mark_boolean({:case, meta, args}), do: {:case, [{:optimize_boolean, true} | meta], args}

  @doc """
  Evaluates the `do` block unless the condition is truthy. Prefer `if/2` with a negated condition.

      iex> unless 1 > 2, do: :ok
      :ok
  """
  defmacro unless(condition, clauses)
  defmacro unless(condition, [{:do, do_clause}]), do: build_if(condition, nil, do_clause)
  defmacro unless(condition, [{:do, do_clause}, {:else, else_clause}]), do: build_if(condition, else_clause, do_clause)
  defmacro unless(condition, [{:else, else_clause}, {:do, do_clause}]), do: build_if(condition, else_clause, do_clause)

  defmacro unless(_condition, _arguments) do
    :erlang.error(
      ArgumentError.exception(
        "invalid or duplicate keys for unless, only \"do\" and an optional \"else\" are permitted"
      )
    )
  end

  @doc """
  `true` for `nil` and `false`, `false` for everything else.

      iex> !nil
      true
      iex> !1
      false
  """
  defmacro !value
  defmacro !{:!, _, [value]}, do: build_not(value, true, __CALLER__)
  defmacro !value, do: build_not(value, false, __CALLER__)

  defp build_not(value, double_negation, env) do
    body_only(env, :!)

    mark_boolean(
      quote do
        case unquote(value) do
          x when :erlang.orelse(:erlang."=:="(x, false), :erlang."=:="(x, nil)) -> unquote(:erlang.not(double_negation))
          _ -> unquote(double_negation)
        end
      end
    )
  end

  @doc """
  The second value if the first is truthy, else the first; the second is only then evaluated.

      iex> 1 && 2
      2
      iex> nil && raise("not evaluated")
      nil
  """
  defmacro left && right do
    body_only(__CALLER__, :&&)

    quote do
      case unquote(left) do
        x when :erlang.orelse(:erlang."=:="(x, false), :erlang."=:="(x, nil)) -> x
        _ -> unquote(right)
      end
    end
  end

  @doc """
  The first value if it is truthy, else the second, which is only then evaluated.

      iex> nil || 2
      2
      iex> 1 || raise("not evaluated")
      1
  """
  defmacro left || right do
    body_only(__CALLER__, :||)

    quote do
      case unquote(left) do
        x when :erlang.orelse(:erlang."=:="(x, false), :erlang."=:="(x, nil)) -> unquote(right)
        x -> x
      end
    end
  end

  # `&&`, `||` and `!` accept every value, which a guard cannot test for.
  defp body_only(env, operator) do
    case env do
      %{context: nil} -> :ok
      %{context: context} -> Kernel.Utils.invalid_context!(context, operator)
      _ -> :ok
    end
  end

  @doc """
  Strict boolean and: the left side must be `true` or `false`; the right side is evaluated only after `true`.

      iex> true and false
      false
      iex> true and "yes"
      "yes"
      iex> 1 and true
      ** (BadBooleanError) expected a boolean on left-side of "and", got: 1
  """
  @doc guard: true
  defmacro left and right do
    case __CALLER__ do
      %{context: :guard} ->
        quote do: :erlang.andalso(unquote(left), unquote(right))

      %{context: :match} ->
        Kernel.Utils.invalid_context!(:match, :and)

      _ ->
        # The last clause is unreachable when the left side is known to be a boolean.
        quote generated: true do
          case unquote(left) do
            false -> false
            true -> unquote(right)
            other -> :erlang.error({:badbool, :and, other})
          end
        end
    end
  end

  @doc """
  Strict boolean or: the left side must be `true` or `false`; the right side is evaluated only after `false`.

      iex> false or true
      true
      iex> 1 or true
      ** (BadBooleanError) expected a boolean on left-side of "or", got: 1
  """
  @doc guard: true
  defmacro left or right do
    case __CALLER__ do
      %{context: :guard} ->
        quote do: :erlang.orelse(unquote(left), unquote(right))

      %{context: :match} ->
        Kernel.Utils.invalid_context!(:match, :or)

      _ ->
        # The last clause is unreachable when the left side is known to be a boolean.
        quote generated: true do
          case unquote(left) do
            false -> unquote(right)
            true -> true
            other -> :erlang.error({:badbool, :or, other})
          end
        end
    end
  end

  @doc """
  Whether the value is in a list, range or other enumerable.

  In guards the right side must be a list or range known to the compiler.

      iex> 2 in [1, 2, 3]
      true
      iex> 4 in 1..3
      false
      iex> 4 not in 1..3
      true
  """
  @doc guard: true
  defmacro left in right, do: Kernel.Operators.member(left, right, __CALLER__)

  @doc """
  Passes the value on the left as first argument of the call on the right.

      iex> [1, [2], 3] |> List.flatten() |> Enum.sum()
      6
  """
  defmacro left |> right, do: Kernel.Operators.pipe(left, right)

  @doc """
  Concatenates two binaries. In a pattern the left side must be a literal.

      iex> "foo" <> "bar"
      "foobar"
      iex> "foo" <> rest = "foobar"
      iex> rest
      "bar"
  """
  defmacro left <> right, do: Kernel.Operators.binary_concat(left, right, __CALLER__)

  @doc """
  The range of all integers, as used for slices: `0..-1//1`.

      iex> String.slice("abc", ..)
      "abc"
  """
  defmacro unquote(:..)(), do: Kernel.Operators.full_range()

  @doc """
  A range from `first` to `last`, both included.

      iex> Enum.to_list(1..3)
      [1, 2, 3]
      iex> Enum.to_list(3..1//-1)
      [3, 2, 1]
  """
  defmacro first..last, do: Kernel.Operators.range(first, last, __CALLER__)

  @doc """
  A range with a step.

      iex> Enum.to_list(1..10//3)
      [1, 4, 7, 10]
      iex> Enum.to_list(5..1//1)
      []
  """
  defmacro first..last//step, do: Kernel.Operators.range(first, last, step, __CALLER__)

  @doc """
  Whether the value of an expression matches a pattern, which may have a guard.

      iex> match?({:ok, _}, {:ok, 1})
      true
      iex> match?({:ok, n} when n > 1, {:ok, 1})
      false
  """
  defmacro match?(pattern, expr) do
    # The pattern's variables are only there to be compared: no warning for those that are not used.
    quote generated: true do
      case unquote(expr) do
        unquote(pattern) -> true
        _ -> false
      end
    end
  end

  @doc """
  Matches a list pattern with a list of any length: what is missing is `nil`, what is too much is dropped.

      iex> destructure([x, y, z], [1, 2])
      iex> {x, y, z}
      {1, 2, nil}
  """
  defmacro destructure(left, right) when :erlang.is_list(left) do
    quote do
      unquote(left) = Kernel.Utils.fit_list(unquote(right), unquote(:erlang.length(left)))
    end
  end

  @doc """
  Passes the value to a function and returns what the function returns; made for pipelines.

      iex> 1 |> then(fn x -> x * 2 end)
      2
  """
  defmacro then(value, fun) do
    quote do: unquote(fun).(unquote(value))
  end

  @doc """
  Passes the value to a function and returns the value; made for side effects in pipelines.

      iex> tap(1, fn x -> send(self(), x) end)
      1
  """
  defmacro tap(value, fun) do
    quote do
      value = unquote(value)
      _ = unquote(fun).(value)
      value
    end
  end

  @doc """
  Prints the code and the values of its parts, and returns its value.

  Without arguments it prints the variables in scope. The options are those of `inspect/2`.
  """
  defmacro dbg(code \\ {:binding, [], []}, options \\ []), do: Macro.__dbg_callback__(code, options, __CALLER__)

  @doc """
  The variables in scope as a keyword list.

      iex> x = 1
      iex> binding()
      [x: 1]
  """
  defmacro binding(context \\ nil), do: Kernel.Utils.expand_binding(context, __CALLER__)

  @doc """
  Converts to a string, as `String.Chars` says; this is what interpolation calls.

      iex> to_string(:foo)
      "foo"
      iex> to_string(12)
      "12"
  """
  defmacro to_string(term) do
    case term do
      binary when :erlang.is_binary(binary) -> binary
      # Interpolated values are mostly strings already.
      _ -> quote generated: true do
        case unquote(term) do
          string when :erlang.is_binary(string) -> string
          other -> String.Chars.to_string(other)
        end
      end
    end
  end

  @doc """
  Converts to a charlist, as `List.Chars` says.

      iex> to_charlist(:foo)
      ~c"foo"
  """
  defmacro to_charlist(term) do
    quote do: List.Chars.to_charlist(unquote(term))
  end

  @doc false
  defmacro to_char_list(term) do
    quote do: List.Chars.to_charlist(unquote(term))
  end

  ## Exceptions

  @doc """
  Raises a `RuntimeError` with a message, the given exception, or the exception of a module without arguments.

      iex> raise "oops"
      ** (RuntimeError) oops
      iex> raise %ArgumentError{message: "wrong"}
      ** (ArgumentError) wrong
  """
  defmacro raise(message) do
    quote do: :erlang.error(unquote(exception_of(message)))
  end

  @doc """
  Raises the exception of a module, built by its `exception/1` from the given arguments.

      iex> raise ArgumentError, "wrong"
      ** (ArgumentError) wrong
      iex> raise ArgumentError, message: "wrong"
      ** (ArgumentError) wrong
  """
  defmacro raise(exception, attributes) do
    quote do: :erlang.error(unquote(exception).exception(unquote(attributes)))
  end

  @doc """
  Raises like `raise/1`, keeping a given stack trace.

      iex> try do
      ...>   raise "oops"
      ...> rescue
      ...>   exception -> reraise exception, __STACKTRACE__
      ...> end
      ** (RuntimeError) oops
  """
  defmacro reraise(message, stacktrace) do
    quote do: :erlang.raise(:error, unquote(exception_of(message)), unquote(stacktrace))
  end

  @doc """
  Raises like `raise/2`, keeping a given stack trace.

      iex> try do
      ...>   raise "oops"
      ...> rescue
      ...>   _ -> reraise ArgumentError, [message: "wrong"], __STACKTRACE__
      ...> end
      ** (ArgumentError) wrong
  """
  defmacro reraise(exception, attributes, stacktrace) do
    quote do
      :erlang.raise(:error, unquote(exception).exception(unquote(attributes)), unquote(stacktrace))
    end
  end

  # Strings and module names are known when the code is compiled; the rest is told apart when it runs.
  defp exception_of(message) when :erlang.is_binary(message), do: runtime_error(message)
  defp exception_of({:<<>>, _, _} = message), do: runtime_error(message)
  defp exception_of({:<>, _, [_, _]} = message), do: runtime_error(message)
  defp exception_of({:__aliases__, _, _} = module), do: quote(do: unquote(module).exception([]))

  defp exception_of(module) when :erlang.is_atom(module), do: quote(do: unquote(module).exception([]))
  defp exception_of(message), do: quote(do: Kernel.Utils.exception_from(unquote(message)))

  defp runtime_error(message), do: quote(do: RuntimeError.exception(unquote(message)))

  ## Definitions

  @doc """
  Defines a struct in the current module.

  Fields are atoms (with default `nil`) or pairs of a name and a default. `@enforce_keys` lists the fields that must
  be given, `@derive` the protocols to implement for it.

      defmodule User do
        @enforce_keys [:name]
        defstruct [:name, age: 0]
      end

      %User{name: "Ann"}
  """
  defmacro defstruct(fields) do
    quote do
      {struct, enforced, derived} = Kernel.Utils.define_struct(__MODULE__, unquote(fields), __ENV__)

      case derived do
        [] -> :ok
        _ -> Protocol.__derive__(derived, __MODULE__, __ENV__)
      end

      @doc false
      def __struct__(), do: unquote({:unquote, [], [quote(do: Kernel.Utils.escape(struct))]})

      @doc false
      def __struct__(fields) do
        Kernel.Utils.build_struct(
          unquote({:unquote, [], [quote(do: Kernel.Utils.escape(struct))]}),
          unquote({:unquote, [], [quote(do: enforced)]}),
          fields,
          __MODULE__
        )
      end

      struct
    end
  end

  @doc """
  Defines the current module as an exception with the given fields.

  With a `:message` field, `message/1` and an `exception/1` that takes a string are defined too; all may be
  overridden.

      defmodule MyError do
        defexception message: "something is wrong"
      end

      raise MyError, "worse"
  """
  defmacro defexception(fields), do: Kernel.Utils.expand_exception(fields)

  @doc """
  Defines functions that call functions of another module.

  Options: `:to`, the module, and `:as`, the name there if it differs.

      defdelegate reverse(list), to: Enum
      defdelegate other_reverse(list), to: Enum, as: :reverse
  """
  defmacro defdelegate(funs, opts), do: Kernel.Utils.expand_delegate(funs, opts)

  @doc """
  Defines a public macro that may be used in guards.

      defguard is_even(value) when is_integer(value) and rem(value, 2) == 0
  """
  defmacro defguard(guard), do: Kernel.Utils.expand_guard(:defmacro, guard, __CALLER__)

  @doc """
  Defines a private macro that may be used in guards.

      defguardp is_small(value) when value < 10
  """
  defmacro defguardp(guard), do: Kernel.Utils.expand_guard(:defmacrop, guard, __CALLER__)

  @doc """
  Defines a protocol. See `Protocol`.

      defprotocol Size do
        def size(data)
      end
  """
  defmacro defprotocol(name, block)
  defmacro defprotocol(name, [{:do, block}]), do: Protocol.__protocol__(name, block, __CALLER__)

  @doc """
  Defines the implementation of a protocol for a type, a struct or a list of them. See `Protocol`.

      defimpl Size, for: Map do
        def size(map), do: map_size(map)
      end

  Inside a struct's module, `:for` may be left out.
  """
  defmacro defimpl(name, opts, do_block \\ []) do
    Protocol.__impl__(name, :erlang.++(opts, do_block), __CALLER__)
  end

  @doc """
  Requires a module and calls its `__using__/1` macro with the options.

      use GenServer, restart: :transient
  """
  defmacro use(module, opts \\ []), do: Kernel.Utils.expand_use(module, opts)

  @doc """
  In a quote, the variable of the macro's caller rather than one of the macro's own.

      iex> require Kernel
      iex> Macro.to_string(quote(do: var!(x)))
      "var!(x)"
  """
  defmacro var!(var, context \\ nil)

  defmacro var!({name, meta, atom}, context)
           when :erlang.andalso(:erlang.is_atom(name), :erlang.is_atom(atom)) do
    case :erlang.is_atom(context) do
      true -> {name, without_key(meta, :counter), context}
      false -> {name, without_key(meta, :counter), Kernel.Utils.expand_top(context, __CALLER__)}
    end
  end

  defmacro var!(other, _context) do
    text = Macro.to_string(other)
    :erlang.error(ArgumentError.exception(<<"expected a variable to be given to var!, got: ", text::binary>>))
  end

  defp without_key([{key, _} | rest], key), do: without_key(rest, key)
  defp without_key([pair | rest], key), do: [pair | without_key(rest, key)]
  defp without_key([], _key), do: []

  @doc """
  In a quote, an alias to be resolved where the macro is called rather than where it was written.

      iex> Macro.to_string(quote(do: alias!(List)))
      "alias!(List)"
  """
  defmacro alias!(alias) when :erlang.is_atom(alias), do: alias
  defmacro alias!({:__aliases__, meta, args}), do: {:__aliases__, without_key(meta, :alias), args}

  ## Sigils

  @doc """
  A string in which escapes and interpolation work.

      iex> ~s(a "quoted" \#{1 + 1})
      "a \\"quoted\\" 2"
  """
  defmacro sigil_s(term, modifiers), do: Kernel.Sigils.string(term, modifiers)

  @doc """
  A string taken literally: no escapes, no interpolation.

      iex> ~S(a\\nb)
      "a\\\\nb"
  """
  defmacro sigil_S(term, modifiers), do: Kernel.Sigils.raw_string(term, modifiers)

  @doc """
  A charlist in which escapes and interpolation work.

      iex> ~c(abc)
      [97, 98, 99]
  """
  defmacro sigil_c(term, modifiers), do: Kernel.Sigils.charlist(term, modifiers)

  @doc """
  A charlist taken literally.

      iex> ~C(a\\n)
      [97, 92, 110]
  """
  defmacro sigil_C(term, modifiers), do: Kernel.Sigils.raw_charlist(term, modifiers)

  @doc """
  A list of words split at white space; the modifier `a` gives atoms, `c` charlists, `s` (the default) strings.

      iex> ~w(one two)
      ["one", "two"]
      iex> ~w(one two)a
      [:one, :two]
  """
  defmacro sigil_w(term, modifiers), do: Kernel.Sigils.words(term, modifiers)

  @doc """
  Like `~w`, without escapes and interpolation.

      iex> ~W(a b)
      ["a", "b"]
  """
  defmacro sigil_W(term, modifiers), do: Kernel.Sigils.raw_words(term, modifiers)

  @doc """
  A regular expression; the modifiers are those of `Regex`.

      iex> "ABC" =~ ~r/b/i
      true
  """
  defmacro sigil_r(term, modifiers), do: Kernel.Sigils.regex(term, modifiers)

  @doc false
  defmacro sigil_R(term, modifiers), do: Kernel.Sigils.raw_regex(term, modifiers)

  @doc """
  A date.

      iex> ~D[2024-02-29].day
      29
  """
  defmacro sigil_D(date, modifiers), do: Kernel.Sigils.date(date, modifiers)

  @doc """
  A time of day.

      iex> ~T[13:00:07].hour
      13
  """
  defmacro sigil_T(time, modifiers), do: Kernel.Sigils.time(time, modifiers)

  @doc """
  A date and time without a time zone.

      iex> ~N[2024-02-29 13:00:07].month
      2
  """
  defmacro sigil_N(datetime, modifiers), do: Kernel.Sigils.naive_datetime(datetime, modifiers)

  @doc """
  A date and time in UTC.

      iex> ~U[2024-02-29 13:00:07Z].time_zone
      "Etc/UTC"
  """
  defmacro sigil_U(datetime, modifiers), do: Kernel.Sigils.utc_datetime(datetime, modifiers)

  ## Forms of the compiler
  #
  # The compiler expands these itself. They are declared here so that they are imported, can be left out with
  # `import Kernel, except: [...]`, and have documentation. Their bodies never run.

  @doc """
  Defines a public function.

      defmodule Math do
        def double(x) when is_number(x), do: x * 2
      end

  Clauses of one name and number of arguments are tried in order. `\\\\` gives a default argument. The body may have
  `rescue`, `catch`, `else` and `after` sections, as in `try`.
  """
  defmacro def(call, expr \\ nil), do: compiler_form(:def, call, expr)

  @doc """
  Defines a function that can be called only in its module.

      defp hidden(x), do: x
  """
  defmacro defp(call, expr \\ nil), do: compiler_form(:defp, call, expr)

  @doc """
  Defines a public macro: it gets the code of its arguments and returns the code to put in place of the call.

      defmacro twice(expr) do
        quote do
          unquote(expr)
          unquote(expr)
        end
      end
  """
  defmacro defmacro(call, expr \\ nil), do: compiler_form(:defmacro, call, expr)

  @doc """
  Defines a macro that can be used only in its module, after its definition.
  """
  defmacro defmacrop(call, expr \\ nil), do: compiler_form(:defmacrop, call, expr)

  @doc """
  Defines a module with the given name; the value is `{:module, name, binary, value_of_the_last_expression}`.

      defmodule Outer do
        defmodule Inner do
        end
      end

  A nested module's full name starts with the outer one's (`Outer.Inner`), and an alias for the short name is set.
  """
  defmacro defmodule(alias, do_block), do: compiler_form(:defmodule, alias, do_block)

  @doc """
  Allows functions, or all callbacks of a behaviour, that were defined so far to be defined anew; `super` then calls
  the former definition.

      defoverridable init: 1
  """
  defmacro defoverridable(keywords_or_behaviour), do: compiler_form(:defoverridable, keywords_or_behaviour, nil)

  @doc """
  Sets or reads an attribute of the module being compiled.

      @limit 10             # sets it
      def limit, do: @limit # its value, as it is at this point

  `@doc`, `@moduledoc`, `@typedoc` document; `@spec`, `@type`, `@typep`, `@opaque`, `@callback`, `@macrocallback` and
  `@optional_callbacks` declare types; `@behaviour`, `@impl`, `@derive`, `@enforce_keys`, `@before_compile`,
  `@after_compile`, `@on_definition`, `@compile`, `@deprecated`, `@external_resource`, `@dialyzer` and `@vsn` have the
  meaning described in `Module`. All others are for the module's own use.
  """
  defmacro @expr, do: compiler_form(:@, expr, nil)

  defp compiler_form(name, _argument, _block) do
    text = :erlang.atom_to_binary(name)
    :erlang.error(ArgumentError.exception(<<text::binary, " is expanded by the compiler and cannot be called as a macro">>))
  end
end
