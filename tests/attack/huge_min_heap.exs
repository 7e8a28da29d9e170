# expect: error SystemLimitError
Process.spawn(fn -> :ok end, min_heap_size: 4_000_000_000)
