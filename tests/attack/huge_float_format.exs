# expect: error ArgumentError | error FunctionClauseError | budget memory | error SystemLimitError | error MatchError
:erlang.float_to_binary(1.0e300, decimals: 2_000_000_000)
