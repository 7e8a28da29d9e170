#!/usr/bin/env python3
"""Compiles a generated project with `phial compile` and with `mix compile`, in turns in one run, from nothing each time.

    compile_project.py --phial PHIAL [--lines 10000] [--runs 3] [--keep FOLDER]

The project is what programs are made of: contexts with structs and guards, a macro module that others use, a protocol with
implementations, a behaviour, servers, pipelines, pattern matching over maps, binaries and lists. Both must compile it without a warning
and its check must print the same. `--keep` leaves the project in a folder.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

MIX_EXS = """defmodule Shop.MixProject do
  use Mix.Project

  def project do
    [app: :shop, version: "0.1.0", elixir: "~> 1.14", deps: []]
  end

  def application do
    [extra_applications: [:logger]]
  end
end
"""

SHARED = """defmodule Shop.Schema do
  @moduledoc "Declares fields with checks, as `use Shop.Schema` asks for."

  defmacro __using__(opts) do
    quote do
      import Shop.Schema, only: [field: 2, field: 3]
      Module.register_attribute(__MODULE__, :fields, accumulate: true)
      @table unquote(opts[:table])
      @before_compile Shop.Schema
      def table, do: @table
    end
  end

  defmacro field(name, type, opts \\\\ []) do
    quote do
      @fields {unquote(name), unquote(type), unquote(opts)}
      def unquote(:"get_#{name}")(%{unquote(name) => value}), do: value
      def unquote(:"put_#{name}")(map, value), do: Map.put(map, unquote(name), value)
    end
  end

  defmacro __before_compile__(env) do
    fields = Module.get_attribute(env.module, :fields)

    quote do
      def fields, do: unquote(Macro.escape(Enum.reverse(fields)))
    end
  end
end

defmodule Shop.Guards do
  defguard is_amount(value) when is_integer(value) and value >= 0
  defguard is_name(value) when is_binary(value) and byte_size(value) > 0
end

defprotocol Shop.Price do
  @doc "The price in cents."
  def cents(item)
end

defmodule Shop.Handler do
  @callback handle(term, map) :: {:ok, map} | {:error, term}
  @callback name() :: String.t()
end
"""

MODULE = """defmodule Shop.Part{n} do
  @moduledoc "Part {n} of the shop."
  use Shop.Schema, table: "part_{n}"
  import Shop.Guards
  alias Shop.{{Price, Guards}}
  require Guards

  @behaviour Shop.Handler
  @limit {limit}
  @names ~w(first second third)a

  defstruct id: nil, name: "", count: 0, price: 0, tags: [], parent: nil

  @type t :: %__MODULE__{{id: integer | nil, name: String.t(), count: integer, price: integer, tags: [atom], parent: t | nil}}

  field :name, :string
  field :count, :integer, default: 0
  field :price, :integer, min: 1

  @spec new(keyword) :: t
  def new(options \\\\ []) do
    options
    |> Keyword.take([:id, :name, :count, :price, :tags])
    |> Enum.reduce(%__MODULE__{{}}, fn
      {{:tags, tags}}, part when is_list(tags) -> %{{part | tags: Enum.uniq(tags)}}
      {{:count, count}}, part when is_amount(count) -> %{{part | count: count}}
      {{:price, price}}, part when is_amount(price) -> %{{part | price: price}}
      {{:name, name}}, part when is_name(name) -> %{{part | name: String.trim(name)}}
      {{:id, id}}, part -> %{{part | id: id}}
    end)
  end

  @doc "Adds to the count."
  def add(part, amount \\\\ 1)
  def add(%__MODULE__{{count: count}} = part, amount) when is_amount(amount) and count + amount <= @limit, do: %{{part | count: count + amount}}
  def add(%__MODULE__{{}} = part, _amount), do: %{{part | count: @limit}}

  def total(parts) when is_list(parts) do
    parts
    |> Enum.filter(&(&1.count > 0))
    |> Enum.map(fn %__MODULE__{{count: count, price: price}} -> count * price end)
    |> Enum.sum()
  end

  def classify(value) do
    cond do
      is_integer(value) and value > @limit -> :large
      is_integer(value) and value < 0 -> :negative
      is_float(value) -> :fraction
      value in @names -> :named
      is_binary(value) and byte_size(value) > {n} -> :long
      true -> :other
    end
  end

  def parse(<<"part:", rest::binary>>), do: parse_fields(rest, [])
  def parse(<<kind, size::16, payload::binary-size(size), _::binary>>), do: {{:ok, kind, payload}}
  def parse(other) when is_binary(other), do: {{:error, {{:unknown, other}}}}

  defp parse_fields("", fields), do: {{:ok, Enum.reverse(fields)}}

  defp parse_fields(text, fields) do
    case String.split(text, ";", parts: 2) do
      [field, rest] -> parse_fields(rest, [parse_field(field) | fields])
      [field] -> {{:ok, Enum.reverse([parse_field(field) | fields])}}
    end
  end

  defp parse_field(field) do
    with [key, value] <- String.split(field, "="),
         {{number, ""}} <- Integer.parse(value) do
      {{key, number}}
    else
      [key] -> {{key, nil}}
      {{_number, rest}} -> {{field, rest}}
      :error -> {{field, :text}}
      _ -> {{field, :many}}
    end
  end

  @impl true
  def handle({{:add, id, amount}}, state) when is_map_key(state, id) do
    {{:ok, Map.update!(state, id, &add(&1, amount))}}
  end

  def handle({{:rename, id, name}}, state) do
    case state do
      %{{^id => %__MODULE__{{}} = part}} -> {{:ok, %{{state | id => %{{part | name: name}}}}}}
      %{{}} -> {{:error, :not_found}}
    end
  end

  def handle({{:remove, id}}, state), do: {{:ok, Map.delete(state, id)}}
  def handle(other, _state), do: {{:error, {{:unknown, other}}}}

  @impl true
  def name, do: "part {n}"

  def describe(%__MODULE__{{name: name, count: count, price: price}} = part) do
    label = if name == "", do: "unnamed", else: name

    try do
      "#{{label}} (#{{count}} for #{{Price.cents(part)}}, #{{Float.round(price / 100, 2)}} each)"
    rescue
      error in [ArithmeticError, Protocol.UndefinedError] -> "broken: #{{Exception.message(error)}}"
    after
      :ok
    end
  end

  def pairs(left, right) do
    for a <- left, b <- right, a != b, rem(a + b, {modulo}) == 0, into: %{{}}, do: {{{{a, b}}, a * b + {n}}}
  end

  def walk(tree, acc \\\\ [])
  def walk({{:node, left, value, right}}, acc), do: walk(left, [value | walk(right, acc)])
  def walk({{:leaf, value}}, acc), do: [value | acc]
  def walk(nil, acc), do: acc

  def check(input) do
    %{{total: total, seen: seen}} =
      Enum.reduce(input, %{{total: 0, seen: MapSet.new()}}, fn item, acc ->
        unless MapSet.member?(acc.seen, item) do
          %{{acc | total: acc.total + item, seen: MapSet.put(acc.seen, item)}}
        else
          acc
        end
      end)

    {{total, MapSet.size(seen), {previous}}}
  end

  defimpl Shop.Price do
    def cents(%{{count: count, price: price}}), do: count * price
  end
end

defmodule Shop.Part{n}.Server do
  @moduledoc false
  use GenServer
  require Logger
  alias Shop.Part{n}, as: Part

  def start_link(options), do: GenServer.start_link(__MODULE__, options, name: options[:name])
  def get(server, id), do: GenServer.call(server, {{:get, id}})
  def update(server, command), do: GenServer.call(server, {{:update, command}})

  @impl true
  def init(options) do
    parts = for id <- 1..Keyword.get(options, :size, 3), into: %{{}}, do: {{id, Part.new(id: id, price: id * {n})}}
    {{:ok, %{{parts: parts, log: []}}}}
  end

  @impl true
  def handle_call({{:get, id}}, _from, state), do: {{:reply, Map.fetch(state.parts, id), state}}

  def handle_call({{:update, command}}, _from, state) do
    case Part.handle(command, state.parts) do
      {{:ok, parts}} ->
        {{:reply, :ok, %{{state | parts: parts, log: [command | state.log]}}}}

      {{:error, reason}} = error ->
        Logger.debug("refused #{{inspect(command)}}: #{{inspect(reason)}}")
        {{:reply, error, state}}
    end
  end

  @impl true
  def handle_info(:tick, state), do: {{:noreply, Map.update!(state, :log, &Enum.take(&1, {limit}))}}
  def handle_info(_other, state), do: {{:noreply, state}}
end
"""

CHECK = """
parts = [Shop.Part1.new(count: 2, price: 5), Shop.Part1.new(count: 3, price: 7, name: " x ")]
IO.inspect({Shop.Part1.total(parts), Enum.map(parts, &Shop.Part1.describe/1), Shop.Part2.check([1, 2, 2, 3]), Shop.Part1.fields()})
"""


def generate(folder, lines):
    os.makedirs(os.path.join(folder, "lib"))
    with open(os.path.join(folder, "mix.exs"), "w", encoding="utf-8") as file:
        file.write(MIX_EXS)
    with open(os.path.join(folder, "lib", "shared.ex"), "w", encoding="utf-8") as file:
        file.write(SHARED)
    written, n = SHARED.count("\n"), 0
    while written < lines:
        n += 1
        previous = f"Shop.Part{n - 1}.name()" if n > 1 else '"none"'
        text = MODULE.format(n=n, limit=50 + n % 37, modulo=2 + n % 5, previous=previous)
        with open(os.path.join(folder, "lib", f"part_{n}.ex"), "w", encoding="utf-8") as file:
            file.write(text)
        written += text.count("\n")
    return written, n + 1


def timed(command, folder):
    shutil.rmtree(os.path.join(folder, "_build"), ignore_errors=True)
    before = os.times()
    start = time.monotonic()
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600)
    wall, after = time.monotonic() - start, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    if done.returncode != 0 or "warning" in done.stdout:
        sys.exit(f"{' '.join(command)}: status {done.returncode}\n{done.stdout[-3000:]}")
    return wall, cpu


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--phial", default="build/bin/phial")
    parser.add_argument("--lines", type=int, default=10000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keep")
    options = parser.parse_args()
    phial, mix = os.path.abspath(options.phial), shutil.which("mix")
    with tempfile.TemporaryDirectory() as top:
        folder = options.keep or os.path.join(top, "shop")
        lines, files = generate(folder, options.lines)
        contestants = {"phial": [phial, "compile"]}
        if mix:
            contestants["mix"] = [mix, "compile"]
        times = {name: [] for name in contestants}
        answers = {}
        for _ in range(options.runs):
            for name, command in contestants.items():
                times[name].append(timed(command, folder))
                run = subprocess.run([command[0], "run", "-e", CHECK], cwd=folder, capture_output=True, text=True, timeout=120)
                answers[name] = run.stdout.strip().split("\n")[-1]
        medians = {name: (statistics.median(t[0] for t in all_), statistics.median(t[1] for t in all_)) for name, all_ in times.items()}
        print(f"compile_project: {lines} lines in {files} files")
        for name, (wall, cpu) in medians.items():
            print(f"  {name:6} {wall:7.3f} s elapsed, {cpu:7.3f} s of processor, {lines / wall:9.0f} lines a second")
        if mix:
            if answers["phial"] != answers["mix"]:
                sys.exit(f"the programs differ: {answers}")
            print(f"  ratio  {medians['mix'][0] / medians['phial'][0]:7.2f}   elapsed, {medians['mix'][1] / medians['phial'][1]:.2f} of processor")
        else:
            print("  mix is not installed: no ratio")


if __name__ == "__main__":
    main()
