# case: Erlang's json: null is an atom, errors are reasons
IO.inspect(:json.decode(~S({"a":[1,2.5,null,true,"\u00e5"]})))        # expect: %{"a" => [1, 2.5, :null, true, "å"]}
IO.puts(:json.encode(%{list: [1, :null, :atom, "x\n"], nested: %{"k" => 1.5}}))   # expect: {"list":[1,null,"atom","x\n"],"nested":{"k":1.5}}
reason = fn text -> try(do: :json.decode(text), catch: (:error, reason -> reason)) end
IO.inspect(reason.("[1,"))                                            # expect: :unexpected_end
IO.inspect(reason.("[1 x]"))                                          # expect: {:invalid_byte, 120}
IO.inspect(reason.("[1] x"))                                          # expect: {:invalid_byte, 120}
IO.puts(:json.encode_binary_escape_all("å😀"))                         # expect: "\u00E5\uD83D\uDE00"
IO.inspect(try(do: :json.encode_key_value_list_checked([{"a", 1}, {:a, 2}], &:json.encode_value/2), catch: (:error, reason -> reason)))   # expect: {:duplicate_key, :a}

# case: in pieces, over lines, with encoders of one's own
{:continue, state} = :json.decode_start(~S({"a": [1, 2), :acc, %{})
{:continue, state} = :json.decode_continue("3", state)
IO.inspect(:json.decode_continue("]} rest", state))                   # expect: {%{"a" => [1, 23]}, :acc, "rest"}
{:continue, state} = :json.decode_start("12", :acc, %{})
IO.inspect(:json.decode_continue(:end_of_input, state))               # expect: {12, :acc, ""}
IO.write(:json.format(%{"b" => [1, 2], "a" => [%{"c" => 1}], "d" => []}))
# expect: {
# expect:   "a": [
# expect:     {
# expect:       "c": 1
# expect:     }
# expect:   ],
# expect:   "b": [1,2],
# expect:   "d": []
# expect: }
encoder = fn
  {:upper, text}, encode -> :json.encode_value(String.upcase(text), encode)
  other, encode -> :json.encode_value(other, encode)
end
IO.puts(:json.encode([{:upper, "a"}, 1], encoder))                    # expect: ["A",1]
