# A library of data structures and text functions, and its test suite: a hundred tests with setup, tags, describe
# blocks, generated tests, a case template, property-like loops, captured output and supervised processes.

ExUnit.start(seed: 0, autorun: false)

defmodule Shelf.Stack do
  @moduledoc """
  Last in, first out.

      iex> Shelf.Stack.new([1, 2]) |> Shelf.Stack.push(3) |> Enum.to_list()
      [3, 2, 1]
  """
  defstruct items: []

  def new(items \\ []), do: %__MODULE__{items: Enum.reverse(items)}

  @doc """
  Puts one on top.

      iex> Shelf.Stack.new() |> Shelf.Stack.push(:a) |> Shelf.Stack.peek()
      {:ok, :a}
  """
  def push(%__MODULE__{items: items} = stack, item), do: %{stack | items: [item | items]}

  @doc """
  Takes the top off.

      iex> {:ok, top, rest} = Shelf.Stack.pop(Shelf.Stack.new([1, 2]))
      iex> {top, Enum.count(rest)}
      {2, 1}
      iex> Shelf.Stack.pop(Shelf.Stack.new())
      :empty
  """
  def pop(%__MODULE__{items: []}), do: :empty
  def pop(%__MODULE__{items: [top | rest]} = stack), do: {:ok, top, %{stack | items: rest}}

  @doc """
  Like `pop/1`, for those who know it is not empty.

      iex> Shelf.Stack.pop!(Shelf.Stack.new())
      ** (Shelf.EmptyError) nothing to take from a stack
  """
  def pop!(stack) do
    case pop(stack) do
      {:ok, top, rest} -> {top, rest}
      :empty -> raise Shelf.EmptyError, what: "a stack"
    end
  end

  def peek(%__MODULE__{items: [top | _]}), do: {:ok, top}
  def peek(%__MODULE__{}), do: :empty

  defimpl Enumerable do
    def count(stack), do: {:ok, length(stack.items)}
    def member?(stack, item), do: {:ok, item in stack.items}
    def slice(stack), do: {:ok, length(stack.items), & &1.items}
    def reduce(stack, acc, fun), do: Enumerable.List.reduce(stack.items, acc, fun)
  end

  defimpl Collectable do
    def into(stack) do
      {stack,
       fn
         stack, {:cont, item} -> Shelf.Stack.push(stack, item)
         stack, :done -> stack
         _, :halt -> :ok
       end}
    end
  end

  defimpl Inspect do
    import Inspect.Algebra
    def inspect(stack, opts), do: concat(["#Stack<", to_doc(stack.items, opts), ">"])
  end
end

defmodule Shelf.EmptyError do
  defexception [:what]
  @impl true
  def message(%{what: what}), do: "nothing to take from #{what}"
end

defmodule Shelf.Tree do
  @moduledoc "A sorted binary tree (a treap whose priorities are hashes of the keys)."
  defstruct root: nil, size: 0

  def new(pairs \\ []), do: Enum.reduce(pairs, %__MODULE__{}, fn {k, v}, tree -> put(tree, k, v) end)

  def put(%__MODULE__{root: root, size: size} = tree, key, value) do
    {root, added} = insert(root, key, value)
    %{tree | root: root, size: size + added}
  end

  def fetch(%__MODULE__{root: root}, key), do: find(root, key)
  def get(tree, key, default \\ nil), do: with(:error <- fetch(tree, key), do: default, else: ({:ok, value} -> value))
  def keys(tree), do: tree |> to_list() |> Enum.map(&elem(&1, 0))
  def to_list(%__MODULE__{root: root}), do: walk(root, [])
  def height(%__MODULE__{root: root}), do: depth(root)

  def range(%__MODULE__{root: root}, from, to), do: root |> between(from, to) |> List.flatten()

  defp find(nil, _), do: :error
  defp find({key, value, _, _, _}, key), do: {:ok, value}
  defp find({k, _, _, left, _}, key) when key < k, do: find(left, key)
  defp find({_, _, _, _, right}, key), do: find(right, key)

  defp insert(nil, key, value), do: {{key, value, :erlang.phash2({key, :salt}), nil, nil}, 1}
  defp insert({key, _, p, l, r}, key, value), do: {{key, value, p, l, r}, 0}

  defp insert({k, v, p, l, r}, key, value) when key < k do
    {l, added} = insert(l, key, value)
    {rotate({k, v, p, l, r}), added}
  end

  defp insert({k, v, p, l, r}, key, value) do
    {r, added} = insert(r, key, value)
    {rotate({k, v, p, l, r}), added}
  end

  defp rotate({k, v, p, {lk, lv, lp, ll, lr}, r}) when lp > p, do: {lk, lv, lp, ll, {k, v, p, lr, r}}
  defp rotate({k, v, p, l, {rk, rv, rp, rl, rr}}) when rp > p, do: {rk, rv, rp, {k, v, p, l, rl}, rr}
  defp rotate(node), do: node

  defp walk(nil, acc), do: acc
  defp walk({k, v, _, l, r}, acc), do: walk(l, [{k, v} | walk(r, acc)])

  defp depth(nil), do: 0
  defp depth({_, _, _, l, r}), do: 1 + max(depth(l), depth(r))

  defp between(nil, _, _), do: []
  defp between({k, _, _, _, r}, from, to) when k < from, do: between(r, from, to)
  defp between({k, _, _, l, _}, from, to) when k > to, do: between(l, from, to)
  defp between({k, v, _, l, r}, from, to), do: [between(l, from, to), {k, v}, between(r, from, to)]
end

defmodule Shelf.Text do
  @moduledoc "Functions on text."

  @roman [M: 1000, CM: 900, D: 500, CD: 400, C: 100, XC: 90, L: 50, XL: 40, X: 10, IX: 9, V: 5, IV: 4, I: 1]

  @doc """
  Roman numerals.

      iex> Enum.map([1, 4, 1999], &Shelf.Text.to_roman/1)
      ["I", "IV", "MCMXCIX"]
  """
  def to_roman(n) when n in 1..3999 do
    {text, 0} =
      Enum.reduce(@roman, {"", n}, fn {letters, value}, {text, n} ->
        {text <> String.duplicate(to_string(letters), div(n, value)), rem(n, value)}
      end)

    text
  end

  def from_roman(text), do: text |> String.upcase() |> roman(0)

  for {letters, value} <- @roman, letters = to_string(letters) do
    defp roman(unquote(letters) <> rest, sum), do: roman(rest, sum + unquote(value))
  end

  defp roman("", sum) when sum > 0, do: {:ok, sum}
  defp roman(_, _), do: :error

  def wrap(text, width) do
    text
    |> String.split()
    |> Enum.reduce([], fn
      word, [line | lines] -> if String.length(line) + String.length(word) < width, do: ["#{line} #{word}" | lines], else: [word, line | lines]
      word, [] -> [word]
    end)
    |> Enum.reverse()
    |> Enum.join("\n")
  end

  def slug(text) do
    text |> String.normalize(:nfd) |> String.replace(~r/[^a-zA-Z0-9\s_-]/u, "") |> String.downcase() |> String.split(~r/[\s_-]+/, trim: true) |> Enum.join("-")
  end

  def run_length(text) do
    ~r/(.)\1*/u |> Regex.scan(text, capture: :first) |> Enum.map_join(fn [run] -> "#{String.length(run)}#{String.first(run)}" end)
  end

  def caesar(text, by), do: for(<<c <- text>>, into: "", do: <<shift(c, by)>>)

  defp shift(c, by) when c in ?a..?z, do: ?a + Integer.mod(c - ?a + by, 26)
  defp shift(c, by) when c in ?A..?Z, do: ?A + Integer.mod(c - ?A + by, 26)
  defp shift(c, _), do: c

  def palindrome?(text) do
    letters = text |> String.downcase() |> String.replace(~r/\P{L}/u, "")
    letters == String.reverse(letters)
  end
end

defmodule Shelf.Counter do
  @moduledoc "A counting process."
  use GenServer
  require Logger

  def start_link(opts \\ []), do: GenServer.start_link(__MODULE__, Keyword.get(opts, :from, 0), Keyword.take(opts, [:name]))
  def bump(counter, by \\ 1), do: GenServer.call(counter, {:bump, by})
  def notify(counter, pid), do: GenServer.cast(counter, {:notify, pid})
  def value(counter), do: GenServer.call(counter, :value)

  @impl true
  def init(from) when is_integer(from), do: {:ok, {from, []}}

  @impl true
  def handle_call({:bump, by}, _, {n, pids}) do
    for pid <- pids, do: send(pid, {:counted, n + by})
    if by < 0, do: Logger.warning("counting down")
    {:reply, n + by, {n + by, pids}}
  end

  def handle_call(:value, _, {n, _} = state), do: {:reply, n, state}

  @impl true
  def handle_cast({:notify, pid}, {n, pids}), do: {:noreply, {n, [pid | pids]}}
end

defmodule Shelf.Storage do
  @moduledoc "What a storage is; tests bring their own."
  @callback read(key :: String.t()) :: {:ok, term()} | :error
  @callback write(key :: String.t(), term()) :: :ok

  def cached(storage, key, fun) do
    with :error <- storage.read(key) do
      value = fun.()
      :ok = storage.write(key, value)
      {:ok, value}
    end
  end
end

defmodule Shelf.TreeCase do
  use ExUnit.CaseTemplate

  using do
    quote do
      import Shelf.TreeCase
      alias Shelf.Tree
    end
  end

  setup tags do
    {:ok, tree: Shelf.Tree.new(Map.get(tags, :pairs, []))}
  end

  def sorted?(list), do: Enum.zip(list, Enum.drop(list, 1)) |> Enum.all?(fn {a, b} -> a <= b end)
end

defmodule Shelf.StackTest do
  use ExUnit.Case, async: true
  alias Shelf.{EmptyError, Stack}

  setup_all do
    {:ok, started: System.monotonic_time()}
  end

  setup context do
    stack = Stack.new(Map.get(context, :items, []))
    on_exit(fn -> send(self(), :gone) end)
    [stack: stack]
  end

  describe "an empty stack" do
    test "has no top", %{stack: stack}, do: assert(Stack.peek(stack) == :empty)
    test "cannot be popped", %{stack: stack}, do: assert(:empty = Stack.pop(stack))
    test "raises when forced", %{stack: stack}, do: assert_raise(EmptyError, "nothing to take from a stack", fn -> Stack.pop!(stack) end)
    test "raises with a message that matches", %{stack: stack}, do: assert_raise(EmptyError, ~r/^nothing/, fn -> Stack.pop!(stack) end)
    test "is empty", %{stack: stack}, do: assert(Enum.empty?(stack))
  end

  describe "a stack of three" do
    @describetag items: [:a, :b, :c]

    test "has the last on top", %{stack: stack}, do: assert({:ok, :c} == Stack.peek(stack))
    test "pops in reverse", %{stack: stack} do
      assert {:c, stack} = Stack.pop!(stack)
      assert {:b, stack} = Stack.pop!(stack)
      assert {:a, stack} = Stack.pop!(stack)
      assert Stack.pop(stack) == :empty
    end
    test "counts", %{stack: stack}, do: assert(Enum.count(stack) == 3)
    test "knows its members", %{stack: stack} do
      assert :a in stack
      refute :d in stack
    end
    test "slices", %{stack: stack}, do: assert(Enum.slice(stack, 1, 2) == [:b, :a])
    test "is shown", %{stack: stack}, do: assert(inspect(stack) == "#Stack<[:c, :b, :a]>")
    test "maps from the top", %{stack: stack}, do: assert(Enum.map(stack, &to_string/1) == ~w(c b a))

    @tag items: [:z]
    test "can be overridden by a tag", %{stack: stack}, do: assert(Enum.to_list(stack) == [:z])
  end

  test "collects", do: assert(for(n <- 1..3, into: Stack.new(), do: n * n) |> Enum.to_list() == [9, 4, 1])
  test "reduces and halts", do: assert(Enum.find(Stack.new(1..10), &(rem(&1, 4) == 0)) == 8)
  test "zips", do: assert(Enum.zip(Stack.new([1, 2]), [:x, :y]) == [{2, :x}, {1, :y}])
  test "setup_all is seen", %{started: started}, do: assert(is_integer(started))
  test "the context knows the test", context do
    assert context.module == __MODULE__
    assert context.test == :"test the context knows the test"
    assert %{async: true, describe: nil, case: _} = Map.put_new(context, :case, nil)
  end
end

defmodule Shelf.TreeTest do
  use Shelf.TreeCase, async: true

  test "an empty tree", %{tree: tree} do
    assert Tree.to_list(tree) == []
    assert Tree.fetch(tree, 1) == :error
    assert tree.size == 0
    assert Tree.height(tree) == 0
  end

  @tag pairs: [b: 2, a: 1, c: 3]
  test "sorts", %{tree: tree}, do: assert(Tree.to_list(tree) == [a: 1, b: 2, c: 3])

  @tag pairs: [a: 1, a: 2]
  test "replaces", %{tree: tree}, do: assert({1, {:ok, 2}} == {tree.size, Tree.fetch(tree, :a)})

  @tag pairs: [a: nil]
  test "keeps nil apart from absence", %{tree: tree} do
    assert Tree.get(tree, :a, :default) == nil
    assert Tree.get(tree, :b, :default) == :default
  end

  @tag pairs: for(n <- 1..20, do: {n, n * n})
  test "finds ranges", %{tree: tree} do
    assert Tree.range(tree, 3, 5) == [{3, 9}, {4, 16}, {5, 25}]
    assert Tree.range(tree, 21, 30) == []
    assert Tree.range(tree, 0, 100) == Tree.to_list(tree)
  end

  for size <- [1, 10, 100, 1000] do
    @tag size: size
    test "stays sorted and shallow with #{size} keys", %{size: size} do
      tree = Tree.new(for n <- 1..size, do: {n, -n})
      assert tree.size == size
      assert sorted?(Tree.keys(tree))
      assert Tree.height(tree) <= 4 * :math.log2(size + 1) + 1
    end
  end

  test "agrees with a map on pseudo-random keys" do
    keys = Stream.iterate(7, &rem(&1 * 1103 + 12_345, 997)) |> Enum.take(500)
    tree = Tree.new(Enum.map(keys, &{&1, &1 * 2}))
    map = Map.new(keys, &{&1, &1 * 2})
    assert Tree.to_list(tree) == Enum.sort(map)
    for key <- 0..996, do: assert(Tree.fetch(tree, key) == Map.fetch(map, key))
  end
end

defmodule Shelf.TextTest do
  use ExUnit.Case, async: true
  import Shelf.Text

  describe "roman numerals" do
    for {n, roman} <- [{1, "I"}, {2, "II"}, {4, "IV"}, {9, "IX"}, {14, "XIV"}, {40, "XL"}, {90, "XC"}, {400, "CD"}, {944, "CMXLIV"}, {2024, "MMXXIV"}, {3999, "MMMCMXCIX"}] do
      test "#{n} is #{roman}" do
        assert to_roman(unquote(n)) == unquote(roman)
        assert from_roman(unquote(roman)) == {:ok, unquote(n)}
      end
    end

    test "there and back", do: assert(Enum.all?(1..3999, &(from_roman(to_roman(&1)) == {:ok, &1})))
    test "lower case is read", do: assert(from_roman("mcm") == {:ok, 1900})
    test "zero has none", do: assert_raise(FunctionClauseError, fn -> to_roman(0) end)
    test "4000 has none", do: assert_raise(FunctionClauseError, ~r"no function clause matching in Shelf.Text.to_roman/1", fn -> to_roman(4000) end)
    test "nonsense is an error" do
      for bad <- ["", "ABC", "I I"], do: assert(from_roman(bad) == :error, "#{inspect(bad)} should not parse")
    end
  end

  describe "wrap/2" do
    @text "The quick brown fox jumps over the lazy dog"

    for width <- [10, 15, 20] do
      test "keeps lines within #{width}" do
        lines = @text |> wrap(unquote(width)) |> String.split("\n")
        assert Enum.all?(lines, &(String.length(&1) <= unquote(width)))
        assert Enum.join(lines, " ") == @text
      end
    end

    test "leaves long words whole", do: assert(wrap("a incomprehensible b", 5) == "a\nincomprehensible\nb")
    test "of nothing is nothing", do: assert(wrap("  ", 5) == "")
  end

  describe "slug/1" do
    for {text, slug} <- [{"Hello, World!", "hello-world"}, {"Crème brûlée", "creme-brulee"}, {"  a  b_c--d ", "a-b-c-d"}, {"100% sure?", "100-sure"}, {"", ""}] do
      test "of #{inspect(text)}", do: assert(slug(unquote(text)) == unquote(slug))
    end
  end

  describe "run_length/1" do
    test "counts runs", do: assert(run_length("aaabccd") == "3a1b2c1d")
    test "works on graphemes", do: assert(run_length("ééß") == "2é1ß")
    test "of nothing", do: assert(run_length("") == "")
  end

  describe "caesar/2" do
    test "rotates", do: assert(caesar("Hello, World", 3) == "Khoor, Zruog")
    test "13 twice is nothing", do: assert("abcXYZ!" |> caesar(13) |> caesar(13) == "abcXYZ!")
    test "backwards", do: assert("abc" |> caesar(5) |> caesar(-5) == "abc")
    test "26 is the identity", do: assert(for(n <- 0..3, uniq: true, do: caesar("zebra", 26 * n)) == ["zebra"])
  end

  describe "palindrome?/1" do
    for yes <- ["", "a", "Anna", "A man, a plan, a canal: Panama", "Été"] do
      test "#{inspect(yes)} is one", do: assert(palindrome?(unquote(yes)))
    end

    for no <- ["ab", "palindrome"], do: test("#{inspect(no)} is none", do: refute(palindrome?(unquote(no))))
  end
end

defmodule Shelf.CounterTest do
  use ExUnit.Case
  import ExUnit.CaptureLog
  alias Shelf.Counter

  setup do
    %{counter: start_supervised!({Counter, from: 10})}
  end

  test "starts where told", %{counter: counter}, do: assert(Counter.value(counter) == 10)
  test "bumps by one", %{counter: counter}, do: assert(Counter.bump(counter) == 11)
  test "bumps by more", %{counter: counter}, do: assert(Counter.bump(counter, 5) == 15)

  test "notifies", %{counter: counter} do
    Counter.notify(counter, self())
    refute_received {:counted, _}
    Counter.bump(counter, 2)
    assert_receive {:counted, 12}
    refute_receive {:counted, _}, 10
  end

  test "notifies with a pinned value", %{counter: counter} do
    Counter.notify(counter, self())
    expected = Counter.bump(counter)
    assert_received {:counted, ^expected}
  end

  test "logs when it counts down", %{counter: counter} do
    {result, log} = with_log(fn -> Counter.bump(counter, -1) end)
    assert result == 9
    assert log =~ "counting down"
    assert log =~ "[warn"
  end

  test "does not log otherwise", %{counter: counter} do
    assert capture_log(fn -> Counter.bump(counter) end) == ""
  end

  test "may have a name" do
    start_supervised!({Counter, name: :named_counter, from: 1}, id: :second)
    assert Counter.bump(:named_counter) == 2
    assert :ok = stop_supervised(:second)
    refute Process.whereis(:named_counter)
  end

  test "refuses what is no number" do
    Process.flag(:trap_exit, true)
    assert {:error, {:function_clause, [{Counter, :init, ["ten"], _} | _]}} = Counter.start_link(from: "ten")
  end

  test "many callers", %{counter: counter} do
    1..100 |> Enum.map(fn _ -> Task.async(fn -> Counter.bump(counter) end) end) |> Task.await_many()
    assert Counter.value(counter) == 110
  end

  test "call times out when nobody is there" do
    assert {:noproc, {GenServer, :call, [:nobody, :value, 5000]}} = catch_exit(Counter.value(:nobody))
  end
end

defmodule Shelf.StorageTest do
  use ExUnit.Case
  import ExUnit.CaptureIO

  defmodule Memory do
    @behaviour Shelf.Storage
    @impl true
    def read(key), do: with(nil <- Process.get({__MODULE__, key}), do: :error, else: (value -> {:ok, value}))
    @impl true
    def write(key, value) do
      Process.put({__MODULE__, key}, value)
      :ok
    end
  end

  defmodule Broken do
    @behaviour Shelf.Storage
    @impl true
    def read(_), do: :error
    @impl true
    def write(_, _), do: {:error, :full}
  end

  test "computes once" do
    counted = fn -> send(self(), :computed) && 42 end
    assert Shelf.Storage.cached(Memory, "k", counted) == {:ok, 42}
    assert Shelf.Storage.cached(Memory, "k", counted) == {:ok, 42}
    assert_received :computed
    refute_received :computed
  end

  test "a full storage is a bug" do
    error = assert_raise MatchError, fn -> Shelf.Storage.cached(Broken, "k", fn -> 1 end) end
    assert error.term == {:error, :full}
  end

  test "errors of the function pass", do: assert(catch_throw(Shelf.Storage.cached(Memory, "x", fn -> throw(:ball) end)) == :ball)
  test "exits pass too", do: assert(catch_exit(Shelf.Storage.cached(Memory, "y", fn -> exit(:bye) end)) == :bye)
  test "output can be captured", do: assert(capture_io(fn -> Shelf.Storage.cached(Memory, "z", fn -> IO.puts("computing") end) end) == "computing\n")
  test "input can be given", do: assert(capture_io("yes\n", fn -> IO.write(IO.gets("sure? ") |> String.upcase()) end) == "sure? YES\n")
  test "standard error too", do: assert(capture_io(:stderr, fn -> IO.write(:stderr, "oh") end) == "oh")

  @tag :tmp_dir
  test "a folder for the test", %{tmp_dir: folder} do
    path = Path.join(folder, "note.txt")
    File.write!(path, "kept")
    assert File.read!(path) == "kept"
    assert Path.basename(folder) =~ "a-folder-for-the-test"
    File.rm_rf!(Path.join(File.cwd!(), "tmp"))
  end

  @tag skip: "not today"
  test "skipped", do: flunk("never run")

  test "messages of failed assertions" do
    error = assert_raise ExUnit.AssertionError, fn -> assert 1 + 1 == 3 end
    assert {error.left, error.right} == {2, 3}
    assert error.message == "Assertion with == failed"
    assert Macro.to_string(error.expr) == "assert 1 + 1 == 3"
  end

  test "messages of failed matches" do
    error = assert_raise ExUnit.AssertionError, fn -> assert {:ok, _} = List.to_tuple([:error, 1]) end
    assert error.message == "match (=) failed"
    assert error.right == {:error, 1}
  end

  test "comparisons within a delta" do
    assert_in_delta 3.14159, :math.pi(), 0.001
    refute_in_delta 3, 4, 0.5
    assert_raise ExUnit.AssertionError, ~r/Expected the difference/, fn -> assert_in_delta 1, 2, 0.1 end
  end

  test "errors can be caught" do
    assert catch_error(raise "oops") == %RuntimeError{message: "oops"}
    assert catch_error(:erlang.error(:badarith)) == :badarith
  end

  for n <- 1..8 do
    test "triangle number #{n}", do: assert(Enum.sum(1..unquote(n)) == div(unquote(n) * (unquote(n) + 1), 2))
  end
end

result = ExUnit.run()
IO.inspect(result |> Map.take([:excluded, :failures, :skipped, :total]) |> Enum.sort())
