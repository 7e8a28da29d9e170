defmodule File.Error do
  @moduledoc """
  Raised when a function on one file fails: `action`, `path`, and the POSIX `reason`.
  """
  defexception [:reason, :path, action: ""]

  @impl true
  def message(%{action: action, reason: reason, path: path}) do
    "could not #{action} #{inspect(path)}: #{explain(action, reason)}"
  end

  defp explain("remove directory", :eexist), do: "directory is not empty"
  defp explain(_, reason), do: IO.iodata_to_binary(:file.format_error(reason))
end

defmodule File.CopyError do
  @moduledoc """
  Raised when copying fails; `on` is the file it failed on.
  """
  defexception [:reason, :source, :destination, on: "", action: ""]

  @impl true
  def message(exception) do
    location = if exception.on in [nil, ""], do: "", else: ". #{exception.on}"

    "could not #{exception.action} from #{inspect(exception.source)} to " <>
      "#{inspect(exception.destination)}#{location}: #{:file.format_error(exception.reason)}"
  end
end

defmodule File.RenameError do
  @moduledoc """
  Raised when renaming fails.
  """
  defexception [:reason, :source, :destination, on: "", action: ""]

  @impl true
  def message(exception) do
    location = if exception.on in [nil, ""], do: "", else: ". #{exception.on}"

    "could not #{exception.action} from #{inspect(exception.source)} to " <>
      "#{inspect(exception.destination)}#{location}: #{:file.format_error(exception.reason)}"
  end
end

defmodule File.LinkError do
  @moduledoc """
  Raised when making a link fails.
  """
  defexception [:reason, :existing, :new, action: ""]

  @impl true
  def message(exception) do
    "could not #{exception.action} from #{inspect(exception.existing)} to " <>
      "#{inspect(exception.new)}: #{:file.format_error(exception.reason)}"
  end
end
