# expect: error Regex.CompileError | error ArgumentError | value _
Regex.compile!("((((a{1,200}){1,200}){1,200}){1,200}){1,200}")
