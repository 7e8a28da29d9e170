# Explains what is wrong with the arguments of a failed native function. Natives are listed by what each argument has to be;
# the first part of a check is a predicate on the argument, the second the text for when it does not hold. When no
# argument is of the wrong kind, the function's own `reason/3` clause says what else is wrong.

defmodule :erl_erts_errors do
  @moduledoc false

  def format_error(_reason, [{module, function, args, _} | _]) when is_list(args), do: explain(module, function, args)
  def format_error(_reason, _stacktrace), do: %{}

  defp explain(module, function, args) do
    case wrong(kinds(module, function, length(args)), args, 1) do
      [] -> :maps.from_list(reason(module, function, args))
      wrong -> :maps.from_list(wrong)
    end
  end

  defp wrong([kind | kinds], [arg | args], position) do
    case kind != :any and not kind?(kind, arg) do
      true -> [{position, text(kind)} | wrong(kinds, args, position + 1)]
      false -> wrong(kinds, args, position + 1)
    end
  end

  defp wrong(_kinds, _args, _position), do: []

  defp kind?(:atom, arg), do: is_atom(arg)
  defp kind?(:binary, arg), do: is_binary(arg)
  defp kind?(:bitstring, arg), do: is_bitstring(arg)
  defp kind?(:integer, arg), do: is_integer(arg)
  defp kind?(:float, arg), do: is_float(arg)
  defp kind?(:number, arg), do: is_number(arg)
  defp kind?(:list, arg), do: is_list(arg) and proper?(arg)
  defp kind?(:cons, arg), do: is_list(arg) and arg != []
  defp kind?(:tuple, arg), do: is_tuple(arg)
  defp kind?(:map, arg), do: is_map(arg)
  defp kind?(:function, arg), do: is_function(arg)
  defp kind?(:pid, arg), do: is_pid(arg)
  defp kind?(:reference, arg), do: is_reference(arg)
  defp kind?(:base, arg), do: is_integer(arg) and arg >= 2 and arg <= 36
  defp kind?(:boolean, arg), do: is_boolean(arg)
  defp kind?(:iodata, arg), do: is_binary(arg) or is_list(arg)

  defp proper?([_ | tail]), do: proper?(tail)
  defp proper?(tail), do: tail == []

  defp text(:atom), do: "not an atom"
  defp text(:binary), do: "not a binary"
  defp text(:bitstring), do: "not a bitstring"
  defp text(:integer), do: "not an integer"
  defp text(:float), do: "not a float"
  defp text(:number), do: "not a number"
  defp text(:list), do: "not a list"
  defp text(:cons), do: "not a nonempty list"
  defp text(:tuple), do: "not a tuple"
  defp text(:map), do: "not a map"
  defp text(:function), do: "not a fun"
  defp text(:pid), do: "not a pid"
  defp text(:reference), do: "not a reference"
  defp text(:base), do: "not an integer in the range 2 through 36"
  defp text(:boolean), do: "not a boolean value"
  defp text(:iodata), do: "not an iodata term"

  defp kinds(:erlang, name, 1) when name in [:binary_to_integer, :binary_to_float, :binary_to_list], do: [:binary]
  defp kinds(:erlang, :binary_to_integer, 2), do: [:binary, :base]
  defp kinds(:erlang, name, 1) when name in [:binary_to_atom, :binary_to_existing_atom], do: [:binary]
  defp kinds(:erlang, name, 2) when name in [:binary_to_atom, :binary_to_existing_atom], do: [:binary, :any]
  defp kinds(:erlang, name, 1) when name in [:list_to_integer, :list_to_float, :list_to_tuple], do: [:list]
  defp kinds(:erlang, name, 1) when name in [:list_to_atom, :list_to_existing_atom, :list_to_binary], do: [:list]
  defp kinds(:erlang, name, 1) when name in [:list_to_bitstring, :length, :list_to_pid, :list_to_ref], do: [:list]
  defp kinds(:erlang, name, 1) when name in [:iolist_to_binary, :iolist_size, :iolist_to_iovec], do: [:iodata]
  defp kinds(:erlang, :list_to_integer, 2), do: [:list, :base]
  defp kinds(:erlang, name, 1) when name in [:atom_to_binary, :atom_to_list], do: [:atom]
  defp kinds(:erlang, :atom_to_binary, 2), do: [:atom, :any]
  defp kinds(:erlang, name, 1) when name in [:integer_to_binary, :integer_to_list], do: [:integer]
  defp kinds(:erlang, name, 2) when name in [:integer_to_binary, :integer_to_list], do: [:integer, :base]
  defp kinds(:erlang, name, 1) when name in [:float_to_binary, :float_to_list], do: [:float]
  defp kinds(:erlang, name, 2) when name in [:float_to_binary, :float_to_list], do: [:float, :list]
  defp kinds(:erlang, name, 1) when name in [:hd, :tl], do: [:cons]
  defp kinds(:erlang, :element, 2), do: [:integer, :tuple]
  defp kinds(:erlang, :setelement, 3), do: [:integer, :tuple]
  defp kinds(:erlang, :append_element, 2), do: [:tuple]
  defp kinds(:erlang, :insert_element, 3), do: [:integer, :tuple]
  defp kinds(:erlang, :delete_element, 2), do: [:integer, :tuple]
  defp kinds(:erlang, name, 1) when name in [:tuple_size, :tuple_to_list], do: [:tuple]
  defp kinds(:erlang, :make_tuple, 2), do: [:integer]
  defp kinds(:erlang, name, 1) when name in [:byte_size, :bit_size], do: [:bitstring]
  defp kinds(:erlang, :map_size, 1), do: [:map]
  defp kinds(:erlang, name, 1) when name in [:abs, :round, :trunc, :floor, :ceil, :float], do: [:number]
  defp kinds(:erlang, :binary_part, 3), do: [:binary, :integer, :integer]
  defp kinds(:erlang, :split_binary, 2), do: [:binary, :integer]
  defp kinds(:erlang, :++, 2), do: [:list]
  defp kinds(:erlang, :--, 2), do: [:list, :list]
  defp kinds(:erlang, :not, 1), do: []
  defp kinds(:erlang, :apply, 2), do: [:function, :list]
  defp kinds(:erlang, :apply, 3), do: [:atom, :atom, :list]
  defp kinds(:erlang, :fun_info, _), do: [:function]
  defp kinds(:erlang, :spawn, 1), do: [:function]
  defp kinds(:erlang, :link, 1), do: [:pid]
  defp kinds(:erlang, :demonitor, _), do: [:reference]
  defp kinds(:erlang, :register, 2), do: [:atom]
  defp kinds(:erlang, :unregister, 1), do: [:atom]
  defp kinds(:erlang, :whereis, 1), do: [:atom]
  defp kinds(:erlang, :binary_to_term, _), do: [:binary]
  defp kinds(:binary, name, 1) when name in [:first, :last, :copy, :bin_to_list], do: [:binary]
  defp kinds(:binary, :at, 2), do: [:binary, :integer]
  defp kinds(:binary, :copy, 2), do: [:binary, :integer]
  defp kinds(:binary, :part, 3), do: [:binary, :integer, :integer]
  defp kinds(:binary, name, _) when name in [:split, :match, :matches, :replace], do: [:binary]
  defp kinds(:binary, :encode_unsigned, _), do: [:integer]
  defp kinds(:binary, :decode_unsigned, _), do: [:binary]
  defp kinds(:lists, :reverse, _), do: [:list]
  defp kinds(:lists, :member, 2), do: [:any, :list]
  defp kinds(:lists, name, 3) when name in [:keyfind, :keymember, :keysearch], do: [:any, :integer, :list]
  defp kinds(:maps, :from_list, 1), do: [:list]
  defp kinds(:maps, :from_keys, 2), do: [:list]
  defp kinds(_module, _name, _arity), do: []

  defp reason(:erlang, name, [_ | rest]) when name in [:binary_to_integer, :list_to_integer] do
    case rest do
      [] -> [{1, "not a textual representation of an integer"}]
      [base] -> [{1, ["not a textual representation of an integer in base ", :erlang.integer_to_list(base)]}] |> flat()
    end
  end

  defp reason(:erlang, name, [_]) when name in [:binary_to_float, :list_to_float] do
    [{1, "not a textual representation of a float"}]
  end

  defp reason(:erlang, name, [_ | _]) when name in [:binary_to_existing_atom, :list_to_existing_atom] do
    [{1, "not an already existing atom"}]
  end

  defp reason(:erlang, name, [_ | _]) when name in [:binary_to_atom, :list_to_atom] do
    [{1, "contains a character not expected in an atom"}]
  end

  defp reason(:erlang, name, [_, _ | _]) when name in [:element, :setelement, :insert_element, :delete_element] do
    [{1, "out of range"}]
  end

  defp reason(:erlang, name, [_]) when name in [:iolist_to_binary, :iolist_size, :list_to_binary, :list_to_bitstring] do
    [{1, "not an iodata term"}]
  end

  defp reason(:erlang, :binary_part, [binary, start, _length]) do
    if start < 0 or start > byte_size(binary), do: [{2, "out of range"}], else: [{3, "out of range"}]
  end

  defp reason(:erlang, :split_binary, _args), do: [{2, "out of range"}]
  defp reason(:erlang, :binary_to_term, _args), do: [{1, "invalid external representation of a term"}]
  defp reason(:erlang, :send, [_, _ | _]), do: [{1, "invalid destination"}]
  defp reason(:erlang, :!, [_, _]), do: [{1, "invalid destination"}]
  defp reason(:erlang, :whereis, _args), do: []
  defp reason(:erlang, :unregister, [_]), do: [{1, "not a registered name"}]

  defp reason(:erlang, :register, [name, pid]) do
    cond do
      name == :undefined -> [{1, "name is in use or reserved"}]
      not is_pid(pid) and not is_port(pid) -> [{2, "not a pid"}]
      not is_pid(:erlang.whereis(name)) -> [{2, "dead process"}]
      true -> [{1, "name is in use"}]
    end
  end

  defp reason(:binary, name, [_ | _]) when name in [:first, :last], do: [{1, "a zero-sized binary is not allowed"}]
  defp reason(:binary, :at, _args), do: [{2, "out of range"}]
  defp reason(:binary, :part, _args), do: [{2, "out of range"}]
  defp reason(:binary, name, [_, _ | _]) when name in [:split, :match, :matches, :replace], do: [{2, "not a valid pattern"}]
  defp reason(:ets, :new, _args), do: [{2, "invalid options"}]

  defp reason(:ets, _name, [table | _]) do
    if :ets.info(table) == :undefined do
      [{1, "the table identifier does not refer to an existing ETS table"}]
    else
      []
    end
  end

  defp reason(_module, _function, _args), do: []

  defp flat([{position, text}]), do: [{position, :erlang.iolist_to_binary(text)}]
end
