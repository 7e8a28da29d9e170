# What dates, times, naive datetimes and datetimes have in common.

defmodule Calendar.Moment do
  @moduledoc false

  @doc "How two comparable values stand to each other, as `compare/2` of the calendar types says it."
  def order(first, second) when first > second, do: :gt
  def order(first, second) when first < second, do: :lt
  def order(_, _), do: :eq

  @doc "Days and fraction of a day of what has a date and a time, as its clock shows it."
  def iso_days(%{calendar: calendar, year: year, month: month, day: day, hour: hour, minute: minute, second: second, microsecond: microsecond}),
    do: calendar.naive_datetime_to_iso_days(year, month, day, hour, minute, second, microsecond)

  @doc "What a sigil says of the calendar: nothing of the usual one."
  def sigil_suffix(Calendar.ISO), do: ""
  def sigil_suffix(calendar), do: " " <> Kernel.inspect(calendar)
end
