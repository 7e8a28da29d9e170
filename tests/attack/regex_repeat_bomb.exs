# expect: error Regex.CompileError
Regex.compile!("((((a{1,200}){1,200}){1,200}){1,200}){1,200}")
