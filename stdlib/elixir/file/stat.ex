defmodule File.Stat do
  @moduledoc """
  What is known of a file, from `File.stat/2`.

  `size` in bytes; `type` is `:regular`, `:directory`, `:device`, `:symlink` or `:other`; `access` what this program may do:
  `:read`, `:write`, `:read_write` or `:none`; `atime`, `mtime`, `ctime` when it was read, changed, and created or
  changed in its properties; `mode` the permission bits; `links`, `major_device`, `minor_device`, `inode`, `uid`, `gid` as on
  any Unix.
  """

  defstruct [
    :size,
    :type,
    :access,
    :atime,
    :mtime,
    :ctime,
    :mode,
    :links,
    :major_device,
    :minor_device,
    :inode,
    :uid,
    :gid
  ]

  @type t :: %__MODULE__{}

  @doc """
  Turns the struct into the tuple of `:file.read_file_info/1`.

      iex> elem(File.Stat.to_record(%File.Stat{size: 5}), 1)
      5
  """
  @spec to_record(t) :: tuple
  def to_record(%File.Stat{} = stat) do
    {:file_info, stat.size, stat.type, stat.access, stat.atime, stat.mtime, stat.ctime, stat.mode, stat.links,
     stat.major_device, stat.minor_device, stat.inode, stat.uid, stat.gid}
  end

  @doc """
  Turns the tuple of `:file.read_file_info/1` into the struct.

      iex> File.Stat.from_record(File.Stat.to_record(%File.Stat{type: :regular})).type
      :regular
  """
  @spec from_record(tuple) :: t
  def from_record(
        {:file_info, size, type, access, atime, mtime, ctime, mode, links, major, minor, inode, uid, gid}
      ) do
    %File.Stat{
      size: size,
      type: type,
      access: access,
      atime: atime,
      mtime: mtime,
      ctime: ctime,
      mode: mode,
      links: links,
      major_device: major,
      minor_device: minor,
      inode: inode,
      uid: uid,
      gid: gid
    }
  end
end
