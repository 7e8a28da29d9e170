# expect: exit | error SystemLimitError
# budget: reductions=5000000
# All of the chain fork. Whichever is refused first crashes and takes the others with it: this one ends by an error of its own or by theirs.
bomb = fn bomb -> spawn_link(fn -> bomb.(bomb) end); bomb.(bomb) end
bomb.(bomb)
