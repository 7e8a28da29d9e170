# The parts of the shell's line editor that need no terminal.

# case: keys
IO.inspect(IEx.Keys.decode("ab\r\e[1;5C\eb\e[3~"))
IO.inspect(IEx.Keys.decode("\e[200~one\r\ntwo\x03\e[201~x"))
IO.inspect(IEx.Keys.decode("\e[200~not yet"))
IO.inspect(IEx.Keys.decode(<<255, 254, ?a, 0xE6, 0x97>>))
# expect: {[{:text, "ab"}, :enter, :word_right, {:alt, {:text, "b"}}, :delete], ""}
# expect: {[paste: "one\ntwo", text: "x"], ""}
# expect: {[], "\e[200~not yet"}
# expect: {[text: "a"], <<230, 151>>}

# case: editing passes over what is seen as one character
type = fn editor, keys -> Enum.reduce(keys, editor, fn key, editor -> editor |> IEx.Editor.key(key) |> elem(1) end) end
editor = type.(IEx.Editor.new([]), [{:text, "e"}, {:text, "\u0301"}, {:text, "日👍🏽"}])
IO.inspect(length(editor.left))
IO.inspect(IEx.Editor.text(type.(editor, [:left, :left, :backspace])))
IO.inspect(String.normalize(IEx.Editor.text(type.(editor, [:home, {:text, "a b"}, {:ctrl, ?w}, {:ctrl, ?e}, {:ctrl, ?y}])), :nfc))
# expect: 3
# expect: "日👍🏽"
# expect: "a é日👍🏽b"

# case: history and search
type = fn editor, keys -> Enum.reduce(keys, editor, fn key, editor -> editor |> IEx.Editor.key(key) |> elem(1) end) end
new = IEx.Editor.new(["third", "second\nof two", "first"])
IO.inspect(IEx.Editor.text(type.(new, [:up, :up])))
IO.inspect(IEx.Editor.text(type.(new, [{:text, "typed"}, :up, :up, :up, :up, :down, :down, :down, :down])))
IO.inspect(IEx.Editor.text(type.(new, [{:ctrl, ?r}, {:text, "ir"}])))
IO.inspect(IEx.Editor.text(type.(new, [{:ctrl, ?r}, {:text, "ir"}, {:ctrl, ?r}])))
IO.inspect(IEx.Editor.text(type.(new, [{:text, "kept"}, {:ctrl, ?r}, {:text, "ir"}, {:ctrl, ?g}])))
# expect: "second\nof two"
# expect: "typed"
# expect: "third"
# expect: "first"
# expect: "kept"

# case: rows
show = fn text, columns ->
  {rows, row, column, _} = IEx.Screen.layout("> ", ". ", text |> String.graphemes() |> Enum.reverse(), [], columns)
  {Enum.map(rows, fn {row, how} -> {IO.iodata_to_binary(row), how} end), row, column}
end

IO.inspect(show.("abcd", 6))
IO.inspect(show.("abc日", 6))
IO.inspect(show.("a\nb", 6))
# expect: {[{"> abcd", :soft}, {"", :hard}], 1, 0}
# expect: {[{"> abc ", :soft}, {"日", :hard}], 1, 2}
# expect: {[{"> a", :hard}, {". b", :hard}], 1, 3}

# case: completion
complete = fn text, binding -> IEx.Completion.complete(text, binding, __ENV__) end
IO.inspect(complete.("Enum.map_i", []))
IO.inspect(complete.("x = numb", number: 1))
IO.inspect(complete.("data.inner.de", data: %{inner: %{depth: 1}}))
IO.inspect(complete.("%Version{bui", []))
IO.inspect(complete.("String.trim(", []))
IO.inspect(complete.(":lists.keyf", []))
IO.inspect(complete.("nothing_like_this", []))
IO.inspect(complete.("File.read(\"/etc/host", []) |> elem(0) |> String.valid?())
# expect: {"ntersperse", []}
# expect: {"er", []}
# expect: {"pth", []}
# expect: {"ld: ", []}
# expect: {"", ["trim(string)", "trim(string, to_trim)"]}
# expect: {"ind", []}
# expect: {"", []}
# expect: true

# case: history file
path = Path.join(System.tmp_dir!(), "phial_history_#{System.unique_integer([:positive])}_#{:os.getpid()}/deep/history")
IO.inspect(IEx.History.load(path))
IO.inspect(IEx.History.add(path, "first\nline two\\"))
IO.inspect(IEx.History.add(path, "second"))
IO.inspect(IEx.History.load(path))
IO.inspect(Bitwise.band(File.stat!(path).mode, 0o777))
File.rm_rf!(path |> Path.dirname() |> Path.dirname())
{:error, message} = IEx.History.add("/proc/none/history", "x")
IO.puts(message)
# expect: {[], nil}
# expect: :ok
# expect: :ok
# expect: {["second", "first\nline two\\"], nil}
# expect: 384
# expect: the history of this session is not kept: /proc/none/history: no such file or directory

# case: markdown
text = "## Head\n\nA text that\nis filled to the width of so many columns.\n\n    code  kept\n\n1. one\n2. two\n   more\n\n> said\n\n[a link](http://x.y)"
IO.write(text |> IEx.Markdown.render(30) |> String.split("\n", trim: true) |> Enum.map_join(&"|#{&1}\n"))
IO.inspect(IEx.Markdown.render("| a | b |\n|---|---|\n| 日 | `x` |", 30))
# expect: |## Head
# expect: |A text that is filled to the
# expect: |width of so many columns.
# expect: |    code  kept
# expect: |  1. one
# expect: |  2. two more
# expect: |> said
# expect: |a link (http://x.y)
# expect: "a  | b  \n---|----\n日 | `x`\n"
