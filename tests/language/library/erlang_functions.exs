# case: packets are taken off the front of bytes
IO.inspect(:erlang.decode_packet(:line, "ab\ncd", []))                # expect: {:ok, "ab\n", "cd"}
IO.inspect(:erlang.decode_packet(2, <<0, 2, 1, 2, 3>>, []))           # expect: {:ok, <<1, 2>>, <<3>>}
IO.inspect(:erlang.decode_packet(4, <<0, 0, 0, 9, 1>>, []))           # expect: {:more, 13}
{:ok, request, rest} = :erlang.decode_packet(:http_bin, "GET /a?b HTTP/1.1\r\nhost: me\r\n\r\n", [])
IO.inspect(request)                                                   # expect: {:http_request, :GET, {:abs_path, "/a?b"}, {1, 1}}
{:ok, header, rest} = :erlang.decode_packet(:httph_bin, rest, [])
IO.inspect(header)                                                    # expect: {:http_header, 14, :Host, "host", "me"}
IO.inspect(:erlang.decode_packet(:httph_bin, rest, []))               # expect: {:ok, :http_eoh, ""}
IO.inspect(:erlang.decode_packet(:http_bin, "HTTP/1.0 404 Not Found\r\n", []))   # expect: {:ok, {:http_response, {1, 0}, 404, "Not Found"}, ""}

# case: checksums of parts, specifications tried, processes asked for
IO.inspect(:erlang.crc32_combine(:erlang.crc32("a"), :erlang.crc32("bc"), 2) == :erlang.crc32("abc"))          # expect: true
IO.inspect(:erlang.adler32_combine(:erlang.adler32("a"), :erlang.adler32("bc"), 2) == :erlang.adler32("abc"))  # expect: true
IO.inspect(:erlang.match_spec_test({1, 2}, [{{:"$1", :"$2"}, [{:>, :"$2", 5}], [:"$2"]}], :table))             # expect: {:ok, false, [], []}
ref = :erlang.spawn_request(fn -> :ok end, [{:reply_tag, :made}])
receive do
  {:made, ^ref, :ok, pid} -> IO.inspect(is_pid(pid))                  # expect: true
end
IO.inspect(Process.send({:someone, :other@host}, :hi, [:noconnect]))  # expect: :noconnect

# case: files in memory and packed files
{:ok, file} = :file.open("abc", [:ram, :read, :write, :binary])
IO.inspect(:file.read(file, 2))                                       # expect: {:ok, "ab"}
:file.write(file, "X")
{:ok, 0} = :file.position(file, 0)
IO.inspect(:file.read(file, 10))                                      # expect: {:ok, "abX"}
{:ok, file} = :file.open("packed.gz", [:write, :compressed])
:ok = IO.write(file, "hello ")
:ok = IO.write(file, "there")
:ok = :file.close(file)
IO.inspect(:zlib.gunzip(File.read!("packed.gz")))                     # expect: "hello there"
{:ok, file} = :file.open("packed.gz", [:read, :compressed, :binary])
IO.inspect(:file.read(file, 100))                                     # expect: {:ok, "hello there"}
IO.inspect(File.open("packed.gz", [:read, :compressed], &IO.read(&1, :eof)))   # expect: {:ok, "hello there"}

# case: tables in files
table = :ets.new(:kept, [:bag, keypos: 2])
:ets.insert(table, [{1, :a}, {2, :a}, {3, :b}])
:ok = :ets.tab2file(table, ~c"table.ets")
{:ok, other} = :ets.file2tab(~c"table.ets")
IO.inspect(Enum.sort(:ets.tab2list(other)))                           # expect: [{1, :a}, {2, :a}, {3, :b}]
IO.inspect({:ets.info(other, :type), :ets.info(other, :keypos)})      # expect: {:bag, 2}
File.write!("no.ets", "text")
IO.inspect(:ets.file2tab(~c"no.ets"))                                 # expect: {:error, {:read_error, {:not_a_log_file, ~c"no.ets"}}}

# case: names of files and resources
IO.inspect(:uri_string.normalize("HTTP://Host:80/a/../%7eb"))         # expect: "http://host/~b"
IO.inspect(:filelib.safe_relative_path("a/../../b", ""))              # expect: :unsafe
IO.inspect(:unicode.bom_to_encoding(<<255, 254, 0, 0>>))              # expect: {{:utf32, :little}, 4}
IO.inspect(:crypto.mod_pow(3, 200, 13))                               # expect: "\t"
{public1, private1} = :crypto.generate_key(:dh, [23, 5])
{public2, private2} = :crypto.generate_key(:dh, [23, 5])
IO.inspect(:crypto.compute_key(:dh, public2, private1, [23, 5]) == :crypto.compute_key(:dh, public1, private2, [23, 5]))   # expect: true

# case: the plain formatter of logged events follows its template
event = %{level: :error, msg: {~c"a ~p", [[1, 2]]}, meta: %{time: 1_700_000_000_000_000, x: 1, deep: %{key: :value}}}
show = fn event, config -> IO.puts(:logger_formatter.format(event, config)) end
show.(event, %{template: ["[", :level, "] ", {:x, ["x=", :x, " "], []}, {:y, ["y"], ["no y "]}, [:deep, :key], " ", :msg]})   # expect: [error] x=1 no y value a [1,2]
show.(event, %{template: [:time, " ", :msg], time_offset: "Z"})       # expect: 2023-11-14T22:13:20.000000Z a [1,2]
show.(%{event | msg: {:report, %{a: 1, b: 2}}}, %{template: [:msg]})  # expect: a: 1, b: 2
show.(%{event | msg: {:string, "long message"}}, %{template: [:msg], chars_limit: 7})   # expect: long...
IO.inspect(:logger_formatter.check_config(%{single_line: 1}))         # expect: {:error, {:invalid_formatter_config, :logger_formatter, {:single_line, 1}}}

# case: phash2 gives the numbers every BEAM gives
hash = fn terms -> IO.puts(Enum.map_join(terms, " ", &:erlang.phash2/1)) end
hash.([:a, :é, nil, 0, 1, -1, 134217727, 134217728])                  # expect: 97 233 29948 88723725 2614250 44071773 112602999 12354923
hash.([-134217728, -134217729, 2 ** 59, 2 ** 60, 2 ** 64, -(2 ** 64), 2 ** 63, -(2 ** 200)])   # expect: 69672967 76739502 26969617 31803508 103122609 13457787 39852678 7052001
hash.([0.0, -0.0, 1.5, -2.25, 1.0e300])                               # expect: 20875736 20875736 10380315 106798634 119088650
hash.(["", "a", "hello world!", "hello world!!", String.duplicate("x", 1000)])   # expect: 13708901 112802447 25699699 2064796 40754910
hash.([<<1::1>>, <<5::3>>, <<1, 2, 3::3>>])                           # expect: 102233125 133543196 111490710
<<_::3, part::binary-size(4), _::bitstring>> = "hello world"
IO.inspect(:erlang.phash2(part) == :erlang.phash2(:binary.copy(part)))   # expect: true
hash.([[], [1, 2, 3, 4], [1, 2, 3, 4, 5], [:a], [256, 1], [1, :a, 2], [1 | 2], [[], []]])   # expect: 113427502 90049352 66056394 23864141 111460725 36673763 86124794 67164138
hash.([{}, {1, 2}, [:a, "b", {1, 2.0}], {[], 1}])                     # expect: 87486268 91564110 35636262 57555163
hash.([%{}, %{a: 1}, %{a: 1, b: 2}, %{1 => %{2 => 3}}, %{[] => [], {} => %{}}])   # expect: 39679005 59617982 103634663 130277437 20098873
hash.(Enum.map([32, 33, 1000], fn n -> Map.new(1..n, &{&1, Integer.to_string(&1)}) end))   # expect: 46362895 69072833 117349490
IO.inspect(Enum.map(1..8, &:erlang.phash2({:user, &1}, 8)))           # expect: [2, 3, 5, 7, 0, 6, 3, 2]
IO.inspect(:erlang.phash2("abc", 4_294_967_296))                      # expect: 1306188027
IO.inspect(is_integer(:erlang.phash2(Enum.reduce(1..100_000, [], fn _, inner -> [inner] end))))   # expect: true

# case: checksums and parts of streams, by the names of earlier releases
stream = :zlib.open()
IO.inspect(:zlib.crc32(stream, :zlib.crc32(stream, "ab"), "c") == :erlang.crc32("abc"))   # expect: true
IO.inspect(:zlib.adler32_combine(stream, :erlang.adler32("ab"), :erlang.adler32("c"), 1) == :erlang.adler32("abc"))   # expect: true
:ok = :zlib.inflateInit(stream)

parts = fn
  {:more, part}, parts -> [part | parts.(:zlib.inflateChunk(stream), parts)]
  part, _parts -> [part]
end

all = parts.(:zlib.inflateChunk(stream, :zlib.compress(String.duplicate("ab", 200_000))), parts)
IO.inspect({length(all) > 1, IO.iodata_to_binary(all) == String.duplicate("ab", 200_000)})   # expect: {true, true}
