defmodule :logger_filters do
  @moduledoc """
  Ready-made filters for the logger: each takes an event and an action, and returns the
  event, `:stop` or `:ignore`.
  """

  @doc "Compares the event's domain: `{action, :super | :sub | :equal | :not_equal | :undefined, domain}`."
  def domain(%{meta: meta} = event, {action, compare, domain}) when action in [:log, :stop] do
    own = :maps.get(:domain, meta, :undefined)

    matches? =
      case compare do
        :undefined -> own == :undefined
        :equal -> own == domain
        :not_equal -> own != domain
        :super -> own != :undefined and :lists.prefix(own, domain)
        :sub -> own != :undefined and :lists.prefix(domain, own)
      end

    act(matches?, action, event)
  end

  @doc """
  Compares the event's level: `{action, :lt | :gt | :eq | :neq | :gteq | :lteq, level}`.

      iex> :logger_filters.level(%{level: :info}, {:stop, :lt, :error})
      :stop
      iex> :logger_filters.level(%{level: :error}, {:stop, :lt, :error})
      :ignore
  """
  def level(%{level: level} = event, {action, compare, other}) when action in [:log, :stop] do
    order = :logger.compare_levels(level, other)

    matches? =
      case compare do
        :eq -> order == :eq
        :neq -> order != :eq
        :gt -> order == :gt
        :lt -> order == :lt
        :gteq -> order != :lt
        :lteq -> order != :gt
      end

    act(matches?, action, event)
  end

  @doc "Acts on progress reports of supervisors and applications."
  def progress(event, action) when action in [:log, :stop] do
    progress? =
      case event do
        %{msg: {:report, %{label: {_, :progress}}}} -> true
        _ -> false
      end

    act(progress?, action, event)
  end

  @doc "Acts on events whose group leader is on another node."
  def remote_gl(%{meta: meta} = event, action) when action in [:log, :stop] do
    remote? =
      case meta do
        %{gl: gl} when is_pid(gl) -> node(gl) != node()
        _ -> false
      end

    act(remote?, action, event)
  end

  defp act(true, :log, event), do: event
  defp act(true, :stop, _event), do: :stop
  defp act(false, _action, _event), do: :ignore
end
