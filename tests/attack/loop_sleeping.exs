# expect: budget time
# budget: time=150ms
Process.sleep(:infinity)
