defmodule ExUnit.CaseTemplate do
  @moduledoc """
  Makes a module a template of test cases, with setups and code that they share.

      defmodule MyCase do
        use ExUnit.CaseTemplate

        using do
          quote do
            import MyHelpers
          end
        end

        setup do
          %{connection: connect()}
        end
      end

      defmodule SomeTest do
        use MyCase, async: true
      end
  """

  @doc false
  defmacro __using__(opts) do
    quote do
      ExUnit.Case.__register__(__MODULE__, unquote(opts))

      import ExUnit.Callbacks
      import ExUnit.Assertions
      import unquote(__MODULE__)

      @before_compile ExUnit.CaseTemplate

      defmacro __using__(opts), do: unquote(__MODULE__).__proxy__(__MODULE__, opts)

      defoverridable __using__: 1
    end
  end

  @doc false
  defmacro __before_compile__(env), do: ExUnit.Callbacks.__compile__(env)

  @doc false
  def __proxy__(module, opts) do
    quote do
      use ExUnit.Case, unquote(opts)

      setup_all context do
        unquote(module).__ex_unit__(:setup_all, context)
      end

      setup context do
        unquote(module).__ex_unit__(:setup, context)
      end
    end
  end

  @doc """
  Defines code to put into each test case that uses the template; `opts` are the options of `use`.
  """
  defmacro using(var \\ quote(do: _), do: block) do
    quote do
      defmacro __using__(unquote(var) = opts) do
        parent = unquote(__MODULE__).__proxy__(__MODULE__, opts)
        result = unquote(block)
        {:__block__, [], [parent, result]}
      end
    end
  end
end
