defmodule Time do
  @moduledoc """
  A time of day: hour, minute, second and microsecond.

  It is mostly written with a sigil, `~T[23:00:07.001]`. A microsecond is `{value, precision}`: how many digits of it count.
  The comparison operators compare structs field by field; use `compare/2`.
  """

  import Kernel, except: [to_string: 1]

  @enforce_keys [:hour, :minute, :second]
  defstruct [:hour, :minute, :second, microsecond: {0, 0}, calendar: Calendar.ISO]

  @type t :: %__MODULE__{}

  @per_day 86_400_000_000

  @doc """
  Returns the time of day in UTC.

      iex> Time.utc_now().hour in 0..23
      true
  """
  @spec utc_now(Calendar.calendar()) :: t
  def utc_now(calendar \\ Calendar.ISO) do
    {:ok, _, {hour, minute, second}, microsecond} = Calendar.ISO.from_unix(System.os_time(:microsecond), :microsecond)
    convert!(%Time{hour: hour, minute: minute, second: second, microsecond: microsecond}, calendar)
  end

  ## Making and reading

  @doc """
  Makes a time, if there is one with these numbers.

      iex> Time.new(0, 0, 0, {0, 6})
      {:ok, ~T[00:00:00.000000]}
      iex> Time.new(24, 0, 0)
      {:error, :invalid_time}
  """
  @spec new(
          Calendar.hour(),
          Calendar.minute(),
          Calendar.second(),
          Calendar.microsecond() | non_neg_integer,
          Calendar.calendar()
        ) ::
          {:ok, t} | {:error, atom}
  def new(hour, minute, second, microsecond \\ {0, 0}, calendar \\ Calendar.ISO)

  def new(hour, minute, second, microsecond, calendar) when is_integer(microsecond),
    do: new(hour, minute, second, {microsecond, 6}, calendar)

  def new(hour, minute, second, {value, precision} = microsecond, calendar)
      when is_integer(hour) and is_integer(minute) and is_integer(second) and is_integer(value) and
             is_integer(precision) do
    if calendar.valid_time?(hour, minute, second, microsecond) do
      {:ok, %Time{hour: hour, minute: minute, second: second, microsecond: microsecond, calendar: calendar}}
    else
      {:error, :invalid_time}
    end
  end

  @doc """
  Makes a time, or raises.

      iex> Time.new!(23, 59, 59)
      ~T[23:59:59]
  """
  @spec new!(
          Calendar.hour(),
          Calendar.minute(),
          Calendar.second(),
          Calendar.microsecond() | non_neg_integer,
          Calendar.calendar()
        ) ::
          t
  def new!(hour, minute, second, microsecond \\ {0, 0}, calendar \\ Calendar.ISO) do
    case new(hour, minute, second, microsecond, calendar) do
      {:ok, time} -> time
      {:error, reason} -> raise ArgumentError, "cannot build time, reason: #{inspect(reason)}"
    end
  end

  @doc """
  Reads a time as ISO 8601 writes it.

      iex> Time.from_iso8601("23:50:07.0123456")
      {:ok, ~T[23:50:07.012345]}
      iex> Time.from_iso8601("23:50")
      {:error, :invalid_format}
  """
  @spec from_iso8601(String.t(), Calendar.calendar()) :: {:ok, t} | {:error, atom}
  def from_iso8601(string, calendar \\ Calendar.ISO) do
    with {:ok, {hour, minute, second, microsecond}} <- Calendar.ISO.parse_time(string) do
      convert(%Time{hour: hour, minute: minute, second: second, microsecond: microsecond}, calendar)
    end
  end

  @doc """
  Reads a time as ISO 8601 writes it, or raises.

      iex> Time.from_iso8601!("23:50:07,123")
      ~T[23:50:07.123]
  """
  @spec from_iso8601!(String.t(), Calendar.calendar()) :: t
  def from_iso8601!(string, calendar \\ Calendar.ISO) do
    case from_iso8601(string, calendar) do
      {:ok, time} ->
        time

      {:error, reason} ->
        raise ArgumentError, "cannot parse #{inspect(string)} as time, reason: #{inspect(reason)}"
    end
  end

  @doc """
  Prints a time in ISO 8601, `:extended` or `:basic`.

      iex> Time.to_iso8601(~T[23:00:13])
      "23:00:13"
      iex> Time.to_iso8601(~T[23:00:13.001], :basic)
      "230013.001"
  """
  @spec to_iso8601(Calendar.time(), :extended | :basic) :: String.t()
  def to_iso8601(time, format \\ :extended)

  def to_iso8601(%{calendar: Calendar.ISO} = time, format) when format in [:extended, :basic],
    do: Calendar.ISO.time_to_string(time.hour, time.minute, time.second, time.microsecond, format)

  def to_iso8601(%{calendar: _} = time, format) when format in [:extended, :basic],
    do: time |> convert!(Calendar.ISO) |> to_iso8601(format)

  @doc """
  Prints a time as its calendar does.

      iex> Time.to_string(~T[23:00:00.001])
      "23:00:00.001"
  """
  @spec to_string(Calendar.time()) :: String.t()
  def to_string(%{calendar: calendar, hour: hour, minute: minute, second: second, microsecond: microsecond}),
    do: calendar.time_to_string(hour, minute, second, microsecond)

  @doc """
  Turns a time into Erlang's tuple, without the microsecond.

      iex> Time.to_erl(~T[23:30:15.999])
      {23, 30, 15}
  """
  @spec to_erl(Calendar.time()) :: :calendar.time()
  def to_erl(time) do
    %{hour: hour, minute: minute, second: second} = convert!(time, Calendar.ISO)
    {hour, minute, second}
  end

  @doc """
  Makes a time of Erlang's tuple.

      iex> Time.from_erl({23, 30, 15}, {5000, 3})
      {:ok, ~T[23:30:15.005]}
  """
  @spec from_erl(:calendar.time(), Calendar.microsecond() | non_neg_integer, Calendar.calendar()) ::
          {:ok, t} | {:error, atom}
  def from_erl(tuple, microsecond \\ {0, 0}, calendar \\ Calendar.ISO)

  def from_erl({hour, minute, second}, microsecond, calendar) do
    with {:ok, time} <- new(hour, minute, second, microsecond), do: convert(time, calendar)
  end

  @doc """
  Makes a time of Erlang's tuple, or raises.

      iex> Time.from_erl!({23, 30, 15})
      ~T[23:30:15]
  """
  @spec from_erl!(:calendar.time(), Calendar.microsecond() | non_neg_integer, Calendar.calendar()) :: t
  def from_erl!(tuple, microsecond \\ {0, 0}, calendar \\ Calendar.ISO) do
    case from_erl(tuple, microsecond, calendar) do
      {:ok, time} ->
        time

      {:error, reason} ->
        raise ArgumentError, "cannot convert #{inspect(tuple)} to time, reason: #{inspect(reason)}"
    end
  end

  @doc """
  Makes the time so many seconds after midnight.

      iex> Time.from_seconds_after_midnight(3600)
      ~T[01:00:00]
      iex> Time.from_seconds_after_midnight(86399, {0, 3})
      ~T[23:59:59.000]
  """
  @spec from_seconds_after_midnight(integer, Calendar.microsecond(), Calendar.calendar()) :: t
  def from_seconds_after_midnight(seconds, microsecond \\ {0, 0}, calendar \\ Calendar.ISO)
      when is_integer(seconds) do
    seconds = Integer.mod(seconds, 86_400)
    {hour, minute, second, {_, _}} = Calendar.ISO.time_from_day_fraction({seconds, 86_400})
    convert!(%Time{hour: hour, minute: minute, second: second, microsecond: microsecond}, calendar)
  end

  @doc """
  Returns the seconds after midnight, and the microseconds.

      iex> Time.to_seconds_after_midnight(~T[01:00:00.5])
      {3600, 500000}
  """
  @spec to_seconds_after_midnight(Calendar.time()) :: {integer, non_neg_integer}
  def to_seconds_after_midnight(%{microsecond: {microsecond, _}} = time) do
    {parts, per_day} = to_day_fraction(time)
    {div(parts * 86_400, per_day), microsecond}
  end

  ## Arithmetic

  @doc """
  Adds an amount of a unit (`:second`), around the clock.

      iex> Time.add(~T[10:00:00], 27000)
      ~T[17:30:00]
      iex> Time.add(~T[23:00:00], 2, :hour)
      ~T[01:00:00]
      iex> Time.add(~T[10:00:00], 1, :millisecond)
      ~T[10:00:00.001]
  """
  @spec add(Calendar.time(), integer, :hour | :minute | System.time_unit()) :: t
  def add(time, amount_to_add, unit \\ :second)

  def add(time, amount, unit) when unit in [:hour, :minute] and is_integer(amount),
    do: add(time, amount * Calendar.ISO.unit_seconds(unit), :second)

  def add(%{calendar: calendar, microsecond: {_, precision}} = time, amount, unit) when is_integer(amount) do
    # An unknown unit is told first, as converting would.
    per_second = System.convert_time_unit(1, :second, unit)
    {parts, per_day} = to_day_fraction(time)

    {_, fraction} =
      Calendar.ISO.add_day_fraction_to_iso_days({0, {parts, per_day}}, amount, per_second * 86_400)

    {hour, minute, second, {value, _}} = calendar.time_from_day_fraction(fraction)
    precision = max(precision, Calendar.ISO.time_unit_to_precision(unit))
    %Time{hour: hour, minute: minute, second: second, microsecond: {value, precision}, calendar: calendar}
  end

  @doc """
  Adds a duration, or the units of one: hours, minutes, seconds, microseconds; around the clock.

      iex> Time.shift(~T[01:00:15], hour: 12)
      ~T[13:00:15]
      iex> Time.shift(~T[01:15:00], microsecond: {100, 6})
      ~T[01:15:00.000100]
  """
  @spec shift(Calendar.time(), Duration.duration()) :: t
  def shift(%{calendar: calendar} = time, duration) do
    duration = Duration.__for_shift__(duration, :time)
    %{hour: hour, minute: minute, second: second, microsecond: microsecond} = time
    {hour, minute, second, microsecond} = calendar.shift_time(hour, minute, second, microsecond, duration)
    %Time{hour: hour, minute: minute, second: second, microsecond: microsecond, calendar: calendar}
  end

  @doc """
  Returns how much the first time is after the second, in a unit (`:second`).

      iex> Time.diff(~T[00:29:12], ~T[00:29:10])
      2
      iex> Time.diff(~T[02:29:10], ~T[00:29:10], :hour)
      2
  """
  @spec diff(Calendar.time(), Calendar.time(), :hour | :minute | System.time_unit()) :: integer
  def diff(time1, time2, unit \\ :second)

  def diff(time1, time2, unit) when unit in [:hour, :minute],
    do: div(diff(time1, time2, :second), Calendar.ISO.unit_seconds(unit))

  def diff(time1, time2, unit) do
    {parts1, per_day1} = to_day_fraction(time1)
    {parts2, per_day2} = to_day_fraction(time2)

    System.convert_time_unit(div(parts1 * @per_day, per_day1), :microsecond, unit) -
      System.convert_time_unit(div(parts2 * @per_day, per_day2), :microsecond, unit)
  end

  @doc """
  Cuts the microsecond to `:second`, `:millisecond` or `:microsecond`.

      iex> Time.truncate(~T[01:01:01.123456], :millisecond)
      ~T[01:01:01.123]
  """
  @spec truncate(t, :microsecond | :millisecond | :second) :: t
  def truncate(%Time{microsecond: microsecond} = time, precision),
    do: %{time | microsecond: Calendar.truncate(microsecond, precision)}

  ## Comparing and converting

  @doc """
  Compares two times: `:lt`, `:eq` or `:gt`. The precision does not count.

      iex> Time.compare(~T[16:04:16], ~T[16:04:28])
      :lt
  """
  @spec compare(Calendar.time(), Calendar.time()) :: :lt | :eq | :gt
  def compare(%{calendar: calendar} = time1, %{calendar: calendar} = time2) do
    %{hour: hour1, minute: minute1, second: second1, microsecond: {microsecond1, _}} = time1
    %{hour: hour2, minute: minute2, second: second2, microsecond: {microsecond2, _}} = time2
    Calendar.Moment.order({hour1, minute1, second1, microsecond1}, {hour2, minute2, second2, microsecond2})
  end

  def compare(time1, time2) do
    {parts1, per_day1} = to_day_fraction(time1)
    {parts2, per_day2} = to_day_fraction(time2)
    Calendar.Moment.order(parts1 * per_day2, parts2 * per_day1)
  end

  @doc """
  Tells whether the first time is before the second.

      iex> Time.before?(~T[16:04:16], ~T[16:04:28])
      true
  """
  @spec before?(Calendar.time(), Calendar.time()) :: boolean
  def before?(time1, time2), do: compare(time1, time2) == :lt

  @doc """
  Tells whether the first time is after the second.

      iex> Time.after?(~T[16:04:28], ~T[16:04:16])
      true
  """
  @spec after?(Calendar.time(), Calendar.time()) :: boolean
  def after?(time1, time2), do: compare(time1, time2) == :gt

  @doc """
  Converts a time to a calendar.

      iex> Time.convert(~T[13:30:15], Calendar.ISO)
      {:ok, ~T[13:30:15]}
  """
  @spec convert(Calendar.time(), Calendar.calendar()) :: {:ok, t} | {:error, atom}
  def convert(%Time{calendar: calendar} = time, calendar), do: {:ok, time}

  def convert(%{microsecond: {_, precision}} = time, calendar) do
    {hour, minute, second, {value, _}} = calendar.time_from_day_fraction(to_day_fraction(time))

    {:ok,
     %Time{calendar: calendar, hour: hour, minute: minute, second: second, microsecond: {value, precision}}}
  end

  @doc """
  Converts a time to a calendar, or raises.

      iex> Time.convert!(~T[13:30:15], Calendar.ISO)
      ~T[13:30:15]
  """
  @spec convert!(Calendar.time(), Calendar.calendar()) :: t
  def convert!(time, calendar) do
    case convert(time, calendar) do
      {:ok, time} ->
        time

      {:error, reason} ->
        raise ArgumentError,
              "cannot convert #{inspect(time)} to target calendar #{inspect(calendar)}, reason: #{inspect(reason)}"
    end
  end

  defp to_day_fraction(%{
         hour: hour,
         minute: minute,
         second: second,
         microsecond: microsecond,
         calendar: calendar
       }),
       do: calendar.time_to_day_fraction(hour, minute, second, microsecond)

  defimpl String.Chars do
    def to_string(%{calendar: calendar, hour: hour, minute: minute, second: second, microsecond: microsecond}),
      do: calendar.time_to_string(hour, minute, second, microsecond)
  end

  defimpl Inspect do
    def inspect(
          %{calendar: calendar, hour: hour, minute: minute, second: second, microsecond: microsecond},
          _
        ) do
      "~T[" <> calendar.time_to_string(hour, minute, second, microsecond) <> Calendar.Moment.sigil_suffix(calendar) <> "]"
    end
  end
end
