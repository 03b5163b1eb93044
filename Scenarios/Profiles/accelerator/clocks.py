"""What nvidia-smi says of a GPU's clocks while it works. Needs no PyTorch."""
import os
import shutil
import subprocess
import threading
import time

FIELDS = ["clocks.sm", "clocks.mem", "utilization.gpu", "temperature.gpu", "power.draw"]


class Clocks:
  """Samples once a second in the background, where there is an nvidia-smi."""

  def __init__(self, program="nvidia-smi"):
    self.program, self.samples = shutil.which(program), []
    self.process, self.reader = None, None

  def driver(self):
    """The driver's version; None without nvidia-smi."""
    if self.program is None:
      return None
    try:
      out = subprocess.run([self.program, "--query-gpu=driver_version", "--format=csv,noheader"],
                           capture_output=True, text=True, timeout=20, check=True).stdout
      return out.splitlines()[0].strip() or None
    except (OSError, subprocess.SubprocessError, IndexError):
      return None

  def start(self):
    if self.program is None:
      return
    self.process = subprocess.Popen(
      # The GPU that PyTorch calls the first one.
      [self.program, "--id=" + (os.environ.get("CUDA_VISIBLE_DEVICES") or "0").split(",")[0], "--query-gpu=" + ",".join(FIELDS), "--format=csv,noheader,nounits", "-lms", "1000"],
      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    self.reader = threading.Thread(target=self.read, daemon=True)
    self.reader.start()

  def read(self):
    for line in self.process.stdout:
      values = [number(text) for text in line.split(",")]
      if len(values) == len(FIELDS) and values[0] is not None:
        self.samples.append((time.monotonic(), dict(zip(FIELDS, values))))

  def stop(self):
    if self.process:
      self.process.kill()
      self.process.wait()
      self.reader.join()
      self.process.stdout.close()

  def between(self, start, end):
    """Lowest and highest of the clocks in MHz while the GPU was busy, and the highest temperature and power."""
    busy = [s for at, s in list(self.samples) if start < at <= end and (s["utilization.gpu"] or 0) >= 50]
    if not busy:
      return None

    def over(field):
      return [s[field] for s in busy if s[field] is not None]

    return {"sm_mhz": [min(over("clocks.sm")), max(over("clocks.sm"))],
            "memory_mhz": max(over("clocks.mem"), default=None),
            "temperature_c": max(over("temperature.gpu"), default=None),
            "power_w": max(over("power.draw"), default=None)}


def number(text):
  try:
    return float(text)
  except ValueError:
    return None
