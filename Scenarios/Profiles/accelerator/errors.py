"""Why a task gives no result though nothing is broken."""


class LeftOut(Exception):
  """A task that cannot be done here, and why."""


class NotHere(LeftOut):
  """This device, or this PyTorch, cannot do it."""
