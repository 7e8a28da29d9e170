# expect: value 120412
String.length(Integer.to_string(Integer.pow(2, 400_000)))
