defmodule Registry.Supervisor do
  @moduledoc false
  # Owns the table that tells what the partitions are, and watches over their processes.

  @behaviour Supervisor

  def start_link(kind, registry, partitions, listeners, meta, compressed) do
    arg = {kind, registry, partitions, listeners, meta, compressed}
    Supervisor.start_link(__MODULE__, arg, name: registry)
  end

  def init({kind, registry, partitions, listeners, meta, compressed}) do
    ^registry = :ets.new(registry, [:set, :public, :named_table, read_concurrency: true])
    :ets.insert(registry, {:info, {kind, partitions, listeners}})
    for {key, value} <- meta, do: :ets.insert(registry, {{:meta, key}, value})

    children =
      for index <- 0..(partitions - 1) do
        name = Module.concat(registry, "PIDPartition#{index}")

        %{
          id: index,
          start: {Registry.Partition, :start_link, [name, {kind, registry, index, listeners, compressed}]}
        }
      end

    # When a partition's process dies, its entries are gone: the others can not go on as if nothing were.
    Supervisor.init(children, strategy: :one_for_all)
  end
end
