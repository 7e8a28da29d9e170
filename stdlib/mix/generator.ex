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

  @doc "Whether the file may be replaced: there is none, it has these contents, or the user agrees."
  def overwrite?(path, contents \\ nil) do
    not File.exists?(path) or (contents != nil and File.read(path) == {:ok, IO.iodata_to_binary(contents)}) or
      Mix.shell().yes?(Path.relative_to_cwd(path) <> " already exists, overwrite?", [])
  end

  defp log(verb, path, opts) do
    unless opts[:quiet], do: Mix.shell().info([:green, "* #{verb} ", :reset, Path.relative_to_cwd(path)])
  end
end
