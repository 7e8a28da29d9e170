# expect: value nil
Regex.run(~r/(x+x+)+y/, String.duplicate("x", 200))
