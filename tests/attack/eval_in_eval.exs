# expect: budget memory
# Each level stands on the one before.
eval = fn code, eval -> Code.eval_string(code, eval: eval, code: code) end
eval.("eval.(code, eval)", eval)
