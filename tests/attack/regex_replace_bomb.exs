# expect: budget memory
grow = fn grow, text -> grow.(grow, Regex.replace(~r/x/, text, "xxxx")) end
grow.(grow, "xxxx")
