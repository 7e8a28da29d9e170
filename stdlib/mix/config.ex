defmodule Mix.Config do
  @moduledoc """
  Reads configuration files: see `Config` for their language.
  """

  @doc "Reads a file: `{configuration, files}`, where the files are those that it imports and itself."
  def eval!(file, _imported_paths \\ []) do
    file = Path.expand(file)
    Config.__eval__!(file, File.read!(file), env: Mix.env(), target: Mix.target())
  end

  @doc "Reads a file and returns the configuration."
  def read!(file, imported_paths \\ []), do: file |> eval!(imported_paths) |> elem(0)

  @doc "Merges configurations; lists are merged key by key."
  def merge(left, right), do: Config.__merge__(left, right)

  @doc "Makes a configuration that of the running applications."
  def persist(config) do
    Application.put_all_env(config, persistent: true)
    for {app, _} <- config, do: app
  end

  @doc "Reads a file, if it is there, and makes its configuration that of the applications."
  def load(file) do
    if File.regular?(file), do: file |> read!() |> persist(), else: []
  end
end
