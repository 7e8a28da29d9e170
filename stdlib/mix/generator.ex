defmodule Mix.Generator do
  @moduledoc "Makes files and directories, and says so."

  @doc "Writes a file, asking before it replaces one of other contents (`:force`, `:quiet`); whether it was written."
  @spec create_file(Path.t(), iodata, keyword) :: boolean
  def create_file(path, contents, opts \\ []) do
    log("creating", path, opts)

    if opts[:force] || overwrite?(path, contents) do
      File.mkdir_p!(Path.dirname(path))
      File.write!(path, contents)
      true
    else
      false
    end
  end

  @doc "Makes a directory with its parents."
  @spec create_directory(Path.t(), keyword) :: true
  def create_directory(path, opts \\ []) do
    log("creating", path, opts)
    File.mkdir_p!(path)
    true
  end

  @doc "Copies a file, as `create_file/3` writes it."
  @spec copy_file(Path.t(), Path.t(), keyword) :: boolean
  def copy_file(source, target, opts \\ []), do: create_file(target, File.read!(source), opts)

  @doc "Evaluates a file as an EEx template with `assigns` and writes what comes of it, as `create_file/3` does."
  @spec copy_template(Path.t(), Path.t(), keyword, keyword) :: boolean
  def copy_template(source, target, assigns, opts \\ []) do
    create_file(target, EEx.eval_file(source, assigns: assigns), opts)
  end

  @doc """
  Defines a private function `NAME_template/1` of assigns: an EEx template, given as text or by `from_file: path`.

      embed_template(:greeting, "Hello <%= @name %>")
  """
  defmacro embed_template(name, contents) do
    quote bind_quoted: [name: name, contents: contents] do
      {source, file} = Mix.Generator.__source__(contents, __ENV__.file)
      require EEx
      EEx.function_from_string(:defp, :"#{name}_template", source, [:assigns], file: file)
    end
  end

  @doc """
  Defines a private function `NAME_text/0` that returns a text, given as it is or by `from_file: path`.

      embed_text(:license, from_file: "LICENSE")
  """
  defmacro embed_text(name, contents) do
    quote bind_quoted: [name: name, contents: contents] do
      {text, _file} = Mix.Generator.__source__(contents, __ENV__.file)
      defp unquote(:"#{name}_text")(), do: unquote(text)
    end
  end

  @doc false
  def __source__(text, file) when is_binary(text), do: {text, file}
  def __source__([from_file: path], _file), do: {File.read!(path), path}

  @doc "Whether the file may be replaced: there is none, it has these contents, or the user agrees."
  def overwrite?(path, contents \\ nil) do
    not File.exists?(path) or (contents != nil and File.read(path) == {:ok, IO.iodata_to_binary(contents)}) or
      Mix.shell().yes?(Path.relative_to_cwd(path) <> " already exists, overwrite?", [])
  end

  defp log(verb, path, opts) do
    unless opts[:quiet], do: Mix.shell().info([:green, "* #{verb} ", :reset, Path.relative_to_cwd(path)])
  end
end
