defmodule Date.Range do
  @moduledoc """
  Dates from a first to a last one, by steps of days: what `Date.range/2` returns. It is enumerable.
  """

  @enforce_keys [:first, :last, :first_in_iso_days, :last_in_iso_days, :step]
  defstruct [:first, :last, :first_in_iso_days, :last_in_iso_days, :step]

  @type t :: %__MODULE__{}

  @doc false
  def __size__(%{first_in_iso_days: first, last_in_iso_days: last, step: step})
      when (step > 0 and first > last) or (step < 0 and first < last),
      do: 0

  def __size__(%{first_in_iso_days: first, last_in_iso_days: last, step: step}),
    do: abs(div(last - first, step)) + 1

  @doc false
  def __date__(days, calendar) do
    if calendar == Calendar.ISO do
      {year, month, day} = Calendar.ISO.date_from_iso_days(days)
      %Date{year: year, month: month, day: day, calendar: Calendar.ISO}
    else
      {year, month, day, _, _, _, _} = calendar.naive_datetime_from_iso_days({days, {0, 86_400_000_000}})
      %Date{year: year, month: month, day: day, calendar: calendar}
    end
  end

  defimpl Enumerable do
    def member?(%{first: %{calendar: calendar}} = range, %Date{calendar: calendar} = date) do
      days = Date.to_gregorian_days(date)
      {low, high} = Enum.min_max([range.first_in_iso_days, range.last_in_iso_days])
      inside = Date.Range.__size__(range) > 0 and days >= low and days <= high
      {:ok, inside and rem(days - range.first_in_iso_days, range.step) == 0}
    end

    def member?(_, _), do: {:ok, false}

    def count(range), do: {:ok, Date.Range.__size__(range)}

    def slice(%{first_in_iso_days: first, step: step, first: %{calendar: calendar}} = range) do
      {:ok, Date.Range.__size__(range),
       fn start, count, skip -> slice(first + start * step, count, step * skip, calendar) end}
    end

    defp slice(_, 0, _, _), do: []

    defp slice(days, count, step, calendar),
      do: [Date.Range.__date__(days, calendar) | slice(days + step, count - 1, step, calendar)]

    def reduce(
          %{first_in_iso_days: first, last_in_iso_days: last, step: step, first: %{calendar: calendar}},
          acc,
          fun
        ),
        do: reduce(first, last, acc, fun, step, calendar)

    defp reduce(_, _, {:halt, acc}, _, _, _), do: {:halted, acc}

    defp reduce(days, last, {:suspend, acc}, fun, step, calendar),
      do: {:suspended, acc, &reduce(days, last, &1, fun, step, calendar)}

    defp reduce(days, last, {:cont, acc}, fun, step, calendar)
         when (step > 0 and days <= last) or (step < 0 and days >= last),
         do: reduce(days + step, last, fun.(Date.Range.__date__(days, calendar), acc), fun, step, calendar)

    defp reduce(_, _, {:cont, acc}, _, _, _), do: {:done, acc}
  end

  defimpl Inspect do
    def inspect(%{first: first, last: last, step: 1}, _),
      do: "Date.range(" <> Kernel.inspect(first) <> ", " <> Kernel.inspect(last) <> ")"

    def inspect(%{first: first, last: last, step: step}, _),
      do: "Date.range(" <> Kernel.inspect(first) <> ", " <> Kernel.inspect(last) <> ", #{step})"
  end
end
