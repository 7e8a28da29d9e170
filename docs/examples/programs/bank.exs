# A bank: each account is a GenServer found through a Registry, money is an exact decimal type, transfers are safe
# against failures in the middle, and every movement is journaled.

defmodule Money do
  @moduledoc """
  An amount in a currency, kept as an integer of the smallest unit.

      iex> Money.new(10, :EUR) |> to_string()
      "10.00 EUR"
  """

  @enforce_keys [:units, :currency]
  defstruct [:units, :currency]

  @type currency :: :EUR | :USD | :JPY
  @type t :: %__MODULE__{units: integer(), currency: currency()}

  @digits %{EUR: 2, USD: 2, JPY: 0}

  defmodule CurrencyError do
    defexception [:left, :right]

    @impl true
    def message(%{left: left, right: right}), do: "cannot mix #{left} and #{right}"
  end

  for {currency, digits} <- @digits do
    @doc "#{currency} with #{digits} digits behind the point."
    def unquote(:"new_#{currency |> to_string() |> String.downcase()}")(amount) do
      new(amount, unquote(currency))
    end
  end

  @spec new(integer() | String.t(), currency()) :: t()
  def new(amount, currency) when is_integer(amount) and is_map_key(@digits, currency) do
    %__MODULE__{units: amount * Integer.pow(10, @digits[currency]), currency: currency}
  end

  def new(amount, currency) when is_binary(amount) and is_map_key(@digits, currency) do
    case parse(amount, @digits[currency]) do
      {:ok, units} -> %__MODULE__{units: units, currency: currency}
      :error -> raise ArgumentError, "not an amount of #{currency}: #{inspect(amount)}"
    end
  end

  defp parse("-" <> rest, digits) do
    with {:ok, units} <- parse(rest, digits), do: {:ok, -units}
  end

  defp parse(text, digits) do
    with [whole | fraction] <- String.split(text, ".", parts: 2),
         fraction = List.first(fraction) || "",
         true <- byte_size(fraction) <= digits,
         {units, ""} <- Integer.parse(whole <> String.pad_trailing(fraction, digits, "0")) do
      {:ok, units}
    else
      _ -> :error
    end
  end

  def zero(currency), do: new(0, currency)

  def add(%__MODULE__{currency: c} = a, %__MODULE__{currency: c} = b), do: %{a | units: a.units + b.units}
  def add(a, b), do: raise(CurrencyError, left: a.currency, right: b.currency)

  def negate(%__MODULE__{} = money), do: %{money | units: -money.units}
  def subtract(a, b), do: add(a, negate(b))
  def negative?(%__MODULE__{units: units}), do: units < 0
  def positive?(%__MODULE__{units: units}), do: units > 0

  @doc "For `Enum.sort/2` and friends."
  def compare(%__MODULE__{currency: c, units: a}, %__MODULE__{currency: c, units: b}) do
    cond do
      a < b -> :lt
      a > b -> :gt
      true -> :eq
    end
  end

  @doc "Splits without losing a cent: the first parts get the rest."
  @spec split(t(), pos_integer()) :: [t()]
  def split(%__MODULE__{units: units} = money, parts) when parts > 0 do
    base = div(units, parts)
    rest = rem(units, parts)
    for n <- 1..parts, do: %{money | units: base + if(n <= rest, do: 1, else: 0)}
  end

  def digits(currency), do: Map.fetch!(@digits, currency)

  defimpl String.Chars do
    def to_string(%{units: units, currency: currency}) do
      digits = Money.digits(currency)
      sign = if units < 0, do: "-", else: ""
      text = units |> abs() |> Integer.to_string() |> String.pad_leading(digits + 1, "0")
      {whole, fraction} = String.split_at(text, String.length(text) - digits)
      fraction = if fraction == "", do: "", else: "." <> fraction
      "#{sign}#{group(whole)}#{fraction} #{currency}"
    end

    defp group(whole) do
      whole
      |> String.reverse()
      |> String.codepoints()
      |> Enum.chunk_every(3)
      |> Enum.map_join(",", &Enum.join/1)
      |> String.reverse()
    end
  end

  defimpl Inspect do
    def inspect(money, _opts), do: "#Money<#{money}>"
  end
end

defmodule Bank.Account do
  @moduledoc "One account, one process. It is found by its number."

  use GenServer, restart: :transient

  defmodule Entry do
    @moduledoc false
    defstruct [:kind, :amount, :balance, :note]
  end

  defstruct [:number, :owner, :balance, holds: %{}, journal: [], overdraft: nil, frozen?: false]

  def start_link(opts) do
    number = Keyword.fetch!(opts, :number)
    GenServer.start_link(__MODULE__, opts, name: via(number))
  end

  def via(number), do: {:via, Registry, {Bank.Registry, {:account, number}}}

  def deposit(number, amount, note \\ "deposit"), do: call(number, {:deposit, amount, note})
  def withdraw(number, amount, note \\ "withdrawal"), do: call(number, {:withdraw, amount, note})
  def balance(number), do: call(number, :balance)
  def statement(number), do: call(number, :statement)
  def freeze(number, frozen? \\ true), do: call(number, {:freeze, frozen?})
  def hold(number, key, amount), do: call(number, {:hold, key, amount})
  def capture(number, key, note), do: call(number, {:capture, key, note})
  def release(number, key), do: call(number, {:release, key})
  def close(number), do: call(number, :close)

  defp call(number, request) do
    GenServer.call(via(number), request)
  catch
    :exit, {:noproc, _} -> {:error, {:no_account, number}}
  end

  @impl true
  def init(opts) do
    account = struct!(__MODULE__, opts)
    {:ok, %{account | balance: Money.zero(Keyword.get(opts, :currency, account.overdraft.currency))}}
  end

  @impl true
  def handle_call(:balance, _from, account) do
    {:reply, {:ok, account.balance, available(account)}, account}
  end

  def handle_call(:statement, _from, account) do
    {:reply, {:ok, Enum.reverse(account.journal)}, account}
  end

  def handle_call({:freeze, frozen?}, _from, account) do
    {:reply, :ok, %{account | frozen?: frozen?}}
  end

  def handle_call(:close, _from, account) do
    case account do
      %{balance: %Money{units: 0}, holds: holds} when map_size(holds) == 0 ->
        {:stop, :normal, :ok, account}

      _ ->
        {:reply, {:error, :not_empty}, account}
    end
  end

  def handle_call({:release, key}, _from, account) do
    {held, account} = pop_in(account.holds[key])
    {:reply, if(held, do: :ok, else: {:error, :no_hold}), account}
  end

  def handle_call(_request, _from, %{frozen?: true} = account) do
    {:reply, {:error, :frozen}, account}
  end

  def handle_call({:deposit, amount, note}, _from, account) do
    with :ok <- positive(amount) do
      {:reply, :ok, book(account, :credit, amount, note)}
    else
      error -> {:reply, error, account}
    end
  end

  def handle_call({:withdraw, amount, note}, _from, account) do
    with :ok <- positive(amount),
         :ok <- covered(account, amount) do
      {:reply, :ok, book(account, :debit, Money.negate(amount), note)}
    else
      error -> {:reply, error, account}
    end
  end

  def handle_call({:hold, key, amount}, _from, account) do
    with :ok <- positive(amount),
         :ok <- covered(account, amount) do
      {:reply, :ok, put_in(account.holds[key], amount)}
    else
      error -> {:reply, error, account}
    end
  end

  def handle_call({:capture, key, note}, _from, account) do
    case pop_in(account.holds[key]) do
      {nil, account} -> {:reply, {:error, :no_hold}, account}
      {amount, account} -> {:reply, :ok, book(account, :debit, Money.negate(amount), note)}
    end
  end

  # So that Access functions work on the struct.
  @behaviour Access
  @impl Access
  def fetch(account, key), do: Map.fetch(account, key)
  @impl Access
  def get_and_update(account, key, fun), do: Map.get_and_update(account, key, fun)
  @impl Access
  def pop(account, key), do: Map.pop(account, key)

  defp positive(amount), do: if(Money.positive?(amount), do: :ok, else: {:error, :not_positive})

  defp covered(account, amount) do
    left = account |> available() |> Money.subtract(amount)
    if Money.negative?(left), do: {:error, {:insufficient, available(account)}}, else: :ok
  end

  defp available(account) do
    held = account.holds |> Map.values() |> Enum.reduce(Money.zero(account.balance.currency), &Money.add/2)
    account.balance |> Money.add(account.overdraft) |> Money.subtract(held)
  end

  defp book(account, kind, amount, note) do
    balance = Money.add(account.balance, amount)
    entry = %Entry{kind: kind, amount: amount, balance: balance, note: note}
    %{account | balance: balance, journal: [entry | account.journal]}
  end
end

defmodule Bank do
  @moduledoc "The counter: opens accounts, moves money between them, reports."

  alias Bank.Account

  def child_spec(opts) do
    %{id: __MODULE__, type: :supervisor, start: {__MODULE__, :start_link, [opts]}}
  end

  def start_link(_opts \\ []) do
    children = [
      {Registry, keys: :unique, name: Bank.Registry},
      {DynamicSupervisor, name: Bank.Accounts, strategy: :one_for_one},
      %{id: :numbers, start: {Agent, :start_link, [fn -> 1000 end, [name: Bank.Numbers]]}}
    ]

    Supervisor.start_link(children, strategy: :one_for_all, name: __MODULE__)
  end

  def open(owner, currency, opts \\ []) do
    number = Agent.get_and_update(Bank.Numbers, &{&1, &1 + 1})
    overdraft = Keyword.get(opts, :overdraft, Money.zero(currency))
    spec = {Account, number: number, owner: owner, overdraft: overdraft}

    with {:ok, _pid} <- DynamicSupervisor.start_child(Bank.Accounts, spec), do: {:ok, number}
  end

  @doc "Moves money in three steps; when a step fails the former ones are undone."
  def transfer(from, to, amount, note \\ "transfer") do
    key = make_ref()

    with {:hold, :ok} <- {:hold, Account.hold(from, key, amount)},
         {:deposit, :ok} <- {:deposit, Account.deposit(to, amount, "#{note} from #{from}")},
         {:capture, :ok} <- {:capture, Account.capture(from, key, "#{note} to #{to}")} do
      :ok
    else
      {:hold, error} ->
        error

      {:deposit, error} ->
        Account.release(from, key)
        error

      {:capture, error} ->
        Account.withdraw(to, amount, "undo #{note}")
        Account.release(from, key)
        error
    end
  end

  def numbers do
    Bank.Registry
    |> Registry.select([{{{:account, :"$1"}, :_, :_}, [], [:"$1"]}])
    |> Enum.sort()
  end

  def total(currency) do
    for number <- numbers(),
        {:ok, %Money{currency: ^currency} = balance, _} <- [Account.balance(number)],
        reduce: Money.zero(currency) do
      sum -> Money.add(sum, balance)
    end
  end

  def print_statement(number) do
    {:ok, entries} = Account.statement(number)
    IO.puts("Statement of #{number}")

    for %Account.Entry{} = entry <- entries do
      columns = [entry.note, to_string(entry.amount), to_string(entry.balance)]

      columns
      |> Enum.zip_with([:left, :right, :right], fn
        text, :left -> String.pad_trailing(text, 24)
        text, :right -> String.pad_leading(text, 16)
      end)
      |> Enum.join()
      |> String.trim_trailing()
      |> then(&IO.puts("  " <> &1))
    end
  end
end

defmodule Bank.Tour do
  @moduledoc "A day at the counter."

  def run do
    Logger.configure(level: :none)
    {:ok, bank} = Bank.start_link()
    eur = &Money.new(&1, :EUR)

    IO.puts("-- opening")
    {:ok, alice} = Bank.open("Alice", :EUR, overdraft: eur.(100))
    {:ok, bob} = Bank.open("Bob", :EUR)
    {:ok, yuki} = Bank.open("Yuki", :JPY)
    IO.inspect(Bank.numbers())

    IO.puts("-- counter")
    IO.inspect(Bank.Account.deposit(alice, eur.("1234.5")))
    IO.inspect(Bank.Account.deposit(alice, eur.(-5)))
    IO.inspect(Bank.Account.withdraw(alice, eur.("34.49")))
    IO.inspect(Bank.Account.withdraw(alice, eur.(5000)))
    IO.inspect(Bank.Account.withdraw(9999, eur.(1)))
    IO.inspect(Bank.Account.deposit(yuki, Money.new_jpy(1_000_000)))
    IO.inspect(Bank.Account.balance(alice))
    IO.inspect(Bank.Account.balance(yuki))

    IO.puts("-- transfers")
    IO.inspect(Bank.transfer(alice, bob, eur.("1300.01"), "rent"))
    IO.inspect(Bank.transfer(alice, bob, eur.("0.01"), "tip"))
    IO.inspect(Bank.Account.freeze(bob))
    IO.inspect(Bank.transfer(bob, alice, eur.(1)))
    IO.inspect(Bank.transfer(alice, bob, eur.(1)))
    IO.inspect(Bank.Account.freeze(bob, false))
    IO.inspect(Bank.transfer(bob, alice, eur.("300.01"), "refund"))
    IO.inspect(Bank.transfer(bob, 4711, eur.(1)))
    Bank.print_statement(alice)
    Bank.print_statement(bob)

    IO.puts("-- many at once")
    before = Bank.total(:EUR)

    outcomes =
      1..200
      |> Task.async_stream(
        fn n ->
          {from, to} = if rem(n, 2) == 0, do: {alice, bob}, else: {bob, alice}
          Bank.transfer(from, to, %Money{units: 100 + n, currency: :EUR})
        end,
        max_concurrency: 16,
        ordered: false
      )
      |> Enum.frequencies()

    IO.inspect(outcomes)
    IO.puts("before #{before}, after #{Bank.total(:EUR)}, none lost: #{before == Bank.total(:EUR)}")

    IO.puts("-- a crash loses one account's state only")
    [{pid, _}] = Registry.lookup(Bank.Registry, {:account, yuki})
    ref = Process.monitor(pid)

    try do
      Bank.Account.deposit(yuki, eur.(5))
    catch
      :exit, {{%Money.CurrencyError{} = error, _stack}, {GenServer, :call, _}} ->
        IO.puts("the account crashed: #{Exception.message(error)}")
    end

    receive do
      {:DOWN, ^ref, :process, ^pid, {error, _}} -> IO.inspect(error.__struct__)
    end

    IO.inspect(await_other_process(yuki, pid))
    IO.inspect(Bank.Account.balance(yuki))

    IO.puts("-- closing")
    IO.inspect(Bank.Account.close(alice))
    IO.inspect(Bank.Account.close(yuki))
    IO.inspect(Bank.Account.balance(yuki))
    IO.inspect(DynamicSupervisor.count_children(Bank.Accounts).active)

    IO.puts("-- money")
    IO.inspect(Money.split(eur.("100.00"), 3))
    IO.puts(Money.new("-1234567.8", :USD))
    IO.inspect(Enum.sort([eur.(3), eur.(1), eur.("2.50")], {:desc, Money}))
    IO.inspect(Enum.max([eur.(3), eur.(10), eur.("2.50")], Money))

    for bad <- [fn -> Money.new("1.234", :EUR) end, fn -> Money.add(eur.(1), Money.new_usd(1)) end, fn -> Money.new(1, :XYZ) end] do
      try do
        bad.()
      rescue
        error -> IO.puts("#{inspect(error.__struct__)}: #{Exception.message(error) |> String.split("\n") |> hd()}")
      end
    end

    Supervisor.stop(bank)
  end

  defp await_other_process(number, former) do
    case Registry.lookup(Bank.Registry, {:account, number}) do
      [{pid, _}] when pid != former -> :restarted
      _ -> await_other_process(number, former)
    end
  end
end

Bank.Tour.run()
