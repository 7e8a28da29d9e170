defmodule Date do
  @moduledoc """
  A date: year, month and day of a calendar.

  It is mostly written with a sigil, `~D[2000-01-01]`. The comparison operators compare structs field by field; use
  `compare/2`, `before?/2` and `after?/2`, and `Enum.sort(dates, Date)`.

  The functions take anything with the fields of a date, so datetimes too.
  """

  @enforce_keys [:year, :month, :day]
  import Kernel, except: [to_string: 1]

  defstruct [:year, :month, :day, calendar: Calendar.ISO]

  @type t :: %__MODULE__{}

  @doc """
  Returns the dates from `first` to `last`.

      iex> Enum.count(Date.range(~D[1999-01-01], ~D[2000-01-01]))
      366
      iex> ~D[2001-01-01] in Date.range(~D[2001-01-01], ~D[2002-01-01])
      true
  """
  @spec range(Calendar.date(), Calendar.date()) :: Date.Range.t()
  def range(%{calendar: calendar} = first, %{calendar: calendar} = last) do
    {first_days, _} = to_iso_days(first)
    {last_days, _} = to_iso_days(last)
    build_range(first, first_days, last, last_days, calendar, if(first_days <= last_days, do: 1, else: -1))
  end

  def range(%{calendar: _, year: _, month: _, day: _}, %{calendar: _, year: _, month: _, day: _}),
    do: raise(ArgumentError, "both dates must have matching calendars")

  @doc """
  Returns every `step`th date from `first` to `last`.

      iex> Enum.to_list(Date.range(~D[2001-01-01], ~D[2001-01-05], 2))
      [~D[2001-01-01], ~D[2001-01-03], ~D[2001-01-05]]
  """
  @spec range(Calendar.date(), Calendar.date(), integer) :: Date.Range.t()
  def range(%{calendar: calendar} = first, %{calendar: calendar} = last, step)
      when is_integer(step) and step != 0 do
    {first_days, _} = to_iso_days(first)
    {last_days, _} = to_iso_days(last)
    build_range(first, first_days, last, last_days, calendar, step)
  end

  def range(%{calendar: _, year: _, month: _, day: _}, %{calendar: _, year: _, month: _, day: _}, step)
      when is_integer(step) and step != 0,
      do: raise(ArgumentError, "both dates must have matching calendars")

  def range(%{calendar: _, year: _, month: _, day: _}, %{calendar: _, year: _, month: _, day: _}, step) do
    raise ArgumentError, "the step must be a non-zero integer, got: #{inspect(step)}"
  end

  defp build_range(first, first_days, last, last_days, calendar, step) do
    %{
      __struct__: Date.Range,
      first: %Date{calendar: calendar, year: first.year, month: first.month, day: first.day},
      last: %Date{calendar: calendar, year: last.year, month: last.month, day: last.day},
      first_in_iso_days: first_days,
      last_in_iso_days: last_days,
      step: step
    }
  end

  @doc """
  Returns today's date in UTC.

      iex> Date.utc_today().year >= 2024
      true
  """
  @spec utc_today(Calendar.calendar()) :: t
  def utc_today(calendar \\ Calendar.ISO)

  def utc_today(Calendar.ISO) do
    {:ok, {year, month, day}, _, _} = Calendar.ISO.from_unix(System.os_time(:second), :second)
    %Date{year: year, month: month, day: day}
  end

  def utc_today(calendar), do: convert!(utc_today(), calendar)

  @doc """
  Tells whether the date's year is a leap year.

      iex> Date.leap_year?(~D[2000-01-01])
      true
  """
  @spec leap_year?(Calendar.date()) :: boolean
  def leap_year?(date)
  def leap_year?(%{calendar: calendar, year: year}), do: calendar.leap_year?(year)

  @doc """
  Returns how many days the date's month has.

      iex> Date.days_in_month(~D[1900-02-01])
      28
  """
  @spec days_in_month(Calendar.date()) :: Calendar.day()
  def days_in_month(date)
  def days_in_month(%{calendar: calendar, year: year, month: month}), do: calendar.days_in_month(year, month)

  @doc """
  Returns how many months the date's year has.

      iex> Date.months_in_year(~D[1900-01-13])
      12
  """
  @spec months_in_year(Calendar.date()) :: Calendar.month()
  def months_in_year(date)
  def months_in_year(%{calendar: calendar, year: year}), do: calendar.months_in_year(year)

  ## Making and reading

  @doc """
  Makes a date, if there is one with these numbers.

      iex> Date.new(2000, 1, 1)
      {:ok, ~D[2000-01-01]}
      iex> Date.new(2000, 2, 30)
      {:error, :invalid_date}
  """
  @spec new(Calendar.year(), Calendar.month(), Calendar.day(), Calendar.calendar()) ::
          {:ok, t} | {:error, atom}
  def new(year, month, day, calendar \\ Calendar.ISO) do
    if calendar.valid_date?(year, month, day) do
      {:ok, %Date{year: year, month: month, day: day, calendar: calendar}}
    else
      {:error, :invalid_date}
    end
  end

  @doc """
  Makes a date, or raises.

      iex> Date.new!(2000, 1, 1)
      ~D[2000-01-01]
  """
  @spec new!(Calendar.year(), Calendar.month(), Calendar.day(), Calendar.calendar()) :: t
  def new!(year, month, day, calendar \\ Calendar.ISO) do
    case new(year, month, day, calendar) do
      {:ok, date} -> date
      {:error, reason} -> raise ArgumentError, "cannot build date, reason: #{inspect(reason)}"
    end
  end

  @doc """
  Reads a date as ISO 8601 writes it.

      iex> Date.from_iso8601("2015-01-23")
      {:ok, ~D[2015-01-23]}
      iex> Date.from_iso8601("2015:01:23")
      {:error, :invalid_format}
  """
  @spec from_iso8601(String.t(), Calendar.calendar()) :: {:ok, t} | {:error, atom}
  def from_iso8601(string, calendar \\ Calendar.ISO) do
    with {:ok, {year, month, day}} <- Calendar.ISO.parse_date(string) do
      convert(%Date{year: year, month: month, day: day}, calendar)
    end
  end

  @doc """
  Reads a date as ISO 8601 writes it, or raises.

      iex> Date.from_iso8601!("2015-01-23")
      ~D[2015-01-23]
  """
  @spec from_iso8601!(String.t(), Calendar.calendar()) :: t
  def from_iso8601!(string, calendar \\ Calendar.ISO) do
    case from_iso8601(string, calendar) do
      {:ok, date} ->
        date

      {:error, reason} ->
        raise ArgumentError, "cannot parse #{inspect(string)} as date, reason: #{inspect(reason)}"
    end
  end

  @doc """
  Prints a date in ISO 8601, `:extended` or `:basic`.

      iex> Date.to_iso8601(~D[2000-02-28])
      "2000-02-28"
      iex> Date.to_iso8601(~D[2000-02-28], :basic)
      "20000228"
  """
  @spec to_iso8601(Calendar.date(), :extended | :basic) :: String.t()
  def to_iso8601(date, format \\ :extended)

  def to_iso8601(%{calendar: Calendar.ISO, year: year, month: month, day: day}, format)
      when format in [:basic, :extended],
      do: Calendar.ISO.date_to_string(year, month, day, format)

  def to_iso8601(%{calendar: _} = date, format) when format in [:basic, :extended],
    do: date |> convert!(Calendar.ISO) |> to_iso8601(format)

  @doc """
  Prints a date as its calendar does.

      iex> Date.to_string(~D[2000-02-28])
      "2000-02-28"
  """
  @spec to_string(Calendar.date()) :: String.t()
  def to_string(date)

  def to_string(%{calendar: calendar, year: year, month: month, day: day}),
    do: calendar.date_to_string(year, month, day)

  @doc """
  Turns a date into Erlang's tuple.

      iex> Date.to_erl(~D[2000-01-01])
      {2000, 1, 1}
  """
  @spec to_erl(Calendar.date()) :: :calendar.date()
  def to_erl(%{calendar: _} = date) do
    %{year: year, month: month, day: day} = convert!(date, Calendar.ISO)
    {year, month, day}
  end

  @doc """
  Makes a date of Erlang's tuple.

      iex> Date.from_erl({2000, 1, 1})
      {:ok, ~D[2000-01-01]}
  """
  @spec from_erl(:calendar.date(), Calendar.calendar()) :: {:ok, t} | {:error, atom}
  def from_erl(tuple, calendar \\ Calendar.ISO)

  def from_erl({year, month, day}, calendar) do
    with {:ok, date} <- new(year, month, day), do: convert(date, calendar)
  end

  @doc """
  Makes a date of Erlang's tuple, or raises.

      iex> Date.from_erl!({2000, 1, 1})
      ~D[2000-01-01]
  """
  @spec from_erl!(:calendar.date(), Calendar.calendar()) :: t
  def from_erl!(tuple, calendar \\ Calendar.ISO) do
    case from_erl(tuple, calendar) do
      {:ok, date} ->
        date

      {:error, reason} ->
        raise ArgumentError, "cannot convert #{inspect(tuple)} to date, reason: #{inspect(reason)}"
    end
  end

  @doc """
  Makes the date so many days after 0000-01-01.

      iex> Date.from_gregorian_days(1)
      ~D[0000-01-02]
  """
  @spec from_gregorian_days(integer, Calendar.calendar()) :: t
  def from_gregorian_days(days, calendar \\ Calendar.ISO) when is_integer(days),
    do: from_iso_days({days, 0}, calendar)

  @doc """
  Returns how many days a date is after 0000-01-01.

      iex> Date.to_gregorian_days(~D[0000-01-02])
      1
  """
  @spec to_gregorian_days(Calendar.date()) :: integer
  def to_gregorian_days(date), do: elem(to_iso_days(date), 0)

  ## Comparing and converting

  @doc """
  Compares two dates: `:lt`, `:eq` or `:gt`.

      iex> Date.compare(~D[2016-04-16], ~D[2016-04-28])
      :lt
  """
  @spec compare(Calendar.date(), Calendar.date()) :: :lt | :eq | :gt
  def compare(%{calendar: calendar} = date1, %{calendar: calendar} = date2) do
    %{year: year1, month: month1, day: day1} = date1
    %{year: year2, month: month2, day: day2} = date2
    Calendar.Moment.order({year1, month1, day1}, {year2, month2, day2})
  end

  def compare(%{calendar: calendar1} = date1, %{calendar: calendar2} = date2) do
    if Calendar.compatible_calendars?(calendar1, calendar2) do
      Calendar.Moment.order(to_iso_days(date1), to_iso_days(date2))
    else
      raise ArgumentError, """
      cannot compare #{inspect(date1)} with #{inspect(date2)}.

      This comparison would be ambiguous as their calendars have incompatible day rollover moments.
      Specify an exact time of day (using DateTime) to resolve this ambiguity
      """
    end
  end

  @doc """
  Tells whether the first date is before the second.

      iex> Date.before?(~D[2021-01-01], ~D[2022-02-02])
      true
  """
  @spec before?(Calendar.date(), Calendar.date()) :: boolean
  def before?(date1, date2), do: compare(date1, date2) == :lt

  @doc """
  Tells whether the first date is after the second.

      iex> Date.after?(~D[2022-02-02], ~D[2021-01-01])
      true
  """
  @spec after?(Calendar.date(), Calendar.date()) :: boolean
  def after?(date1, date2), do: compare(date1, date2) == :gt

  @doc """
  Converts a date to a calendar; `{:error, :incompatible_calendars}` if their days begin at different moments.

      iex> Date.convert(~D[2000-01-01], Calendar.ISO)
      {:ok, ~D[2000-01-01]}
  """
  @spec convert(Calendar.date(), Calendar.calendar()) :: {:ok, t} | {:error, :incompatible_calendars}
  def convert(%{calendar: calendar, year: year, month: month, day: day}, calendar),
    do: {:ok, %Date{calendar: calendar, year: year, month: month, day: day}}

  def convert(%{calendar: calendar} = date, target) do
    if Calendar.compatible_calendars?(calendar, target) do
      {:ok, from_iso_days(to_iso_days(date), target)}
    else
      {:error, :incompatible_calendars}
    end
  end

  @doc """
  Converts a date to a calendar, or raises.

      iex> Date.convert!(~D[2000-01-01], Calendar.ISO)
      ~D[2000-01-01]
  """
  @spec convert!(Calendar.date(), Calendar.calendar()) :: t
  def convert!(date, calendar) do
    case convert(date, calendar) do
      {:ok, date} ->
        date

      {:error, reason} ->
        raise ArgumentError,
              "cannot convert #{inspect(date)} to target calendar #{inspect(calendar)}, reason: #{inspect(reason)}"
    end
  end

  @doc false
  def to_iso_days(%{calendar: Calendar.ISO, year: year, month: month, day: day}),
    do: {Calendar.ISO.date_to_iso_days(year, month, day), {0, 86_400_000_000}}

  def to_iso_days(%{calendar: calendar, year: year, month: month, day: day}),
    do: calendar.naive_datetime_to_iso_days(year, month, day, 0, 0, 0, {0, 0})

  defp from_iso_days({days, _}, Calendar.ISO) do
    {year, month, day} = Calendar.ISO.date_from_iso_days(days)
    %Date{year: year, month: month, day: day}
  end

  defp from_iso_days(iso_days, target) do
    {year, month, day, _, _, _, _} = target.naive_datetime_from_iso_days(iso_days)
    %Date{year: year, month: month, day: day, calendar: target}
  end

  ## Arithmetic

  @doc """
  Adds days.

      iex> Date.add(~D[2000-01-03], -2)
      ~D[2000-01-01]
  """
  @spec add(Calendar.date(), integer) :: t
  def add(%{calendar: Calendar.ISO} = date, days) when is_integer(days) do
    {iso_days, _} = to_iso_days(date)
    from_iso_days({iso_days + days, 0}, Calendar.ISO)
  end

  def add(%{calendar: calendar} = date, days) when is_integer(days) do
    {iso_days, fraction} = to_iso_days(date)
    from_iso_days({iso_days + days, fraction}, calendar)
  end

  @doc """
  Returns how many days the first date is after the second.

      iex> Date.diff(~D[2000-01-03], ~D[2000-01-01])
      2
  """
  @spec diff(Calendar.date(), Calendar.date()) :: integer
  def diff(%{calendar: calendar1} = date1, %{calendar: calendar2} = date2) do
    if Calendar.compatible_calendars?(calendar1, calendar2) do
      elem(to_iso_days(date1), 0) - elem(to_iso_days(date2), 0)
    else
      raise ArgumentError,
            "cannot calculate the difference between #{inspect(date1)} and #{inspect(date2)} because their calendars are not compatible and thus the result would be ambiguous"
    end
  end

  @doc """
  Adds a duration, or the units of one: years, months, weeks and days. A day that the month does not have becomes its last.

      iex> Date.shift(~D[2016-01-31], month: 1)
      ~D[2016-02-29]
      iex> Date.shift(~D[2016-01-03], week: 4, day: -1)
      ~D[2016-01-30]
  """
  @spec shift(Calendar.date(), Duration.duration()) :: t
  def shift(%{calendar: calendar, year: year, month: month, day: day}, duration) do
    duration = Duration.__for_shift__(duration, :date)
    {year, month, day} = calendar.shift_date(year, month, day, duration)
    %Date{calendar: calendar, year: year, month: month, day: day}
  end

  ## Weeks, months, years

  @doc """
  Returns the day of the week; 1 is Monday, or the day named.

      iex> Date.day_of_week(~D[2016-10-31])
      1
      iex> Date.day_of_week(~D[2016-10-31], :sunday)
      2
  """
  @spec day_of_week(Calendar.date(), :default | atom) :: Calendar.day_of_week()
  def day_of_week(date, starting_on \\ :default)

  def day_of_week(%{calendar: calendar, year: year, month: month, day: day}, starting_on),
    do: elem(calendar.day_of_week(year, month, day, starting_on), 0)

  @doc """
  Returns the first day of the date's week.

      iex> Date.beginning_of_week(~D[2020-07-11])
      ~D[2020-07-06]
      iex> Date.beginning_of_week(~D[2020-07-11], :sunday)
      ~D[2020-07-05]
  """
  @spec beginning_of_week(Calendar.date(), :default | atom) :: t
  def beginning_of_week(date, starting_on \\ :default)

  def beginning_of_week(%{calendar: calendar, year: year, month: month, day: day} = date, starting_on) do
    {day_of_week, first, _} = calendar.day_of_week(year, month, day, starting_on)
    add(date, first - day_of_week)
  end

  @doc """
  Returns the last day of the date's week.

      iex> Date.end_of_week(~D[2020-07-11])
      ~D[2020-07-12]
  """
  @spec end_of_week(Calendar.date(), :default | atom) :: t
  def end_of_week(date, starting_on \\ :default)

  def end_of_week(%{calendar: calendar, year: year, month: month, day: day} = date, starting_on) do
    {day_of_week, _, last} = calendar.day_of_week(year, month, day, starting_on)
    add(date, last - day_of_week)
  end

  @doc """
  Returns the day of the year.

      iex> Date.day_of_year(~D[2016-01-31])
      31
  """
  @spec day_of_year(Calendar.date()) :: Calendar.day()
  def day_of_year(date)

  def day_of_year(%{calendar: calendar, year: year, month: month, day: day}),
    do: calendar.day_of_year(year, month, day)

  @doc """
  Returns the quarter of the year.

      iex> Date.quarter_of_year(~D[2016-10-31])
      4
  """
  @spec quarter_of_year(Calendar.date()) :: non_neg_integer
  def quarter_of_year(date)

  def quarter_of_year(%{calendar: calendar, year: year, month: month, day: day}),
    do: calendar.quarter_of_year(year, month, day)

  @doc """
  Returns the year of the era, and the era.

      iex> Date.year_of_era(~D[0000-01-01])
      {1, 0}
  """
  @spec year_of_era(Calendar.date()) :: {Calendar.year(), Calendar.era()}
  def year_of_era(date)

  def year_of_era(%{calendar: calendar, year: year, month: month, day: day}),
    do: calendar.year_of_era(year, month, day)

  @doc """
  Returns the day of the era, and the era.

      iex> Date.day_of_era(~D[0001-01-01])
      {1, 1}
  """
  @spec day_of_era(Calendar.date()) :: {Calendar.day(), Calendar.era()}
  def day_of_era(date)

  def day_of_era(%{calendar: calendar, year: year, month: month, day: day}),
    do: calendar.day_of_era(year, month, day)

  @doc """
  Returns the first day of the date's month.

      iex> Date.beginning_of_month(~D[2000-01-31])
      ~D[2000-01-01]
  """
  @spec beginning_of_month(Calendar.date()) :: t
  def beginning_of_month(date)

  def beginning_of_month(%{year: year, month: month, calendar: calendar}),
    do: %Date{year: year, month: month, day: 1, calendar: calendar}

  @doc """
  Returns the last day of the date's month.

      iex> Date.end_of_month(~D[2000-02-01])
      ~D[2000-02-29]
  """
  @spec end_of_month(Calendar.date()) :: t
  def end_of_month(date)

  def end_of_month(%{year: year, month: month, calendar: calendar} = date),
    do: %Date{year: year, month: month, day: days_in_month(date), calendar: calendar}

  defimpl String.Chars do
    def to_string(%{calendar: calendar, year: year, month: month, day: day}),
      do: calendar.date_to_string(year, month, day)
  end

  defimpl Inspect do
    def inspect(%{calendar: calendar, year: year, month: month, day: day}, _)
        when calendar != Calendar.ISO or year in -9999..9999 do
      "~D[" <> calendar.date_to_string(year, month, day) <> Calendar.Moment.sigil_suffix(calendar) <> "]"
    end

    def inspect(%{calendar: Calendar.ISO, year: year, month: month, day: day}, _),
      do: "Date.new!(#{year}, #{month}, #{day})"
  end
end
