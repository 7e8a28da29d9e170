defmodule Phial.Observer.Profile do
  @moduledoc """
  A sampling profile for the page: `Phial.Profile.sample/2` over some time, as a tree that a flame graph draws.
  """

  alias Phial.Observer.Text

  @doc "Samples for some milliseconds: all that works, or one process and nothing else."
  def take(milliseconds, pid_text \\ nil) do
    milliseconds = milliseconds |> max(50) |> min(20_000)
    pid = pid_text && Text.pid(pid_text)
    {_, profile} = Phial.Profile.sample(fn -> Process.sleep(milliseconds) end, pid: pid)
    root = Phial.Profile.tree(profile.stacks, &Text.mfa/1)
    %{samples: root.value, processes: if(pid, do: [Text.id(pid)], else: []), root: root}
  end
end
