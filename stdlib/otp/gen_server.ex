defmodule GenServer do
  @moduledoc """
  A server process: it holds a state, answers calls, takes casts and handles messages.

  A module says `use GenServer` and defines callbacks; the functions here start such a
  server and talk to it.

      defmodule Stack do
        use GenServer

        def init(items), do: {:ok, items}
        def handle_call(:pop, _from, [head | tail]), do: {:reply, head, tail}
        def handle_cast({:push, item}, items), do: {:noreply, [item | items]}
      end

      {:ok, pid} = GenServer.start_link(Stack, [1])
      GenServer.cast(pid, {:push, 2})
      GenServer.call(pid, :pop)
      #=> 2

  `use GenServer` also defines `child_spec/1`, so that a `Supervisor` can be given the
  module; its options `:id`, `:restart`, `:shutdown` ... are merged into the specification.
  """

  @typedoc "What `start*` functions return."
  @type on_start :: {:ok, pid} | :ignore | {:error, {:already_started, pid} | term}
  @type name :: atom | {:global, term} | {:via, module, term}
  @type options :: [option]
  @type option ::
          {:debug, debug}
          | {:name, name}
          | {:timeout, timeout}
          | {:spawn_opt, [Process.spawn_opt()]}
          | {:hibernate_after, timeout}
  @type debug :: [:trace | :log | :statistics | {:log_to_file, Path.t()}]
  @type server :: pid | name | {atom, node}
  @type from :: {pid, tag :: term}

  @callback init(init_arg :: term) ::
              {:ok, state}
              | {:ok, state, timeout | :hibernate | {:continue, continue_arg :: term}}
              | :ignore
              | {:stop, reason :: term}
            when state: any
  @callback handle_call(request :: term, from, state :: term) ::
              {:reply, reply, new_state}
              | {:reply, reply, new_state, timeout | :hibernate | {:continue, continue_arg :: term}}
              | {:noreply, new_state}
              | {:noreply, new_state, timeout | :hibernate | {:continue, continue_arg :: term}}
              | {:stop, reason, reply, new_state}
              | {:stop, reason, new_state}
            when reply: term, new_state: term, reason: term
  @callback handle_cast(request :: term, state :: term) ::
              {:noreply, new_state}
              | {:noreply, new_state, timeout | :hibernate | {:continue, continue_arg :: term}}
              | {:stop, reason :: term, new_state}
            when new_state: term
  @callback handle_info(msg :: :timeout | term, state :: term) ::
              {:noreply, new_state}
              | {:noreply, new_state, timeout | :hibernate | {:continue, continue_arg :: term}}
              | {:stop, reason :: term, new_state}
            when new_state: term
  @callback handle_continue(continue_arg, state :: term) ::
              {:noreply, new_state}
              | {:noreply, new_state, timeout | :hibernate | {:continue, continue_arg}}
              | {:stop, reason :: term, new_state}
            when new_state: term, continue_arg: term
  @callback terminate(reason, state :: term) :: term
            when reason: :normal | :shutdown | {:shutdown, term} | term
  @callback code_change(old_vsn, state :: term, extra :: term) ::
              {:ok, new_state :: term} | {:error, reason :: term}
            when old_vsn: term | {:down, term}
  @callback format_status(reason, pdict_and_state :: list) :: term
            when reason: :normal | :terminate
  @callback format_status(status :: map) :: map

  @optional_callbacks code_change: 3,
                      terminate: 2,
                      handle_info: 2,
                      handle_cast: 2,
                      handle_call: 3,
                      format_status: 1,
                      format_status: 2,
                      handle_continue: 2

  @doc false
  defmacro __using__(opts) do
    quote location: :keep, bind_quoted: [opts: opts] do
      @behaviour GenServer

      if not Module.has_attribute?(__MODULE__, :doc) do
        @doc """
        Returns a specification to start this module under a supervisor.

        See `Supervisor`.
        """
      end

      def child_spec(init_arg) do
        default = %{id: __MODULE__, start: {__MODULE__, :start_link, [init_arg]}}
        Supervisor.child_spec(default, unquote(Macro.escape(opts)))
      end

      defoverridable child_spec: 1

      @before_compile GenServer

      @doc false
      def handle_call(msg, _from, state) do
        # The dynamic choice keeps the compiler from typing this function as one that always raises.
        case :erlang.phash2(1, 1) do
          0 -> raise GenServer.__unhandled__("call", "handle_call/3")
          1 -> {:stop, {:bad_call, msg}, state}
        end
      end

      @doc false
      def handle_info(msg, state) do
        GenServer.__unexpected_info__(__MODULE__, msg)
        {:noreply, state}
      end

      @doc false
      def handle_cast(msg, state) do
        case :erlang.phash2(1, 1) do
          0 -> raise GenServer.__unhandled__("cast", "handle_cast/2")
          1 -> {:stop, {:bad_cast, msg}, state}
        end
      end

      @doc false
      def terminate(_reason, _state), do: :ok

      @doc false
      def code_change(_old, state, _extra), do: {:ok, state}

      defoverridable code_change: 3, terminate: 2, handle_info: 2, handle_cast: 2, handle_call: 3
    end
  end

  defmacro __before_compile__(env) do
    if not Module.defines?(env.module, {:init, 1}) do
      message = """
      function init/1 required by behaviour GenServer is not implemented \
      (in module #{inspect(env.module)}).

      We will inject a default implementation for now:

          def init(init_arg) do
            {:ok, init_arg}
          end

      You can copy the implementation above or define your own that converts \
      the arguments given to GenServer.start_link/3 to the server state.
      """

      IO.warn(message, env)

      quote do
        @doc false
        def init(init_arg), do: {:ok, init_arg}

        defoverridable init: 1
      end
    end
  end

  @doc false
  def __unhandled__(verb, callback) do
    "attempted to #{verb} GenServer #{inspect(own_name())} but no #{callback} clause was provided"
  end

  defp own_name do
    case Process.info(self(), :registered_name) do
      {_, []} -> self()
      {_, name} -> name
    end
  end

  @doc false
  def __unexpected_info__(module, msg) do
    :logger.error(
      %{label: {GenServer, :no_handle_info}, report: [module: module, message: msg, name: own_name()]},
      %{
        domain: [:otp, :elixir],
        error_logger: %{tag: :error_msg},
        report_cb: &GenServer.format_report/1
      }
    )
  end

  @doc false
  def format_report(%{label: {GenServer, :no_handle_info}, report: report}) do
    {~c"~p ~p received unexpected message in handle_info/2: ~p~n",
     [report[:module], report[:name], report[:message]]}
  end

  @doc """
  Starts a server that is linked to the caller.

  Options: `:name`, `:timeout` (milliseconds that `init/1` may take), `:debug`,
  `:spawn_opt`, `:hibernate_after`.

      iex> {:ok, pid} = GenServer.start_link(Agent.Server, fn -> 1 end)
      iex> GenServer.stop(pid)
      :ok
  """
  @spec start_link(module, term, options) :: on_start
  def start_link(module, init_arg, options \\ [])
      when is_atom(module) and is_list(options) do
    do_start(:link, module, init_arg, options)
  end

  @doc """
  Starts a server without a link. See `start_link/3`.
  """
  @spec start(module, term, options) :: on_start
  def start(module, init_arg, options \\ []) when is_atom(module) and is_list(options) do
    do_start(:nolink, module, init_arg, options)
  end

  defp do_start(link, module, init_arg, options) do
    case Keyword.pop(options, :name) do
      {nil, opts} ->
        :gen.start(:gen_server, link, module, init_arg, opts)

      {atom, opts} when is_atom(atom) ->
        :gen.start(:gen_server, link, {:local, atom}, module, init_arg, opts)

      {{:global, _term} = name, opts} ->
        :gen.start(:gen_server, link, name, module, init_arg, opts)

      {{:via, via_module, _term} = name, opts} when is_atom(via_module) ->
        :gen.start(:gen_server, link, name, module, init_arg, opts)

      {other, _} ->
        raise ArgumentError, """
        expected :name option to be one of the following:

          * nil
          * atom
          * {:global, term}
          * {:via, module, term}

        Got: #{inspect(other)}
        """
    end
  end

  @doc """
  Stops a server: its `terminate/2` runs, and it ends with `reason`.

      iex> {:ok, pid} = GenServer.start(Agent.Server, fn -> 1 end)
      iex> GenServer.stop(pid, :shutdown)
      :ok
  """
  @spec stop(server, reason :: term, timeout) :: :ok
  def stop(server, reason \\ :normal, timeout \\ :infinity) do
    case whereis(server) do
      nil ->
        exit({:noproc, {__MODULE__, :stop, [server, reason, timeout]}})

      pid when pid == self() ->
        exit({:calling_self, {__MODULE__, :stop, [server, reason, timeout]}})

      pid ->
        try do
          :proc_lib.stop(pid, reason, timeout)
        catch
          :exit, err -> exit({err, {__MODULE__, :stop, [server, reason, timeout]}})
        end
    end
  end

  @doc """
  Sends `request` to the server and waits for its reply, for `timeout` milliseconds.

  Exits when the server is not there, ends, or does not answer in time.

      iex> {:ok, pid} = GenServer.start(Agent.Server, fn -> 1 end)
      iex> GenServer.call(pid, {:get, fn n -> n + 1 end})
      2
  """
  @spec call(server, term, timeout) :: term
  def call(server, request, timeout \\ 5000)

  def call(server, request, timeout)
      when (is_pid(server) and is_integer(timeout) and timeout >= 0) or
             (is_pid(server) and timeout == :infinity) do
    if server == self(),
      do: exit({:calling_self, {__MODULE__, :call, [server, request, timeout]}})

    request(server, request, timeout, server)
  end

  def call(server, request, timeout)
      when (is_integer(timeout) and timeout >= 0) or timeout == :infinity do
    case whereis(server) do
      nil ->
        exit({:noproc, {__MODULE__, :call, [server, request, timeout]}})

      pid when pid == self() ->
        exit({:calling_self, {__MODULE__, :call, [server, request, timeout]}})

      process ->
        request(process, request, timeout, server)
    end
  end

  # `:gen.call/4` written out: no `try` and no result tuple on the way of most calls.
  defp request(process, request, timeout, server) do
    ref = :erlang.monitor(:process, process, alias: :reply_demonitor)
    send(process, {:"$gen_call", {self(), [:alias | ref]}, request})

    receive do
      {[:alias | ^ref], reply} ->
        reply

      {:DOWN, ^ref, _, _, reason} ->
        exit({reason, {__MODULE__, :call, [server, request, timeout]}})
    after
      timeout ->
        :erlang.demonitor(ref, [:flush])

        receive do
          {[:alias | ^ref], reply} -> reply
        after
          0 -> exit({:timeout, {__MODULE__, :call, [server, request, timeout]}})
        end
    end
  end

  @doc """
  Sends `request` to the server without waiting; always returns `:ok`.

      iex> GenServer.cast(:no_such_server, :hi)
      :ok
  """
  @spec cast(server, term) :: :ok
  def cast(server, request)

  def cast(dest, request) when is_pid(dest) do
    send(dest, {:"$gen_cast", request})
    :ok
  end

  def cast({:global, name}, request) do
    :global.send(name, {:"$gen_cast", request})
    :ok
  catch
    _, _ -> :ok
  end

  def cast({:via, mod, name}, request) do
    mod.send(name, {:"$gen_cast", request})
    :ok
  catch
    _, _ -> :ok
  end

  def cast({name, node}, request) when is_atom(name) and is_atom(node),
    do: do_send({name, node}, {:"$gen_cast", request})

  def cast(dest, request) when is_atom(dest), do: do_send(dest, {:"$gen_cast", request})

  defp do_send(dest, msg) do
    send(dest, msg)
    :ok
  catch
    _, _ -> :ok
  end

  @doc """
  Casts `request` to the servers registered as `name` on `nodes`.

      iex> GenServer.abcast([node()], :no_such_server, :hi)
      :abcast
  """
  @spec abcast([node], atom, term) :: :abcast
  def abcast(nodes \\ [node() | Node.list()], name, request)
      when is_list(nodes) and is_atom(name) do
    msg = {:"$gen_cast", request}
    for node <- nodes, do: do_send({name, node}, msg)
    :abcast
  end

  @doc """
  Calls the servers registered as `name` on `nodes`; returns `{replies, bad_nodes}`.

      iex> {:ok, _} = GenServer.start(Agent.Server, fn -> 1 end, name: :multi_doc)
      iex> {[{_node, 1}], []} = GenServer.multi_call([node()], :multi_doc, {:get, fn n -> n end})
      iex> GenServer.stop(:multi_doc)
      :ok
  """
  @spec multi_call([node], name :: atom, term, timeout) ::
          {replies :: [{node, term}], bad_nodes :: [node]}
  def multi_call(nodes \\ [node() | Node.list()], name, request, timeout \\ :infinity) do
    :gen_server.multi_call(nodes, name, request, timeout)
  end

  @doc """
  Answers a call from anywhere; `client` is the `from` that `handle_call/3` was given.

      iex> ref = make_ref()
      iex> GenServer.reply({self(), ref}, :done)
      iex> receive do {^ref, reply} -> reply end
      :done
  """
  @spec reply(from, term) :: :ok
  def reply(client, reply), do: :gen.reply(client, reply)

  @doc """
  Returns the pid of a server given in any form, `{name, node}` for another node, or `nil`.

      iex> GenServer.whereis(self()) == self()
      true
      iex> GenServer.whereis(:no_such_server)
      nil
  """
  @spec whereis(server) :: pid | {atom, node} | nil
  def whereis(server)

  def whereis(pid) when is_pid(pid), do: pid

  def whereis(name) when is_atom(name) do
    case :erlang.whereis(name) do
      :undefined -> nil
      pid -> pid
    end
  end

  def whereis({:global, name}) do
    case :global.whereis_name(name) do
      pid when is_pid(pid) -> pid
      :undefined -> nil
    end
  end

  def whereis({:via, mod, name}) do
    case mod.whereis_name(name) do
      pid when is_pid(pid) -> pid
      :undefined -> nil
    end
  end

  def whereis({name, local}) when is_atom(name) and local == node(), do: whereis(name)
  def whereis({name, node} = server) when is_atom(name) and is_atom(node), do: server
end
