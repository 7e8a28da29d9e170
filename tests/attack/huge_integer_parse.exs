# expect: error SystemLimitError | error ArgumentError | budget reductions
String.to_integer(String.duplicate("9", 20_000_000))
