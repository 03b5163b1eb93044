"""What runs beside a measurement: another process on the same device, or compression on the host's cores."""
import json
import subprocess
import sys

from accelerator.errors import LeftOut

# Most of what encoding a PNG is: pixels that change slowly, with noise.
COMPRESSION = """
import os, zlib
noise = os.urandom(3 * 512 * 512)
pixels = bytes((i // 512 + n % 8) % 256 for i, n in enumerate(noise))
while True:
  zlib.compress(pixels, 6)
"""


class OtherWork:
  """Keeps something else busy meanwhile."""

  def __init__(self, what):
    self.what = what
    self.processes = []

  def __enter__(self):
    if self.what["kind"] == "compression":
      self.processes = [subprocess.Popen([sys.executable, "-c", COMPRESSION]) for _ in range(self.what["cores"])]
      return self
    process = subprocess.Popen(
      [sys.executable, "-m", "accelerator.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    self.processes = [process]
    for line in (self.what["begin"], self.what["task"]):
      process.stdin.write((json.dumps(line) + "\n").encode())
    process.stdin.flush()
    # A process that hangs is ended with this one, at the end of the task's time.
    for line in process.stdout:
      if json.loads(line).get("busy"):
        return self
    self.__exit__()
    raise LeftOut("the other process did not come up; see worker.log")

  def __exit__(self, *fault):
    for process in self.processes:
      process.kill()
      process.wait()
