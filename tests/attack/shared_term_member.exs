# expect: budget reductions
bomb = fn -> Enum.reduce(1..60, {1}, fn _, t -> {t, t} end) end
bomb.() in [bomb.()] or Enum.member?([bomb.()], bomb.()) or List.keymember?([{bomb.(), 1}], bomb.(), 0)
