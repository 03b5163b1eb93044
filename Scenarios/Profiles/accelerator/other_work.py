"""What runs beside a measurement: another process on the same device, or compression on the host's cores."""
import json
import subprocess
import sys
import threading
import zlib

from accelerator.errors import LeftOut


class OtherWork:
  """Keeps something else busy meanwhile."""

  def __init__(self, what):
    self.what = what
    self.process, self.threads, self.is_over = None, [], False

  def __enter__(self):
    if self.what["kind"] == "compression":
      self.threads = [threading.Thread(target=self.compress) for _ in range(self.what["cores"])]
      for thread in self.threads:
        thread.start()
      return self
    self.process = subprocess.Popen(
      [sys.executable, "-m", "accelerator.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
      stderr=subprocess.DEVNULL)
    self.process.stdin.write((json.dumps(self.what["begin"]) + "\n").encode())
    self.process.stdin.write((json.dumps(self.what["task"]) + "\n").encode())
    self.process.stdin.flush()
    for line in self.process.stdout:
      if json.loads(line).get("busy"):
        return self
    self.__exit__()
    raise LeftOut("the other process did not come up")

  def __exit__(self, *fault):
    self.is_over = True
    for thread in self.threads:
      thread.join()
    if self.process:
      self.process.kill()
      self.process.wait()

  def compress(self):
    """Most of what encoding a PNG is."""
    pixels = bytes(i * 7919 % 251 for i in range(3 * 256 * 256))
    while not self.is_over:
      zlib.compress(pixels, 6)
