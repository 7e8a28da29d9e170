# Explains what is wrong with the arguments of a failed native function. Natives are listed by what each argument has to be;
# the first part of a check is a predicate on the argument, the second the text for when it does not hold. When no
# argument is of the wrong kind, the function's own `reason/3` clause says what else is wrong.

defmodule :erl_erts_errors do
  @moduledoc false

  def format_error(:system_limit, [{:erlang, function, [text | _] = args, _} | _])
      when function in [:binary_to_atom, :list_to_atom] and (is_binary(text) or is_list(text)) do
    case explain(:erlang, function, args) do
      %{1 => "contains a character not expected in an atom"} ->
        %{1 => if(:string.length(text) > 255, do: "is longer than an atom may be", else: "no more atoms are allowed")}

      explained ->
        explained
    end
  end

  def format_error(_reason, [{module, function, args, _} | _]) when is_list(args), do: explain(module, function, args)
  def format_error(_reason, _stacktrace), do: %{}

  # A segment of a binary that could not be made.
  def format_bs_fail(_reason, [{_, _, _, location} | _]) do
    %{cause: {segment, type, fault, value}} = :proplists.get_value(:error_info, location)
    about = "segment #{segment} of type '#{type}': "
    %{reason: "construction of binary failed", general: about <> segment_fault(type, fault, inspect(value))}
  end

  defp segment_fault(:binary, :type, value), do: "expected a binary but got: " <> value
  defp segment_fault(:integer, :type, value), do: "expected an integer but got: " <> value
  defp segment_fault(:float, :type, value), do: "expected a float or an integer but got: " <> value
  defp segment_fault(utf, :type, value), do: "expected a non-negative integer encodable as #{utf} but got: " <> value
  defp segment_fault(_type, :size, value), do: "expected a non-negative integer as size but got: " <> value
  defp segment_fault(_type, :unit, value), do: "the size of the value #{value} is not a multiple of the unit for the segment"
  defp segment_fault(_type, :short, value), do: "the value #{value} is shorter than the size of the segment"
  defp segment_fault(:float, :invalid, value), do: "expected one of the supported sizes 16, 32, or 64 but got: " <> value
  defp segment_fault(_type, :invalid, value), do: "the size #{value} is too large"
  defp segment_fault(_type, :no_float, value), do: "the value #{value} is outside the range expressible as a float"

  defp explain(:ets, function, args), do: :maps.from_list(:erl_ets_errors.explain(function, args))

  defp explain(module, function, args) do
    case wrong(kinds(module, function, length(args)), args, 1) do
      [] -> :maps.from_list(reason(module, function, args))
      wrong -> :maps.from_list(wrong)
    end
  end

  defp wrong([kind | kinds], [arg | args], position) do
    case kind != :any and not kind?(kind, arg) do
      true -> [{position, text(kind, arg)} | wrong(kinds, args, position + 1)]
      false -> wrong(kinds, args, position + 1)
    end
  end

  defp wrong(_kinds, _args, _position), do: []

  defp kind?(:atom, arg), do: is_atom(arg)
  defp kind?(:binary, arg), do: is_binary(arg)
  defp kind?(:bitstring, arg), do: is_bitstring(arg)
  defp kind?(:integer, arg), do: is_integer(arg)
  defp kind?(:arity, arg), do: is_integer(arg) and arg >= 0
  defp kind?(:index, arg), do: is_integer(arg) and arg > 0
  defp kind?(:size, arg), do: is_integer(arg) and arg >= 0
  defp kind?(:tuple_size, arg), do: is_integer(arg) and arg >= 0 and arg < 0x1000000
  defp kind?(:float, arg), do: is_float(arg)
  defp kind?(:number, arg), do: is_number(arg)
  defp kind?(:list, arg), do: is_list(arg) and proper?(arg)
  defp kind?(:proper_list, arg), do: is_list(arg) and proper?(arg)
  defp kind?(:any_list, arg), do: is_list(arg)
  defp kind?(:cons, arg), do: is_list(arg) and arg != []
  defp kind?(:tuple, arg), do: is_tuple(arg)
  defp kind?(:map, arg), do: is_map(arg)
  defp kind?(:map_or_iterator, arg), do: is_map(arg) or iterator?(arg)
  defp kind?(:function, arg), do: is_function(arg)
  defp kind?({:function, arity}, arg), do: is_function(arg, arity)
  defp kind?(:pid, arg), do: is_pid(arg)
  defp kind?(:port, arg), do: is_port(arg) or is_atom(arg)
  defp kind?(:link, arg), do: is_pid(arg) or is_port(arg)
  defp kind?(:reference, arg), do: is_reference(arg)
  defp kind?(:base, arg), do: is_integer(arg) and arg >= 2 and arg <= 36
  defp kind?(:boolean, arg), do: is_boolean(arg)
  defp kind?(:destination, arg), do: is_pid(arg) or is_atom(arg)
  defp kind?(:atom_encoding, arg), do: arg in [:latin1, :utf8, :unicode]
  defp kind?(:encoding, arg), do: arg in [:latin1, :utf8, :unicode]
  defp kind?(:endianness, arg), do: arg in [:big, :little]
  defp kind?(:iodata, arg), do: is_binary(arg) or is_list(arg)
  defp kind?(:iolist, arg), do: is_list(arg)
  defp kind?(:bitstring_list, arg), do: is_list(arg)
  defp kind?(:position_length, arg), do: match?({_, _}, arg) and is_integer(elem(arg, 0)) and is_integer(elem(arg, 1))
  defp kind?(:sized, arg), do: is_tuple(arg) or is_bitstring(arg)
  defp kind?(:pattern, arg), do: pattern?(arg)
  defp kind?(:binaries, arg), do: is_list(arg) and arg != [] and proper?(arg) and :lists.all(&is_binary/1, arg)
  defp kind?(:chardata, arg), do: is_binary(arg) or is_list(arg)
  defp kind?(:counters, arg), do: is_reference(arg)
  defp kind?(:name, arg), do: is_atom(arg) and arg != :undefined
  defp kind?(:pid_or_port, arg), do: is_pid(arg) or is_port(arg)
  defp kind?(:compiled_regex, arg), do: is_tuple(arg)
  defp kind?(:regex, arg), do: is_tuple(arg) or is_binary(arg) or is_list(arg)
  defp kind?(:iterator, arg), do: iterator?(arg)
  defp kind?(:local_time, arg), do: date_time?(arg)
  defp kind?(:universal_time, arg), do: date_time?(arg)

  defp kind?(:time_unit, arg) do
    arg in [:second, :millisecond, :microsecond, :nanosecond, :native, :perf_counter, :seconds, :milli_seconds, :micro_seconds] or
      arg == :nano_seconds or (is_integer(arg) and arg > 0)
  end

  defp proper?([_ | tail]), do: proper?(tail)
  defp proper?(tail), do: tail == []

  defp iterator?([_ | _]), do: true
  defp iterator?({_, _, _}), do: true
  defp iterator?(arg), do: arg == :none

  defp pattern?(arg) when is_binary(arg), do: arg != ""
  defp pattern?([_ | _] = arg), do: proper?(arg) and :lists.all(&(is_binary(&1) and &1 != ""), arg)
  defp pattern?({_, _}), do: true
  defp pattern?(_arg), do: false

  defp date_time?({{year, month, day}, {hour, minute, second}}) do
    is_integer(year) and is_integer(month) and is_integer(day) and is_integer(hour) and is_integer(minute) and
      is_integer(second)
  end

  defp date_time?(_arg), do: false

  defp text(:list, [_ | _]), do: "not a proper list"
  defp text(:index, arg) when is_integer(arg), do: "out of range"
  defp text(:size, arg) when is_integer(arg), do: "out of range"
  defp text(:arity, arg) when is_integer(arg), do: "out of range"
  defp text(:name, :undefined), do: "'undefined' is not a valid name"
  defp text(kind, _arg), do: text(kind)

  defp text(:atom), do: "not an atom"
  defp text(:binary), do: "not a binary"
  defp text(:bitstring), do: "not a bitstring"
  defp text(kind) when kind in [:integer, :index, :size, :arity], do: "not an integer"
  defp text(:tuple_size), do: "out of range"
  defp text(:float), do: "not a float"
  defp text(:number), do: "not a number"
  defp text(kind) when kind in [:list, :any_list, :proper_list], do: "not a list"
  defp text(:cons), do: "not a nonempty list"
  defp text(:tuple), do: "not a tuple"
  defp text(:map), do: "not a map"
  defp text(:map_or_iterator), do: "not a map or an iterator"
  defp text(:function), do: "not a fun"
  defp text({:function, 1}), do: "not a fun that takes one argument"
  defp text({:function, 2}), do: "not a fun that takes two arguments"
  defp text({:function, 3}), do: "not a fun that takes three arguments"
  defp text(kind) when kind in [:pid, :link], do: "not a pid"
  defp text(:port), do: "not a port"
  defp text(:reference), do: "not a reference"
  defp text(:base), do: "not an integer in the range 2 through 36"
  defp text(:boolean), do: "not a boolean value"
  defp text(:destination), do: "not a pid or an atom"
  defp text(:atom_encoding), do: "is an invalid encoding option"
  defp text(:encoding), do: "not one of the atoms: latin1, utf8, or unicode"
  defp text(:endianness), do: "must be 'big' or 'little'"
  defp text(:iodata), do: "not an iodata term"
  defp text(:iolist), do: "not an iolist term"
  defp text(:bitstring_list), do: "not a bitstring list"
  defp text(:position_length), do: "not a valid {Pos,Length} tuple"
  defp text(:sized), do: "not tuple or binary"
  defp text(:pattern), do: "not a valid pattern"
  defp text(:binaries), do: "not a flat list of binaries"
  defp text(:chardata), do: "not valid character data (an iodata term)"
  defp text(:counters), do: "invalid atomics reference"
  defp text(:name), do: "not an atom"
  defp text(:pid_or_port), do: "not a pid or port"
  defp text(:compiled_regex), do: "not a compiled regular expression"
  defp text(:regex), do: "neither an iodata term nor a compiled regular expression"
  defp text(:iterator), do: "not a valid iterator"
  defp text(:local_time), do: "not a valid local time"
  defp text(:universal_time), do: "not a valid universal time"
  defp text(:time_unit), do: "invalid time unit"

  defp kinds(:erlang, name, 1) when name in [:binary_to_integer, :binary_to_float, :binary_to_list], do: [:binary]
  defp kinds(:erlang, :binary_to_list, 3), do: [:binary, :integer, :integer]
  defp kinds(:erlang, :binary_to_integer, 2), do: [:binary, :base]
  defp kinds(:erlang, name, 1) when name in [:binary_to_atom, :binary_to_existing_atom], do: [:binary]
  defp kinds(:erlang, name, 2) when name in [:binary_to_atom, :binary_to_existing_atom], do: [:binary, :encoding]
  defp kinds(:erlang, name, 1) when name in [:list_to_integer, :list_to_float, :list_to_tuple], do: [:list]
  defp kinds(:erlang, name, 1) when name in [:list_to_atom, :list_to_existing_atom], do: [:list]
  defp kinds(:erlang, :list_to_binary, 1), do: [:iolist]
  defp kinds(:erlang, :list_to_bitstring, 1), do: [:bitstring_list]
  defp kinds(:erlang, name, 1) when name in [:list_to_pid, :list_to_ref, :list_to_port], do: [:list]
  defp kinds(:erlang, name, 1) when name in [:iolist_to_binary, :iolist_size, :iolist_to_iovec], do: [:iodata]
  defp kinds(:erlang, name, 1) when name in [:md5, :crc32, :adler32], do: [:iodata]
  defp kinds(:erlang, name, 2) when name in [:crc32, :adler32], do: [:integer, :iodata]
  defp kinds(:erlang, :list_to_integer, 2), do: [:list, :base]
  defp kinds(:erlang, name, 1) when name in [:atom_to_binary, :atom_to_list, :module_loaded], do: [:atom]
  defp kinds(:erlang, :atom_to_binary, 2), do: [:atom, :atom_encoding]
  defp kinds(:erlang, name, 1) when name in [:integer_to_binary, :integer_to_list], do: [:integer]
  defp kinds(:erlang, name, 2) when name in [:integer_to_binary, :integer_to_list], do: [:integer, :base]
  defp kinds(:erlang, name, 1) when name in [:float_to_binary, :float_to_list], do: [:float]
  defp kinds(:erlang, name, 2) when name in [:float_to_binary, :float_to_list], do: [:float, :list]
  defp kinds(:erlang, name, 1) when name in [:hd, :tl], do: [:cons]
  defp kinds(:erlang, :element, 2), do: [:index, :tuple]
  defp kinds(:erlang, :setelement, 3), do: [:index, :tuple]
  defp kinds(:erlang, :append_element, 2), do: [:tuple]
  defp kinds(:erlang, :insert_element, 3), do: [:index, :tuple]
  defp kinds(:erlang, :delete_element, 2), do: [:index, :tuple]
  defp kinds(:erlang, name, 1) when name in [:tuple_size, :tuple_to_list], do: [:tuple]
  defp kinds(:erlang, :make_tuple, 2), do: [:tuple_size]
  defp kinds(:erlang, :make_tuple, 3), do: [:tuple_size, :any, :list]
  defp kinds(:erlang, name, 1) when name in [:byte_size, :bit_size, :bitstring_to_list], do: [:bitstring]
  defp kinds(:erlang, :size, 1), do: [:sized]
  defp kinds(:erlang, :map_size, 1), do: [:map]
  defp kinds(:erlang, name, 1) when name in [:abs, :round, :trunc, :floor, :ceil, :float], do: [:number]
  defp kinds(:erlang, :binary_part, 2), do: [:binary, :position_length]
  defp kinds(:erlang, :binary_part, 3), do: [:binary, :integer, :integer]
  defp kinds(:erlang, :split_binary, 2), do: [:binary, :integer]
  defp kinds(:erlang, name, 2) when name in [:++, :append], do: [:proper_list]
  defp kinds(:erlang, name, 2) when name in [:--, :subtract], do: [:list, :list]
  defp kinds(:erlang, :not, 1), do: []
  defp kinds(:erlang, :is_function, 2), do: [:any, :arity]
  defp kinds(:erlang, :length, 1), do: [:proper_list]
  defp kinds(:erlang, name, 2) when name in [:exit, :monitor, :exit_signal], do: if(name == :monitor, do: [:any, :pid], else: [:pid])
  defp kinds(:erlang, :is_record, 2), do: [:any, :atom]
  defp kinds(:erlang, :is_record, 3), do: [:any, :atom, :integer]
  defp kinds(:erlang, :apply, 2), do: [:function, :list]
  defp kinds(:erlang, :apply, 3), do: [:atom, :atom, :list]
  defp kinds(:erlang, name, 3) when name in [:function_exported, :is_builtin, :make_fun], do: [:atom, :atom, :arity]
  defp kinds(:erlang, :fun_info, _), do: [:function]
  defp kinds(:erlang, :fun_to_list, _), do: [:function]
  defp kinds(:erlang, name, 1) when name in [:spawn, :spawn_link, :spawn_monitor], do: [:function]
  defp kinds(:erlang, name, 3) when name in [:spawn, :spawn_link, :spawn_monitor], do: [:atom, :atom, :list]
  defp kinds(:erlang, name, 1) when name in [:link, :unlink], do: [:link]
  defp kinds(:erlang, name, 1) when name in [:is_process_alive, :pid_to_list, :process_info, :suspend_process, :resume_process], do: [:pid]
  defp kinds(:erlang, :process_info, 2), do: [:pid]
  defp kinds(:erlang, :suspend_process, 2), do: [:pid, :list]
  defp kinds(:erlang, name, 1) when name in [:demonitor, :cancel_timer, :read_timer, :unalias, :ref_to_list], do: [:reference]
  defp kinds(:erlang, name, 2) when name in [:demonitor, :cancel_timer, :read_timer], do: [:reference, :list]
  defp kinds(:erlang, name, 3) when name in [:send_after, :start_timer], do: [:size, :destination]
  defp kinds(:erlang, name, 1) when name in [:port_to_list, :port_close, :port_info], do: [:port]
  defp kinds(:erlang, name, _) when name in [:port_command, :port_info], do: [:port]
  defp kinds(:erlang, :port_connect, 2), do: [:port, :pid]
  defp kinds(:erlang, :register, 2), do: [:name, :pid_or_port]
  defp kinds(:erlang, :unregister, 1), do: [:atom]
  defp kinds(:erlang, :phash2, 2), do: [:any, :index]
  defp kinds(:erlang, name, 1) when name in [:unique_integer, :alias], do: [:list]
  defp kinds(:erlang, name, 2) when name in [:spawn_opt, :spawn_request], do: [:function, :list]
  defp kinds(:erlang, :group_leader, 2), do: [:pid, :pid]
  defp kinds(:erlang, :garbage_collect, 1), do: [:pid]
  defp kinds(:erlang, :term_to_binary, 2), do: [:any, :list]
  defp kinds(:erlang, :disconnect_node, 1), do: [:atom]
  defp kinds(module, :new, 2) when module in [:counters, :atomics], do: [:index, :list]
  defp kinds(module, name, 2) when module in [:counters, :atomics] and name == :get, do: [:counters, :integer]
  defp kinds(module, _name, 3) when module in [:counters, :atomics], do: [:counters, :integer, :integer]
  defp kinds(:atomics, :compare_exchange, 4), do: [:counters, :integer, :integer, :integer]
  defp kinds(module, :info, 1) when module in [:counters, :atomics], do: [:counters]
  defp kinds(:re, :compile, _), do: [:iodata]
  defp kinds(:re, :inspect, 2), do: [:compiled_regex]
  defp kinds(:re, :replace, _), do: [:iodata, :regex, :iodata]
  defp kinds(:re, name, _) when name in [:run, :split], do: [:iodata, :regex]
  defp kinds(:maps, :next, 1), do: [:iterator]
  defp kinds(:erlang, :whereis, 1), do: [:atom]
  defp kinds(:erlang, :monitor_node, 2), do: [:atom, :boolean]
  defp kinds(:erlang, :binary_to_term, 1), do: [:binary]
  defp kinds(:erlang, :binary_to_term, 2), do: [:binary, :list]
  defp kinds(:erlang, :convert_time_unit, 3), do: [:integer, :time_unit, :time_unit]
  defp kinds(:erlang, name, 1) when name in [:monotonic_time, :system_time], do: [:time_unit]
  defp kinds(:erlang, :localtime_to_universaltime, _), do: [:local_time]
  defp kinds(:erlang, name, 1) when name in [:universaltime_to_localtime, :universaltime_to_posixtime], do: [:universal_time]
  defp kinds(:erlang, :posixtime_to_universaltime, 1), do: [:integer]
  defp kinds(:math, _name, 1), do: [:number]
  defp kinds(:math, _name, 2), do: [:number, :number]
  defp kinds(:binary, name, 1) when name in [:first, :last, :copy, :bin_to_list, :decode_hex, :encode_hex], do: [:binary]
  defp kinds(:binary, :referenced_byte_size, 1), do: [:binary]
  defp kinds(:binary, :at, 2), do: [:binary, :size]
  defp kinds(:binary, :copy, 2), do: [:binary, :size]
  defp kinds(:binary, name, 2) when name in [:part, :bin_to_list], do: [:binary, :position_length]
  defp kinds(:binary, name, 3) when name in [:part, :bin_to_list], do: [:binary, :integer, :integer]
  defp kinds(:binary, name, 2) when name in [:split, :match, :matches], do: [:binary, :pattern]
  defp kinds(:binary, name, 3) when name in [:split, :match, :matches], do: [:binary, :pattern, :list]
  defp kinds(:binary, :replace, 3), do: [:binary, :pattern, :binary]
  defp kinds(:binary, :replace, 4), do: [:binary, :pattern, :binary, :list]
  defp kinds(:binary, :compile_pattern, 1), do: [:pattern]
  defp kinds(:binary, :encode_unsigned, _), do: [:size, :endianness]
  defp kinds(:binary, :decode_unsigned, _), do: [:binary, :endianness]
  defp kinds(:binary, :list_to_bin, 1), do: [:iodata]
  defp kinds(:binary, name, 1) when name in [:longest_common_prefix, :longest_common_suffix], do: [:binaries]
  defp kinds(:unicode, _name, _), do: [:chardata]
  defp kinds(:lists, :reverse, _), do: [:list]
  defp kinds(:lists, :member, 2), do: [:any, :list]
  defp kinds(:lists, name, 3) when name in [:keyfind, :keymember, :keysearch], do: [:any, :index, :list]
  defp kinds(:maps, :from_list, 1), do: [:list]
  defp kinds(:maps, :from_keys, 2), do: [:list]
  defp kinds(:maps, name, 2) when name in [:filter, :filtermap, :map, :foreach], do: [{:function, 2}, :map_or_iterator]
  defp kinds(:maps, :fold, 3), do: [{:function, 3}, :any, :map_or_iterator]
  defp kinds(:maps, name, 3) when name in [:intersect_with, :merge_with], do: [{:function, 3}, :map, :map]
  defp kinds(:maps, name, _) when name in [:update_with], do: [:any, {:function, 1}]
  defp kinds(:maps, :groups_from_list, 2), do: [{:function, 1}, :list]
  defp kinds(:maps, :groups_from_list, 3), do: [{:function, 1}, {:function, 1}, :list]
  defp kinds(:maps, name, 2) when name in [:with, :without], do: [:list]
  defp kinds(_module, _name, _arity), do: []

  defp reason(:erlang, name, [_ | _]) when name in [:binary_to_integer, :list_to_integer],
    do: [{1, "not a textual representation of an integer"}]

  defp reason(:erlang, name, [_]) when name in [:binary_to_float, :list_to_float] do
    [{1, "not a textual representation of a float"}]
  end

  defp reason(:erlang, name, [_ | _]) when name in [:binary_to_existing_atom, :list_to_existing_atom] do
    [{1, "not an already existing atom"}]
  end

  defp reason(:erlang, :list_to_atom, [list]) do
    case :lists.all(&is_integer/1, list) do
      true -> bad_character()
      false -> [{1, "not a list of characters"}]
    end
  end

  defp reason(:erlang, name, [list]) when name in [:list_to_pid, :list_to_ref, :list_to_port] and is_list(list) do
    [{1, "not a textual representation of a #{%{list_to_pid: "pid", list_to_ref: "reference", list_to_port: "port"}[name]}"}]
  end

  defp reason(:erlang, :binary_to_atom, [binary | _]) do
    if String.valid?(binary), do: bad_character(), else: [{1, "invalid UTF8 encoding"}]
  end


  defp reason(:erlang, name, [_, _ | _]) when name in [:element, :setelement, :insert_element, :delete_element] do
    [{1, "out of range"}]
  end

  defp reason(:erlang, name, [_]) when name in [:iolist_to_binary, :iolist_size, :iolist_to_iovec, :md5, :crc32, :adler32] do
    [{1, "not an iodata term"}]
  end

  defp reason(:erlang, :list_to_binary, [_]), do: [{1, "not an iolist term"}]
  defp reason(:erlang, :list_to_bitstring, [_]), do: [{1, "not a bitstring list"}]
  defp reason(:erlang, name, [_, _]) when name in [:crc32, :adler32], do: [{2, "not an iodata term"}]
  defp reason(:erlang, :binary_part, [_, _]), do: [{2, "out of range"}]
  defp reason(:erlang, :make_tuple, _), do: [{3, "invalid initialization list"}]
  defp reason(:unicode, _name, [_ | _]), do: [{1, "not valid character data (an iodata term)"}]

  defp reason(:erlang, :binary_part, [binary, start, _length]) do
    if start < 0 or start > byte_size(binary), do: [{2, "out of range"}], else: [{3, "out of range"}]
  end

  defp reason(:erlang, :split_binary, _args), do: [{2, "out of range"}]
  defp reason(:erlang, :binary_to_term, _args), do: [{1, "invalid external representation of a term"}]
  defp reason(:erlang, :send, [_, _ | _]), do: [{1, "invalid destination"}]
  defp reason(:erlang, :!, [_, _]), do: [{1, "invalid destination"}]
  defp reason(:erlang, :whereis, _args), do: []
  defp reason(:erlang, :unregister, [_]), do: [{1, "not a registered name"}]

  defp reason(:erlang, :register, [name, _pid]) do
    if :erlang.whereis(name) == :undefined, do: [{2, "dead process"}], else: [{1, "name is in use"}]
  end

  defp reason(:binary, name, [_ | _]) when name in [:first, :last], do: [{1, "a zero-sized binary is not allowed"}]
  defp reason(:binary, :list_to_bin, _args), do: [{1, "not an iodata term"}]
  defp reason(:binary, :part, _args), do: [{2, "out of range"}]
  defp reason(:binary, name, [_, _ | _]) when name in [:split, :match, :matches], do: [{3, "invalid options"}]
  defp reason(:binary, :replace, [_, _, _, _]), do: [{4, "invalid options"}]
  defp reason(:binary, :copy, _args), do: [{2, "out of range"}]
  defp reason(:binary, :bin_to_list, [_, _]), do: [{2, "out of range"}]
  defp reason(:binary, :bin_to_list, [_, _, _]), do: [{3, "out of range"}]

  defp reason(:binary, :decode_hex, [digits]) do
    if rem(byte_size(digits), 2) == 1, do: [{1, "must contain an even number of bytes"}], else: [{1, digits <> " is not a valid hex"}]
  end

  defp reason(:persistent_term, :get, [_]), do: [{1, "no persistent term stored with this key"}]
  defp reason(module, :new, _args) when module in [:counters, :atomics], do: [{2, "invalid option in list"}]
  defp reason(module, _name, [_, _ | _]) when module in [:counters, :atomics], do: [{2, "out of range"}]
  defp reason(:re, :compile, [_, _]), do: [{2, "invalid options"}]
  defp reason(:re, :split, [_, regex | _]), do: bad_regex_or_options(regex, 3)
  defp reason(:re, :replace, [_, regex | _]), do: bad_regex_or_options(regex, 4)
  defp reason(:re, :run, [_, regex | _]), do: bad_regex_or_options(regex, 3)
  defp reason(:erlang, :phash2, _args), do: [{2, "out of range"}]
  defp reason(:erlang, :system_info, [_]), do: [{1, "invalid system info item"}]
  defp reason(:erlang, :statistics, [_]), do: [{1, "invalid statistics item"}]
  defp reason(:erlang, :memory, [_]), do: [{1, "invalid memory type option"}]
  defp reason(:erlang, :halt, [_ | _]), do: [{1, "invalid status"}]
  defp reason(:erlang, :process_info, [_, _]), do: [{2, "invalid item or item list"}]
  defp reason(:erlang, :fun_info, [_, _]), do: [{2, "invalid item"}]
  defp reason(:erlang, :unique_integer, [_]), do: [{1, "invalid modifier"}]
  defp reason(:erlang, :alias, [_]), do: [{1, "invalid option in list"}]
  defp reason(:erlang, :spawn_opt, [_, _ | _]), do: [{2, "invalid spawn option"}]
  defp reason(:erlang, :suspend_process, [_ | _]), do: [{1, "the pid refers to the current process"}]

  defp reason(:erlang, name, [_, _]) when name in [:float_to_binary, :float_to_list, :term_to_binary] do
    [{2, "invalid option in list"}]
  end

  defp reason(:erlang, :process_flag, [flag, _]) do
    known = [:trap_exit, :priority, :min_heap_size, :max_heap_size, :message_queue_data, :save_calls, :sensitive, :error_handler] ++ [:fullsweep_after, :min_bin_vheap_size]
    if flag in known, do: [{2, "invalid value for this process flag"}], else: [{1, "invalid process flag"}]
  end

  defp reason(_module, _function, _args), do: []

  # A pattern that is text has been compiled by now, or its fault is told; else it is the options.
  defp bad_regex_or_options(regex, position) when is_binary(regex) do
    case :re.compile(regex) do
      {:error, {text, at}} -> [{2, "could not parse regular expression\n#{text} on character #{at}"}]
      _ -> [{position, "invalid options"}]
    end
  end

  defp bad_regex_or_options(_regex, position), do: [{position, "invalid options"}]

  defp bad_character, do: [{1, "contains a character not expected in an atom"}]
end
