defmodule TextIndex.Application do
  @moduledoc false
  use Application

  @impl true
  def start(_type, _args) do
    shards = for n <- 0..(Application.fetch_env!(:text_index, :shards) - 1), do: Supervisor.child_spec({TextIndex.Shard, n}, id: n)
    children = [{Registry, keys: :unique, name: TextIndex.Registry} | shards]
    Supervisor.start_link(children, strategy: :one_for_one, name: TextIndex.Supervisor)
  end
end
