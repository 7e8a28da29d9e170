defmodule :calendar do
  @moduledoc """
  Erlang's functions on dates `{year, month, day}` and times `{hour, minute, second}`.

  Dates follow the Gregorian calendar, also before it was introduced; gregorian days and seconds
  count from the first of January of the year 0. Weeks start on Monday, which is day 1.
  """

  defguardp is_year(year) when is_integer(year) and year >= 0

  @seconds_per_day 86_400
  @unix_epoch_seconds 62_167_219_200

  ## Days

  @doc """
  Returns whether the year is a leap year.

      iex> :calendar.is_leap_year(2024)
      true
  """
  def is_leap_year(year) when is_year(year),
    do: rem(year, 4) == 0 and (rem(year, 100) != 0 or rem(year, 400) == 0)

  @doc """
  Returns the number of days of a month.

      iex> :calendar.last_day_of_the_month(2023, 2)
      28
  """
  def last_day_of_the_month(year, 2) when is_year(year),
    do: if(is_leap_year(year), do: 29, else: 28)

  def last_day_of_the_month(year, month) when is_year(year) and month in [4, 6, 9, 11], do: 30

  def last_day_of_the_month(year, month)
      when is_year(year) and month in [1, 3, 5, 7, 8, 10, 12],
      do: 31

  @doc """
  Returns whether a date exists.

      iex> :calendar.valid_date({2023, 2, 29})
      false
  """
  def valid_date({year, month, day}), do: valid_date(year, month, day)

  @doc """
  Returns whether a date exists.

      iex> :calendar.valid_date(2024, 2, 29)
      true
  """
  def valid_date(year, month, day) when is_integer(year) and is_integer(month) and is_integer(day) do
    year >= 0 and month >= 1 and month <= 12 and day >= 1 and
      day <= last_day_of_the_month(year, month)
  end

  @doc """
  Returns the days from the year 0 to a date.

      iex> :calendar.date_to_gregorian_days({1970, 1, 1})
      719528
  """
  def date_to_gregorian_days({year, month, day}), do: date_to_gregorian_days(year, month, day)

  @doc """
  Returns the days from the year 0 to a date.

      iex> :calendar.date_to_gregorian_days(0, 1, 1)
      0
  """
  def date_to_gregorian_days(year, month, day) when is_integer(day) and day > 0 do
    if day > last_day_of_the_month(year, month), do: :erlang.error(:if_clause)
    days_before_year(year) + days_before_month(year, month) + day - 1
  end

  defp days_before_year(0), do: 0

  defp days_before_year(year) do
    last = year - 1
    year * 365 + div(last, 4) - div(last, 100) + div(last, 400) + 1
  end

  defp days_before_month(year, month) when month > 2 do
    days = elem({59, 90, 120, 151, 181, 212, 243, 273, 304, 334}, month - 3)
    if is_leap_year(year), do: days + 1, else: days
  end

  defp days_before_month(_year, month), do: (month - 1) * 31

  @doc """
  Returns the date that is some days after the first of January of the year 0.

      iex> :calendar.gregorian_days_to_date(719_528)
      {1970, 1, 1}
  """
  def gregorian_days_to_date(days) when is_integer(days) and days >= 0 do
    year = year_of(days, div(days * 400, 146_097))
    {month, day} = month_of(year, 12, days - days_before_year(year))
    {year, month, day}
  end

  # The estimate is off by one at most.
  defp year_of(days, estimate) do
    cond do
      days < days_before_year(estimate) -> year_of(days, estimate - 1)
      days >= days_before_year(estimate + 1) -> year_of(days, estimate + 1)
      true -> estimate
    end
  end

  defp month_of(year, month, days) do
    before = days_before_month(year, month)
    if days >= before, do: {month, days - before + 1}, else: month_of(year, month - 1, days)
  end

  @doc """
  Returns the day of the week, 1 for Monday to 7 for Sunday.

      iex> :calendar.day_of_the_week({2024, 1, 1})
      1
  """
  def day_of_the_week({year, month, day}), do: day_of_the_week(year, month, day)

  @doc """
  Returns the day of the week, 1 for Monday to 7 for Sunday.

      iex> :calendar.day_of_the_week(2024, 1, 7)
      7
  """
  def day_of_the_week(year, month, day),
    do: rem(date_to_gregorian_days(year, month, day) + 5, 7) + 1

  @doc """
  Returns today's ISO week, `{year, week}`.

      iex> {_year, week} = :calendar.iso_week_number()
      iex> week in 1..53
      true
  """
  def iso_week_number do
    {date, _time} = local_time()
    iso_week_number(date)
  end

  @doc """
  Returns the ISO week of a date, `{year, week}`.

      iex> :calendar.iso_week_number({2021, 1, 3})
      {2020, 53}
  """
  def iso_week_number({year, month, day}) do
    days = date_to_gregorian_days(year, month, day)

    # The first week of a year is the one with the fourth of January.
    cond do
      days < first_week(year) -> {year - 1, week(days, year - 1)}
      days >= first_week(year + 1) -> {year + 1, week(days, year + 1)}
      true -> {year, week(days, year)}
    end
  end

  defp first_week(year) do
    fourth = date_to_gregorian_days(year, 1, 4)
    fourth - day_of_the_week(year, 1, 4) + 1
  end

  defp week(days, year), do: div(days - first_week(year), 7) + 1

  ## Seconds

  @doc """
  Returns the seconds from the year 0 to a date and time.

      iex> :calendar.datetime_to_gregorian_seconds({{1970, 1, 1}, {0, 0, 0}})
      62167219200
  """
  def datetime_to_gregorian_seconds({date, time}),
    do: date_to_gregorian_days(date) * @seconds_per_day + time_to_seconds(time)

  @doc """
  Returns the date and time that is some seconds after the beginning of the year 0.

      iex> :calendar.gregorian_seconds_to_datetime(62_167_219_201)
      {{1970, 1, 1}, {0, 0, 1}}
  """
  def gregorian_seconds_to_datetime(seconds) when is_integer(seconds) and seconds >= 0 do
    {gregorian_days_to_date(div(seconds, @seconds_per_day)),
     seconds_to_time(rem(seconds, @seconds_per_day))}
  end

  @doc """
  Returns the days and the time of day of seconds.

      iex> :calendar.seconds_to_daystime(90_061)
      {1, {1, 1, 1}}
  """
  def seconds_to_daystime(seconds) when is_integer(seconds) do
    days = floor_div(seconds, @seconds_per_day)
    {days, seconds_to_time(seconds - days * @seconds_per_day)}
  end

  defp floor_div(number, divisor) when number < 0, do: -div(divisor - 1 - number, divisor)
  defp floor_div(number, divisor), do: div(number, divisor)

  @doc """
  Returns the time of day of seconds.

      iex> :calendar.seconds_to_time(3661)
      {1, 1, 1}
  """
  def seconds_to_time(seconds)
      when is_integer(seconds) and seconds >= 0 and seconds < @seconds_per_day do
    {div(seconds, 3600), div(rem(seconds, 3600), 60), rem(seconds, 60)}
  end

  @doc """
  Returns the seconds of a time.

      iex> :calendar.time_to_seconds({1, 1, 1})
      3661
  """
  def time_to_seconds({hour, minute, second})
      when is_integer(hour) and is_integer(minute) and is_integer(second),
      do: hour * 3600 + minute * 60 + second

  @doc """
  Returns the days and the time between two dates and times.

      iex> :calendar.time_difference({{2020, 1, 1}, {0, 0, 0}}, {{2020, 1, 3}, {1, 2, 3}})
      {2, {1, 2, 3}}
  """
  def time_difference(datetime1, datetime2) do
    seconds_to_daystime(
      datetime_to_gregorian_seconds(datetime2) - datetime_to_gregorian_seconds(datetime1)
    )
  end

  ## Clocks

  @doc """
  Returns the local date and time.

      iex> {{_, _, _}, {_, _, _}} = :calendar.local_time()
      iex> :ok
      :ok
  """
  def local_time, do: :erlang.localtime()

  @doc """
  Returns the universal date and time.

      iex> {{year, _, _}, _} = :calendar.universal_time()
      iex> year > 2000
      true
  """
  def universal_time, do: :erlang.universaltime()

  @doc """
  Turns universal into local time.

      iex> {{2024, _, _}, _} = :calendar.universal_time_to_local_time({{2024, 6, 1}, {12, 0, 0}})
      iex> :ok
      :ok
  """
  def universal_time_to_local_time(datetime), do: :erlang.universaltime_to_localtime(datetime)

  @doc """
  Turns local into universal time.

      iex> {{2024, _, _}, _} = :calendar.local_time_to_universal_time({{2024, 6, 1}, {12, 0, 0}})
      iex> :ok
      :ok
  """
  def local_time_to_universal_time(datetime), do: :erlang.localtime_to_universaltime(datetime)

  @doc """
  Turns local into universal time, told whether it is daylight saving time (or `:undefined`).

      iex> {{2024, _, _}, _} = :calendar.local_time_to_universal_time({{2024, 6, 1}, {12, 0, 0}}, :undefined)
      iex> :ok
      :ok
  """
  def local_time_to_universal_time(datetime, is_dst),
    do: :erlang.localtime_to_universaltime(datetime, is_dst)

  @doc """
  Returns the universal times of a local time: none or two where clocks change, else one.

      iex> length(:calendar.local_time_to_universal_time_dst({{2024, 6, 1}, {12, 0, 0}}))
      1
  """
  def local_time_to_universal_time_dst(datetime) do
    summer = :erlang.localtime_to_universaltime(datetime, true)
    winter = :erlang.localtime_to_universaltime(datetime, false)

    :lists.filter(
      &(:erlang.universaltime_to_localtime(&1) == datetime),
      :lists.usort([summer, winter])
    )
  end

  @doc """
  Returns the universal date and time of an `:erlang.timestamp/0`.

      iex> :calendar.now_to_universal_time({1700, 0, 0})
      {{2023, 11, 14}, {22, 13, 20}}
  """
  def now_to_universal_time(now), do: now_to_datetime(now)

  @doc """
  Returns the universal date and time of an `:erlang.timestamp/0`.

      iex> :calendar.now_to_datetime({1700, 0, 0})
      {{2023, 11, 14}, {22, 13, 20}}
  """
  def now_to_datetime({mega, second, _micro}),
    do: system_time_to_universal_time(mega * 1_000_000 + second, :second)

  @doc """
  Returns the local date and time of an `:erlang.timestamp/0`.

      iex> {{2023, _, _}, _} = :calendar.now_to_local_time({1700, 0, 0})
      iex> :ok
      :ok
  """
  def now_to_local_time(now), do: universal_time_to_local_time(now_to_datetime(now))

  @doc """
  Returns the universal date and time of a system time.

      iex> :calendar.system_time_to_universal_time(1_700_000_000, :second)
      {{2023, 11, 14}, {22, 13, 20}}
  """
  def system_time_to_universal_time(time, unit) do
    seconds = :erlang.convert_time_unit(time, unit, :second)
    gregorian_seconds_to_datetime(seconds + @unix_epoch_seconds)
  end

  @doc """
  Returns the local date and time of a system time.

      iex> {{2023, _, _}, _} = :calendar.system_time_to_local_time(1_700_000_000, :second)
      iex> :ok
      :ok
  """
  def system_time_to_local_time(time, unit),
    do: universal_time_to_local_time(system_time_to_universal_time(time, unit))

  ## RFC 3339

  @doc """
  Shows a system time, in seconds, in local time.

      iex> text = :calendar.system_time_to_rfc3339(1_700_000_000)
      iex> length(text)
      25
  """
  def system_time_to_rfc3339(time), do: system_time_to_rfc3339(time, [])

  @doc """
  Shows a system time. Options: `:unit`, `:offset` (`~c"Z"`, `~c"+01:00"` or an integer in the unit),
  `:time_designator` (a character) and `:return` (`:binary` or a list by default).

      iex> :calendar.system_time_to_rfc3339(1_700_000_000, offset: ~c"Z")
      ~c"2023-11-14T22:13:20Z"
  """
  def system_time_to_rfc3339(time, options) when is_integer(time) and is_list(options) do
    unit = :proplists.get_value(:unit, options, :second)
    offset = :proplists.get_value(:offset, options, ~c"")
    designator = :proplists.get_value(:time_designator, options, ?T)
    factor = :erlang.convert_time_unit(1, :second, unit)
    seconds = floor_div(time, factor)
    fraction = time - seconds * factor

    {shift, shown} = offset_of(offset, seconds, factor)

    {{year, month, day}, {hour, minute, second}} =
      gregorian_seconds_to_datetime(seconds + shift + @unix_epoch_seconds)

    text = [
      digits(year, 4),
      ?-,
      digits(month, 2),
      ?-,
      digits(day, 2),
      designator,
      digits(hour, 2),
      ?:,
      digits(minute, 2),
      ?:,
      digits(second, 2),
      fraction_text(fraction, factor),
      shown
    ]

    case :proplists.get_value(:return, options, :list) do
      :binary -> :erlang.iolist_to_binary(text)
      _ -> :erlang.binary_to_list(:erlang.iolist_to_binary(text))
    end
  end

  # {seconds to add, text} of an offset.
  defp offset_of(offset, _seconds, _factor) when offset in [~c"Z", ~c"z", "Z", "z"], do: {0, offset}

  defp offset_of(offset, seconds, _factor) when offset in [~c"", ""] do
    utc = gregorian_seconds_to_datetime(seconds + @unix_epoch_seconds)
    local = universal_time_to_local_time(utc)
    shift = datetime_to_gregorian_seconds(local) - datetime_to_gregorian_seconds(utc)
    {shift, offset_text(shift, shift < 0)}
  end

  defp offset_of(offset, _seconds, factor) when is_integer(offset) do
    shift = div(offset, factor)
    {shift, offset_text(shift, offset < 0)}
  end

  defp offset_of(offset, _seconds, _factor), do: {parse_offset(to_binary(offset)), offset}

  defp offset_text(shift, negative) do
    minutes = div(abs(shift), 60)
    [if(negative, do: ?-, else: ?+), digits(div(minutes, 60), 2), ?:, digits(rem(minutes, 60), 2)]
  end

  defp parse_offset(<<sign, h1, h2, ?:, m1, m2>>) when sign in [?+, ?-] do
    seconds = :erlang.binary_to_integer(<<h1, h2>>) * 3600 + :erlang.binary_to_integer(<<m1, m2>>) * 60
    if sign == ?-, do: -seconds, else: seconds
  end

  defp parse_offset(zulu) when zulu in ["Z", "z"], do: 0
  defp parse_offset(_other), do: :erlang.error(:badarg)

  defp to_binary(text) when is_binary(text), do: text
  defp to_binary(text), do: :erlang.list_to_binary(text)

  defp fraction_text(_fraction, 1), do: []
  defp fraction_text(fraction, factor), do: [?., digits(fraction, decimals(factor))]

  defp decimals(1), do: 0
  defp decimals(factor), do: 1 + decimals(div(factor, 10))

  defp digits(number, width) do
    text = :erlang.integer_to_binary(number)
    [:lists.duplicate(max(width - byte_size(text), 0), ?0), text]
  end

  @doc """
  Reads a date and time as system time in seconds.

      iex> :calendar.rfc3339_to_system_time(~c"2023-11-14T22:13:20+01:00")
      1699996400
  """
  def rfc3339_to_system_time(text), do: rfc3339_to_system_time(text, [])

  @doc """
  Reads a date and time as system time; the option `:unit` is seconds by default.

      iex> :calendar.rfc3339_to_system_time(~c"2023-11-14T22:13:20.5Z", unit: :millisecond)
      1700000000500
  """
  def rfc3339_to_system_time(text, options) when is_list(options) do
    unit = :proplists.get_value(:unit, options, :second)
    factor = :erlang.convert_time_unit(1, :second, unit)

    <<year::binary-size(4), ?-, month::binary-size(2), ?-, day::binary-size(2), _,
      hour::binary-size(2), ?:, minute::binary-size(2), ?:, second::binary-size(2),
      rest::binary>> = to_binary(text)

    {fraction, offset} = fraction_of(rest)

    date = {integer(year), integer(month), integer(day)}
    time = {integer(hour), integer(minute), integer(second)}
    local = datetime_to_gregorian_seconds({date, time}) - @unix_epoch_seconds
    (local - parse_offset(offset)) * factor + scaled(fraction, factor)
  end

  defp integer(text), do: :erlang.binary_to_integer(text)

  defp fraction_of(<<?., rest::binary>>) do
    count = digit_count(rest, 0)
    <<digits::binary-size(count), offset::binary>> = rest
    {digits, offset}
  end

  defp fraction_of(offset), do: {"", offset}

  defp digit_count(<<char, rest::binary>>, count) when char in ?0..?9, do: digit_count(rest, count + 1)
  defp digit_count(_rest, count), do: count

  defp scaled("", _factor), do: 0

  defp scaled(digits, factor),
    do: div(integer(digits) * factor, power_of_ten(byte_size(digits)))

  defp power_of_ten(0), do: 1
  defp power_of_ten(n), do: 10 * power_of_ten(n - 1)
end
