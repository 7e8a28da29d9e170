# expect: error ErlangError | value nil | value false | budget reductions | budget time
Regex.run(~r/(x+x+)+y/, String.duplicate("x", 200))
