defmodule DateTime do
  @moduledoc """
  A moment: date and time with a time zone and its offsets from UTC.

  In UTC it is written with a sigil, `~U[2000-01-01 23:00:07Z]`. `utc_offset` is the zone's own offset in seconds, `std_offset` what
  daylight saving adds, `zone_abbr` the zone's short name at that time. Time zones other than `"Etc/UTC"` need a
  database: see `Calendar.TimeZoneDatabase`. The comparison operators compare structs field by field; use `compare/2`.
  """

  import Kernel, except: [to_string: 1]

  @enforce_keys [
    :year,
    :month,
    :day,
    :hour,
    :minute,
    :second,
    :time_zone,
    :zone_abbr,
    :utc_offset,
    :std_offset
  ]
  defstruct [
    :year,
    :month,
    :day,
    :hour,
    :minute,
    :second,
    :time_zone,
    :zone_abbr,
    :utc_offset,
    :std_offset,
    microsecond: {0, 0},
    calendar: Calendar.ISO
  ]

  @type t :: %__MODULE__{}

  # Seconds from 0000-01-01 to the epoch of Unix.
  @unix_epoch 62_167_219_200

  ## Now

  @doc """
  Returns now in UTC, in a calendar or to the precision of a unit.

      iex> DateTime.utc_now().time_zone
      "Etc/UTC"
      iex> DateTime.utc_now(:second).microsecond
      {0, 0}
  """
  @spec utc_now(Calendar.calendar() | :native | :microsecond | :millisecond | :second) :: t
  def utc_now(calendar_or_time_unit \\ Calendar.ISO)

  def utc_now(unit) when unit in [:native, :microsecond, :millisecond, :second],
    do: utc_now(unit, Calendar.ISO)

  def utc_now(calendar), do: utc_now(:native, calendar)

  @doc """
  Returns now in UTC, to the precision of a unit and in a calendar.

      iex> DateTime.utc_now(:second, Calendar.ISO).microsecond
      {0, 0}
  """
  @spec utc_now(:native | :microsecond | :millisecond | :second, Calendar.calendar()) :: t
  # Nanoseconds since 1970 take more than a word, and the last three digits are not shown.
  def utc_now(:native, calendar), do: utc_now(:microsecond, calendar)

  def utc_now(unit, calendar) when unit in [:native, :microsecond, :millisecond, :second],
    do: from_unix!(System.os_time(unit), unit, calendar)

  @doc """
  Returns now in a time zone.

      iex> {:ok, now} = DateTime.now("Etc/UTC")
      iex> now.time_zone
      "Etc/UTC"
      iex> DateTime.now("not a zone")
      {:error, :utc_only_time_zone_database}
  """
  @spec now(Calendar.time_zone(), Calendar.time_zone_database()) :: {:ok, t} | {:error, atom}
  def now(time_zone, time_zone_database \\ Calendar.get_time_zone_database())
  def now("Etc/UTC", _), do: {:ok, utc_now()}
  def now(time_zone, database), do: shift_zone(utc_now(), time_zone, database)

  @doc """
  Returns now in a time zone, or raises.

      iex> DateTime.now!("Etc/UTC").zone_abbr
      "UTC"
  """
  @spec now!(Calendar.time_zone(), Calendar.time_zone_database()) :: t
  def now!(time_zone, time_zone_database \\ Calendar.get_time_zone_database()) do
    case now(time_zone, time_zone_database) do
      {:ok, now} ->
        now

      {:error, reason} ->
        raise ArgumentError,
              "cannot get current datetime in #{inspect(time_zone)} time zone, reason: #{inspect(reason)}"
    end
  end

  ## Making

  @doc """
  Makes the moment when a time zone's clocks show date and time: `{:ok, datetime}`; `{:ambiguous, first, second}` when they
  did twice; `{:gap, before, after}` when they never did; or `{:error, reason}`.

      iex> DateTime.new(~D[2016-05-24], ~T[13:26:08.003], "Etc/UTC")
      {:ok, ~U[2016-05-24 13:26:08.003Z]}
  """
  @spec new(Date.t(), Time.t(), Calendar.time_zone(), Calendar.time_zone_database()) ::
          {:ok, t} | {:ambiguous, t, t} | {:gap, t, t} | {:error, atom}
  def new(date, time, time_zone \\ "Etc/UTC", time_zone_database \\ Calendar.get_time_zone_database())

  def new(%Date{calendar: calendar} = date, %Time{calendar: calendar} = time, time_zone, database) do
    from_naive(NaiveDateTime.new!(date, time), time_zone, database)
  end

  @doc """
  Makes the moment when a time zone's clocks show date and time, or raises.

      iex> DateTime.new!(~D[2016-05-24], ~T[13:26:08])
      ~U[2016-05-24 13:26:08Z]
  """
  @spec new!(Date.t(), Time.t(), Calendar.time_zone(), Calendar.time_zone_database()) :: t
  def new!(date, time, time_zone \\ "Etc/UTC", time_zone_database \\ Calendar.get_time_zone_database())

  def new!(date, time, time_zone, database) do
    case new(date, time, time_zone, database) do
      {:ok, datetime} ->
        datetime

      {:ambiguous, first, second} ->
        raise ArgumentError,
              "cannot build datetime with #{inspect(date)} and #{inspect(time)} because such instant is ambiguous in time zone #{time_zone} as there is an overlap between #{inspect(first)} and #{inspect(second)}"

      {:gap, before, later} ->
        raise ArgumentError,
              "cannot build datetime with #{inspect(date)} and #{inspect(time)} because such instant does not exist in time zone #{time_zone} as there is a gap between #{inspect(before)} and #{inspect(later)}"

      {:error, reason} ->
        raise ArgumentError,
              "cannot build datetime with #{inspect(date)} and #{inspect(time)}, reason: #{inspect(reason)}"
    end
  end

  @doc """
  Makes the moment when a time zone's clocks show a naive datetime: see `new/4` for the answers.

      iex> DateTime.from_naive(~N[2016-05-24 13:26:08.003], "Etc/UTC")
      {:ok, ~U[2016-05-24 13:26:08.003Z]}
  """
  @spec from_naive(Calendar.naive_datetime(), Calendar.time_zone(), Calendar.time_zone_database()) ::
          {:ok, t} | {:ambiguous, t, t} | {:gap, t, t} | {:error, atom}
  def from_naive(naive_datetime, time_zone, time_zone_database \\ Calendar.get_time_zone_database())

  def from_naive(%{calendar: _} = naive, "Etc/UTC", _), do: {:ok, with_period(naive, utc_period(), "Etc/UTC")}

  def from_naive(%{calendar: Calendar.ISO} = naive, time_zone, database) do
    case database.time_zone_periods_from_wall_datetime(naive, time_zone) do
      {:ok, period} ->
        {:ok, with_period(naive, period, time_zone)}

      {:ambiguous, first, second} ->
        {:ambiguous, with_period(naive, first, time_zone), with_period(naive, second, time_zone)}

      # The last moment before the gap and the first after it.
      {:gap, {first, first_until}, {second, second_from}} ->
        before = first_until |> NaiveDateTime.truncate(:second) |> NaiveDateTime.add(-1, :microsecond)
        later = NaiveDateTime.truncate(second_from, :second)
        {:gap, with_period(before, first, time_zone), with_period(later, second, time_zone)}

      {:error, _} = error ->
        error
    end
  end

  def from_naive(%{calendar: calendar} = naive, time_zone, database) do
    case NaiveDateTime.convert(naive, Calendar.ISO) do
      {:ok, iso} -> iso |> from_naive(time_zone, database) |> converted(calendar)
      {:error, _} -> {:error, :incompatible_calendars}
    end
  end

  defp converted({:ok, datetime}, calendar), do: convert(datetime, calendar)
  defp converted({:error, _} = error, _), do: error

  defp converted({kind, first, second}, calendar),
    do: {kind, convert!(first, calendar), convert!(second, calendar)}

  defp utc_period, do: %{utc_offset: 0, std_offset: 0, zone_abbr: "UTC"}

  defp with_period(naive, %{utc_offset: utc_offset, std_offset: std_offset, zone_abbr: zone_abbr}, time_zone) do
    %DateTime{
      calendar: naive.calendar,
      year: naive.year,
      month: naive.month,
      day: naive.day,
      hour: naive.hour,
      minute: naive.minute,
      second: naive.second,
      microsecond: naive.microsecond,
      utc_offset: utc_offset,
      std_offset: std_offset,
      zone_abbr: zone_abbr,
      time_zone: time_zone
    }
  end

  @doc """
  Makes the moment when a time zone's clocks show a naive datetime, or raises.

      iex> DateTime.from_naive!(~N[2016-05-24 13:26:08.003], "Etc/UTC")
      ~U[2016-05-24 13:26:08.003Z]
  """
  @spec from_naive!(Calendar.naive_datetime(), Calendar.time_zone(), Calendar.time_zone_database()) :: t
  def from_naive!(naive_datetime, time_zone, time_zone_database \\ Calendar.get_time_zone_database()) do
    case from_naive(naive_datetime, time_zone, time_zone_database) do
      {:ok, datetime} ->
        datetime

      {:ambiguous, first, second} ->
        raise ArgumentError,
              "cannot convert #{inspect(naive_datetime)} to datetime because such instant is ambiguous in time zone #{time_zone} as there is an overlap between #{inspect(first)} and #{inspect(second)}"

      {:gap, before, later} ->
        raise ArgumentError,
              "cannot convert #{inspect(naive_datetime)} to datetime because such instant does not exist in time zone #{time_zone} as there is a gap between #{inspect(before)} and #{inspect(later)}"

      {:error, reason} ->
        raise ArgumentError,
              "cannot convert #{inspect(naive_datetime)} to datetime, reason: #{inspect(reason)}"
    end
  end

  @doc """
  Makes the moment so many units (`:second`) after the epoch of Unix.

      iex> DateTime.from_unix(1_464_096_368)
      {:ok, ~U[2016-05-24 13:26:08Z]}
      iex> DateTime.from_unix(-1_500, :millisecond)
      {:ok, ~U[1969-12-31 23:59:58.500Z]}
  """
  @spec from_unix(integer, :native | System.time_unit(), Calendar.calendar()) :: {:ok, t} | {:error, atom}
  def from_unix(integer, unit \\ :second, calendar \\ Calendar.ISO) when is_integer(integer) do
    case Calendar.ISO.from_unix(integer, unit) do
      {:ok, {year, month, day}, {hour, minute, second}, microsecond} ->
        naive = %NaiveDateTime{
          year: year,
          month: month,
          day: day,
          hour: hour,
          minute: minute,
          second: second,
          microsecond: microsecond
        }

        convert(with_period(naive, utc_period(), "Etc/UTC"), calendar)

      {:error, _} = error ->
        error
    end
  end

  @doc """
  Makes the moment so many units after the epoch of Unix, or raises.

      iex> DateTime.from_unix!(0)
      ~U[1970-01-01 00:00:00Z]
  """
  @spec from_unix!(integer, :native | System.time_unit(), Calendar.calendar()) :: t
  def from_unix!(integer, unit \\ :second, calendar \\ Calendar.ISO) do
    case from_unix(integer, unit, calendar) do
      {:ok, datetime} -> datetime
      {:error, :invalid_unix_time} -> raise ArgumentError, "invalid Unix time #{integer}"
    end
  end

  @doc """
  Returns the time since the epoch of Unix in a unit (`:second`).

      iex> DateTime.to_unix(~U[2016-05-24 13:26:08Z])
      1464096368
      iex> DateTime.to_unix(~U[1970-01-01 00:00:01.5Z], :millisecond)
      1500
  """
  @spec to_unix(Calendar.datetime(), System.time_unit()) :: integer
  def to_unix(datetime, unit \\ :second)

  def to_unix(%{utc_offset: utc_offset, std_offset: std_offset} = datetime, unit) do
    {days, fraction} = Calendar.Moment.iso_days(datetime)
    total = Calendar.ISO.iso_days_to_unit({days, fraction}, unit)
    offset = System.convert_time_unit(utc_offset + std_offset + @unix_epoch, :second, unit)
    total - offset
  end

  @doc """
  Makes the moment so many seconds after 0000-01-01 00:00:00 UTC.

      iex> DateTime.from_gregorian_seconds(1)
      ~U[0000-01-01 00:00:01Z]
  """
  @spec from_gregorian_seconds(integer, Calendar.microsecond(), Calendar.calendar()) :: t
  def from_gregorian_seconds(seconds, {microsecond, precision} \\ {0, 0}, calendar \\ Calendar.ISO)
      when is_integer(seconds) do
    naive = NaiveDateTime.from_gregorian_seconds(seconds, {microsecond, precision}, calendar)
    with_period(naive, utc_period(), "Etc/UTC")
  end

  @doc """
  Returns the seconds after 0000-01-01 00:00:00 UTC, and the microseconds.

      iex> DateTime.to_gregorian_seconds(~U[0000-01-01 00:00:01.5Z])
      {1, 500000}
  """
  @spec to_gregorian_seconds(Calendar.datetime()) :: {integer, non_neg_integer}
  def to_gregorian_seconds(
        %{utc_offset: utc_offset, std_offset: std_offset, microsecond: {microsecond, _}} = datetime
      ) do
    {days, {parts, per_day}} = Calendar.Moment.iso_days(datetime)
    {days * 86_400 + div(parts * 86_400, per_day) - utc_offset - std_offset, microsecond}
  end

  ## Reading and printing

  @doc """
  Reads a moment as ISO 8601 writes it, `:extended` or `:basic`: returns it in UTC, and the offset that was there.

      iex> DateTime.from_iso8601("2015-01-23T23:50:07.123+02:30")
      {:ok, ~U[2015-01-23 21:20:07.123Z], 9000}
      iex> DateTime.from_iso8601("2015-01-23T23:50:07")
      {:error, :missing_offset}
      iex> DateTime.from_iso8601("20150123T235007Z", :basic)
      {:ok, ~U[2015-01-23 23:50:07Z], 0}
  """
  @spec from_iso8601(String.t(), Calendar.calendar() | :extended | :basic) ::
          {:ok, t, integer} | {:error, atom}
  def from_iso8601(string, format_or_calendar \\ Calendar.ISO)

  def from_iso8601(string, format) when format in [:basic, :extended],
    do: from_iso8601(string, Calendar.ISO, format)

  def from_iso8601(string, calendar) when is_atom(calendar), do: from_iso8601(string, calendar, :extended)

  @doc """
  Reads a moment as ISO 8601 writes it, in a calendar and a format.

      iex> DateTime.from_iso8601("2015-01-23T23:50:07Z", Calendar.ISO, :extended)
      {:ok, ~U[2015-01-23 23:50:07Z], 0}
  """
  @spec from_iso8601(String.t(), Calendar.calendar(), :extended | :basic) ::
          {:ok, t, integer} | {:error, atom}
  def from_iso8601(string, calendar, format) do
    with {:ok, {year, month, day, hour, minute, second, microsecond}, offset} <-
           Calendar.ISO.parse_utc_datetime(string, format),
         naive = %NaiveDateTime{
           year: year,
           month: month,
           day: day,
           hour: hour,
           minute: minute,
           second: second,
           microsecond: microsecond
         },
         {:ok, datetime} <- convert(with_period(naive, utc_period(), "Etc/UTC"), calendar) do
      {:ok, datetime, offset}
    end
  end

  @doc """
  Prints a moment in ISO 8601, `:extended` or `:basic`, at its own offset or the one given in seconds.

      iex> DateTime.to_iso8601(~U[2000-02-28 23:00:13Z])
      "2000-02-28T23:00:13Z"
      iex> DateTime.to_iso8601(~U[2000-02-28 23:00:13Z], :basic)
      "20000228T230013Z"
      iex> DateTime.to_iso8601(~U[2000-02-28 23:00:13Z], :extended, 3600)
      "2000-02-29T00:00:13+01:00"
  """
  @spec to_iso8601(Calendar.datetime(), :basic | :extended, nil | integer) :: String.t()
  def to_iso8601(datetime, format \\ :extended, offset \\ nil)

  def to_iso8601(%{calendar: Calendar.ISO} = datetime, format, nil) when format in [:extended, :basic] do
    %{utc_offset: utc_offset, std_offset: std_offset, time_zone: time_zone} = datetime

    NaiveDateTime.to_iso8601(datetime, format) <>
      Calendar.ISO.offset_to_string(utc_offset, std_offset, time_zone, format)
  end

  def to_iso8601(%{calendar: Calendar.ISO} = datetime, format, offset) when format in [:extended, :basic],
    do: datetime |> at_offset(offset) |> to_iso8601(format, nil)

  def to_iso8601(%{calendar: _} = datetime, format, offset) when format in [:extended, :basic],
    do: datetime |> convert!(Calendar.ISO) |> to_iso8601(format, offset)

  defp at_offset(%{microsecond: {_, precision}, time_zone: time_zone} = datetime, offset) do
    datetime
    |> utc_iso_days()
    |> Calendar.ISO.add_day_fraction_to_iso_days(offset, 86_400)
    |> from_iso_days(
      %{utc_offset: offset, std_offset: 0, zone_abbr: "UTC"},
      time_zone,
      Calendar.ISO,
      precision
    )
  end

  @doc """
  Prints a moment as its calendar does.

      iex> DateTime.to_string(~U[2000-02-28 23:00:13Z])
      "2000-02-28 23:00:13Z"
  """
  @spec to_string(Calendar.datetime()) :: String.t()
  def to_string(%{calendar: calendar} = datetime) do
    calendar.datetime_to_string(
      datetime.year,
      datetime.month,
      datetime.day,
      datetime.hour,
      datetime.minute,
      datetime.second,
      datetime.microsecond,
      datetime.time_zone,
      datetime.zone_abbr,
      datetime.utc_offset,
      datetime.std_offset
    )
  end

  ## Parts

  @doc """
  Returns the wall date and time.

      iex> DateTime.to_naive(~U[2000-02-28 23:00:13Z])
      ~N[2000-02-28 23:00:13]
  """
  @spec to_naive(Calendar.datetime()) :: NaiveDateTime.t()
  def to_naive(%{calendar: calendar, time_zone: _} = datetime) do
    %NaiveDateTime{
      calendar: calendar,
      year: datetime.year,
      month: datetime.month,
      day: datetime.day,
      hour: datetime.hour,
      minute: datetime.minute,
      second: datetime.second,
      microsecond: datetime.microsecond
    }
  end

  @doc """
  Returns the date.

      iex> DateTime.to_date(~U[2000-02-28 23:00:13Z])
      ~D[2000-02-28]
  """
  @spec to_date(Calendar.datetime()) :: Date.t()
  def to_date(%{year: year, month: month, day: day, calendar: calendar, time_zone: _}),
    do: %Date{year: year, month: month, day: day, calendar: calendar}

  @doc """
  Returns the time of day.

      iex> DateTime.to_time(~U[2000-02-28 23:00:13Z])
      ~T[23:00:13]
  """
  @spec to_time(Calendar.datetime()) :: Time.t()
  def to_time(%{
        hour: hour,
        minute: minute,
        second: second,
        microsecond: microsecond,
        calendar: calendar,
        time_zone: _
      }),
      do: %Time{hour: hour, minute: minute, second: second, microsecond: microsecond, calendar: calendar}

  @doc """
  Cuts the microsecond to `:second`, `:millisecond` or `:microsecond`.

      iex> DateTime.truncate(~U[2017-11-06 00:23:51.123456Z], :millisecond)
      ~U[2017-11-06 00:23:51.123Z]
  """
  @spec truncate(Calendar.datetime(), :microsecond | :millisecond | :second) :: t
  def truncate(%DateTime{microsecond: microsecond} = datetime, precision),
    do: %{datetime | microsecond: Calendar.truncate(microsecond, precision)}

  def truncate(%{microsecond: microsecond} = datetime, precision),
    do: Map.replace!(datetime, :microsecond, Calendar.truncate(microsecond, precision))

  ## Time zones

  @doc """
  Returns the same moment in another time zone.

      iex> DateTime.shift_zone(~U[2000-02-28 23:00:13Z], "Etc/UTC")
      {:ok, ~U[2000-02-28 23:00:13Z]}
  """
  @spec shift_zone(Calendar.datetime(), Calendar.time_zone(), Calendar.time_zone_database()) ::
          {:ok, t} | {:error, atom}
  def shift_zone(datetime, time_zone, time_zone_database \\ Calendar.get_time_zone_database())

  def shift_zone(%{time_zone: time_zone} = datetime, time_zone, _), do: {:ok, datetime}

  def shift_zone(%{calendar: calendar, microsecond: {_, precision}} = datetime, time_zone, database),
    do: in_zone(utc_iso_days(datetime), time_zone, calendar, precision, database)

  defp in_zone(iso_days, "Etc/UTC", calendar, precision, _),
    do: {:ok, from_iso_days(iso_days, utc_period(), "Etc/UTC", calendar, precision)}

  defp in_zone(iso_days, time_zone, calendar, precision, database) do
    case database.time_zone_period_from_utc_iso_days(iso_days, time_zone) do
      {:ok, %{utc_offset: utc_offset, std_offset: std_offset} = period} ->
        wall = Calendar.ISO.add_day_fraction_to_iso_days(iso_days, utc_offset + std_offset, 86_400)
        {:ok, from_iso_days(wall, period, time_zone, calendar, precision)}

      {:error, _} = error ->
        error
    end
  end

  @doc """
  Returns the same moment in another time zone, or raises.

      iex> DateTime.shift_zone!(~U[2000-02-28 23:00:13Z], "Etc/UTC")
      ~U[2000-02-28 23:00:13Z]
  """
  @spec shift_zone!(Calendar.datetime(), Calendar.time_zone(), Calendar.time_zone_database()) :: t
  def shift_zone!(datetime, time_zone, time_zone_database \\ Calendar.get_time_zone_database()) do
    case shift_zone(datetime, time_zone, time_zone_database) do
      {:ok, datetime} ->
        datetime

      {:error, reason} ->
        raise ArgumentError,
              "cannot shift #{inspect(datetime)} to #{inspect(time_zone)} time zone, reason: #{inspect(reason)}"
    end
  end

  ## Arithmetic

  @doc """
  Adds an amount of a unit (`:second`): `:day`, `:hour`, `:minute`, or one of `System`'s. A day is 24 hours.

      iex> DateTime.add(~U[2018-11-15 10:00:00Z], 3600)
      ~U[2018-11-15 11:00:00Z]
      iex> DateTime.add(~U[2018-11-15 10:00:00Z], 2, :day)
      ~U[2018-11-17 10:00:00Z]
  """
  @spec add(
          Calendar.datetime(),
          integer,
          :day | :hour | :minute | System.time_unit(),
          Calendar.time_zone_database()
        ) :: t
  def add(datetime, amount_to_add, unit \\ :second, time_zone_database \\ Calendar.get_time_zone_database())

  def add(datetime, amount, unit, database) when unit in [:day, :hour, :minute] and is_integer(amount),
    do: add(datetime, amount * Calendar.ISO.unit_seconds(unit), :second, database)

  def add(
        %{calendar: calendar, time_zone: time_zone, microsecond: {_, precision}} = datetime,
        amount,
        unit,
        database
      )
      when is_integer(amount) do
    per_day = System.convert_time_unit(86_400, :second, unit)
    precision = max(precision, Calendar.ISO.time_unit_to_precision(unit))
    iso_days = datetime |> utc_iso_days() |> Calendar.ISO.add_day_fraction_to_iso_days(amount, per_day)

    case in_zone(iso_days, time_zone, calendar, precision, database) do
      {:ok, datetime} ->
        datetime

      {:error, reason} ->
        raise ArgumentError,
              "cannot add #{amount} #{unit} to #{inspect(datetime)} (with time zone database #{inspect(database)}), reason: #{inspect(reason)}"
    end
  end

  @doc """
  Adds a duration, or the units of one, to the wall time; then the zone's offset at the new moment is taken.

      iex> DateTime.shift(~U[2016-01-31 00:00:00Z], month: 1)
      ~U[2016-02-29 00:00:00Z]
      iex> DateTime.shift(~U[2016-01-01 00:00:00Z], minute: 5, microsecond: {500, 4})
      ~U[2016-01-01 00:05:00.0005Z]
  """
  @spec shift(Calendar.datetime(), Duration.duration(), Calendar.time_zone_database()) :: t
  def shift(datetime, duration, time_zone_database \\ Calendar.get_time_zone_database())

  def shift(
        %{calendar: calendar, time_zone: time_zone, utc_offset: utc_offset, std_offset: std_offset} =
          datetime,
        duration,
        database
      ) do
    duration = Duration.__for_shift__(duration, :datetime)

    %{
      year: year,
      month: month,
      day: day,
      hour: hour,
      minute: minute,
      second: second,
      microsecond: microsecond
    } = datetime

    {year, month, day, hour, minute, second, {_, precision} = microsecond} =
      calendar.shift_naive_datetime(year, month, day, hour, minute, second, microsecond, duration)

    iso_days =
      calendar.naive_datetime_to_iso_days(year, month, day, hour, minute, second, microsecond)
      |> Calendar.ISO.add_day_fraction_to_iso_days(-(utc_offset + std_offset), 86_400)

    case in_zone(iso_days, time_zone, calendar, precision, database) do
      {:ok, datetime} ->
        datetime

      {:error, reason} ->
        raise ArgumentError,
              "cannot shift #{inspect(datetime)} to #{inspect(duration)} (with time zone database #{inspect(database)}), reason: #{inspect(reason)}"
    end
  end

  @doc """
  Returns how much the first moment is after the second, in a unit (`:second`).

      iex> DateTime.diff(~U[2024-01-15 10:00:10Z], ~U[2024-01-15 10:00:00Z])
      10
      iex> DateTime.diff(~U[2024-01-17 10:00:00Z], ~U[2024-01-15 10:00:00Z], :day)
      2
  """
  @spec diff(Calendar.datetime(), Calendar.datetime(), :day | :hour | :minute | System.time_unit()) :: integer
  def diff(datetime1, datetime2, unit \\ :second)

  def diff(datetime1, datetime2, unit) when unit in [:day, :hour, :minute],
    do: div(diff(datetime1, datetime2, :second), Calendar.ISO.unit_seconds(unit))

  def diff(
        %{utc_offset: utc_offset1, std_offset: std_offset1} = datetime1,
        %{utc_offset: utc_offset2, std_offset: std_offset2} = datetime2,
        unit
      ) do
    offset = utc_offset2 + std_offset2 - (utc_offset1 + std_offset1)

    Calendar.ISO.iso_days_to_unit(Calendar.Moment.iso_days(datetime1), unit) -
      Calendar.ISO.iso_days_to_unit(Calendar.Moment.iso_days(datetime2), unit) +
      System.convert_time_unit(offset, :second, unit)
  end

  ## Comparing and converting

  @doc """
  Compares two moments: `:lt`, `:eq` or `:gt`. Only the moment counts, not the zone.

      iex> DateTime.compare(~U[2000-01-01 00:00:00Z], ~U[2000-01-01 00:00:01Z])
      :lt
  """
  @spec compare(Calendar.datetime(), Calendar.datetime()) :: :lt | :eq | :gt
  def compare(%{utc_offset: _} = datetime1, %{utc_offset: _} = datetime2) do
    {days1, {parts1, per_day1}} = utc_iso_days(datetime1)
    {days2, {parts2, per_day2}} = utc_iso_days(datetime2)
    Calendar.Moment.order({days1, parts1 * per_day2}, {days2, parts2 * per_day1})
  end

  @doc """
  Tells whether the first moment is before the second.

      iex> DateTime.before?(~U[2021-01-01 11:00:00Z], ~U[2022-02-02 11:00:00Z])
      true
  """
  @spec before?(Calendar.datetime(), Calendar.datetime()) :: boolean
  def before?(datetime1, datetime2), do: compare(datetime1, datetime2) == :lt

  @doc """
  Tells whether the first moment is after the second.

      iex> DateTime.after?(~U[2022-02-02 11:00:00Z], ~U[2021-01-01 11:00:00Z])
      true
  """
  @spec after?(Calendar.datetime(), Calendar.datetime()) :: boolean
  def after?(datetime1, datetime2), do: compare(datetime1, datetime2) == :gt

  @doc """
  Converts to a calendar; `{:error, :incompatible_calendars}` if their days begin at different moments.

      iex> DateTime.convert(~U[2000-01-01 00:00:00Z], Calendar.ISO)
      {:ok, ~U[2000-01-01 00:00:00Z]}
  """
  @spec convert(Calendar.datetime(), Calendar.calendar()) :: {:ok, t} | {:error, :incompatible_calendars}
  def convert(%DateTime{calendar: calendar} = datetime, calendar), do: {:ok, datetime}

  def convert(%{calendar: calendar} = datetime, calendar) do
    {:ok, with_period(datetime, datetime, datetime.time_zone)}
  end

  def convert(%{calendar: source, microsecond: {_, precision}} = datetime, calendar) do
    if Calendar.compatible_calendars?(source, calendar) do
      {:ok, datetime |> Calendar.Moment.iso_days() |> from_iso_days(datetime, datetime.time_zone, calendar, precision)}
    else
      {:error, :incompatible_calendars}
    end
  end

  @doc """
  Converts to a calendar, or raises.

      iex> DateTime.convert!(~U[2000-01-01 00:00:00Z], Calendar.ISO)
      ~U[2000-01-01 00:00:00Z]
  """
  @spec convert!(Calendar.datetime(), Calendar.calendar()) :: t
  def convert!(datetime, calendar) do
    case convert(datetime, calendar) do
      {:ok, datetime} ->
        datetime

      {:error, reason} ->
        raise ArgumentError,
              "cannot convert #{inspect(datetime)} to target calendar #{inspect(calendar)}, reason: #{inspect(reason)}"
    end
  end

  # Days with a fraction of the wall time, and of UTC.
  defp utc_iso_days(%{utc_offset: 0, std_offset: 0} = datetime), do: Calendar.Moment.iso_days(datetime)

  defp utc_iso_days(%{utc_offset: utc_offset, std_offset: std_offset} = datetime),
    do:
      datetime
      |> Calendar.Moment.iso_days()
      |> Calendar.ISO.add_day_fraction_to_iso_days(-(utc_offset + std_offset), 86_400)

  defp from_iso_days(iso_days, period, time_zone, calendar, precision) do
    {year, month, day, hour, minute, second, {value, _}} = calendar.naive_datetime_from_iso_days(iso_days)

    %DateTime{
      year: year,
      month: month,
      day: day,
      hour: hour,
      minute: minute,
      second: second,
      microsecond: {value, precision},
      utc_offset: period.utc_offset,
      std_offset: period.std_offset,
      zone_abbr: period.zone_abbr,
      time_zone: time_zone,
      calendar: calendar
    }
  end

  defimpl String.Chars do
    def to_string(datetime), do: DateTime.to_string(datetime)
  end

  defimpl Inspect do
    def inspect(%{utc_offset: 0, std_offset: 0, time_zone: "Etc/UTC"} = datetime, _),
      do: "~U[" <> DateTime.to_string(datetime) <> Calendar.Moment.sigil_suffix(datetime.calendar) <> "]"

    def inspect(datetime, _), do: "#DateTime<" <> DateTime.to_string(datetime) <> Calendar.Moment.sigil_suffix(datetime.calendar) <> ">"
  end
end
