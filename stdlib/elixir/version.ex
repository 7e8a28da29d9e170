defmodule Version.Requirement do
  @moduledoc """
  A requirement on versions: see `Version.parse_requirement/1`.
  """
  defstruct [:source, :lexed]
  @type t :: %__MODULE__{}

  defimpl String.Chars do
    def to_string(%{source: source}), do: source
  end

  defimpl Inspect do
    def inspect(%{source: source}, opts),
      do: "Version.parse_requirement!(" <> Kernel.inspect(source, limit: opts.limit) <> ")"
  end
end

defmodule Version do
  @moduledoc """
  Versions by the rules of SemVer 2.0, and requirements on them.

  A version is `MAJOR.MINOR.PATCH`, then maybe `-` and a pre-release of parts with dots, then maybe `+` and a build, which
  does not count when versions are compared. A requirement is made of comparisons (`==`, `!=`, `>`, `>=`, `<`, `<=`,
  `~>`) with `and` and `or`; `~> 2.1` means at least 2.1.0 and below 3.0.0, `~> 2.1.3` at least that and below 2.2.0.
  """

  @enforce_keys [:major, :minor, :patch]
  @derive {Inspect, optional: [:pre, :build]}
  defstruct [:major, :minor, :patch, pre: [], build: nil]

  @type version :: String.t() | t
  @type requirement :: String.t() | Version.Requirement.t()
  @type t :: %__MODULE__{}

  @doc """
  Tells whether a version meets a requirement. `allow_pre: false` leaves out pre-releases unless the requirement
  names one.

      iex> Version.match?("2.0.0", "> 1.0.0")
      true
      iex> Version.match?("2.1.6-dev", "~> 2.1.2")
      true
      iex> Version.match?("2.1.6-dev", "~> 2.1.2", allow_pre: false)
      false
  """
  @spec match?(version, requirement, keyword) :: boolean
  def match?(version, requirement, opts \\ [])

  def match?(version, requirement, opts) when is_binary(requirement),
    do: match?(version, parse_requirement!(requirement), opts)

  def match?(version, %Version.Requirement{lexed: lexed}, opts) when is_list(opts),
    do: Version.Parser.matches?(to_matchable(version), lexed, Keyword.get(opts, :allow_pre, true))

  @doc """
  Compares two versions: `:gt`, `:eq` or `:lt`.

      iex> Version.compare("2.0.1-alpha1", "2.0.0")
      :gt
      iex> Version.compare("1.0.0-10", "1.0.0-2")
      :gt
      iex> Version.compare("2.0.1+build0", "2.0.1")
      :eq
  """
  @spec compare(version, version) :: :gt | :eq | :lt
  def compare(version1, version2), do: Version.Parser.compare(to_matchable(version1), to_matchable(version2))

  defp to_matchable(%Version{major: major, minor: minor, patch: patch, pre: pre}),
    do: {major, minor, patch, pre, nil}

  defp to_matchable(string) when is_binary(string) do
    case Version.Parser.parse_version(string, false) do
      {:ok, version} -> version
      :error -> raise Version.InvalidVersionError, string
    end
  end

  @doc """
  Reads a version.

      iex> {:ok, version} = Version.parse("2.0.1-alpha1")
      iex> version.pre
      ["alpha1"]
      iex> Version.parse("2.0")
      :error
  """
  @spec parse(String.t()) :: {:ok, t} | :error
  def parse(string) when is_binary(string) do
    case Version.Parser.parse_version(string, false) do
      {:ok, {major, minor, patch, pre, build}} ->
        {:ok, %Version{major: major, minor: minor, patch: patch, pre: pre, build: build}}

      :error ->
        :error
    end
  end

  @doc """
  Reads a version, or raises `Version.InvalidVersionError`.

      iex> Version.parse!("2.0.1").patch
      1
  """
  @spec parse!(String.t()) :: t
  def parse!(string) when is_binary(string) do
    case parse(string) do
      {:ok, version} -> version
      :error -> raise Version.InvalidVersionError, string
    end
  end

  @doc """
  Reads a requirement.

      iex> {:ok, requirement} = Version.parse_requirement("== 2.0.1")
      iex> Version.match?("2.0.1", requirement)
      true
      iex> Version.parse_requirement("== == 2.0.1")
      :error
  """
  @spec parse_requirement(String.t()) :: {:ok, Version.Requirement.t()} | :error
  def parse_requirement(string) when is_binary(string) do
    case Version.Parser.parse_requirement(string) do
      {:ok, lexed} -> {:ok, %Version.Requirement{source: string, lexed: lexed}}
      :error -> :error
    end
  end

  @doc """
  Reads a requirement, or raises `Version.InvalidRequirementError`.

      iex> to_string(Version.parse_requirement!("~> 2.0"))
      "~> 2.0"
  """
  @spec parse_requirement!(String.t()) :: Version.Requirement.t()
  def parse_requirement!(string) when is_binary(string) do
    case parse_requirement(string) do
      {:ok, requirement} -> requirement
      :error -> raise Version.InvalidRequirementError, string
    end
  end

  @doc """
  Prepares a requirement for many matches; it is returned as it is.

      iex> requirement = Version.compile_requirement(Version.parse_requirement!("> 1.0.0"))
      iex> Version.match?("2.0.0", requirement)
      true
  """
  @spec compile_requirement(Version.Requirement.t()) :: Version.Requirement.t()
  def compile_requirement(%Version.Requirement{} = requirement), do: requirement

  @doc """
  Prints a version.

      iex> Version.to_string(Version.parse!("1.14.0-rc.0+build0"))
      "1.14.0-rc.0+build0"
  """
  @spec to_string(t) :: String.t()
  def to_string(%Version{} = version) do
    pre = if version.pre == [], do: "", else: "-" <> pre_text(version.pre)
    build = if version.build, do: "+" <> version.build, else: ""
    "#{version.major}.#{version.minor}.#{version.patch}#{pre}#{build}"
  end

  defp pre_text([part]), do: Kernel.to_string(part)
  defp pre_text([part | rest]), do: Kernel.to_string(part) <> "." <> pre_text(rest)
end

defmodule Version.InvalidRequirementError do
  @moduledoc """
  Raised when a text is no requirement.
  """
  defexception [:requirement]

  @impl true
  def exception(requirement) when is_binary(requirement), do: %__MODULE__{requirement: requirement}
  def exception(fields), do: struct!(__MODULE__, fields)

  @impl true
  def message(%{requirement: requirement}), do: "invalid requirement: #{inspect(requirement)}"
end

defmodule Version.InvalidVersionError do
  @moduledoc """
  Raised when a text is no version.
  """
  defexception [:version]

  @impl true
  def exception(version) when is_binary(version), do: %__MODULE__{version: version}
  def exception(fields), do: struct!(__MODULE__, fields)

  @impl true
  def message(%{version: version}), do: "invalid version: #{inspect(version)}"
end

defmodule Version.Parser do
  @moduledoc false
  # Versions are read to {major, minor, patch, pre, build}; patch is nil in `~> 1.0`. A requirement is read to a list of
  # operators, versions, and the words :and and :or.

  @operators [:==, :!=, :>, :>=, :<, :<=, :~>]

  def parse_version(string, approximate?) do
    {string, build} = split_once(string, "+")
    {string, pre} = split_once(string, "-")

    with [major, minor | patch] when length(patch) <= 1 <- :binary.split(string, ".", [:global]),
         {:ok, major} <- digits(major),
         {:ok, minor} <- digits(minor),
         {:ok, patch} <- patch(patch, approximate?),
         {:ok, pre} <- pre(pre),
         {:ok, build} <- build(build) do
      {:ok, {major, minor, patch, pre, build}}
    else
      _ -> :error
    end
  end

  defp split_once(string, separator) do
    case :binary.split(string, separator) do
      [string, rest] -> {string, rest}
      [string] -> {string, nil}
    end
  end

  defp patch([], true), do: {:ok, nil}
  defp patch([patch], _), do: digits(patch)
  defp patch(_, _), do: :error

  # No number may begin with a zero that is not all of it.
  defp digits("0"), do: {:ok, 0}

  defp digits(<<first, _::binary>> = text) when first in ?1..?9 do
    if all_digits?(text), do: {:ok, :erlang.binary_to_integer(text)}, else: :error
  end

  defp digits(_), do: :error

  defp all_digits?(<<char, rest::binary>>) when char in ?0..?9, do: all_digits?(rest)
  defp all_digits?(rest), do: rest == ""

  defp pre(nil), do: {:ok, []}
  defp pre(text), do: pre_parts(:binary.split(text, ".", [:global]), [])

  defp pre_parts([], acc), do: {:ok, :lists.reverse(acc)}

  defp pre_parts([part | rest], acc) do
    cond do
      part == "" or not identifier?(part) ->
        :error

      all_digits?(part) ->
        case digits(part) do
          {:ok, number} -> pre_parts(rest, [number | acc])
          :error -> :error
        end

      true ->
        pre_parts(rest, [part | acc])
    end
  end

  defp build(nil), do: {:ok, nil}

  defp build(text) do
    valid = Enum.all?(:binary.split(text, ".", [:global]), &(&1 != "" and identifier?(&1)))
    if valid, do: {:ok, text}, else: :error
  end

  defp identifier?(<<char, rest::binary>>)
       when char in ?0..?9 or char in ?a..?z or char in ?A..?Z or char == ?-,
       do: identifier?(rest)

  defp identifier?(rest), do: rest == ""

  def compare({major1, minor1, patch1, pre1, _}, {major2, minor2, patch2, pre2, _}) do
    numbers1 = {major1, minor1, patch1 || 0}
    numbers2 = {major2, minor2, patch2 || 0}

    cond do
      numbers1 > numbers2 -> :gt
      numbers1 < numbers2 -> :lt
      pre1 == pre2 -> :eq
      # A release is above all of its pre-releases.
      pre1 == [] -> :gt
      pre2 == [] -> :lt
      pre1 > pre2 -> :gt
      true -> :lt
    end
  end

  def parse_requirement(source) do
    case source |> spaced("") |> String.split() |> words(:comparison, []) do
      {:ok, lexed} -> {:ok, lexed}
      _ -> :error
    end
  end

  # Puts blanks around operators, so that words can be split.
  defp spaced(<<op::binary-size(2), rest::binary>>, acc) when op in [">=", "<=", "~>", "==", "!="],
    do: spaced(rest, acc <> " " <> op <> " ")

  defp spaced(<<op, rest::binary>>, acc) when op in [?>, ?<, ?!],
    do: spaced(rest, <<acc::binary, ?\s, op, ?\s>>)

  defp spaced(<<char, rest::binary>>, acc), do: spaced(rest, <<acc::binary, char>>)
  defp spaced(<<>>, acc), do: acc

  defp words([], :connective, acc), do: {:ok, :lists.reverse(acc)}
  defp words(["and" | rest], :connective, acc), do: words(rest, :comparison, [:and | acc])
  defp words(["or" | rest], :connective, acc), do: words(rest, :comparison, [:or | acc])

  defp words([op, version | rest], :comparison, acc)
       when op in ["==", "!=", "!", ">", ">=", "<", "<=", "~>"] do
    op = if op == "!", do: :!=, else: operator(op)

    case parse_version(version, op == :~>) do
      {:ok, version} -> words(rest, :connective, [version, op | acc])
      :error -> :error
    end
  end

  defp words([version | rest], :comparison, acc) do
    case parse_version(version, false) do
      {:ok, version} -> words(rest, :connective, [version, :== | acc])
      :error -> :error
    end
  end

  defp words(_, _, _), do: :error

  defp operator(text), do: Enum.find(@operators, &(Atom.to_string(&1) == text))

  # `and` binds closer than `or`.
  def matches?(version, [op, operand | rest], allow_pre) do
    result = holds?(op, version, operand, allow_pre)
    continue(rest, result, version, allow_pre)
  end

  defp continue([], result, _, _), do: result

  defp continue([:and, op, operand | rest], result, version, allow_pre),
    do: continue(rest, result and holds?(op, version, operand, allow_pre), version, allow_pre)

  defp continue([:or | rest], result, version, allow_pre), do: result or matches?(version, rest, allow_pre)

  defp holds?(:==, version, operand, _), do: compare(version, operand) == :eq
  defp holds?(:!=, version, operand, _), do: compare(version, operand) != :eq

  defp holds?(op, version, operand, _) when op in [:<, :<=], do: ordered?(op, version, operand)

  defp holds?(op, {_, _, _, pre, _} = version, {_, _, _, operand_pre, _} = operand, allow_pre) do
    (allow_pre or pre == [] or operand_pre != []) and ordered?(op, version, operand)
  end

  defp ordered?(:~>, {major, _, _, _, _} = version, {major, _, nil, _, _} = operand),
    do: compare(version, operand) != :lt

  defp ordered?(:~>, {major, minor, _, _, _} = version, {major, minor, patch, _, _} = operand)
       when patch != nil,
       do: compare(version, operand) != :lt

  defp ordered?(:~>, _, _), do: false
  defp ordered?(:>, version, operand), do: compare(version, operand) == :gt
  defp ordered?(:>=, version, operand), do: compare(version, operand) != :lt
  defp ordered?(:<, version, operand), do: compare(version, operand) == :lt
  defp ordered?(:<=, version, operand), do: compare(version, operand) != :gt
end

defimpl String.Chars, for: Version do
  defdelegate to_string(version), to: Version
end
