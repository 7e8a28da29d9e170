# case: long natives: others have their turn while a long list is sorted, and the result is right
defmodule Beat do
  def run(count) do
    receive do
      {:stop, from} -> send(from, {:beats, count})
    after
      0 -> :erlang.yield() && run(count + 1)
    end
  end
end
list = Enum.map(1..400_000, &rem(&1 * 7919, 400_009))
pid = spawn(fn -> Beat.run(0) end)
:erlang.yield()
sorted = :lists.sort(list)
send(pid, {:stop, self()})
receive do {:beats, n} -> IO.inspect n > 5 end
IO.inspect {length(sorted), hd(sorted), Enum.chunk_every(sorted, 2, 1, :discard) |> Enum.all?(fn [a, b] -> a <= b end)}
# expect: true
# expect: {400000, 1, true}

# case: long natives: equal elements keep their order in a long sort
pairs = for n <- 1..30_000, do: {rem(n * 31, 7) + 0.5, n}
sorted = :lists.sort(pairs)
IO.inspect sorted == Enum.sort_by(pairs, &(&1))
IO.inspect :lists.sort([{2, :b}, {1, :z}, {2, :a}])
# expect: true
# expect: [{1, :z}, {2, :a}, {2, :b}]

# case: long natives: large binaries are searched, split and replaced
text = String.duplicate("hello world ", 50_000)
IO.inspect length(:binary.matches(text, "world"))
IO.inspect length(:binary.split(text, " ", [:global, :trim_all]))
replaced = :binary.replace(text, "world", "moon", [:global])
IO.inspect {byte_size(replaced), binary_part(replaced, 0, 12)}
# expect: 50000
# expect: 100000
# expect: {550000, "hello moon h"}

# case: long natives: differences of long lists
IO.inspect Enum.to_list(1..20_000) -- Enum.to_list(3..19_998)
IO.inspect length(:lists.reverse(Enum.to_list(1..300_000), [:end]))
# expect: [1, 2, 19999, 20000]
# expect: 300001

# case: long natives: an exit signal takes effect when the function is done, messages wait
me = self()
pid = spawn(fn -> send(me, :ready); :lists.sort(Enum.map(1..300_000, &rem(&1 * 7919, 300_007))); receive do {:ask, from} -> send(from, :answer) end end)
receive do :ready -> send(pid, {:ask, self()}) end
IO.inspect(receive do m -> m end)
{pid, ref} = spawn_monitor(fn -> send(me, :ready); sort = fn f -> :lists.sort(Enum.map(1..300_000, &rem(&1 * 7919, 300_007))); f.(f) end; sort.(sort) end)
receive do :ready -> Process.exit(pid, :kill) end
IO.inspect(receive do {:DOWN, ^ref, _, _, reason} -> reason end)
# expect: :answer
# expect: :killed

# case: long natives: others run while megabytes are hashed, enciphered, packed and stored
defmodule Meanwhile do
  # Does a process on the same scheduler get its turns while `work` runs?
  def others_run?(work) do
    counter = :counters.new(1, [])
    ticker = spawn(fn -> tick(counter) end)
    wait(counter)
    before = :counters.get(counter, 1)
    work.()
    ticks = :counters.get(counter, 1) - before
    Process.exit(ticker, :kill)
    # With more schedulers it has one of its own, if the system gives it a processor.
    ticks > 2 or :erlang.system_info(:schedulers_online) > 1
  end

  defp tick(counter) do
    :counters.add(counter, 1, 1)
    receive do after 0 -> tick(counter) end
  end
  defp wait(counter), do: if(:counters.get(counter, 1) == 0, do: Process.sleep(1) && wait(counter))
end
data = :binary.copy("0123456789abcdef", 500_000)
bomb = :zlib.compress(:binary.copy(<<0>>, 30_000_000))
random = :crypto.strong_rand_bytes(2_000_000)
key = :binary.copy(<<1>>, 32)
iv = :binary.copy(<<2>>, 16)
list = Enum.to_list(1..1_000_000)
table = :ets.new(:table, [:public])
stream = :zlib.open()
:ok = :zlib.deflateInit(stream)
inflating = :zlib.open()
:ok = :zlib.inflateInit(inflating)
checks = [
  md5: fn -> :erlang.md5(data) end,
  sha: fn -> :crypto.hash(:sha256, data) end,
  mac: fn -> :crypto.mac(:hmac, :sha256, key, data) end,
  mac_update: fn -> :crypto.mac_update(:crypto.mac_init(:hmac, :sha256, key), data) end,
  cipher: fn -> :crypto.crypto_one_time(:aes_256_cbc, key, iv, data, true) end,
  cipher_update: fn -> :crypto.crypto_update(:crypto.crypto_init(:aes_256_ctr, key, iv, true), data) end,
  aead: fn -> :crypto.crypto_one_time_aead(:aes_256_gcm, key, iv, data, "", true) end,
  random: fn -> :crypto.strong_rand_bytes(8_000_000) end,
  exor: fn -> :crypto.exor(data, data) end,
  crc32: fn -> :zlib.crc32(data) end,
  deflate: fn -> :zlib.deflate(stream, random, :finish) end,
  inflate: fn -> :zlib.inflate(inflating, bomb) end,
  uncompress: fn -> :zlib.uncompress(bomb) end,
  iodata: fn -> IO.iodata_to_binary([data, data, data, data]) end,
  phash2: fn -> :erlang.phash2(data) end,
  insert: fn -> :ets.insert(table, {1, list, 0}) end,
  lookup: fn -> :ets.lookup(table, 1) end,
  element: fn -> :ets.lookup_element(table, 1, 2) end
]
IO.inspect(for {name, work} <- checks, not Meanwhile.others_run?(work), do: name)
# expect: []

# case: long natives: large objects of a table are read while others count in them, replace and delete them
list = Enum.to_list(1..60_000)
table = :ets.new(:table, [:public])
:ets.insert(table, {1, list, 0})
readers =
  for _ <- 1..4 do
    Task.async(fn ->
      for _ <- 1..40 do
        case :ets.lookup(table, 1) do
          [{1, read, count}] -> length(read) == 60_000 and count >= 0
          [] -> true
        end and
          try do
            length(:ets.lookup_element(table, 1, 2)) == 60_000
          rescue
            ArgumentError -> true
          end
      end
      |> Enum.all?()
    end)
  end
for i <- 1..100 do
  :ets.update_counter(table, 1, {3, 1}, {1, list, 0})
  if rem(i, 10) == 0, do: :ets.insert(table, {1, list, 0})
  if rem(i, 25) == 0, do: :ets.delete(table, 1)
end
IO.inspect(Task.await_many(readers, 60_000))
IO.inspect(:ets.info(table, :size))
# expect: [true, true, true, true]
# expect: 0

# case: long natives: what is done in parts comes out as what is done at once
data = for(i <- 1..60_000, into: <<>>, do: <<i * 7919::32>>) |> :binary.copy(4)
pieces = for {from, size} <- [{0, 100_001}, {100_001, 300_017}, {400_018, byte_size(data) - 400_018}], do: binary_part(data, from, size)
key = :binary.copy(<<7>>, 32)
iv = :binary.copy(<<9>>, 16)
IO.inspect :erlang.md5(data) == :crypto.hash(:md5, data)
mac = Enum.reduce(pieces, :crypto.mac_init(:hmac, :sha256, key), &:crypto.mac_update(&2, &1)) |> :crypto.mac_final()
IO.inspect mac == :crypto.mac(:hmac, :sha256, key, data)
for cipher <- [:aes_256_ctr, :aes_256_cbc] do
  state = :crypto.crypto_init(cipher, key, iv, encrypt: true, padding: :pkcs_padding)
  parts = for(piece <- pieces, do: :crypto.crypto_update(state, piece)) ++ [:crypto.crypto_final(state)]
  packed = :crypto.crypto_one_time(cipher, key, iv, data, encrypt: true, padding: :pkcs_padding)
  unpacked = :crypto.crypto_one_time(cipher, key, iv, packed, encrypt: false, padding: :pkcs_padding)
  IO.inspect {IO.iodata_to_binary(parts) == packed, unpacked == data}
end
{sealed, tag} = :crypto.crypto_one_time_aead(:aes_256_gcm, key, iv, data, "more", true)
IO.inspect :crypto.crypto_one_time_aead(:aes_256_gcm, key, iv, sealed, "more", tag, false) == data
IO.inspect :crypto.crypto_one_time_aead(:aes_256_gcm, key, iv, sealed, "less", tag, false)
IO.inspect {:crypto.exor(data, data) == :binary.copy(<<0>>, byte_size(data)), byte_size(:crypto.strong_rand_bytes(3_000_001))}
IO.inspect :zlib.crc32(data) == :erlang.crc32(pieces)
inflating = :zlib.open()
:ok = :zlib.inflateInit(inflating)
packed = :zlib.compress(data)
collect = fn collect, input, acc ->
  case :zlib.safeInflate(inflating, input) do
    {:continue, out} -> collect.(collect, [], [acc, out])
    {:finished, out} -> IO.iodata_to_binary([acc, out])
  end
end
IO.inspect collect.(collect, packed, []) == data
IO.inspect :erlang.phash2(data) == :erlang.phash2(IO.iodata_to_binary(pieces))
# expect: true
# expect: true
# expect: {true, true}
# expect: {true, true}
# expect: true
# expect: :error
# expect: {true, 3000001}
# expect: true
# expect: true
# expect: true

# case: long natives: who is killed in the middle of a stream leaves it to others
stream = :zlib.open()
:ok = :zlib.deflateInit(stream)
data = :crypto.strong_rand_bytes(4_000_000)
mac = :crypto.mac_init(:hmac, :sha256, "key")
for work <- [fn -> :zlib.deflate(stream, data) end, fn -> :crypto.mac_update(mac, data) end] do
  {pid, monitor} = spawn_monitor(fn -> for _ <- Stream.cycle([1]), do: work.() end)
  Process.sleep(20)
  Process.exit(pid, :kill)
  receive do {:DOWN, ^monitor, _, _, reason} -> IO.inspect(reason) end
end
IO.inspect :zlib.deflateReset(stream)
IO.inspect byte_size(:crypto.mac_final(mac))
# expect: :killed
# expect: :killed
# expect: :ok
# expect: 32
