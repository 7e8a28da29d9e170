# answer: 1499998500000 3000000 750000 me
# group: tuples, structs and maps
# A struct taken apart, rebuilt and matched three million times.
defmodule Account do
  defstruct id: 0, balance: 0, moves: 0, status: :open, owner: nil
end

defmodule Bank do
  def start(n), do: run(n, %Account{owner: "me"}, 0)

  def run(0, account, closed), do: {account, closed}
  def run(n, account, closed), do: account |> deposit(n) |> toggle(n) |> count(n, closed)

  defp deposit(%Account{balance: balance, moves: moves} = account, n), do: %{account | balance: balance + rem(n, 1_000_000), moves: moves + 1}

  defp toggle(%Account{status: :open} = account, n) when rem(n, 4) == 0, do: %Account{account | status: :closed}
  defp toggle(%Account{status: :closed} = account, _n), do: %Account{account | status: :open}
  defp toggle(account, _n), do: account

  defp count(%Account{status: :closed} = account, n, closed), do: run(n - 1, account, closed + 1)
  defp count(account, n, closed), do: run(n - 1, account, closed)
end

{account, closed} = Bank.start(3_000_000)
IO.puts("#{account.balance} #{account.moves} #{closed} #{account.owner}")
