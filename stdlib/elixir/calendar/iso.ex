defmodule Calendar.ISO do
  @moduledoc """
  The calendar of ISO 8601: the Gregorian one, also for the time before it was made, with a year 0.

  Days are counted from 0000-01-01, which is day 0. A time of day is a fraction of the day, `{parts, parts_per_day}`, here in
  microseconds. A microsecond is `{value, precision}`, the precision being the digits that count, 0 to 6. Formats are
  `:extended` (`2015-01-23`) and `:basic` (`20150123`).
  """

  @behaviour Calendar

  @type year :: -9999..9999
  @type month :: 1..12
  @type day :: 1..31
  @type hour :: 0..23
  @type minute :: 0..59
  @type second :: 0..59
  @type weekday :: :monday | :tuesday | :wednesday | :thursday | :friday | :saturday | :sunday
  @type microsecond :: {0..999_999, 0..6}
  @type format :: :basic | :extended

  @seconds_per_day 86_400
  @microseconds_per_day 86_400_000_000
  # Day 0 is 0000-01-01; the epoch of Unix is 1970-01-01.
  @unix_epoch 62_167_219_200
  @unix_range -377_705_116_800..253_402_300_799

  defguardp is_year(year) when is_integer(year) and year >= -9999 and year <= 9999
  defguardp is_month(month) when is_integer(month) and month >= 1 and month <= 12
  defguardp is_format(format) when format == :basic or format == :extended
  defguardp is_digit(char) when char >= ?0 and char <= ?9

  ## Days

  @doc """
  Tells whether a year is a leap year.

      iex> Calendar.ISO.leap_year?(2000)
      true
      iex> Calendar.ISO.leap_year?(1900)
      false
  """
  @spec leap_year?(year) :: boolean
  @impl true
  def leap_year?(year) when is_integer(year),
    do: rem(year, 4) == 0 and (rem(year, 100) != 0 or rem(year, 400) == 0)

  @doc """
  Returns how many days a month has.

      iex> Calendar.ISO.days_in_month(2016, 2)
      29
  """
  @spec days_in_month(year, month) :: 28..31
  @impl true
  def days_in_month(year, month) when is_integer(year) and is_month(month), do: month_days(year, month)

  defp month_days(year, 2), do: if(leap_year?(year), do: 29, else: 28)
  defp month_days(_, month) when month in [4, 6, 9, 11], do: 30
  defp month_days(_, _), do: 31

  @doc """
  Returns how many months a year has.

      iex> Calendar.ISO.months_in_year(2004)
      12
  """
  @spec months_in_year(year) :: 12
  @impl true
  def months_in_year(year) when is_integer(year), do: 12

  # Counted in years that begin with March, in eras of 400 years: the leap day is then a year's last.
  @doc false
  def date_to_iso_days(year, month, day) when is_year(year) and is_month(month) and day >= 1 and day <= 31 do
    true = day <= month_days(year, month)
    march_year = if month <= 2, do: year - 1, else: year
    era = Integer.floor_div(march_year, 400)
    year_of_era = march_year - era * 400
    march_month = if month > 2, do: month - 3, else: month + 9
    day_of_year = div(153 * march_month + 2, 5) + day - 1
    era * 146_097 + year_of_era * 365 + div(year_of_era, 4) - div(year_of_era, 100) + day_of_year + 60
  end

  @doc false
  def date_from_iso_days(days) when days in -3_652_059..3_652_424 do
    days = days - 60
    era = Integer.floor_div(days, 146_097)
    day_of_era = days - era * 146_097

    year_of_era =
      div(day_of_era - div(day_of_era, 1460) + div(day_of_era, 36_524) - div(day_of_era, 146_096), 365)

    day_of_year = day_of_era - (365 * year_of_era + div(year_of_era, 4) - div(year_of_era, 100))
    march_month = div(5 * day_of_year + 2, 153)
    day = day_of_year - div(153 * march_month + 2, 5) + 1
    month = if march_month < 10, do: march_month + 3, else: march_month - 9
    year = year_of_era + era * 400
    {if(month <= 2, do: year + 1, else: year), month, day}
  end

  @doc """
  Returns the day of the week with its first and last number. `starting_on` is `:default` (Monday is 1) or the day that is
  1.

      iex> Calendar.ISO.day_of_week(2016, 10, 31, :default)
      {1, 1, 7}
      iex> Calendar.ISO.day_of_week(2016, 10, 31, :sunday)
      {2, 1, 7}
  """
  @spec day_of_week(year, month, day, :default | weekday) :: {1..7, 1, 7}
  @impl true
  def day_of_week(year, month, day, starting_on) do
    iso_days = date_to_iso_days(year, month, day)
    {Integer.mod(iso_days + 5 + day_of_week_offset(starting_on), 7) + 1, 1, 7}
  end

  @doc false
  def day_of_week(year, month, day), do: elem(day_of_week(year, month, day, :default), 0)

  @doc false
  def iso_days_to_day_of_week(iso_days, starting_on),
    do: Integer.mod(iso_days + 5 + day_of_week_offset(starting_on), 7) + 1

  defp day_of_week_offset(:default), do: 0
  defp day_of_week_offset(:wednesday), do: 5
  defp day_of_week_offset(:thursday), do: 4
  defp day_of_week_offset(:friday), do: 3
  defp day_of_week_offset(:saturday), do: 2
  defp day_of_week_offset(:sunday), do: 1
  defp day_of_week_offset(:monday), do: 0
  defp day_of_week_offset(:tuesday), do: 6

  @doc """
  Returns the day of the year, from 1.

      iex> Calendar.ISO.day_of_year(2016, 1, 31)
      31
  """
  @spec day_of_year(year, month, day) :: 1..366
  @impl true
  def day_of_year(year, month, day), do: date_to_iso_days(year, month, day) - date_to_iso_days(year, 1, 1) + 1

  @doc """
  Returns the quarter of the year.

      iex> Calendar.ISO.quarter_of_year(2016, 10, 31)
      4
  """
  @spec quarter_of_year(year, month, day) :: 1..4
  @impl true
  def quarter_of_year(year, month, day) when is_year(year) and is_month(month) and is_integer(day),
    do: div(month - 1, 3) + 1

  @doc """
  Returns the year of its era and the era: 1 from year 1 on, 0 before.

      iex> Calendar.ISO.year_of_era(-1, 1, 1)
      {2, 0}
  """
  @spec year_of_era(year, month, day) :: {1..10000, 0..1}
  @impl true
  def year_of_era(year, _month, _day), do: year_of_era(year)

  @doc """
  Returns the year of its era and the era.

      iex> Calendar.ISO.year_of_era(2019)
      {2019, 1}
  """
  @spec year_of_era(year) :: {1..10000, 0..1}
  def year_of_era(year) when is_year(year) and year > 0, do: {year, 1}
  def year_of_era(year) when is_year(year), do: {1 - year, 0}

  @doc """
  Returns the day of its era and the era.

      iex> Calendar.ISO.day_of_era(1, 1, 1)
      {1, 1}
      iex> Calendar.ISO.day_of_era(0, 12, 31)
      {1, 0}
  """
  @spec day_of_era(year, month, day) :: {pos_integer, 0..1}
  @impl true
  def day_of_era(year, month, day) when year > 0, do: {date_to_iso_days(year, month, day) - 365, 1}
  def day_of_era(year, month, day), do: {366 - date_to_iso_days(year, month, day), 0}

  @doc """
  Tells whether there is such a date.

      iex> Calendar.ISO.valid_date?(2015, 2, 28)
      true
      iex> Calendar.ISO.valid_date?(2015, 2, 30)
      false
  """
  @spec valid_date?(year, month, day) :: boolean
  @impl true
  def valid_date?(year, month, day) when is_integer(year) and is_integer(month) and is_integer(day) do
    is_year(year) and is_month(month) and is_integer(day) and day >= 1 and day <= month_days(year, month)
  end

  @doc """
  Tells whether there is such a time.

      iex> Calendar.ISO.valid_time?(10, 50, 25, {3006, 6})
      true
      iex> Calendar.ISO.valid_time?(24, 0, 0, {0, 0})
      false
  """
  @spec valid_time?(hour, minute, second, microsecond) :: boolean
  @impl true
  def valid_time?(hour, minute, second, microsecond)

  def valid_time?(hour, minute, second, {value, precision}) do
    hour in 0..23 and minute in 0..59 and second in 0..59 and value in 0..999_999 and precision in 0..6
  end

  def valid_time?(_, _, _, _), do: false

  @doc """
  Returns when a day begins, as a fraction of it: midnight.

      iex> Calendar.ISO.day_rollover_relative_to_midnight_utc()
      {0, 1}
  """
  @impl true
  def day_rollover_relative_to_midnight_utc, do: {0, 1}

  ## Days with fractions

  @doc """
  Turns date and time into days with a fraction.

      iex> Calendar.ISO.naive_datetime_to_iso_days(0, 1, 1, 12, 0, 0, {0, 6})
      {0, {43200000000, 86400000000}}
  """
  @impl true
  def naive_datetime_to_iso_days(year, month, day, hour, minute, second, microsecond),
    do: {date_to_iso_days(year, month, day), time_to_day_fraction(hour, minute, second, microsecond)}

  @doc """
  Turns days with a fraction into date and time.

      iex> Calendar.ISO.naive_datetime_from_iso_days({0, {0, 86400}})
      {0, 1, 1, 0, 0, 0, {0, 6}}
  """
  @impl true
  def naive_datetime_from_iso_days({days, fraction}) do
    {year, month, day} = date_from_iso_days(days)
    {hour, minute, second, microsecond} = time_from_day_fraction(fraction)
    {year, month, day, hour, minute, second, microsecond}
  end

  @doc """
  Turns a time into a fraction of the day.

      iex> Calendar.ISO.time_to_day_fraction(12, 0, 0, {0, 0})
      {43200000000, 86400000000}
  """
  @impl true
  def time_to_day_fraction(0, 0, 0, {0, _}), do: {0, @microseconds_per_day}

  def time_to_day_fraction(hour, minute, second, {microsecond, _})
      when hour in 0..23 and minute in 0..59 and second in 0..59 and microsecond in 0..999_999,
      do: {(hour * 3600 + minute * 60 + second) * 1_000_000 + microsecond, @microseconds_per_day}

  @doc """
  Turns a fraction of the day into a time.

      iex> Calendar.ISO.time_from_day_fraction({1, 2})
      {12, 0, 0, {0, 6}}
  """
  @impl true
  def time_from_day_fraction({0, _}), do: {0, 0, 0, {0, 6}}

  def time_from_day_fraction({parts, parts_per_day}) do
    total =
      if parts_per_day == @microseconds_per_day,
        do: parts,
        else: div(parts * @microseconds_per_day, parts_per_day)

    seconds = div(total, 1_000_000)
    {div(seconds, 3600), rem(div(seconds, 60), 60), rem(seconds, 60), {rem(total, 1_000_000), 6}}
  end

  @doc """
  Returns the beginning of the day of days with a fraction.

      iex> Calendar.ISO.iso_days_to_beginning_of_day({1, {5, 10}})
      {1, {0, 86400000000}}
  """
  @impl true
  def iso_days_to_beginning_of_day({days, _}), do: {days, {0, @microseconds_per_day}}

  @doc """
  Returns the last microsecond of the day of days with a fraction.

      iex> Calendar.ISO.iso_days_to_end_of_day({1, {5, 10}})
      {1, {86399999999, 86400000000}}
  """
  @impl true
  def iso_days_to_end_of_day({days, _}), do: {days, {@microseconds_per_day - 1, @microseconds_per_day}}

  @doc false
  def iso_days_to_unit({days, {parts, parts_per_day}}, unit) do
    microseconds = days * @microseconds_per_day + div(parts * @microseconds_per_day, parts_per_day)
    System.convert_time_unit(microseconds, :microsecond, unit)
  end

  @doc false
  # Adds so many parts, of which `per_day` make a day.
  def add_day_fraction_to_iso_days({days, {parts, per_day}}, add, per_day),
    do: normalize_iso_days(days, parts + add, per_day)

  def add_day_fraction_to_iso_days({days, {parts, per_day}}, add, add_per_day) do
    common = div(per_day * add_per_day, Integer.gcd(per_day, add_per_day))
    normalize_iso_days(days, parts * div(common, per_day) + add * div(common, add_per_day), common)
  end

  defp normalize_iso_days(days, parts, per_day),
    do: {days + Integer.floor_div(parts, per_day), {Integer.mod(parts, per_day), per_day}}

  @doc false
  def gregorian_seconds_to_iso_days(seconds, microsecond) do
    days = Integer.floor_div(seconds, @seconds_per_day)
    {days, {Integer.mod(seconds, @seconds_per_day) * 1_000_000 + microsecond, @microseconds_per_day}}
  end

  @doc false
  def from_unix(integer, unit) when is_integer(integer) do
    seconds = if unit == :second, do: integer, else: System.convert_time_unit(integer, unit, :second)

    if seconds in @unix_range do
      microseconds = if unit == :second, do: 0, else: System.convert_time_unit(integer, unit, :microsecond)
      gregorian = seconds + @unix_epoch
      days = Integer.floor_div(gregorian, @seconds_per_day)
      of_day = gregorian - days * @seconds_per_day
      time = {div(of_day, 3600), rem(div(of_day, 60), 60), rem(of_day, 60)}
      microsecond = {Integer.mod(microseconds, 1_000_000), time_unit_to_precision(unit)}
      {:ok, date_from_iso_days(days), time, microsecond}
    else
      {:error, :invalid_unix_time}
    end
  end

  @doc false
  # The digits of a microsecond that a unit can tell.
  def time_unit_to_precision(:second), do: 0
  def time_unit_to_precision(:millisecond), do: 3
  def time_unit_to_precision(unit) when unit in [:microsecond, :nanosecond, :native], do: 6
  def time_unit_to_precision(unit) when unit in [:day, :hour, :minute], do: 0
  def time_unit_to_precision(parts) when is_integer(parts), do: precision_of(parts, 0)

  # A unit that is no power of ten needs all digits.
  defp precision_of(1, precision), do: precision

  defp precision_of(parts, precision) when rem(parts, 10) == 0 and precision < 6,
    do: precision_of(div(parts, 10), precision + 1)

  defp precision_of(_, _), do: 6

  @doc false
  def unit_seconds(:day), do: @seconds_per_day
  def unit_seconds(:hour), do: 3600
  def unit_seconds(:minute), do: 60

  ## Shifting

  @doc """
  Adds a duration's years, months, weeks and days to a date. A day that the month does not have becomes its last.

      iex> Calendar.ISO.shift_date(2016, 1, 31, Duration.new!(month: 1))
      {2016, 2, 29}
  """
  @impl true
  @spec shift_date(year, month, day, map) :: {year, month, day}
  def shift_date(year, month, day, %{hour: 0, minute: 0, second: 0, microsecond: {0, _}} = duration) do
    {year, month, day} = shift_months(year, month, day, duration.year * 12 + duration.month)
    date_from_iso_days(date_to_iso_days(year, month, day) + duration.week * 7 + duration.day)
  end

  def shift_date(_, _, _, _),
    do: raise(ArgumentError, "cannot shift date by time scale unit. Expected :year, :month, :week, :day")

  defp shift_months(year, month, day, 0), do: {year, month, day}

  defp shift_months(year, month, day, months) do
    total = year * 12 + month - 1 + months
    year = Integer.floor_div(total, 12)
    month = Integer.mod(total, 12) + 1
    {year, month, min(day, month_days(year, month))}
  end

  @doc """
  Adds a duration to date and time.

      iex> Calendar.ISO.shift_naive_datetime(2016, 1, 3, 23, 59, 59, {0, 0}, Duration.new!(hour: 1))
      {2016, 1, 4, 0, 59, 59, {0, 0}}
  """
  @impl true
  def shift_naive_datetime(year, month, day, hour, minute, second, {_, precision} = microsecond, duration) do
    {year, month, day} = shift_months(year, month, day, duration.year * 12 + duration.month)
    iso_days = naive_datetime_to_iso_days(year, month, day, hour, minute, second, microsecond)
    {added, added_precision} = duration.microsecond

    amount =
      ((duration.week * 7 + duration.day) * @seconds_per_day + duration.hour * 3600 + duration.minute * 60 +
         duration.second) * 1_000_000 + added

    {year, month, day, hour, minute, second, {value, _}} =
      iso_days
      |> add_day_fraction_to_iso_days(amount, @microseconds_per_day)
      |> naive_datetime_from_iso_days()

    {year, month, day, hour, minute, second, {value, max(precision, added_precision)}}
  end

  @doc """
  Adds a duration's hours and smaller units to a time, around the clock.

      iex> Calendar.ISO.shift_time(13, 0, 0, {0, 0}, Duration.new!(hour: 12))
      {1, 0, 0, {0, 0}}
  """
  @impl true
  def shift_time(
        hour,
        minute,
        second,
        {_, precision} = microsecond,
        %{year: 0, month: 0, week: 0, day: 0} = duration
      ) do
    {parts, per_day} = time_to_day_fraction(hour, minute, second, microsecond)
    {added, added_precision} = duration.microsecond
    amount = (duration.hour * 3600 + duration.minute * 60 + duration.second) * 1_000_000 + added

    {hour, minute, second, {value, _}} =
      time_from_day_fraction({Integer.mod(parts + amount, per_day), per_day})

    {hour, minute, second, {value, max(precision, added_precision)}}
  end

  def shift_time(_, _, _, _, _),
    do:
      raise(
        ArgumentError,
        "cannot shift time by date scale unit. Expected :hour, :minute, :second, :microsecond"
      )

  ## Printing

  @doc """
  Prints a date.

      iex> Calendar.ISO.date_to_string(2015, 2, 28)
      "2015-02-28"
      iex> Calendar.ISO.date_to_string(2015, 2, 28, :basic)
      "20150228"
  """
  @impl true
  def date_to_string(year, month, day, format \\ :extended)
  def date_to_string(year, month, day, :extended), do: year_text(year) <> "-" <> two(month) <> "-" <> two(day)
  def date_to_string(year, month, day, :basic), do: year_text(year) <> two(month) <> two(day)

  defp year_text(year) when year < 0, do: "-" <> year_text(-year)
  defp year_text(year) when year < 1000, do: String.pad_leading(Integer.to_string(year), 4, "0")
  defp year_text(year), do: Integer.to_string(year)

  defp two(number) when number < 10, do: <<?0, ?0 + number>>
  defp two(number), do: <<?0 + div(number, 10), ?0 + rem(number, 10)>>

  @doc """
  Prints a time.

      iex> Calendar.ISO.time_to_string(2, 2, 2, {1230, 6})
      "02:02:02.001230"
      iex> Calendar.ISO.time_to_string(2, 2, 2, {0, 0}, :basic)
      "020202"
  """
  @impl true
  def time_to_string(hour, minute, second, microsecond, format \\ :extended)

  def time_to_string(hour, minute, second, microsecond, :extended),
    do: two(hour) <> ":" <> two(minute) <> ":" <> two(second) <> microsecond_text(microsecond)

  def time_to_string(hour, minute, second, microsecond, :basic),
    do: two(hour) <> two(minute) <> two(second) <> microsecond_text(microsecond)

  defp microsecond_text({_, 0}), do: ""

  defp microsecond_text({value, precision}),
    do: "." <> binary_part(String.pad_leading(Integer.to_string(value), 6, "0"), 0, precision)

  @doc """
  Prints date and time.

      iex> Calendar.ISO.naive_datetime_to_string(2015, 2, 28, 1, 2, 3, {4, 6})
      "2015-02-28 01:02:03.000004"
  """
  @impl true
  def naive_datetime_to_string(year, month, day, hour, minute, second, microsecond, format \\ :extended) do
    date_to_string(year, month, day, format) <>
      " " <> time_to_string(hour, minute, second, microsecond, format)
  end

  @doc """
  Prints date and time with the time zone.

      iex> Calendar.ISO.datetime_to_string(2017, 8, 1, 1, 2, 3, {4, 5}, "Europe/Berlin", "CET", 3600, 3600)
      "2017-08-01 01:02:03.00000+02:00 CET Europe/Berlin"
      iex> Calendar.ISO.datetime_to_string(2017, 8, 1, 1, 2, 3, {0, 0}, "Etc/UTC", "UTC", 0, 0)
      "2017-08-01 01:02:03Z"
  """
  @impl true
  def datetime_to_string(
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
        std_offset,
        format \\ :extended
      ) do
    naive_datetime_to_string(year, month, day, hour, minute, second, microsecond, format) <>
      offset_to_string(utc_offset, std_offset, time_zone, format) <>
      zone_text(utc_offset, std_offset, zone_abbr, time_zone)
  end

  @doc false
  def offset_to_string(0, 0, "Etc/UTC", _), do: "Z"

  def offset_to_string(utc_offset, std_offset, _, format) do
    total = utc_offset + std_offset
    sign = if total < 0, do: "-", else: "+"
    minutes = div(abs(total), 60)
    separator = if format == :extended, do: ":", else: ""
    sign <> two(div(minutes, 60)) <> separator <> two(rem(minutes, 60))
  end

  defp zone_text(_, _, _, "Etc/UTC"), do: ""
  defp zone_text(_, _, abbr, zone), do: " " <> abbr <> " " <> zone

  ## Reading

  @doc """
  Reads a date.

      iex> Calendar.ISO.parse_date("2015-01-23")
      {:ok, {2015, 1, 23}}
      iex> Calendar.ISO.parse_date("2015-01-32")
      {:error, :invalid_date}
  """
  @impl true
  def parse_date(string) when is_binary(string), do: parse_date(string, :extended)

  @doc """
  Reads a date in a format.

      iex> Calendar.ISO.parse_date("20150123", :basic)
      {:ok, {2015, 1, 23}}
  """
  def parse_date(string, format) when is_binary(string) and is_format(format) do
    with {date, ""} <- take_date(string, format),
         do: checked_date(date),
         else: (_ -> {:error, :invalid_format})
  end

  defp checked_date({year, month, day} = date),
    do: if(valid_date?(year, month, day), do: {:ok, date}, else: {:error, :invalid_date})

  defp take_date("-" <> rest, format), do: take_signed_date(rest, format, -1)
  defp take_date("+" <> rest, format), do: take_signed_date(rest, format, 1)
  defp take_date(rest, format), do: take_signed_date(rest, format, 1)

  defp take_signed_date(<<y1, y2, y3, y4, ?-, m1, m2, ?-, d1, d2, rest::binary>>, :extended, sign)
       when is_digit(y1) and is_digit(y2) and is_digit(y3) and is_digit(y4) and is_digit(m1) and is_digit(m2) and
              is_digit(d1) and is_digit(d2),
       do: {{sign * four(y1, y2, y3, y4), number(m1, m2), number(d1, d2)}, rest}

  defp take_signed_date(<<y1, y2, y3, y4, m1, m2, d1, d2, rest::binary>>, :basic, sign)
       when is_digit(y1) and is_digit(y2) and is_digit(y3) and is_digit(y4) and is_digit(m1) and is_digit(m2) and
              is_digit(d1) and is_digit(d2),
       do: {{sign * four(y1, y2, y3, y4), number(m1, m2), number(d1, d2)}, rest}

  defp take_signed_date(_, _, _), do: :error

  defp number(a, b), do: (a - ?0) * 10 + b - ?0
  defp four(a, b, c, d), do: number(a, b) * 100 + number(c, d)

  @doc """
  Reads a time; an offset after it is passed over.

      iex> Calendar.ISO.parse_time("23:50:07.123")
      {:ok, {23, 50, 7, {123000, 3}}}
      iex> Calendar.ISO.parse_time("23:50:61")
      {:error, :invalid_time}
  """
  @impl true
  def parse_time(string) when is_binary(string), do: parse_time(string, :extended)

  @doc """
  Reads a time in a format.

      iex> Calendar.ISO.parse_time("235007", :basic)
      {:ok, {23, 50, 7, {0, 0}}}
  """
  def parse_time("T" <> rest, format) when is_format(format), do: parse_plain_time(rest, format)

  def parse_time(string, format) when is_binary(string) and is_format(format),
    do: parse_plain_time(string, format)

  defp parse_plain_time(string, format) do
    with {time, rest} <- take_time(string, format), {_, ""} <- take_offset(rest) do
      checked_time(time)
    else
      _ -> {:error, :invalid_format}
    end
  end

  defp checked_time({hour, minute, second, microsecond} = time),
    do: if(valid_time?(hour, minute, second, microsecond), do: {:ok, time}, else: {:error, :invalid_time})

  defp take_time(<<h1, h2, ?:, m1, m2, ?:, s1, s2, rest::binary>>, :extended)
       when is_digit(h1) and is_digit(h2) and is_digit(m1) and is_digit(m2) and is_digit(s1) and is_digit(s2),
       do: with_microsecond(number(h1, h2), number(m1, m2), number(s1, s2), rest)

  defp take_time(<<h1, h2, m1, m2, s1, s2, rest::binary>>, :basic)
       when is_digit(h1) and is_digit(h2) and is_digit(m1) and is_digit(m2) and is_digit(s1) and is_digit(s2),
       do: with_microsecond(number(h1, h2), number(m1, m2), number(s1, s2), rest)

  defp take_time(_, _), do: :error

  defp with_microsecond(hour, minute, second, rest) do
    case take_microsecond(rest) do
      {microsecond, rest} -> {{hour, minute, second, microsecond}, rest}
      :error -> :error
    end
  end

  # Digits beyond the sixth are passed over.
  defp take_microsecond(<<point, digit, _::binary>> = text) when point in [?., ?,] and is_digit(digit) do
    <<_, rest::binary>> = text
    take_fraction(rest, 0, 0)
  end

  defp take_microsecond(<<point, _::binary>>) when point in [?., ?,], do: :error
  defp take_microsecond(rest), do: {{0, 0}, rest}

  defp take_fraction(<<digit, rest::binary>>, value, precision) when is_digit(digit) and precision < 6,
    do: take_fraction(rest, value * 10 + digit - ?0, precision + 1)

  defp take_fraction(<<digit, rest::binary>>, value, precision) when is_digit(digit),
    do: take_fraction(rest, value, precision)

  defp take_fraction(rest, value, precision), do: {{scale(value, 6 - precision), precision}, rest}

  defp scale(value, 0), do: value
  defp scale(value, digits), do: scale(value * 10, digits - 1)

  # {offset in seconds, nil when there is none, rest}
  defp take_offset(""), do: {nil, ""}
  defp take_offset("Z"), do: {0, ""}
  defp take_offset("-00:00"), do: :error
  defp take_offset("-0000"), do: :error
  defp take_offset("-00"), do: :error

  defp take_offset(<<sign, h1, h2, ?:, m1, m2>>)
       when sign in [?+, ?-] and is_digit(h1) and is_digit(h2) and is_digit(m1) and is_digit(m2),
       do: offset(sign, number(h1, h2), number(m1, m2))

  defp take_offset(<<sign, h1, h2, m1, m2>>)
       when sign in [?+, ?-] and is_digit(h1) and is_digit(h2) and is_digit(m1) and is_digit(m2),
       do: offset(sign, number(h1, h2), number(m1, m2))

  defp take_offset(<<sign, h1, h2>>) when sign in [?+, ?-] and is_digit(h1) and is_digit(h2),
    do: offset(sign, number(h1, h2), 0)

  defp take_offset(_), do: :error

  defp offset(sign, hours, minutes) when hours < 24 and minutes < 60 do
    seconds = hours * 3600 + minutes * 60
    {if(sign == ?-, do: -seconds, else: seconds), ""}
  end

  defp offset(_, _, _), do: :error

  @doc """
  Reads date and time; an offset is passed over.

      iex> Calendar.ISO.parse_naive_datetime("2015-01-23 23:50:07")
      {:ok, {2015, 1, 23, 23, 50, 7, {0, 0}}}
  """
  @impl true
  def parse_naive_datetime(string) when is_binary(string), do: parse_naive_datetime(string, :extended)

  @doc """
  Reads date and time in a format.

      iex> Calendar.ISO.parse_naive_datetime("20150123 235007", :basic)
      {:ok, {2015, 1, 23, 23, 50, 7, {0, 0}}}
  """
  def parse_naive_datetime(string, format) when is_binary(string) and is_format(format) do
    case take_datetime(string, format) do
      {:ok, {year, month, day}, {hour, minute, second, microsecond}, _} ->
        {:ok, {year, month, day, hour, minute, second, microsecond}}

      error ->
        error
    end
  end

  defp take_datetime(string, format) do
    with {date, <<separator, rest::binary>>} when separator in [?T, ?\s] <- take_date(string, format),
         {time, rest} <- take_time(rest, format),
         {offset, ""} <- take_offset(rest) do
      with {:ok, date} <- checked_date(date), {:ok, time} <- checked_time(time), do: {:ok, date, time, offset}
    else
      _ -> {:error, :invalid_format}
    end
  end

  @doc """
  Reads date and time with an offset: returns them in UTC, and the offset in seconds.

      iex> Calendar.ISO.parse_utc_datetime("2015-01-23 23:50:07+01:00")
      {:ok, {2015, 1, 23, 22, 50, 7, {0, 0}}, 3600}
      iex> Calendar.ISO.parse_utc_datetime("2015-01-23 23:50:07")
      {:error, :missing_offset}
  """
  @impl true
  def parse_utc_datetime(string) when is_binary(string), do: parse_utc_datetime(string, :extended)

  @doc """
  Reads date and time with an offset in a format.

      iex> Calendar.ISO.parse_utc_datetime("20150123 235007Z", :basic)
      {:ok, {2015, 1, 23, 23, 50, 7, {0, 0}}, 0}
  """
  def parse_utc_datetime(string, format) when is_binary(string) and is_format(format) do
    case take_datetime(string, format) do
      {:ok, _, _, nil} ->
        {:error, :missing_offset}

      {:ok, {year, month, day}, {hour, minute, second, {_, precision} = microsecond}, offset} ->
        iso_days = naive_datetime_to_iso_days(year, month, day, hour, minute, second, microsecond)
        utc = add_day_fraction_to_iso_days(iso_days, -offset, @seconds_per_day)
        {year, month, day, hour, minute, second, {value, _}} = naive_datetime_from_iso_days(utc)
        {:ok, {year, month, day, hour, minute, second, {value, precision}}, offset}

      error ->
        error
    end
  end

  @doc """
  Reads an ISO 8601 duration to the fields of `Duration`.

      iex> Calendar.ISO.parse_duration("P1Y2DT3.5S")
      {:ok, [year: 1, day: 2, second: 3, microsecond: {500000, 1}]}
      iex> Calendar.ISO.parse_duration("P")
      {:error, :invalid_duration}
  """
  def parse_duration("P" <> rest) when rest != "", do: duration(rest, :date, 1, [])
  def parse_duration("-P" <> rest) when rest != "", do: duration(rest, :date, -1, [])
  def parse_duration("+P" <> rest) when rest != "", do: duration(rest, :date, 1, [])
  def parse_duration(_), do: {:error, :invalid_duration}

  defp duration("", _, _, acc), do: {:ok, :lists.reverse(acc)}
  defp duration("T" <> rest, :date, sign, acc) when rest != "", do: duration(rest, :time, sign, acc)

  defp duration(text, part, sign, acc) do
    {own_sign, digits} =
      case text do
        "-" <> rest -> {-sign, rest}
        "+" <> rest -> {sign, rest}
        rest -> {sign, rest}
      end

    with {whole, <<next, rest::binary>>} <- whole_number(digits),
         {:ok, fields, rest} <- duration_field(part, next, rest, whole, own_sign),
         [] <- for({key, _} <- fields, Keyword.has_key?(acc, key), do: key) do
      duration(rest, part, sign, :lists.reverse(fields, acc))
    else
      _ -> {:error, :invalid_duration}
    end
  end

  defp whole_number(<<digit, _::binary>> = text) when is_digit(digit), do: Integer.parse(text)
  defp whole_number(_), do: :error

  defp duration_field(:date, ?Y, rest, n, sign), do: {:ok, [year: n * sign], rest}
  defp duration_field(:date, ?M, rest, n, sign), do: {:ok, [month: n * sign], rest}
  defp duration_field(:date, ?W, rest, n, sign), do: {:ok, [week: n * sign], rest}
  defp duration_field(:date, ?D, rest, n, sign), do: {:ok, [day: n * sign], rest}
  defp duration_field(:time, ?H, rest, n, sign), do: {:ok, [hour: n * sign], rest}
  defp duration_field(:time, ?M, rest, n, sign), do: {:ok, [minute: n * sign], rest}
  defp duration_field(:time, ?S, rest, n, sign), do: {:ok, [second: n * sign], rest}

  defp duration_field(:time, point, rest, n, sign) when point in [?., ?,] do
    case take_microsecond(<<point, rest::binary>>) do
      {{value, precision}, "S" <> rest} ->
        {:ok, [second: n * sign, microsecond: {value * sign, precision}], rest}

      _ ->
        :error
    end
  end

  defp duration_field(_, _, _, _, _), do: :error
end
