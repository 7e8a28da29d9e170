defmodule NaiveDateTime do
  @moduledoc """
  Date and time without a time zone, so not a moment: it may never have been, or twice, where clocks are changed.

  It is mostly written with a sigil, `~N[2000-01-01 23:00:07]`. The comparison operators compare structs field by field; use
  `compare/2`. The functions take anything with the fields of one, so `DateTime`s too, whose wall time counts.
  """

  import Kernel, except: [to_string: 1]

  @enforce_keys [:year, :month, :day, :hour, :minute, :second]
  defstruct [:year, :month, :day, :hour, :minute, :second, microsecond: {0, 0}, calendar: Calendar.ISO]

  @type t :: %__MODULE__{}

  @doc """
  Returns date and time of now in UTC, in a calendar or to the precision of a unit.

      iex> NaiveDateTime.utc_now().year >= 2024
      true
      iex> NaiveDateTime.utc_now(:second).microsecond
      {0, 0}
  """
  @spec utc_now(Calendar.calendar() | :native | :microsecond | :millisecond | :second) :: t
  def utc_now(calendar_or_time_unit \\ Calendar.ISO)

  def utc_now(unit) when unit in [:native, :microsecond, :millisecond, :second],
    do: utc_now(unit, Calendar.ISO)

  def utc_now(calendar), do: utc_now(:native, calendar)

  @doc """
  Returns date and time of now in UTC, to the precision of a unit and in a calendar.

      iex> NaiveDateTime.utc_now(:second, Calendar.ISO).microsecond
      {0, 0}
  """
  @spec utc_now(:native | :microsecond | :millisecond | :second, Calendar.calendar()) :: t
  # Nanoseconds since 1970 take more than a word, and the last three digits are not shown.
  def utc_now(:native, calendar), do: utc_now(:microsecond, calendar)

  def utc_now(unit, calendar) do
    {:ok, {year, month, day}, {hour, minute, second}, microsecond} =
      Calendar.ISO.from_unix(System.os_time(unit), unit)

    now = build(year, month, day, hour, minute, second, microsecond, Calendar.ISO)
    convert!(now, calendar)
  end

  @doc """
  Returns the local date and time of now.

      iex> NaiveDateTime.local_now().year >= 2024
      true
  """
  @spec local_now(Calendar.calendar()) :: t
  def local_now(calendar \\ Calendar.ISO), do: convert!(from_erl!(:erlang.localtime()), calendar)

  ## Making and reading

  @doc """
  Makes one of a date and a time.

      iex> NaiveDateTime.new(~D[2010-01-13], ~T[23:00:07.005])
      {:ok, ~N[2010-01-13 23:00:07.005]}
  """
  @spec new(Date.t(), Time.t()) :: {:ok, t}
  def new(date, time)

  def new(%Date{calendar: calendar} = date, %Time{calendar: calendar} = time) do
    {:ok,
     build(date.year, date.month, date.day, time.hour, time.minute, time.second, time.microsecond, calendar)}
  end

  @doc """
  Makes one of numbers, if there is such a date and time.

      iex> NaiveDateTime.new(2000, 1, 1, 0, 0, 0)
      {:ok, ~N[2000-01-01 00:00:00]}
      iex> NaiveDateTime.new(2000, 13, 1, 0, 0, 0)
      {:error, :invalid_date}
  """
  def new(year, month, day, hour, minute, second, microsecond \\ {0, 0}, calendar \\ Calendar.ISO)

  def new(year, month, day, hour, minute, second, microsecond, calendar) when is_integer(microsecond),
    do: new(year, month, day, hour, minute, second, {microsecond, 6}, calendar)

  def new(year, month, day, hour, minute, second, microsecond, calendar) do
    cond do
      not calendar.valid_date?(year, month, day) -> {:error, :invalid_date}
      not calendar.valid_time?(hour, minute, second, microsecond) -> {:error, :invalid_time}
      true -> {:ok, build(year, month, day, hour, minute, second, microsecond, calendar)}
    end
  end

  defp build(year, month, day, hour, minute, second, microsecond, calendar) do
    %NaiveDateTime{
      calendar: calendar,
      year: year,
      month: month,
      day: day,
      hour: hour,
      minute: minute,
      second: second,
      microsecond: microsecond
    }
  end

  @doc """
  Makes one of a date and a time, or raises.

      iex> NaiveDateTime.new!(~D[2010-01-13], ~T[23:00:07.005])
      ~N[2010-01-13 23:00:07.005]
  """
  @spec new!(Date.t(), Time.t()) :: t
  def new!(date, time)

  def new!(%Date{calendar: calendar} = date, %Time{calendar: calendar} = time) do
    {:ok, naive} = new(date, time)
    naive
  end

  @doc """
  Makes one of numbers, or raises.

      iex> NaiveDateTime.new!(2000, 1, 1, 0, 0, 0)
      ~N[2000-01-01 00:00:00]
  """
  def new!(year, month, day, hour, minute, second, microsecond \\ {0, 0}, calendar \\ Calendar.ISO) do
    case new(year, month, day, hour, minute, second, microsecond, calendar) do
      {:ok, naive} -> naive
      {:error, reason} -> raise ArgumentError, "cannot build naive datetime, reason: #{inspect(reason)}"
    end
  end

  @doc """
  Reads one as ISO 8601 writes it; an offset is passed over.

      iex> NaiveDateTime.from_iso8601("2015-01-23T23:50:07.001")
      {:ok, ~N[2015-01-23 23:50:07.001]}
      iex> NaiveDateTime.from_iso8601("2015-01-23P23:50:07")
      {:error, :invalid_format}
  """
  @spec from_iso8601(String.t(), Calendar.calendar()) :: {:ok, t} | {:error, atom}
  def from_iso8601(string, calendar \\ Calendar.ISO) do
    with {:ok, {year, month, day, hour, minute, second, microsecond}} <-
           Calendar.ISO.parse_naive_datetime(string) do
      convert(build(year, month, day, hour, minute, second, microsecond, Calendar.ISO), calendar)
    end
  end

  @doc """
  Reads one as ISO 8601 writes it, or raises.

      iex> NaiveDateTime.from_iso8601!("2015-01-23 23:50:07Z")
      ~N[2015-01-23 23:50:07]
  """
  @spec from_iso8601!(String.t(), Calendar.calendar()) :: t
  def from_iso8601!(string, calendar \\ Calendar.ISO) do
    case from_iso8601(string, calendar) do
      {:ok, naive} ->
        naive

      {:error, reason} ->
        raise ArgumentError, "cannot parse #{inspect(string)} as naive datetime, reason: #{inspect(reason)}"
    end
  end

  @doc """
  Prints one in ISO 8601, `:extended` or `:basic`.

      iex> NaiveDateTime.to_iso8601(~N[2000-02-28 23:00:13])
      "2000-02-28T23:00:13"
      iex> NaiveDateTime.to_iso8601(~N[2000-02-28 23:00:13], :basic)
      "20000228T230013"
  """
  @spec to_iso8601(Calendar.naive_datetime(), :basic | :extended) :: String.t()
  def to_iso8601(naive_datetime, format \\ :extended)

  def to_iso8601(%{calendar: Calendar.ISO} = naive, format) when format in [:basic, :extended] do
    Calendar.ISO.date_to_string(naive.year, naive.month, naive.day, format) <>
      "T" <> Calendar.ISO.time_to_string(naive.hour, naive.minute, naive.second, naive.microsecond, format)
  end

  def to_iso8601(%{calendar: _} = naive, format) when format in [:basic, :extended],
    do: naive |> convert!(Calendar.ISO) |> to_iso8601(format)

  @doc """
  Prints one as its calendar does.

      iex> NaiveDateTime.to_string(~N[2000-02-28 23:00:13])
      "2000-02-28 23:00:13"
  """
  @spec to_string(Calendar.naive_datetime()) :: String.t()
  def to_string(%{calendar: calendar} = naive) do
    %{
      year: year,
      month: month,
      day: day,
      hour: hour,
      minute: minute,
      second: second,
      microsecond: microsecond
    } = naive

    calendar.naive_datetime_to_string(year, month, day, hour, minute, second, microsecond)
  end

  @doc """
  Turns one into Erlang's tuple, without the microsecond.

      iex> NaiveDateTime.to_erl(~N[2000-01-01 13:30:15])
      {{2000, 1, 1}, {13, 30, 15}}
  """
  @spec to_erl(Calendar.naive_datetime()) :: :calendar.datetime()
  def to_erl(%{calendar: _} = naive) do
    %{year: year, month: month, day: day, hour: hour, minute: minute, second: second} =
      convert!(naive, Calendar.ISO)

    {{year, month, day}, {hour, minute, second}}
  end

  @doc """
  Makes one of Erlang's tuple.

      iex> NaiveDateTime.from_erl({{2000, 1, 1}, {13, 30, 15}})
      {:ok, ~N[2000-01-01 13:30:15]}
  """
  @spec from_erl(:calendar.datetime(), Calendar.microsecond() | non_neg_integer, Calendar.calendar()) ::
          {:ok, t} | {:error, atom}
  def from_erl(tuple, microsecond \\ {0, 0}, calendar \\ Calendar.ISO)

  def from_erl({{year, month, day}, {hour, minute, second}}, microsecond, calendar) do
    with {:ok, naive} <- new(year, month, day, hour, minute, second, microsecond),
         do: convert(naive, calendar)
  end

  @doc """
  Makes one of Erlang's tuple, or raises.

      iex> NaiveDateTime.from_erl!({{2000, 1, 1}, {13, 30, 15}}, {5000, 3})
      ~N[2000-01-01 13:30:15.005]
  """
  @spec from_erl!(:calendar.datetime(), Calendar.microsecond() | non_neg_integer, Calendar.calendar()) :: t
  def from_erl!(tuple, microsecond \\ {0, 0}, calendar \\ Calendar.ISO) do
    case from_erl(tuple, microsecond, calendar) do
      {:ok, naive} ->
        naive

      {:error, reason} ->
        raise ArgumentError, "cannot convert #{inspect(tuple)} to naive datetime, reason: #{inspect(reason)}"
    end
  end

  @doc """
  Makes the one so many seconds after 0000-01-01 00:00:00.

      iex> NaiveDateTime.from_gregorian_seconds(63_755_511_991, {5000, 3})
      ~N[2020-05-01 00:26:31.005]
  """
  @spec from_gregorian_seconds(integer, Calendar.microsecond(), Calendar.calendar()) :: t
  def from_gregorian_seconds(seconds, {microsecond, precision} \\ {0, 0}, calendar \\ Calendar.ISO)
      when is_integer(seconds) do
    from_iso_days(Calendar.ISO.gregorian_seconds_to_iso_days(seconds, microsecond), calendar, precision)
  end

  @doc """
  Returns the seconds after 0000-01-01 00:00:00, and the microseconds.

      iex> NaiveDateTime.to_gregorian_seconds(~N[0000-01-01 00:00:01.5])
      {1, 500000}
  """
  @spec to_gregorian_seconds(Calendar.naive_datetime()) :: {integer, non_neg_integer}
  def to_gregorian_seconds(%{microsecond: {microsecond, _}} = naive) do
    {days, {parts, per_day}} = Calendar.Moment.iso_days(naive)
    {days * 86_400 + div(parts * 86_400, per_day), microsecond}
  end

  @doc """
  Returns the date.

      iex> NaiveDateTime.to_date(~N[2002-01-13 23:00:07])
      ~D[2002-01-13]
  """
  @spec to_date(Calendar.naive_datetime()) :: Date.t()
  def to_date(%{year: year, month: month, day: day, calendar: calendar}),
    do: %Date{year: year, month: month, day: day, calendar: calendar}

  @doc """
  Returns the time.

      iex> NaiveDateTime.to_time(~N[2002-01-13 23:00:07])
      ~T[23:00:07]
  """
  @spec to_time(Calendar.naive_datetime()) :: Time.t()
  def to_time(%{hour: hour, minute: minute, second: second, microsecond: microsecond, calendar: calendar}),
    do: %Time{hour: hour, minute: minute, second: second, microsecond: microsecond, calendar: calendar}

  ## Arithmetic

  @doc """
  Adds an amount of a unit (`:second`): `:day`, `:hour`, `:minute`, or one of `System`'s.

      iex> NaiveDateTime.add(~N[2014-10-02 00:29:10], 2)
      ~N[2014-10-02 00:29:12]
      iex> NaiveDateTime.add(~N[2014-10-02 00:29:10], 1, :day)
      ~N[2014-10-03 00:29:10]
      iex> NaiveDateTime.add(~N[2014-10-02 00:29:10], 2_000, :millisecond)
      ~N[2014-10-02 00:29:12.000]
  """
  @spec add(Calendar.naive_datetime(), integer, :day | :hour | :minute | System.time_unit()) :: t
  def add(naive_datetime, amount_to_add, unit \\ :second)

  def add(naive, amount, unit) when unit in [:day, :hour, :minute] and is_integer(amount),
    do: add(naive, amount * Calendar.ISO.unit_seconds(unit), :second)

  def add(%{calendar: calendar, microsecond: {_, precision}} = naive, amount, unit) when is_integer(amount) do
    per_day = System.convert_time_unit(86_400, :second, unit)

    naive
    |> Calendar.Moment.iso_days()
    |> Calendar.ISO.add_day_fraction_to_iso_days(amount, per_day)
    |> from_iso_days(calendar, max(precision, Calendar.ISO.time_unit_to_precision(unit)))
  end

  @doc """
  Returns how much the first is after the second, in a unit (`:second`).

      iex> NaiveDateTime.diff(~N[2014-10-02 00:29:12], ~N[2014-10-02 00:29:10])
      2
      iex> NaiveDateTime.diff(~N[2014-10-04 00:29:10], ~N[2014-10-02 00:29:10], :day)
      2
  """
  @spec diff(
          Calendar.naive_datetime(),
          Calendar.naive_datetime(),
          :day | :hour | :minute | System.time_unit()
        ) :: integer
  def diff(naive_datetime1, naive_datetime2, unit \\ :second)

  def diff(naive1, naive2, unit) when unit in [:day, :hour, :minute],
    do: div(diff(naive1, naive2, :second), Calendar.ISO.unit_seconds(unit))

  def diff(%{calendar: calendar1} = naive1, %{calendar: calendar2} = naive2, unit) do
    if not Calendar.compatible_calendars?(calendar1, calendar2) do
      raise ArgumentError,
            "cannot calculate the difference between #{inspect(naive1)} and #{inspect(naive2)} because their calendars are not compatible and thus the result would be ambiguous"
    end

    Calendar.ISO.iso_days_to_unit(Calendar.Moment.iso_days(naive1), unit) -
      Calendar.ISO.iso_days_to_unit(Calendar.Moment.iso_days(naive2), unit)
  end

  @doc """
  Adds a duration, or the units of one. Years and months go first; a day that the month does not have becomes its last.

      iex> NaiveDateTime.shift(~N[2016-01-31 00:00:00], month: 1)
      ~N[2016-02-29 00:00:00]
      iex> NaiveDateTime.shift(~N[2016-01-31 00:00:00], day: -1, hour: 2)
      ~N[2016-01-30 02:00:00]
  """
  @spec shift(Calendar.naive_datetime(), Duration.duration()) :: t
  def shift(%{calendar: calendar} = naive, duration) do
    duration = Duration.__for_shift__(duration, :datetime)

    %{
      year: year,
      month: month,
      day: day,
      hour: hour,
      minute: minute,
      second: second,
      microsecond: microsecond
    } = naive

    {year, month, day, hour, minute, second, microsecond} =
      calendar.shift_naive_datetime(year, month, day, hour, minute, second, microsecond, duration)

    build(year, month, day, hour, minute, second, microsecond, calendar)
  end

  @doc """
  Cuts the microsecond to `:second`, `:millisecond` or `:microsecond`.

      iex> NaiveDateTime.truncate(~N[2017-11-06 00:23:51.123456], :second)
      ~N[2017-11-06 00:23:51]
  """
  @spec truncate(t, :microsecond | :millisecond | :second) :: t
  def truncate(%NaiveDateTime{microsecond: microsecond} = naive, precision),
    do: %{naive | microsecond: Calendar.truncate(microsecond, precision)}

  @doc """
  Returns the beginning of the day.

      iex> NaiveDateTime.beginning_of_day(~N[2000-01-01 23:00:07.123456])
      ~N[2000-01-01 00:00:00.000000]
  """
  @spec beginning_of_day(Calendar.naive_datetime()) :: t
  def beginning_of_day(%{calendar: calendar, microsecond: {_, precision}} = naive),
    do:
      naive |> Calendar.Moment.iso_days() |> calendar.iso_days_to_beginning_of_day() |> from_iso_days(calendar, precision)

  @doc """
  Returns the last moment of the day.

      iex> NaiveDateTime.end_of_day(~N[2000-01-01 23:00:07.123456])
      ~N[2000-01-01 23:59:59.999999]
      iex> NaiveDateTime.end_of_day(~N[2000-01-01 23:00:07])
      ~N[2000-01-01 23:59:59]
  """
  @spec end_of_day(Calendar.naive_datetime()) :: t
  def end_of_day(%{calendar: calendar, microsecond: {_, precision}} = naive) do
    last = naive |> Calendar.Moment.iso_days() |> calendar.iso_days_to_end_of_day() |> from_iso_days(calendar, precision)
    {value, _} = last.microsecond
    scale = elem({1_000_000, 100_000, 10_000, 1000, 100, 10, 1}, precision)
    %{last | microsecond: {div(value, scale) * scale, precision}}
  end

  ## Comparing and converting

  @doc """
  Compares two: `:lt`, `:eq` or `:gt`.

      iex> NaiveDateTime.compare(~N[2016-04-16 13:30:15], ~N[2016-04-28 16:19:25])
      :lt
  """
  @spec compare(Calendar.naive_datetime(), Calendar.naive_datetime()) :: :lt | :eq | :gt
  def compare(%{calendar: calendar1} = naive1, %{calendar: calendar2} = naive2) do
    if Calendar.compatible_calendars?(calendar1, calendar2) do
      {days1, {parts1, per_day1}} = Calendar.Moment.iso_days(naive1)
      {days2, {parts2, per_day2}} = Calendar.Moment.iso_days(naive2)
      Calendar.Moment.order({days1, parts1 * per_day2}, {days2, parts2 * per_day1})
    else
      raise ArgumentError, """
      cannot compare #{inspect(naive1)} with #{inspect(naive2)}.

      This comparison would be ambiguous as their calendars have incompatible day rollover moments.
      Specify an exact time of day (using DateTime) to resolve this ambiguity
      """
    end
  end

  @doc """
  Tells whether the first is before the second.

      iex> NaiveDateTime.before?(~N[2021-01-01 11:00:00], ~N[2022-02-02 11:00:00])
      true
  """
  @spec before?(Calendar.naive_datetime(), Calendar.naive_datetime()) :: boolean
  def before?(naive1, naive2), do: compare(naive1, naive2) == :lt

  @doc """
  Tells whether the first is after the second.

      iex> NaiveDateTime.after?(~N[2022-02-02 11:00:00], ~N[2021-01-01 11:00:00])
      true
  """
  @spec after?(Calendar.naive_datetime(), Calendar.naive_datetime()) :: boolean
  def after?(naive1, naive2), do: compare(naive1, naive2) == :gt

  @doc """
  Converts one to a calendar; `{:error, :incompatible_calendars}` if their days begin at different moments.

      iex> NaiveDateTime.convert(~N[2000-01-01 13:30:15], Calendar.ISO)
      {:ok, ~N[2000-01-01 13:30:15]}
  """
  @spec convert(Calendar.naive_datetime(), Calendar.calendar()) ::
          {:ok, t} | {:error, :incompatible_calendars}
  def convert(%{calendar: calendar} = naive, calendar) do
    %{
      year: year,
      month: month,
      day: day,
      hour: hour,
      minute: minute,
      second: second,
      microsecond: microsecond
    } = naive

    {:ok, build(year, month, day, hour, minute, second, microsecond, calendar)}
  end

  def convert(%{calendar: source, microsecond: {_, precision}} = naive, calendar) do
    if Calendar.compatible_calendars?(source, calendar) do
      {:ok, naive |> Calendar.Moment.iso_days() |> from_iso_days(calendar, precision)}
    else
      {:error, :incompatible_calendars}
    end
  end

  @doc """
  Converts one to a calendar, or raises.

      iex> NaiveDateTime.convert!(~N[2000-01-01 13:30:15], Calendar.ISO)
      ~N[2000-01-01 13:30:15]
  """
  @spec convert!(Calendar.naive_datetime(), Calendar.calendar()) :: t
  def convert!(naive, calendar) do
    case convert(naive, calendar) do
      {:ok, naive} ->
        naive

      {:error, reason} ->
        raise ArgumentError,
              "cannot convert #{inspect(naive)} to target calendar #{inspect(calendar)}, reason: #{inspect(reason)}"
    end
  end

  defp from_iso_days(iso_days, calendar, precision) do
    {year, month, day, hour, minute, second, {value, _}} = calendar.naive_datetime_from_iso_days(iso_days)
    build(year, month, day, hour, minute, second, {value, precision}, calendar)
  end

  defimpl String.Chars do
    def to_string(naive), do: NaiveDateTime.to_string(naive)
  end

  defimpl Inspect do
    def inspect(%{calendar: calendar} = naive, _) do
      "~N[" <> NaiveDateTime.to_string(naive) <> Calendar.Moment.sigil_suffix(calendar) <> "]"
    end
  end
end
