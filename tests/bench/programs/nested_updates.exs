# answer: 600000 30000 20
# group: tuples, structs and maps
# put_in, update_in and get_in on maps in maps.
defmodule Nested do
  def run(0, state), do: state

  def run(n, state) do
    team = rem(n, 20)
    player = rem(n, 10)

    state
    |> update_in([:teams, team, :players, player, :score], &(&1 + 1))
    |> put_in([:teams, team, :last], n)
    |> update_in([:count], &(&1 + 1))
    |> then(&run(n - 1, &1))
  end

  def start do
    players = Map.new(0..9, &{&1, %{score: 0, name: "p#{&1}"}})
    %{count: 0, teams: Map.new(0..19, &{&1, %{players: players, last: nil}})}
  end
end

state = Nested.run(600_000, Nested.start())
scores = for {_, team} <- state.teams, {_, player} <- team.players, player.score > 0, do: player.score
IO.puts("#{state.count} #{get_in(state, [:teams, 0, :players, 0, :score])} #{length(scores)}")
