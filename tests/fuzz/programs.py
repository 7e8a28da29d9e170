"""Random well-typed programs of the language, as trees that can be shrunk.

A program is a module of a few functions and a `main` that prints values. Expressions are generated for a type in an environment of typed
variables, so most programs do something sensible, and faults (a missing key, a wrong operand, no matching clause) come on purpose and
are printed by class and message. Functions call each other with fuel that runs out, so all programs end. Results do not depend on the
order of processes, on the order of large maps, on hashes or on anything else that two implementations may do differently.
"""
import random


class Node:
    """Source text with subtrees: parts are strings and nodes. `kind` is the type of its value; a node may stand for another of its kind."""
    __slots__ = ("kind", "parts")

    def __init__(self, kind, *parts):
        self.kind, self.parts = kind, list(parts)

    def render(self):
        out, stack = [], [self]
        while stack:
            part = stack.pop()
            if isinstance(part, str):
                out.append(part)
            else:
                stack.extend(reversed(part.parts))
        return "".join(out)

    def size(self):
        return 1 + sum(part.size() for part in self.parts if isinstance(part, Node))

    def places(self, path=()):
        """Paths to all nodes below and including this one, outermost first."""
        yield path, self
        for index, part in enumerate(self.parts):
            if isinstance(part, Node):
                yield from part.places(path + (index,))

    def replaced(self, path, other):
        if not path:
            return other
        copy = Node(self.kind, *self.parts)
        copy.parts[path[0]] = copy.parts[path[0]].replaced(path[1:], other)
        return copy

    def without(self, path, index):
        """This tree where the node at path lacks its part of that index."""
        if not path:
            copy = Node(self.kind, *self.parts)
            del copy.parts[index]
            return copy
        return self.replaced(path[:1], self.parts[path[0]].without(path[1:], index))


# Types: "int", "float", "atom", "bool", "str", "bits", "any", ("list", t), ("tuple", t, ...), "map" (atoms to ints), "struct", ("fn", t, ..., result)
LITERALS = {"int": "0", "float": "1.0", "atom": ":a", "bool": "true", "str": '""', "bits": "<<>>", "any": "nil", "map": "%{}", "struct": "%S{}"}


def literal(kind):
    """The smallest expression of a type."""
    if isinstance(kind, str):
        return LITERALS.get(kind)
    if kind[0] == "list":
        return "[]"
    if kind[0] == "tuple":
        return "{" + ", ".join(literal(t) for t in kind[1:]) + "}"
    return "fn " + ", ".join(f"_{i}" for i in range(len(kind) - 2)) + f" -> {literal(kind[-1])} end"


EDGES = [0, 1, -1, 2, 3, 7, 10, 255, 256, 65535, 1 << 31, (1 << 59) - 1, 1 << 59, (1 << 60) - 1, 1 << 60, -(1 << 60), -(1 << 60) - 1, (1 << 61) - 1,
         1 << 61, (1 << 62), (1 << 63) - 1, 1 << 63, -(1 << 63), (1 << 64) - 1, 1 << 64, (1 << 80) + 12345, -(1 << 130) + 7]
FLOATS = ["1.0", "-1.0", "0.5", "2.5", "-3.75", "1.0e10", "1.0e100", "1.0e-10", "123456.789", "3.0e300", "1.7976931348623157e308", "5.0e-324", "2.0e-300",
          "4611686018427387904.0", "9007199254740993.0"]
ATOMS = ["a", "b", "c", "ok", "error", "nil", "true", "false", "long_name"]
STRINGS = ["", "a", "ab", "hello world", "äöü", "日本", "x,y,,z", "  trim me ", "Ünïcode", "naïve", "👍", "e\u0301", "tab\\tnew\\nline", "quote\\\"d", "\\0nul"]


class Generator:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.names = 0
        self.functions = []  # (name, parameter kinds, result kind)
        self.fuel = None  # the source of what is left, inside a function
        self.traces = 0

    # -- small things

    def fresh(self, prefix="v"):
        self.names += 1
        return f"{prefix}{self.names}"

    def chance(self, p):
        return self.r.random() < p

    def pick(self, *choices):
        return self.r.choice(choices)

    def kind(self, depth=2):
        """A random type."""
        r = self.r.random()
        if depth == 0 or r < 0.62:
            return self.pick("int", "int", "int", "float", "atom", "bool", "str", "str", "bits", "map", "struct", "any")
        if r < 0.80:
            return ("list", self.kind(depth - 1))
        if r < 0.95:
            return ("tuple",) + tuple(self.kind(depth - 1) for _ in range(self.r.randrange(0, 4)))
        return ("fn", self.kind(0), self.kind(0))

    # -- expressions

    def gen(self, kind, depth, env):
        """An expression of the kind."""
        here = [name for name, k in env if k == kind]
        if here and self.chance(0.45 if depth > 0 else 0.8):
            return Node(kind, self.r.choice(here))
        if depth <= 0:
            return self.leaf(kind)
        if self.chance(0.30):
            return self.control(kind, depth, env)
        name = kind if isinstance(kind, str) else kind[0]
        return getattr(self, "gen_" + name)(kind, depth, env)

    def leaf(self, kind):
        r = self.r
        if kind == "int":
            n = r.choice(EDGES) if self.chance(0.5) else r.randrange(-50, 200)
            return Node(kind, f"({n})" if n < 0 else str(n))
        if kind == "float":
            return Node(kind, r.choice(FLOATS))
        if kind == "atom":
            return Node(kind, ":" + r.choice(ATOMS))
        if kind == "bool":
            return Node(kind, self.pick("true", "false"))
        if kind == "str":
            return Node(kind, '"' + r.choice(STRINGS) + '"')
        if kind == "bits":
            return Node(kind, self.pick("<<>>", "<<1>>", "<<255, 0>>", "<<5::3>>", "<<1, 2, 3, 4, 5, 6, 7, 8, 9, 1::1>>", "<<0xDEADBEEF::32, 77::7>>", '"bin"'))
        if kind == "any":
            return self.leaf(self.pick("int", "float", "atom", "str", "bits", ("list", "int"), "map")) if self.chance(0.9) else Node(kind, "nil")
        if kind == "map":
            keys = r.sample(["a", "b", "c", "d", "e"], r.randrange(0, 5))
            return Node(kind, "%{" + ", ".join(f"{k}: {r.randrange(100)}" for k in keys) + "}")
        if kind == "struct":
            return Node(kind, self.pick("%S{}", "%S{x: 7}", '%S{y: "y", z: [1]}'))
        if kind[0] == "list":
            items = [self.leaf(kind[1]) for _ in range(r.randrange(0, 4))]
            return self.join(kind, "[", items, "]")
        if kind[0] == "tuple":
            return self.join(kind, "{", [self.leaf(t) for t in kind[1:]], "}")
        return self.gen_fn(kind, 0, [])

    def join(self, kind, open_, items, close, between=", "):
        parts = [open_]
        for i, item in enumerate(items):
            if i:
                parts.append(between)
            parts.append(item)
        return Node(kind, *parts, close)

    def call(self, kind, depth, env):
        """A call of a function of the module, or None."""
        fitting = [f for f in self.functions if f[2] == kind]
        if not fitting:
            return None
        name, kinds, _ = self.r.choice(fitting)
        fuel = f"{self.fuel} - 1" if self.fuel else str(self.r.randrange(1, 5))
        parts = [f"{name}({fuel}"]
        for k in kinds:
            parts += [", ", self.gen(k, depth - 2, env)]
        return Node(kind, *parts, ")")

    def control(self, kind, depth, env):
        """An expression of any kind: branches, bindings, calls, exceptions."""
        d = depth - 1
        which = self.r.randrange(15)
        if which <= 2:
            made = self.call(kind, depth, env)
            if made:
                return made
            which = 3
        if which == 3:
            return Node(kind, "if(", self.gen("bool", d, env), ", do: (", self.gen(kind, d, env), "), else: (", self.gen(kind, d, env), "))")
        if which in (4, 5, 6):
            return self.case(kind, depth, env)
        if which == 7:
            return Node(kind, "(cond do\n ", self.gen("bool", d, env), " -> ", self.gen(kind, d, env), "\n ", self.gen("bool", d, env), " -> ",
                        self.gen(kind, d, env), self.pick("\n true -> ", "\n :else -> "), self.gen(kind, d, env), "\nend)")
        if which in (8, 9):
            other, name = self.kind(1), self.fresh()
            return Node(kind, "(", name, " = ", self.gen(other, d, env), "\n", self.gen(kind, d, env + [(name, other)]), ")")
        if which == 10:
            other = self.kind(1)
            bound = []
            pattern = self.pattern(other, 1, bound, env)
            return Node(kind, "(with ", pattern, " <- ", self.gen(other, d, env), " do\n", self.gen(kind, d, env + bound), "\nelse\n _ -> ",
                        self.gen(kind, d, env), "\nend)")
        if which == 11:
            return self.attempt(kind, depth, env)
        if which == 12:
            f = ("fn", self.kind(0), kind)
            return Node(kind, "(", self.gen(f, d, env), ").(", self.gen(f[1], d, env), ")")
        if which == 13:
            return self.process(kind, depth, env)
        if kind == "any" or self.chance(0.3):
            return Node(kind, "elem(", self.gen(("tuple", "int", kind), d, env), ", 1)")
        return Node(kind, "hd([", self.gen(kind, d, env), " | ", self.gen(("list", kind), d, env), "])")

    def case(self, kind, depth, env):
        d, other = depth - 1, self.kind(2)
        parts = ["(case ", self.gen(other, d, env), " do\n"]
        for _ in range(self.r.randrange(1, 4)):
            bound = []
            pattern = self.pattern(other, 2, bound, env)
            guard = self.guard(bound + env) if self.chance(0.3) else Node("guard", "")
            parts.append(Node("clause", " ", pattern, guard, " -> ", self.gen(kind, d, env + bound), "\n"))
        if self.chance(0.93):
            parts += [" _ -> ", self.gen(kind, d, env), "\n"]
        return Node(kind, *parts, "end)")

    def attempt(self, kind, depth, env):
        d = depth - 1
        parts = ["(try do\n ", self.gen(kind, d, env), "\n"]
        which = self.r.randrange(4)
        if which == 0:
            parts[1] = Node(kind, "(throw({:thrown, ", self.gen("any", d, env), "}); ", parts[1], ")") if self.chance(0.5) else parts[1]
            parts += ["catch\n {:thrown, _} -> ", self.gen(kind, d, env), "\n"]
        elif which == 1:
            name = self.fresh("e")
            parts += ["rescue\n ", name, " in [ArithmeticError, ArgumentError] -> (IO.puts(Exception.message(", name, ")); ", self.gen(kind, d, env), ")\n"]
            parts += [" ", "_ -> ", self.gen(kind, d, env), "\n"]
        elif which == 2:
            parts += ["catch\n kind, reason -> (IO.puts(P.show(kind, reason)); ", self.gen(kind, d, env), ")\n"]
        else:
            if self.chance(0.5):
                parts[1] = Node(kind, "(if(", self.gen("bool", d, env), ", do: raise(", self.pick('"oops"', "ArgumentError", 'P.Own, n: 3'), ")); ", parts[1], ")")
            parts += ["rescue\n e in [RuntimeError, P.Own] -> (IO.puts(Exception.message(e)); ", self.gen(kind, d, env), ")\n"]
        if self.chance(0.3):
            parts += ['after\n IO.puts("after")\n']
        return Node(kind, *parts, "end)")

    def process(self, kind, depth, env):
        """A value computed by a process and received, in an order that no schedule changes."""
        d, which = depth - 1, self.r.randrange(4)
        value = self.gen(kind, d, env)
        if which == 0:
            return Node(kind, "P.in_process(fn -> ", value, " end)")
        if which == 1:
            return Node(kind, "(case P.monitored(fn -> ", value, " end) do\n {:ok, value} -> value\n {:down, reason} -> (IO.puts(reason); ",
                        self.gen(kind, d, env), ")\nend)")
        if which == 2:
            return Node(kind, "(send(self(), {:first, ", value, "}); send(self(), {:second, ", self.gen("any", d, env), "}); receive(do: ({:second, _} -> :ok)); "
                        "receive do\n {:first, value} -> value\nend)")
        return Node(kind, "(Enum.map(1..3, fn i -> Task.async(fn -> {i, ", value, "} end) end) |> Enum.map(&Task.await/1) |> hd() |> elem(1))")

    # -- patterns and guards

    def pattern(self, kind, depth, bound, env):
        """A pattern for values of the kind; the variables go to bound."""
        r = self.r.random()
        if depth == 0 or r < 0.35:
            if self.chance(0.25):
                return Node("pattern", "_")
            name = self.fresh()
            bound.append((name, kind))
            return Node("pattern", name)
        if r < 0.40:
            same = [n for n, k in env if k == kind and kind in ("int", "atom", "str")]
            if same:
                return Node("pattern", "^" + self.r.choice(same))
        if kind in ("int", "atom", "bool", "str"):
            return Node("pattern", self.leaf(kind).render().strip("()")) if kind != "str" or self.chance(0.5) else self.string_pattern(bound)
        if kind == "bits":
            return self.bits_pattern(bound)
        if kind == "map":
            keys = self.r.sample(["a", "b", "c", "d"], self.r.randrange(0, 3))
            parts = ["%{"]
            for i, key in enumerate(keys):
                parts += [", " if i else "", f"{key}: ", self.pattern("int", depth - 1, bound, env)]
            return Node("pattern", *parts, "}")
        if kind == "struct":
            return Node("pattern", "%S{x: ", self.pattern("int", depth - 1, bound, env), "}")
        if kind == "any":
            return self.pattern(self.pick("int", "atom", "str", ("list", "any"), ("tuple", "any", "any"), "map"), depth, bound, env)
        if kind[0] == "list":
            items = [self.pattern(kind[1], depth - 1, bound, env) for _ in range(self.r.randrange(0, 3))]
            if items and self.chance(0.5):
                return Node("pattern", self.join("pattern", "[", items, ""), " | ", self.pattern(kind, depth - 1, bound, env), "]")
            return self.join("pattern", "[", items, "]")
        if kind[0] == "tuple":
            return self.join("pattern", "{", [self.pattern(t, depth - 1, bound, env) for t in kind[1:]], "}")
        return Node("pattern", "_")

    def string_pattern(self, bound):
        name = self.fresh()
        if self.chance(0.5):
            bound.append((name, "str"))
            return Node("pattern", self.pick('"a" <> ', '"h" <> ', '"ä" <> ', '"" <> '), name)
        bound.append((name, "int"))
        return Node("pattern", "<<", name, self.pick("::utf8, _::binary>>", ", _::binary>>"))

    def bits_pattern(self, bound):
        parts, sizes = ["<<"], []
        for i in range(self.r.randrange(1, 4)):
            name = self.fresh()
            which = self.r.randrange(8)
            if which <= 3:
                size = self.pick(1, 3, 4, 7, 8, 12, 16, 24, 32, 61, 64, 72)
                parts += [name, f"::{size}", self.pick("", "-signed", "-little", "-little-signed"), ", "]
                bound.append((name, "int"))
                if size <= 4:
                    sizes.append(name)
            elif which == 4 and sizes:
                parts += [name, f"::binary-size({self.r.choice(sizes)}), "]
                bound.append((name, "bits"))
            elif which == 5:
                parts += [name, self.pick("::binary-size(1), ", "::bitstring-size(5), ")]
                bound.append((name, "bits"))
            elif which == 6:
                parts += [name, "::float-", self.pick("32", "64"), ", "]
                bound.append((name, "float"))
            else:
                parts += [self.pick("_::2, ", "0::1, ", "1::8, ")]
        name = self.fresh()
        bound.append((name, "bits"))
        return Node("pattern", *parts, name, "::bitstring>>") if self.chance(0.85) else Node("pattern", *parts, "_::binary>>")

    def guard(self, env):
        integers = [n for n, k in env if k == "int"]
        anything = [n for n, _ in env]
        if not anything:
            return Node("guard", "")
        test = self.pick("is_integer", "is_atom", "is_list", "is_binary", "is_map", "is_tuple", "is_float", "is_function", "is_number")
        choices = [f"{test}({self.r.choice(anything)})"]
        if integers:
            n = self.r.choice(integers)
            m = self.r.choice(integers)
            choices += [f"{n} > {m}", f"{n} == {self.leaf('int').render()}", f"rem({n}, 3) == 1", f"{n} + {m} < 100", f"{n} in [1, 2, 3]", f"{n} in 0..100",
                        f"not ({n} === {m})", f"div({n}, {m}) > 0", f"abs({n}) <= 5"]
        lists = [n for n, k in env if k[0] == "list"]
        if lists:
            choices += [f"length({self.r.choice(lists)}) > 1", f"hd({self.r.choice(lists)}) == 1"]
        texts = [n for n, k in env if k in ("str", "bits")]
        if texts:
            choices += [f"byte_size({self.r.choice(texts)}) > 2", f"bit_size({self.r.choice(texts)}) == 8"]
        maps = [n for n, k in env if k == "map"]
        if maps:
            choices += [f"map_size({self.r.choice(maps)}) > 1", f"is_map_key({self.r.choice(maps)}, :a)", f"{self.r.choice(maps)}.a > 3"]
        text = self.r.choice(choices)
        if self.chance(0.3):
            text += self.pick(" and ", " or ", " when ") + self.r.choice(choices)
        return Node("guard", " when " + text)

    # -- by kind

    def gen_int(self, kind, depth, env):
        d = depth - 1
        which = self.r.randrange(27)
        i = lambda: self.gen("int", d, env)
        if which <= 8:
            return Node(kind, "(", i(), self.pick(" + ", " - ", " * ", " + ", " - "), i(), ")")
        if which == 9:
            return Node(kind, self.pick("div(", "rem("), i(), ", ", i(), ")")
        if which == 10:
            return Node(kind, self.pick("div(", "rem(", "Integer.mod(", "Integer.floor_div("), i(), ", ", self.pick("3", "7", "-2", "1000003", "18446744073709551617"), ")")
        if which == 11:
            return Node(kind, self.pick("Bitwise.band(", "Bitwise.bor(", "Bitwise.bxor("), i(), ", ", i(), ")")
        if which == 12:
            return Node(kind, self.pick("Bitwise.bsl(", "Bitwise.bsr("), i(), ", ", self.pick("0", "1", "3", "31", "60", "64", "-2", "70"), ")")
        if which == 13:
            return Node(kind, self.pick("(abs(", "(Bitwise.bnot(", "(-(", "(+("), i(), "))")
        if which == 14:
            return Node(kind, self.pick("min(", "max("), i(), ", ", i(), ")")
        if which == 15:
            return Node(kind, self.pick("trunc(", "round(", "floor(", "ceil("), self.gen("float", d, env), ")")
        if which == 16:
            return Node(kind, "length(", self.gen(("list", self.kind(0)), d, env), ")")
        if which == 17:
            return Node(kind, self.pick("String.length(", "byte_size("), self.gen("str", d, env), ")")
        if which == 18:
            return Node(kind, self.pick("bit_size(", "byte_size("), self.gen("bits", d, env), ")")
        if which == 19:
            return Node(kind, "Map.get(", self.gen("map", d, env), ", :", self.r.choice("abcd"), ", ", i(), ")")
        if which == 20:
            return Node(kind, self.gen("map", d, env), ".", self.r.choice("abcd")) if self.chance(0.3) else Node(kind, "map_size(", self.gen("map", d, env), ")")
        if which == 21:
            return Node(kind, self.gen("struct", d, env), ".x")
        if which == 22:
            x, acc = self.fresh("x"), self.fresh("acc")
            other = self.kind(0)
            return Node(kind, "Enum.reduce(", self.gen(("list", other), d, env), ", ", i(), ", fn ", x, ", ", acc, " -> ",
                        self.gen("int", min(d, 2), env + [(x, other), (acc, "int")]), " end)")
        if which == 23:
            return Node(kind, "Enum.sum(", self.gen(("list", "int"), d, env), ")")
        if which == 24:
            return Node(kind, "Integer.pow(", i(), ", ", self.pick("0", "1", "2", "3"), ")")
        if which == 25:
            x, acc = self.fresh("x"), self.fresh("acc")
            return Node(kind, "(for ", x, " <- ", self.gen(("list", "int"), d, env), ", reduce: ", i(), " do\n ", acc, " -> ",
                        self.gen("int", min(d, 2), env + [(x, "int"), (acc, "int")]), "\nend)")
        return Node(kind, "String.to_integer(Integer.to_string(", i(), "))")

    def gen_float(self, kind, depth, env):
        d = depth - 1
        f = lambda: self.gen("float", d, env)
        which = self.r.randrange(10)
        if which <= 4:
            return Node(kind, "(", f(), self.pick(" + ", " - ", " * ", " / ", " * "), f(), ")")
        if which == 5:
            return Node(kind, "(", self.gen("int", d, env), " / ", self.gen("int", d, env), ")")
        if which == 6:
            return Node(kind, "(", self.gen("int", d, env), self.pick(" + ", " * ", " - "), f(), ")")
        if which == 7:
            # Elixir 1.14 rounds -0.1 to 0.0, later ones to -0.0.
            return Node(kind, self.pick("(abs(", "(:math.sqrt(", "(-(", "(Float.floor(", "(0.0 + Float.round("), f(), "))")
        if which == 8:
            return Node(kind, self.pick("min(", "max("), f(), ", ", f(), ")")
        return Node(kind, "(", self.gen("int", d, env), " * 1.0)")

    def gen_atom(self, kind, depth, env):
        if self.chance(0.5):
            return self.leaf(kind)
        return Node(kind, "String.to_atom(", self.pick('"a"', '"b" <> "c"', '"ok"'), ")") if self.chance(0.5) else \
            Node(kind, "if(", self.gen("bool", depth - 1, env), ", do: ", self.leaf(kind), ", else: ", self.leaf(kind), ")")

    def gen_bool(self, kind, depth, env):
        d = depth - 1
        which = self.r.randrange(9)
        if which <= 2:
            k = self.pick("int", "int", "float", "any", "str")
            a, b = self.gen(k, d, env), self.gen(self.pick(k, "int") if k in ("float", "any") else k, d, env)
            return Node(kind, "(", a, self.pick(" < ", " <= ", " > ", " >= ", " == ", " != "), b, ")")
        if which == 3:
            return Node(kind, "(", self.gen("int", d, env), self.pick(" === ", " !== "), self.gen("int", d, env), ")")
        if which == 4:
            return Node(kind, self.pick("is_integer(", "is_float(", "is_atom(", "is_binary(", "is_list(", "is_map(", "is_tuple(", "is_struct(", "is_boolean("),
                        self.gen("any", d, env), ")")
        if which == 5:
            return Node(kind, "(", self.gen("bool", d, env), self.pick(" and ", " or ", " && ", " || "), self.gen("bool", d, env), ")")
        if which == 6:
            return Node(kind, self.pick("not ", "!"), "(", self.gen("bool", d, env), ")")
        if which == 7:
            return Node(kind, "(", self.gen("int", d, env), " in ", self.gen(("list", "int"), d, env), ")")
        return Node(kind, self.pick("Enum.any?(", "Enum.all?("), self.gen(("list", "int"), d, env), ", &(&1 > 3))")

    def gen_str(self, kind, depth, env):
        d = depth - 1
        s = lambda: self.gen("str", d, env)
        which = self.r.randrange(14)
        if which <= 2:
            return Node(kind, "(", s(), " <> ", s(), ")")
        if which <= 4:
            k = self.pick("int", "atom", "str", "float")
            return Node(kind, '"<#{', self.gen(k, d, env), '}>', self.pick("", "ä", " and "), '"')
        if which == 5:
            return Node(kind, self.pick("String.upcase(", "String.downcase(", "String.reverse(", "String.trim(", "String.capitalize("), s(), ")")
        if which == 6:
            return Node(kind, "String.slice(", s(), ", ", self.pick("0, 2", "1, 3", "-2, 2", "1..-1//1"), ")")
        if which == 7:
            return Node(kind, "String.replace(", s(), ", ", self.pick('"a"', '","', '"l"', '" "'), ", ", s(), ")")
        if which == 8:
            return Node(kind, "Enum.join(", self.gen(("list", self.pick("int", "str", "atom")), d, env), ', ', self.pick('"-"', '""', '", "'), ")")
        if which == 9:
            return Node(kind, "P.text(", self.gen(self.kind(1), d, env), ")") if self.chance(0.7) else Node(kind, "Integer.to_string(", self.gen("int", d, env), ")")
        if which == 10:
            return Node(kind, "IO.iodata_to_binary([", s(), ", [", s(), "], ?x])")
        if which == 11:
            x = self.fresh("c")
            return Node(kind, "(for <<", x, "::utf8 <- ", s(), ">>, into: \"\", do: <<", self.pick(f"{x}::utf8", f"{x} + 1::utf8"), ">>)")
        if which == 12:
            return Node(kind, "List.to_string([", s(), ", ?a, ", s(), "])")
        return Node(kind, "hd(String.split(", s(), ", ", self.pick('","', '" "', '"l"'), "))")

    def gen_bits(self, kind, depth, env):
        d = depth - 1
        which = self.r.randrange(6)
        if which <= 3:
            parts = ["<<"]
            for i in range(self.r.randrange(1, 5)):
                if i:
                    parts.append(", ")
                piece = self.r.randrange(8)
                if piece <= 3:
                    size = self.pick(1, 3, 4, 7, 8, 12, 16, 24, 32, 61, 64, 72)
                    parts += [Node("piece", "(", self.gen("int", d, env), f")::{size}", self.pick("", "-signed", "-little"))]
                elif piece == 4:
                    parts += [Node("piece", "(", self.gen("float", d, env), ")::float-", self.pick("64", "64-little", "32"))]
                elif piece == 5:
                    parts += [Node("piece", "(", self.gen("bits", d, env), ")::bitstring")]
                elif piece == 6:
                    parts += [Node("piece", "(", self.gen("str", d, env), ")::binary")]
                else:
                    parts += [Node("piece", self.pick("?ä::utf8", "?a::utf16", "0x1F44D::utf32", "1::1", "0"))]
            return Node(kind, *parts, ">>")
        if which == 4:
            x = self.fresh("c")
            return Node(kind, "(for <<", x, self.pick("::3", "::8", "::4", "::16-little"), " <- (", self.gen("bits", d, env), ")>>, into: <<>>, do: <<",
                        x, self.pick("::8", "::5", " + 1::16"), ">>)")
        return Node(kind, "binary_part(", self.gen("str", d, env), ", 0, ", self.pick("0", "1", "2"), ")")

    def gen_any(self, kind, depth, env):
        d = depth - 1
        which = self.r.randrange(12)
        if which == 0:
            return Node(kind, "(", self.gen("any", d, env), self.pick(" + ", " * ", " - ", " / "), self.gen("any", d, env), ")")
        if which == 1:
            return Node(kind, self.pick("hd(", "tl(", "length(", "map_size(", "byte_size(", "tuple_size(", "abs(", "trunc(", "Atom.to_string("), self.gen("any", d, env), ")")
        if which == 2:
            return Node(kind, "elem(", self.gen("any", d, env), ", ", self.gen("int", d, env), ")")
        if which == 3:
            return Node(kind, "Enum.at(", self.gen(("list", self.kind(1)), d, env), ", ", self.gen("int", d, env), ")")
        if which == 4:
            return Node(kind, self.pick("Map.fetch!(", "Map.fetch("), self.gen("map", d, env), ", :", self.r.choice("abcd"), ")")
        if which == 5:
            return Node(kind, "(", self.gen("any", d, env), self.pick(" || ", " && "), self.gen("any", d, env), ")")
        return self.gen(self.kind(2), d, env)

    def gen_map(self, kind, depth, env):
        d = depth - 1
        m = lambda: self.gen("map", d, env)
        key = lambda: ":" + self.r.choice("abcdefg")
        which = self.r.randrange(9)
        if which == 0:
            return Node(kind, "Map.put(", m(), ", ", key(), ", ", self.gen("int", d, env), ")")
        if which == 1:
            return Node(kind, "P.same(%{", m(), " | ", self.r.choice("abc"), ": ", self.gen("int", d, env), "})")
        if which == 2:
            return Node(kind, "Map.delete(", m(), ", ", key(), ")")
        if which == 3:
            return Node(kind, "Map.merge(", m(), ", ", m(), ")") if self.chance(0.5) else Node(kind, "Map.merge(", m(), ", ", m(), ", fn _k, l, r -> l + r end)")
        if which == 4:
            x = self.fresh("x")
            return Node(kind, "Map.update(", m(), ", ", key(), ", ", self.gen("int", d, env), ", fn ", x, " -> ", self.gen("int", d, env + [(x, "int")]), " end)")
        if which == 5:
            return Node(kind, "%{", key(), " => ", self.gen("int", d, env), ", ", key(), " => ", self.gen("int", d, env), ", ", key(), " => ", self.gen("int", d, env), "}")
        if which == 6:
            k, v = self.fresh("k"), self.fresh("x")
            return Node(kind, "(for {", k, ", ", v, "} <- ", m(), ", into: %{}, do: {", k, ", ", self.gen("int", d, env + [(k, "atom"), (v, "int")]), "})")
        if which == 7:
            return Node(kind, "Enum.reduce(1..40, ", m(), ", fn i, m -> Map.put(m, P.key(i), i) end) |> Map.take([:a, :b, :k3, :k33])")
        return Node(kind, "Map.new(", self.gen(("list", "int"), d, env), ", fn x -> {P.key(rem(abs(x), 9)), x} end)")

    def gen_struct(self, kind, depth, env):
        d = depth - 1
        if self.chance(0.5):
            return Node(kind, "%S{x: ", self.gen("int", d, env), ", y: ", self.gen("any", d, env), "}")
        return Node(kind, "%{", self.gen("struct", d, env), " | ", "x: ", self.gen("int", d, env), "}")

    def gen_list(self, kind, depth, env):
        d, item = depth - 1, kind[1]
        l = lambda: self.gen(kind, d, env)
        which = self.r.randrange(13)
        if which <= 2:
            return self.join(kind, "[", [self.gen(item, d, env) for _ in range(self.r.randrange(0, 4))], "]")
        if which == 3:
            return Node(kind, "[", self.gen(item, d, env), " | ", l(), "]")
        if which == 4:
            return Node(kind, "(", l(), self.pick(" ++ ", " ++ ", " -- "), l(), ")")
        if which in (5, 6):
            other, x = self.kind(0), self.fresh("x")
            source = self.gen(("list", other), d, env)
            body = self.gen(item, min(d, 2), env + [(x, other)])
            if self.chance(0.5):
                return Node(kind, "Enum.map(", source, ", fn ", x, " -> ", body, " end)")
            filter_ = Node("filter", ", ", self.gen("bool", min(d, 2), env + [(x, other)])) if self.chance(0.4) else Node("filter", "")
            return Node(kind, "(for ", x, " <- ", source, filter_, ", do: ", body, ")")
        if which == 7:
            x = self.fresh("x")
            return Node(kind, self.pick("Enum.filter(", "Enum.reject(", "Enum.take_while("), l(), ", fn ", x, " -> ", self.gen("bool", min(d, 2), env + [(x, item)]), " end)")
        if which == 8:
            return Node(kind, self.pick("Enum.reverse(", "Enum.uniq(", "Enum.dedup(", "tl("), l(), ")")
        if which == 9:
            return Node(kind, self.pick("Enum.take(", "Enum.drop("), l(), ", ", self.pick("1", "2", "-1"), ")")
        if which == 10 and item in ("int", "str", "atom", "bool"):
            return Node(kind, "Enum.sort(", l(), self.pick(")", ", :desc)", ", &(&1 >= &2))"))
        if which == 11 and item == "int":
            return Node(kind, self.pick("Enum.to_list(1..5)", "Enum.to_list(3..-2//-1)", "Map.values(%{a: 1, b: 2})", 'String.to_charlist("häl")'))
        if which == 12 and item == "str":
            return Node(kind, "String.split(", self.gen("str", d, env), self.pick(")", ', ",")', ', ["a", " "], trim: true)'))
        return Node(kind, "List.flatten([", l(), ", [", l(), "]])") if not isinstance(item, tuple) or item[0] != "list" else Node(kind, "List.duplicate(", self.gen(item, d, env), ", 2)")

    def gen_tuple(self, kind, depth, env):
        if len(kind) > 1 and self.chance(0.25):
            i = self.r.randrange(len(kind) - 1)
            return Node(kind, "put_elem(", self.gen(kind, depth - 1, env), f", {i}, ", self.gen(kind[1 + i], depth - 1, env), ")")
        return self.join(kind, "{", [self.gen(t, depth - 1, env) for t in kind[1:]], "}")

    def gen_fn(self, kind, depth, env):
        names = [self.fresh("p") for _ in kind[1:-1]]
        bound = list(zip(names, kind[1:-1]))
        if depth > 0 and len(names) == 1 and self.chance(0.3):
            pattern_bound = []
            pattern = self.pattern(kind[1], 2, pattern_bound, env)
            return Node(kind, "fn ", pattern, " -> ", self.gen(kind[-1], depth - 1, env + pattern_bound), "\n", names[0], " -> ", self.gen(kind[-1], depth - 1, env + bound), " end")
        return Node(kind, "fn ", ", ".join(names), " -> ", self.gen(kind[-1], depth - 1, env + bound), " end")

    # -- programs

    def function(self, name, kinds, result):
        """Clauses of a function; the first parameter is the fuel."""
        self.fuel = "fuel"
        parts = [Node("clause", f"  def {name}(fuel{''.join(', _' for _ in kinds)}) when fuel <= 0, do: ", self.leaf(result), "\n")]
        for _ in range(self.r.randrange(0, 3)):
            bound, patterns = [], []
            for k in kinds:
                patterns += [", ", self.pattern(k, 2, bound, [])]
            guard = self.guard(bound) if self.chance(0.4) else Node("guard", "")
            parts.append(Node("clause", f"  def {name}(fuel", *patterns, ")", guard, ", do: ", self.gen(result, 3, bound + [("fuel", "int")]), "\n"))
        bound = [(f"a{i}", k) for i, k in enumerate(kinds)]
        parts.append(Node("clause", f"  def {name}(fuel{''.join(', ' + n for n, _ in bound)}), do: ", self.gen(result, 4, bound + [("fuel", "int")]), "\n"))
        self.fuel = None
        return Node("function", *parts)

    def program(self):
        count = self.r.randrange(1, 5)
        for i in range(count):
            kinds = [self.kind(1) for _ in range(self.r.randrange(0, 4))]
            self.functions.append((f"f{i}", kinds, self.kind(1)))
        parts = ["defmodule MODULE do\n  import Kernel, except: [node: 1]\n"]
        for signature in self.functions:
            parts.append(self.function(*signature))
        parts.append("  def main do\n")
        for name, kinds, _ in self.functions:
            arguments = ["rem(i, 7)" if k == "int" and self.chance(0.5) else self.gen(k, 2, [("i", "int")]) for k in kinds]
            spaced = [p for a in arguments for p in (", ", a)]
            parts.append(Node("statement", f"    P.hot(fn i -> {name}(rem(i, 3) + 1", *spaced, ") end)\n"))
        for i in range(self.r.randrange(2, 6)):
            parts.append(Node("statement", "    P.print(fn -> ", self.gen(self.kind(2), 5, []), " end)\n"))
        return Node("program", *parts, "  end\nend\n")
