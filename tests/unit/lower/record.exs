# Records what lower_test needs: a source file's modules in Phial's expanded form, and what each function test_*/0 gives, both by
# Elixir. Run it after a change of a source: elixir record.exs SOURCE.ex > SOURCE.record
defmodule Recorder do
  defmacro __before_compile__(env) do
    defs = Module.definitions_in(env.module)
    functions = for {name, arity} <- defs do
      {:v1, kind, _meta, clauses} = Module.get_definition(env.module, {name, arity})
      {name, arity, kind in [:def, :defmacro], Enum.map(clauses, fn {meta, args, guards, body} ->
        {meta(meta), Enum.map(args, &conv/1), Enum.map(guards, &conv/1), conv(body)} end)}
    end
    send(:recorder, {:module, env.module, functions})
    nil
  end
  def meta(m), do: Enum.filter(Keyword.take(m, [:line, :version, :generated, :no_parens]), fn {_, v} -> is_integer(v) or is_boolean(v) end)
  def conv({:<<>>, m, segs}), do: {:<<>>, meta(m), Enum.map(segs, &seg/1)}
  def conv({:try, m, [kw]}), do: {:try, meta(m), [Enum.map(kw, fn
      {:rescue, cl} -> {:rescue, Enum.map(cl, fn {:->, m2, [[h], b]} -> {:->, meta(m2), [[resc(h)], conv(b)]} end)}
      {k, v} -> {k, conv(v)} end)]}
  def conv({a, m, ctx}) when is_list(m) and is_atom(ctx) do
    if Keyword.has_key?(m, :version) or true, do: {a, meta(m), if(is_integer(m[:counter]), do: :cnt, else: nil)}
  end
  def conv({a, m, args}) when is_list(m), do: {conv(a), meta(m), conv(args)}
  def conv({a, b}), do: {conv(a), conv(b)}
  def conv(l) when is_list(l), do: Enum.map(l, &conv/1)
  def conv(t) when is_map(t), do: {:%{}, [], Enum.map(Map.to_list(t), fn {k, v} -> {conv(Macro.escape(k)), conv(Macro.escape(v))} end)}
  def conv(f) when is_function(f) do
    i = Function.info(f)
    {:&, [], [{:/, [], [{{:., [], [i[:module], i[:name]]}, [], []}, i[:arity]]}]}
  end
  def conv(x), do: x
  def resc({:in, m, [v, mods]}), do: {:in, meta(m), [conv(v), conv(mods)]}
  def resc(v), do: conv(v)
  def seg({:<-, m, [s, e]}), do: {:<-, meta(m), [seg(s), conv(e)]}
  def seg({:"::", m, [v, spec]}) do
    parts = flat(spec)
    type = Enum.find_value(parts, :integer, fn {t, _, a} when t in [:integer, :float, :binary, :bitstring, :utf8, :utf16, :utf32, :bytes, :bits] and a in [[], nil] -> t
       {t, _, _} when t in [:integer, :float, :binary, :bitstring, :utf8, :utf16, :utf32] -> t
       _ -> nil end)
    size = Enum.find_value(parts, :default, fn {:size, _, [s]} -> {:s, s}; _ -> nil end)
    size = case size do {:s, s} -> conv(s); d -> d end
    unit = Enum.find_value(parts, default_unit(type), fn {:unit, _, [u]} -> u; _ -> nil end)
    sign = if Enum.any?(parts, &match?({:signed, _, _}, &1)), do: :signed, else: :unsigned
    endian = Enum.find_value(parts, :big, fn {e, _, _} when e in [:little, :big, :native] -> e; _ -> nil end)
    {:"::", meta(m), [conv(v), {:segment, [], [type, size, unit, sign, endian]}]}
  end
  def seg(x), do: conv(x)
  def default_unit(:binary), do: 8
  def default_unit(_), do: 1
  def flat({:-, _, [a, b]}), do: flat(a) ++ flat(b)
  def flat(x), do: [x]
end
Process.register(self(), :recorder)
[file] = System.argv()
src = File.read!(file) |> String.replace(~r/^(\s*defmodule .* do)$/m, "\\1\n  @before_compile Recorder")
Code.compile_string(src, file)
collect = fn collect -> receive do {:module, m, f} -> [{m, f} | collect.(collect)] after 0 -> [] end end

for {module, functions} <- collect.(collect) do
  results =
    for {name, 0, true, _} <- functions, String.starts_with?(Atom.to_string(name), "test_") do
      result = try do {:value, apply(module, name, [])} catch kind, reason -> {kind, reason} end
      {name, result}
    end
  IO.puts(inspect({module, functions, Enum.sort(results)}, limit: :infinity, printable_limit: :infinity, width: 0) |> String.replace(~r/\n\s*/, " "))
end
