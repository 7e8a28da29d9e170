defmodule Calendar do
  @moduledoc """
  What a calendar is, and how dates and times are formatted.

  A module that implements these callbacks can stand in the `:calendar` of dates and times; `Calendar.ISO` is the one that is
  used unless another is named. Days are counted by all calendars alike (`t:iso_days/0`), which is how one is converted to
  another.
  """

  @type year :: integer
  @type month :: pos_integer
  @type day :: pos_integer
  @type week :: pos_integer
  @type day_of_week :: non_neg_integer
  @type era :: non_neg_integer
  @type day_fraction :: {parts_in_day :: non_neg_integer, parts_per_day :: pos_integer}
  @type iso_days :: {days :: integer, day_fraction}
  @type hour :: non_neg_integer
  @type minute :: non_neg_integer
  @type second :: non_neg_integer
  @type microsecond :: {value :: non_neg_integer, precision :: non_neg_integer}
  @type calendar :: module
  @type time_zone :: String.t()
  @type zone_abbr :: String.t()
  @type utc_offset :: integer
  @type std_offset :: integer
  @type time_zone_database :: module
  @type date :: map
  @type time :: map
  @type naive_datetime :: map
  @type datetime :: map

  @callback days_in_month(year, month) :: day
  @callback months_in_year(year) :: month
  @callback leap_year?(year) :: boolean
  @callback day_of_week(year, month, day, starting_on :: :default | atom) ::
              {day_of_week, day_of_week, day_of_week}
  @callback day_of_year(year, month, day) :: non_neg_integer
  @callback quarter_of_year(year, month, day) :: non_neg_integer
  @callback year_of_era(year, month, day) :: {year, era}
  @callback day_of_era(year, month, day) :: {non_neg_integer, era}
  @callback date_to_string(year, month, day) :: String.t()
  @callback naive_datetime_to_string(year, month, day, hour, minute, second, microsecond) :: String.t()
  @callback datetime_to_string(
              year,
              month,
              day,
              hour,
              minute,
              second,
              microsecond,
              time_zone,
              zone_abbr,
              utc_offset,
              std_offset
            ) :: String.t()
  @callback time_to_string(hour, minute, second, microsecond) :: String.t()
  @callback naive_datetime_to_iso_days(year, month, day, hour, minute, second, microsecond) :: iso_days
  @callback naive_datetime_from_iso_days(iso_days) :: {year, month, day, hour, minute, second, microsecond}
  @callback time_to_day_fraction(hour, minute, second, microsecond) :: day_fraction
  @callback time_from_day_fraction(day_fraction) :: {hour, minute, second, microsecond}
  @callback day_rollover_relative_to_midnight_utc() :: day_fraction
  @callback valid_date?(year, month, day) :: boolean
  @callback valid_time?(hour, minute, second, microsecond) :: boolean
  @callback parse_time(String.t()) :: {:ok, {hour, minute, second, microsecond}} | {:error, atom}
  @callback parse_date(String.t()) :: {:ok, {year, month, day}} | {:error, atom}
  @callback parse_naive_datetime(String.t()) ::
              {:ok, {year, month, day, hour, minute, second, microsecond}} | {:error, atom}
  @callback parse_utc_datetime(String.t()) ::
              {:ok, {year, month, day, hour, minute, second, microsecond}, utc_offset} | {:error, atom}
  @callback iso_days_to_beginning_of_day(iso_days) :: iso_days
  @callback iso_days_to_end_of_day(iso_days) :: iso_days
  @callback shift_date(year, month, day, duration :: map) :: {year, month, day}
  @callback shift_naive_datetime(year, month, day, hour, minute, second, microsecond, duration :: map) ::
              {year, month, day, hour, minute, second, microsecond}
  @callback shift_time(hour, minute, second, microsecond, duration :: map) ::
              {hour, minute, second, microsecond}

  @doc """
  Tells whether the days of two calendars begin at the same moment.

      iex> Calendar.compatible_calendars?(Calendar.ISO, Calendar.ISO)
      true
  """
  @spec compatible_calendars?(calendar, calendar) :: boolean
  def compatible_calendars?(calendar, calendar), do: true

  def compatible_calendars?(calendar1, calendar2) do
    calendar1.day_rollover_relative_to_midnight_utc() == calendar2.day_rollover_relative_to_midnight_utc()
  end

  @doc """
  Cuts a microsecond to the precision of `:second`, `:millisecond` or `:microsecond`.

      iex> Calendar.truncate({123456, 6}, :millisecond)
      {123000, 3}
      iex> Calendar.truncate({123456, 6}, :second)
      {0, 0}
  """
  @spec truncate(microsecond, :microsecond | :millisecond | :second) :: microsecond
  def truncate(microsecond, precision)
  def truncate({_, precision} = microsecond, :microsecond) when precision in 0..6, do: microsecond
  def truncate({_, precision} = microsecond, :millisecond) when precision in 0..3, do: microsecond
  def truncate({value, precision}, :millisecond) when precision in 4..6, do: {div(value, 1000) * 1000, 3}
  def truncate(_, :second), do: {0, 0}

  @doc """
  Names the time zone database that is used where none is given.

      iex> Calendar.put_time_zone_database(Calendar.UTCOnlyTimeZoneDatabase)
      :ok
  """
  @spec put_time_zone_database(time_zone_database) :: :ok
  def put_time_zone_database(database), do: Application.put_env(:elixir, :time_zone_database, database)

  @doc """
  Returns the time zone database that is used where none is given.

      iex> is_atom(Calendar.get_time_zone_database())
      true
  """
  @spec get_time_zone_database() :: time_zone_database
  def get_time_zone_database,
    do: Application.get_env(:elixir, :time_zone_database, Calendar.UTCOnlyTimeZoneDatabase)

  ## Formatting

  @doc ~S"""
  Formats a date or time by a string with `%` directives: `a A` day of the week, `b B` month, `c` date and time, `d` day,
  `f` microseconds, `H I` hour of 24 or 12, `j` day of the year, `m` month, `M` minute, `p P` AM or pm, `q` quarter, `s` seconds of
  Unix, `S` second, `u` day of the week from 1, `x` date, `X` time, `y Y` year, `z` offset, `Z` zone, `%`. Before the
  letter may stand `-` (no padding), `_` (blanks), `0` (zeros), and a width.

  Options: `:preferred_datetime`, `:preferred_date`, `:preferred_time` (formats of `c`, `x`, `X`), and functions that name
  things: `:am_pm_names`, `:month_names`, `:abbreviated_month_names`, `:day_of_week_names`, `:abbreviated_day_of_week_names`.

      iex> Calendar.strftime(~U[2019-08-26 13:52:06.0Z], "%y-%m-%d %I:%M:%S %p")
      "19-08-26 01:52:06 PM"
      iex> Calendar.strftime(~D[2019-08-02], "%a, %B %-d %Y")
      "Fri, August 2 2019"
  """
  @spec strftime(map, String.t(), keyword) :: String.t()
  def strftime(date_or_time_or_datetime, string_format, user_options \\ [])
      when is_map(date_or_time_or_datetime) and is_binary(string_format) do
    directives(string_format, date_or_time_or_datetime, options(user_options), "")
  end

  defp options([]), do: default_options()
  defp options(given), do: Map.merge(default_options(), Map.new(given, &known_option!/1))

  defp known_option!({key, _} = option)
       when key in [
              :preferred_date,
              :preferred_time,
              :preferred_datetime,
              :am_pm_names,
              :month_names,
              :day_of_week_names,
              :abbreviated_month_names,
              :abbreviated_day_of_week_names
            ],
       do: option

  defp known_option!({key, _}),
    do: raise(ArgumentError, "unknown option #{inspect(key)} given to Calendar.strftime/3")

  defp default_options do
    %{
      preferred_date: "%Y-%m-%d",
      preferred_time: "%H:%M:%S",
      preferred_datetime: "%Y-%m-%d %H:%M:%S",
      am_pm_names: fn
        :am -> "am"
        :pm -> "pm"
      end,
      month_names: &month_name/1,
      day_of_week_names: &day_name/1,
      abbreviated_month_names: &binary_part(month_name(&1), 0, 3),
      abbreviated_day_of_week_names: &binary_part(day_name(&1), 0, 3)
    }
  end

  defp month_name(month) do
    elem(
      {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
       "November", "December"},
      month - 1
    )
  end

  defp day_name(day) do
    elem({"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}, day - 1)
  end

  defp directives(<<?%, letter, rest::binary>>, time, options, acc) when letter in [?d, ?H, ?m, ?M, ?S],
    do: directives(rest, time, options, two_digits(acc, number(letter, time)))

  defp directives(<<"%Y", rest::binary>>, %{year: year} = time, options, acc) when year in 1000..9999,
    do: directives(rest, time, options, <<acc::binary, Integer.to_string(year)::binary>>)

  defp directives(<<?%, rest::binary>>, time, options, acc), do: modifiers(rest, nil, nil, time, options, "%", acc)

  defp directives(<<char::utf8, rest::binary>>, time, options, acc),
    do: directives(rest, time, options, <<acc::binary, char::utf8>>)

  defp directives("", _, _, acc), do: acc

  defp number(?d, time), do: time.day
  defp number(?H, time), do: time.hour
  defp number(?m, time), do: time.month
  defp number(?M, time), do: time.minute
  defp number(?S, time), do: time.second

  defp two_digits(acc, number) when number in 0..99, do: <<acc::binary, div(number, 10) + ?0, rem(number, 10) + ?0>>
  defp two_digits(acc, number), do: <<acc::binary, Integer.to_string(number)::binary>>

  defp modifiers(<<?-, rest::binary>>, nil, nil, time, options, seen, acc),
    do: modifiers(rest, "", nil, time, options, seen <> "-", acc)

  defp modifiers(<<?0, rest::binary>>, nil, nil, time, options, seen, acc),
    do: modifiers(rest, ?0, nil, time, options, seen <> "0", acc)

  defp modifiers(<<?_, rest::binary>>, nil, nil, time, options, seen, acc),
    do: modifiers(rest, ?\s, nil, time, options, seen <> "_", acc)

  defp modifiers(<<digit, rest::binary>>, padding, width, time, options, seen, acc) when digit in ?0..?9,
    do: modifiers(rest, padding, (width || 0) * 10 + digit - ?0, time, options, <<seen::binary, digit>>, acc)

  defp modifiers(<<letter::utf8, rest::binary>>, padding, width, time, options, seen, acc) do
    case directive(letter, time, options) do
      :error ->
        raise ArgumentError, "invalid strftime format: #{seen}#{<<letter::utf8>>}"

      {text, default_padding, default_width} ->
        text = pad(text, padding || default_padding, width || default_width)
        directives(rest, time, options, <<acc::binary, text::binary>>)
    end
  end

  defp modifiers("", _, _, _, _, seen, _), do: raise(ArgumentError, "invalid strftime format: #{seen}")

  defp pad(text, "", _), do: text
  defp pad(text, _, 0), do: text
  defp pad(text, padding, width), do: String.pad_leading(text, width, <<padding>>)

  # The text of a directive with its usual padding and width.
  defp directive(?%, _, _), do: {"%", ?\s, 1}

  defp directive(?a, time, options),
    do: {options.abbreviated_day_of_week_names.(Date.day_of_week(time)), ?\s, 0}

  defp directive(?A, time, options), do: {options.day_of_week_names.(Date.day_of_week(time)), ?\s, 0}
  defp directive(?b, time, options), do: {options.abbreviated_month_names.(time.month), ?\s, 0}
  defp directive(?B, time, options), do: {options.month_names.(time.month), ?\s, 0}
  defp directive(?d, time, _), do: {Integer.to_string(time.day), ?0, 2}
  defp directive(?f, time, _), do: {fraction(time.microsecond), ?0, 1}
  defp directive(?H, time, _), do: {Integer.to_string(time.hour), ?0, 2}
  defp directive(?I, time, _), do: {Integer.to_string(rem(time.hour + 23, 12) + 1), ?0, 2}
  defp directive(?j, time, _), do: {Integer.to_string(Date.day_of_year(time)), ?0, 3}
  defp directive(?m, time, _), do: {Integer.to_string(time.month), ?0, 2}
  defp directive(?M, time, _), do: {Integer.to_string(time.minute), ?0, 2}
  defp directive(?p, time, options), do: {String.upcase(am_pm(time, options)), ?\s, 0}
  defp directive(?P, time, options), do: {String.downcase(am_pm(time, options)), ?\s, 0}
  defp directive(?q, time, _), do: {Integer.to_string(Date.quarter_of_year(time)), ?0, 1}
  defp directive(?s, %{utc_offset: _} = time, _), do: {Integer.to_string(DateTime.to_unix(time)), ?0, 1}

  defp directive(?s, time, _),
    do: {Integer.to_string(NaiveDateTime.diff(time, NaiveDateTime.new!(1970, 1, 1, 0, 0, 0))), ?0, 1}

  defp directive(?S, time, _), do: {Integer.to_string(time.second), ?0, 2}
  defp directive(?u, time, _), do: {Integer.to_string(Date.day_of_week(time)), ?0, 1}
  defp directive(?y, time, _), do: {Integer.to_string(rem(time.year, 100)), ?0, 2}
  defp directive(?Y, time, _), do: {year(time.year), ?0, 4}
  defp directive(?z, time, _), do: {offset(time), ?0, 5}
  defp directive(?Z, time, _), do: {Map.get(time, :zone_abbr, ""), ?\s, 0}

  defp directive(?c, time, options),
    do: {nested(options.preferred_datetime, :preferred_datetime, time, options), ?\s, 0}

  defp directive(?x, time, options),
    do: {nested(options.preferred_date, :preferred_date, time, options), ?\s, 0}

  defp directive(?X, time, options),
    do: {nested(options.preferred_time, :preferred_time, time, options), ?\s, 0}

  defp directive(_, _, _), do: :error

  defp year(year) when year < 0, do: "-" <> String.pad_leading(Integer.to_string(-year), 4, "0")
  defp year(year), do: Integer.to_string(year)

  # A preferred format that contains itself would never end.
  defp nested(format, key, time, options) when is_binary(format) do
    text = %{preferred_datetime: "%c", preferred_date: "%x", preferred_time: "%X"}[key]

    if String.contains?(format, text) do
      raise ArgumentError, "tried to format #{key} within another #{key} format"
    end

    directives(format, time, options, "")
  end

  defp nested(format, key, time, options) when is_function(format, 1),
    do: nested(format.(time), key, time, options)

  defp am_pm(%{hour: hour}, options), do: options.am_pm_names.(if(hour > 11, do: :pm, else: :am))

  defp fraction({_, 0}), do: "0"

  defp fraction({value, precision}),
    do: binary_part(String.pad_leading(Integer.to_string(value), 6, "0"), 0, precision)

  defp offset(%{utc_offset: utc_offset, std_offset: std_offset}) do
    total = utc_offset + std_offset
    minutes = div(abs(total), 60)
    number = div(minutes, 60) * 100 + rem(minutes, 60)
    if(total < 0, do: "-", else: "+") <> String.pad_leading(Integer.to_string(number), 4, "0")
  end

  defp offset(_), do: ""
end
