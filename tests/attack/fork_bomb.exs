# expect: error SystemLimitError
# budget: reductions=5000000
bomb = fn bomb -> spawn(fn -> bomb.(bomb) end); spawn(fn -> bomb.(bomb) end); bomb.(bomb) end
bomb.(bomb)
