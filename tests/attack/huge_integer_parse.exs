# expect: error ArgumentError
String.to_integer(String.duplicate("9", 20_000_000))
