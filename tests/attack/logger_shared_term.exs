# expect: budget reductions
require Logger
bomb = Enum.reduce(1..60, ["x"], fn _, t -> [t | t] end)
Logger.error(bomb)
Logger.error(report: bomb)
Process.sleep(100)
