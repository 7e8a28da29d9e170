defmodule TextIndexTest do
  use TextIndex.IndexCase
  doctest TextIndex
  doctest TextIndex.Tokenizer
  doctest TextIndex.Query

  @moduletag documents: [{"a", "red red apple"}, {"b", "green apple"}, {"c", "red car"}]

  test "search" do
    assert TextIndex.search("apple") == ~w(a b)
    assert TextIndex.search("red -car") == ~w(a)
    assert TextIndex.search("car OR green") == ~w(b c)
  end

  test "rank" do
    assert TextIndex.rank("red apple") == [{"a", 3}, {"b", 1}, {"c", 1}]
  end

  @tag documents: []
  test "nothing is found in nothing", do: assert(TextIndex.search("red") == [])

  test "bad queries" do
    assert_raise TextIndex.QueryError, ~s(lone - in "a -"), fn -> TextIndex.search("a -") end
    assert Query.words(Query.parse!("a OR b -c")) == ~w(a b)
  end

  test "a shard that dies comes back empty" do
    pid = Shard.pid(0)
    ref = Process.monitor(pid)
    Process.exit(pid, :kill)
    assert_receive {:DOWN, ^ref, :process, ^pid, :killed}
    assert new = Enum.find_value(1..1000, fn _ -> Process.sleep(1) && Shard.pid(0) end)
    assert new != pid
  end

  test "many documents" do
    for {id, text} <- documents(70), do: TextIndex.put(id, text)
    assert length(TextIndex.search("common")) == 70
    assert length(TextIndex.search("word3")) == 10
  end

  @tag :slow
  test "very many documents", do: flunk("excluded")
end
