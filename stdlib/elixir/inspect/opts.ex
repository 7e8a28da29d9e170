defmodule Inspect.Opts do
  @moduledoc """
  The options of `inspect/2`.

    * `:base` - integers and bytes in `:decimal`, `:binary`, `:octal` or `:hex`
    * `:binaries` - `:infer` (as strings when printable), `:as_strings` or `:as_binaries`
    * `:charlists` - `:infer`, `:as_charlists` or `:as_lists`
    * `:custom_options` - a keyword list for implementations of `Inspect`
    * `:inspect_fun` - the function that makes documents of terms
    * `:limit` - how many elements of collections are shown, 50, or `:infinity`
    * `:pretty` - breaks lines at `:width`
    * `:printable_limit` - how many characters of strings and charlists are shown, 4096, or `:infinity`
    * `:safe` - shows failures of implementations in place of the value
    * `:structs` - `false` shows structs as maps
    * `:syntax_colors` - a keyword list of colours for `:atom`, `:binary`, `:boolean`, `:charlist`, `:list`, `:map`,
      `:nil`, `:number`, `:regex`, `:string`, `:tuple`, `:variable`, `:call`, `:operator`, and `:reset`
    * `:width` - the width of a line, 80, or `:infinity`
  """

  defstruct base: :decimal,
            binaries: :infer,
            char_lists: :infer,
            charlists: :infer,
            custom_options: [],
            inspect_fun: &Inspect.inspect/2,
            limit: 50,
            pretty: false,
            printable_limit: 4096,
            safe: true,
            structs: true,
            syntax_colors: [],
            width: 80

  @type color_key :: atom
  @type t :: %Inspect.Opts{}
  @type new_opt :: {atom, term}

  @doc """
  Builds the options from a keyword list.

      iex> Inspect.Opts.new(limit: 3).limit
      3
  """
  @spec new([new_opt]) :: t
  def new([]), do: default(:persistent_term.get({Inspect.Opts, :inspect_fun}, nil))
  def new(opts), do: struct(default(:persistent_term.get({Inspect.Opts, :inspect_fun}, nil)), opts)

  defp default(nil), do: %Inspect.Opts{}
  defp default(fun), do: %Inspect.Opts{inspect_fun: fun}

  @doc """
  The function that makes documents of terms when the options name none.

      iex> is_function(Inspect.Opts.default_inspect_fun(), 2)
      true
  """
  @spec default_inspect_fun() :: (term, t -> Inspect.Algebra.t())
  def default_inspect_fun(), do: :persistent_term.get({Inspect.Opts, :inspect_fun}, &Inspect.inspect/2)

  @doc """
  Sets that function, for the whole system.
  """
  @spec default_inspect_fun((term, t -> Inspect.Algebra.t())) :: :ok
  def default_inspect_fun(fun) when is_function(fun, 2), do: :persistent_term.put({Inspect.Opts, :inspect_fun}, fun)
end
