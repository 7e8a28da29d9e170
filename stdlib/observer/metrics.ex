defmodule Phial.Observer.Metrics do
  @moduledoc "Figures of the whole VM, sampled over time in a ring of the last five minutes."

  @kept 300

  @doc "An empty ring, with what rates are counted from."
  def new, do: %{samples: :queue.new(), count: 0, last: raw()}

  @doc "Adds one sample."
  def sample(metrics) do
    now = raw()
    last = metrics.last
    seconds = max(now.at - last.at, 1) / 1000

    entry = %{
      at: now.at,
      memory: now.memory,
      processes: now.processes,
      run_queue: now.run_queue,
      reductions: round((now.reductions - last.reductions) / seconds),
      input: round((now.input - last.input) / seconds),
      output: round((now.output - last.output) / seconds),
      collections: round((now.collections - last.collections) / seconds)
    }

    samples = :queue.in(entry, metrics.samples)
    samples = if metrics.count == @kept, do: :queue.drop(samples), else: samples
    %{samples: samples, count: min(metrics.count + 1, @kept), last: now}
  end

  @doc "The samples, oldest first."
  def series(metrics), do: :queue.to_list(metrics.samples)

  @doc "The figures of this moment."
  def raw do
    {{:input, input}, {:output, output}} = :erlang.statistics(:io)
    {collections, _words, _} = :erlang.statistics(:garbage_collection)
    {reductions, _} = :erlang.statistics(:exact_reductions)

    %{
      at: System.monotonic_time(:millisecond),
      memory: :erlang.memory(:total),
      processes: :erlang.system_info(:process_count),
      run_queue: :erlang.statistics(:total_run_queue_lengths),
      reductions: reductions,
      input: input,
      output: output,
      collections: collections
    }
  end

  @doc "What the overview shows beside the curves."
  def overview do
    {uptime, _} = :erlang.statistics(:wall_clock)
    info = &:erlang.system_info/1

    %{
      version: System.version(),
      phial: Phial.Observer.Text.version(),
      otp: List.to_string(info.(:otp_release)),
      os: :erlang.system_info(:system_architecture) |> List.to_string(),
      schedulers: info.(:schedulers_online),
      uptime: uptime,
      process_count: info.(:process_count),
      process_limit: info.(:process_limit),
      atom_count: info.(:atom_count),
      atom_limit: info.(:atom_limit),
      port_count: info.(:port_count),
      ets_count: length(:ets.all()),
      modules: length(:code.all_loaded()),
      memory: Map.new(:erlang.memory()),
      run_queue: :erlang.statistics(:total_run_queue_lengths)
    }
  end
end
