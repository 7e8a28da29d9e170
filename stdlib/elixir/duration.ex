defmodule Duration do
  @moduledoc """
  A length of time in units: years, months, weeks, days, hours, minutes, seconds, and a microsecond with its precision.

  The units are kept apart, for a month is no fixed number of days; `shift` of `Date`, `Time`, `NaiveDateTime` and `DateTime`
  adds a duration to a date or time. Wherever a duration is taken, a keyword list of units does too.
  """

  import Kernel, except: [to_string: 1]

  defstruct year: 0, month: 0, week: 0, day: 0, hour: 0, minute: 0, second: 0, microsecond: {0, 0}

  @type t :: %__MODULE__{}
  @type duration :: t | keyword

  @units [:year, :month, :week, :day, :hour, :minute, :second]

  @doc """
  Makes a duration of units; raises `ArgumentError` for bad ones.

      iex> Duration.new!(year: 1, week: 3).week
      3
      iex> Duration.new!(microsecond: {100, 6}).microsecond
      {100, 6}
  """
  @spec new!(duration) :: t
  def new!(%Duration{} = duration), do: duration

  def new!(units) when is_list(units) do
    Enum.each(units, &check!/1)
    struct!(Duration, units)
  end

  defp check!({:microsecond, {value, precision}}) when is_integer(value) and precision in 0..6, do: :ok

  defp check!({:microsecond, microsecond}) do
    raise ArgumentError,
          "unsupported value #{inspect(microsecond)} for :microsecond. Expected a tuple {ms, precision} where precision is an integer from 0 to 6"
  end

  defp check!({unit, value}) when unit in @units do
    if is_integer(value),
      do: :ok,
      else:
        raise(ArgumentError, "unsupported value #{inspect(value)} for #{inspect(unit)}. Expected an integer")
  end

  defp check!({unit, _}) do
    raise ArgumentError,
          "unknown unit #{inspect(unit)}. Expected :year, :month, :week, :day, :hour, :minute, :second, :microsecond"
  end

  @doc false
  # A duration for a date (:date), a time (:time), or both; the units must fit what is shifted.
  def __for_shift__(%Duration{} = duration, _), do: duration

  def __for_shift__(units, kind) when is_list(units) do
    Enum.each(units, fn {unit, _} ->
      cond do
        kind == :date and unit in [:hour, :minute, :second, :microsecond] ->
          raise ArgumentError, "unsupported unit #{inspect(unit)}. Expected :year, :month, :week, :day"

        kind == :time and unit in [:year, :month, :week, :day] ->
          raise ArgumentError,
                "unsupported unit #{inspect(unit)}. Expected :hour, :minute, :second, :microsecond"

        true ->
          :ok
      end
    end)

    new!(units)
  end

  @doc """
  Adds two durations, unit by unit.

      iex> Duration.add(Duration.new!(week: 2, day: 1), Duration.new!(day: 2)).day
      3
  """
  @spec add(t, t) :: t
  def add(%Duration{} = d1, %Duration{} = d2), do: combine(d1, d2, &+/2)

  @doc """
  Subtracts two durations, unit by unit.

      iex> Duration.subtract(Duration.new!(week: 2), Duration.new!(week: 1)).week
      1
  """
  @spec subtract(t, t) :: t
  def subtract(%Duration{} = d1, %Duration{} = d2), do: combine(d1, d2, &-/2)

  defp combine(d1, d2, fun) do
    {value1, precision1} = d1.microsecond
    {value2, precision2} = d2.microsecond

    %Duration{
      year: fun.(d1.year, d2.year),
      month: fun.(d1.month, d2.month),
      week: fun.(d1.week, d2.week),
      day: fun.(d1.day, d2.day),
      hour: fun.(d1.hour, d2.hour),
      minute: fun.(d1.minute, d2.minute),
      second: fun.(d1.second, d2.second),
      microsecond: {fun.(value1, value2), max(precision1, precision2)}
    }
  end

  @doc """
  Multiplies every unit.

      iex> Duration.multiply(Duration.new!(day: 1, minute: 15), 2).minute
      30
  """
  @spec multiply(t, integer) :: t
  def multiply(%Duration{microsecond: {value, precision}} = d, integer) when is_integer(integer) do
    %Duration{
      year: d.year * integer,
      month: d.month * integer,
      week: d.week * integer,
      day: d.day * integer,
      hour: d.hour * integer,
      minute: d.minute * integer,
      second: d.second * integer,
      microsecond: {value * integer, precision}
    }
  end

  @doc """
  Negates every unit.

      iex> Duration.negate(Duration.new!(day: 1)).day
      -1
  """
  @spec negate(t) :: t
  def negate(%Duration{} = duration), do: multiply(duration, -1)

  @doc """
  Reads a duration as ISO 8601 writes it.

      iex> {:ok, duration} = Duration.from_iso8601("P1Y2DT4H")
      iex> {duration.year, duration.day, duration.hour}
      {1, 2, 4}
      iex> Duration.from_iso8601("1Y")
      {:error, :invalid_duration}
  """
  @spec from_iso8601(String.t()) :: {:ok, t} | {:error, atom}
  def from_iso8601(string) when is_binary(string) do
    case Calendar.ISO.parse_duration(string) do
      {:ok, units} -> {:ok, new!(units)}
      error -> error
    end
  end

  @doc """
  Reads a duration as ISO 8601 writes it, or raises.

      iex> Duration.from_iso8601!("PT3.5S").microsecond
      {500000, 1}
  """
  @spec from_iso8601!(String.t()) :: t
  def from_iso8601!(string) do
    case from_iso8601(string) do
      {:ok, duration} ->
        duration

      {:error, reason} ->
        raise ArgumentError, ~s/failed to parse duration "#{string}". reason: #{inspect(reason)}/
    end
  end

  @doc """
  Prints a duration in ISO 8601.

      iex> Duration.to_iso8601(Duration.new!(year: 3, hour: 1))
      "P3YT1H"
      iex> Duration.to_iso8601(Duration.new!(second: -2, microsecond: {-500000, 1}))
      "PT-2.5S"
      iex> Duration.to_iso8601(Duration.new!([]))
      "PT0S"
  """
  @spec to_iso8601(t) :: String.t()
  def to_iso8601(%Duration{} = duration) do
    date =
      part(duration.year, "Y") <>
        part(duration.month, "M") <> part(duration.week, "W") <> part(duration.day, "D")

    time = part(duration.hour, "H") <> part(duration.minute, "M") <> seconds(duration, "S")

    case {date, time} do
      {"", ""} -> "PT0S"
      {date, ""} -> "P" <> date
      {date, time} -> "P" <> date <> "T" <> time
    end
  end

  defp part(0, _), do: ""
  defp part(number, unit), do: Integer.to_string(number) <> unit

  defp seconds(%{second: 0, microsecond: {0, _}}, _), do: ""
  defp seconds(%{second: second, microsecond: {_, 0}}, unit), do: Integer.to_string(second) <> unit

  defp seconds(%{second: second, microsecond: {value, precision}}, unit) do
    total = second * 1_000_000 + value
    sign = if total < 0, do: "-", else: ""

    digits =
      total
      |> abs()
      |> rem(1_000_000)
      |> Integer.to_string()
      |> String.pad_leading(6, "0")
      |> binary_part(0, precision)

    sign <> Integer.to_string(div(abs(total), 1_000_000)) <> "." <> digits <> unit
  end

  @doc """
  Prints a duration with short names of the units. `:units` renames them, `:separator` stands between them.

      iex> Duration.to_string(Duration.new!(hour: 2, second: 15))
      "2h 15s"
      iex> Duration.to_string(Duration.new!(day: 1, hour: 2), units: [day: " days"], separator: ", ")
      "1 days, 2h"
  """
  @spec to_string(t, keyword) :: String.t()
  def to_string(%Duration{} = duration, opts \\ []) do
    units = Keyword.get(opts, :units, [])
    separator = Keyword.get(opts, :separator, " ")
    names = [year: "a", month: "mo", week: "wk", day: "d", hour: "h", minute: "min"]

    parts =
      for {unit, default} <- names, (value = Map.fetch!(duration, unit)) != 0 do
        Integer.to_string(value) <> Keyword.get(units, unit, default)
      end

    second = Keyword.get(units, :second, "s")

    parts =
      case seconds(duration, second) do
        "" -> parts
        text -> parts ++ [text]
      end

    if parts == [], do: "0" <> second, else: Enum.join(parts, separator)
  end

  # Only the units that are there are shown.
  defimpl Inspect do
    import Inspect.Algebra

    def inspect(duration, opts) do
      units = [:year, :month, :week, :day, :hour, :minute, :second]
      fields = for unit <- units, (value = :erlang.map_get(unit, duration)) != 0, do: {unit, value}

      fields =
        if duration.microsecond == {0, 0}, do: fields, else: fields ++ [microsecond: duration.microsecond]

      container_doc("%Duration{", fields, "}", opts, &Inspect.List.keyword/2, separator: ",", break: :strict)
    end
  end

  defimpl String.Chars do
    def to_string(duration), do: Duration.to_string(duration)
  end
end
