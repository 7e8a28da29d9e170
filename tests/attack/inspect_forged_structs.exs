# expect: value :fine
for module <- [Date, Time, DateTime, NaiveDateTime, MapSet, Range, Regex, Version, URI, Stream, Date.Range, Task, Macro.Env, ArgumentError, KeyError, NoSuch],
    fields <- [%{}, %{calendar: 1, year: :x}, %{map: 7}, %{first: self(), last: {}, step: []}, %{message: self()}, %{__exception__: true}] do
  struct = Map.put(fields, :__struct__, module)
  text = inspect(struct)
  true = is_binary(text) and byte_size(text) < 20_000
end
:fine
