defmodule GenEvent do
  @moduledoc """
  An event manager with handlers. Deprecated: `Registry`, `GenServer` and `:gen_event` do better.

  A handler is a module that says `use GenEvent` and defines `handle_event/2`; `add_handler/3` adds it to a manager
  started by `start_link/1`, and `notify/2` sends events to all handlers.
  """

  @moduledoc deprecated: "Use Erlang/OTP's :gen_event module instead"

  @callback init(args :: term) ::
              {:ok, state :: term} | {:ok, state :: term, :hibernate} | {:error, reason :: any}
  @callback handle_event(event :: term, state :: term) ::
              {:ok, new_state :: term} | {:ok, new_state :: term, :hibernate} | :remove_handler
  @callback handle_call(request :: term, state :: term) ::
              {:ok, reply :: term, new_state :: term}
              | {:ok, reply :: term, new_state :: term, :hibernate}
              | {:remove_handler, reply :: term}
  @callback handle_info(msg :: term, state :: term) ::
              {:ok, new_state :: term} | {:ok, new_state :: term, :hibernate} | :remove_handler
  @callback terminate(reason :: term, state :: term) :: term
  @callback code_change(old_vsn :: term, state :: term, extra :: term) :: {:ok, new_state :: term}

  @type on_start :: {:ok, pid} | {:error, {:already_started, pid}}
  @type name :: atom | {:global, term} | {:via, module, term}
  @type manager :: pid | name | {atom, node}
  @type handler :: atom | {atom, term}

  @doc false
  defmacro __using__(_) do
    quote location: :keep do
      @behaviour :gen_event

      @doc false
      def init(args), do: {:ok, args}

      @doc false
      def handle_event(_event, state), do: {:ok, state}

      @doc false
      def handle_call(msg, state) do
        proc =
          case Process.info(self(), :registered_name) do
            {_, []} -> self()
            {_, name} -> name
          end

        case :erlang.phash2(1, 1) do
          0 -> raise "attempted to call GenEvent #{inspect(proc)} but no handle_call/2 clause was provided"
          1 -> {:remove_handler, {:bad_call, msg}, state}
        end
      end

      @doc false
      def handle_info(_msg, state), do: {:ok, state}

      @doc false
      def terminate(_reason, _state), do: :ok

      @doc false
      def code_change(_old, state, _extra), do: {:ok, state}

      defoverridable init: 1, handle_event: 2, handle_call: 2, handle_info: 2, terminate: 2, code_change: 3
    end
  end

  @doc """
  Starts a manager that is linked to the caller. Option: `:name`.

      iex> {:ok, pid} = GenEvent.start_link()
      iex> GenEvent.which_handlers(pid)
      []
  """
  @spec start_link(keyword) :: on_start
  def start_link(options \\ []) when is_list(options), do: do_start(:link, options)

  @doc "Starts a manager."
  @spec start(keyword) :: on_start
  def start(options \\ []) when is_list(options), do: do_start(:nolink, options)

  defp do_start(link, options) do
    case Keyword.pop(options, :name) do
      {nil, opts} -> :gen.start(:gen_event, link, :gen_event, [], opts)
      {atom, opts} when is_atom(atom) -> :gen.start(:gen_event, link, {:local, atom}, :gen_event, [], opts)
      {other, opts} when is_tuple(other) -> :gen.start(:gen_event, link, other, :gen_event, [], opts)
    end
  end

  @doc "Adds a handler; `args` go to its `init/1`."
  @spec add_handler(manager, handler, term) :: :ok | {:error, term}
  def add_handler(manager, handler, args) do
    case :gen_event.add_handler(manager, handler, args) do
      {:error, {:already_added, _}} -> {:error, :already_present}
      other -> other
    end
  end

  @doc "Adds a handler that goes when the caller ends; the caller gets `{:gen_event_EXIT, handler, reason}` when it goes."
  @spec add_mon_handler(manager, handler, term) :: :ok | {:error, term}
  def add_mon_handler(manager, handler, args) do
    case :gen_event.add_sup_handler(manager, handler, args) do
      {:error, {:already_added, _}} -> {:error, :already_present}
      other -> other
    end
  end

  @doc "Removes a handler; returns what its `terminate/2` gives."
  @spec remove_handler(manager, handler, term) :: term | {:error, term}
  def remove_handler(manager, handler, args) do
    case :gen_event.delete_handler(manager, handler, args) do
      {:error, :module_not_found} -> {:error, :not_found}
      other -> other
    end
  end

  @doc "Replaces a handler by another."
  @spec swap_handler(manager, handler, term, handler, term) :: :ok | {:error, term}
  def swap_handler(manager, handler1, args1, handler2, args2),
    do: :gen_event.swap_handler(manager, {handler1, args1}, {handler2, args2})

  @doc "Sends an event to all handlers."
  @spec notify(manager, term) :: :ok
  def notify(manager, event), do: :gen_event.notify(manager, event)

  @doc "Sends an event to all handlers and waits until they are done."
  @spec sync_notify(manager, term) :: :ok
  def sync_notify(manager, event), do: :gen_event.sync_notify(manager, event)

  @doc "Like `sync_notify/2`."
  @spec ack_notify(manager, term) :: :ok
  def ack_notify(manager, event), do: :gen_event.sync_notify(manager, event)

  @doc "Calls a handler and waits for its reply."
  @spec call(manager, handler, term, timeout) :: term | {:error, term}
  def call(manager, handler, request, timeout \\ 5000) do
    case :gen_event.call(manager, handler, request, timeout) do
      {:error, :bad_module} -> {:error, :not_found}
      other -> other
    end
  end

  @doc "Returns the handlers."
  @spec which_handlers(manager) :: [handler]
  def which_handlers(manager), do: :gen_event.which_handlers(manager)

  @doc "Stops a manager."
  @spec stop(manager, reason :: term, timeout) :: :ok
  def stop(manager, reason \\ :normal, timeout \\ :infinity), do: :gen.stop(manager, reason, timeout)
end
