# expect: exit | error SystemLimitError | budget reductions
# budget: reductions=5000000
bomb = fn bomb -> spawn_link(fn -> bomb.(bomb) end); bomb.(bomb) end
bomb.(bomb)
