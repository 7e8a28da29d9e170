defmodule :erlang do
  @moduledoc """
  Erlang's built-in functions. Nearly all are native; those that are only made of others are here.
  """

  @doc """
  Starts an MD5 sum over parts: `md5_update/2` takes data in, `md5_final/1` gives the sum.

      iex> context = :erlang.md5_update(:erlang.md5_init(), "ab")
      iex> :erlang.md5_final(:erlang.md5_update(context, "c")) == :erlang.md5("abc")
      true
  """
  def md5_init, do: <<>>

  @doc "Takes data into an MD5 sum."
  def md5_update(context, data) when is_binary(context), do: <<context::binary, :erlang.iolist_to_binary(data)::binary>>

  @doc "Gives the MD5 sum of what was taken in."
  def md5_final(context) when is_binary(context), do: :erlang.md5(context)

  @doc """
  A term in the external format as a list of binaries.

      iex> :erlang.binary_to_term(IO.iodata_to_binary(:erlang.term_to_iovec({:a, 1})))
      {:a, 1}
  """
  def term_to_iovec(term), do: [:erlang.term_to_binary(term)]
  def term_to_iovec(term, options), do: [:erlang.term_to_binary(term, options)]

  @doc """
  Ends the program at once, with a status.

  A string, the slogan, is printed, a crash dump is written (see `Phial.CrashDump`), and the status is 1. `:abort` writes a dump, too, and gives 134. With
  `flush: false` what is buffered is lost.
  """
  def halt, do: halt(0, [])
  def halt(status), do: halt(status, [])

  def halt(status, options) when is_integer(status) and status >= 0 and is_list(options), do: :phial_system.halt(status, options)

  def halt(:abort, options) when is_list(options) do
    Phial.CrashDump.fatal("abort")
    :phial_system.halt(134, options)
  end

  def halt(slogan, options) when (is_list(slogan) or is_binary(slogan)) and is_list(options) do
    slogan = :unicode.characters_to_binary(slogan)
    :phial_io.write(2, [slogan, ?\n])
    Phial.CrashDump.fatal(slogan)
    :phial_system.halt(1, options)
  end

  def halt(_, _), do: :erlang.error(:badarg)

  @doc "The size of a term in the external format."
  def external_size(term, _options), do: :erlang.external_size(term)

  @doc "Writes a term in Erlang's syntax and a line feed to the program's own output; for debugging."
  def display(term) do
    :io.format(:erlang.whereis(:user), ~c"~w~n", [term])
    true
  end

  @doc "Writes characters to the program's own output; for debugging."
  def display_string(chars) do
    :io.put_chars(:erlang.whereis(:user), chars)
    true
  end

  @doc "Writes a line feed to the program's own output."
  def display_nl, do: :erlang.display_string(~c"\n")

  @doc """
  Tries a match specification on a term: `{:ok, result, flags, warnings}` or `{:error, problems}`. The result is `false` where nothing matches.

      iex> :erlang.match_spec_test({1, 2}, [{{:"$1", :"$2"}, [], [:"$2"]}], :table)
      {:ok, 2, [], []}
  """
  def match_spec_test(term, spec, type) when type in [:table, :trace] do
    if :ets.is_compiled_ms(spec) do
      term = if type == :trace, do: :erlang.list_to_tuple(term), else: term

      case :ets.match_spec_run([term], spec) do
        [result] -> {:ok, result, [], []}
        [] -> {:ok, false, [], []}
      end
    else
      {:error, [error: ~c"the match specification is not valid"]}
    end
  end

  @doc """
  Asks for a process without waiting for it: the answer is the message `{:spawn_reply, reference, :ok, pid}`.

  Options are those of `spawn_opt/2`, and `{:reply, :yes | :no | :success_only | :error_only}` and `{:reply_tag, term}`.
  """
  def spawn_request(fun) when is_function(fun, 0), do: spawn_request(fun, [])

  def spawn_request(fun, options) when is_function(fun, 0) and is_list(options) do
    {own, options} = Enum.split_with(options, &(match?({:reply, _}, &1) or match?({:reply_tag, _}, &1)))

    {pid, ref} =
      case :erlang.spawn_opt(fun, options) do
        {pid, ref} -> {pid, ref}
        pid -> {pid, :erlang.make_ref()}
      end

    if :proplists.get_value(:reply, own, :yes) in [:yes, :success_only],
      do: send(self(), {:proplists.get_value(:reply_tag, own, :spawn_reply), ref, :ok, pid})

    ref
  end

  def spawn_request(node, fun) when is_atom(node) and is_function(fun, 0), do: spawn_request(node, fun, [])
  def spawn_request(node, fun, options) when is_atom(node) and is_function(fun, 0) and node == :erlang.node(), do: spawn_request(fun, options)
  def spawn_request(module, function, args) when is_atom(module) and is_atom(function) and is_list(args), do: spawn_request(module, function, args, [])
  def spawn_request(module, function, args, options) when is_list(options), do: spawn_request(fn -> apply(module, function, args) end, options)

  @doc "Gives up a request for a process; `false` where it was answered already."
  def spawn_request_abandon(ref) when is_reference(ref), do: false

  @doc "Sends an exit signal; the same as `exit/2`."
  def exit_signal(destination, reason), do: :erlang.exit(destination, reason)

  @doc "Raises that a function's native code is not loaded."
  def nif_error(reason), do: :erlang.error(reason)
  def nif_error(reason, args), do: :erlang.error(reason, args)

  @doc "Loads native code of a module: there is none that fits."
  def load_nif(path, _info), do: {:error, {:load_failed, ~c"cannot load native libraries: " ++ :lists.flatten(:io_lib.format(~c"~ts", [path]))}}

  @doc "Whether old code of a module is still there."
  def check_old_code(module) when is_atom(module), do: false

  @doc "The modules that are there before any is loaded."
  def pre_loaded, do: [:erlang, :init]

  @doc "What a function is: `{module, name, arity}`."
  def fun_info_mfa(fun) do
    {:module, module} = :erlang.fun_info(fun, :module)
    {:name, name} = :erlang.fun_info(fun, :name)
    {:arity, arity} = :erlang.fun_info(fun, :arity)
    {module, name, arity}
  end

  @doc "A hash from 1 to `range`."
  def phash(term, range), do: :erlang.phash2(term, range) + 1

  @doc "The process that profiles the system: there is none."
  def system_profile, do: :undefined

  @doc "Like `monitor_node/2`, with options."
  def monitor_node(node, flag, options) when is_list(options), do: :erlang.monitor_node(node, flag)

  @doc """
  Takes a packet off the front of a binary: `{:ok, packet, rest}`, `{:more, length | :undefined}` or `{:error, reason}`.

  Types: `:raw` (0), `1`, `2`, `4` (a length in so many bytes before), `:line`, `:http`, `:http_bin`, `:httph`, `:httph_bin`, `:tpkt`.

      iex> :erlang.decode_packet(2, <<0, 2, "ab", "rest">>, [])
      {:ok, "ab", "rest"}
      iex> :erlang.decode_packet(:line, "half", [])
      {:more, :undefined}
  """
  def decode_packet(type, bytes, options) when is_binary(bytes) and is_list(options),
    do: :erlang_packets.decode(type, bytes, options)
end
