"""Works through the parts of a plan with a process that may fail in every way. Needs no PyTorch."""
import datetime
import json
import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile
import time

from accelerator import profiles

HERE = pathlib.Path(__file__).resolve().parents[1]

NO_ANSWER = "no answer"
GRACE_S = 40  # for a task to end by itself after its limit
LAST_GRACE_S = 5  # the same after the session's end
START_S = 120  # for PyTorch to come up
LEAST_SHARE = 0.001  # of the session; less time is no use to any task


LATE_ORDER = {"compiled": 1, "kernel_times": 2}


class Failure(Exception):
  """Ends the session with a message and an exit code."""

  def __init__(self, message, code):
    super().__init__(message)
    self.code = code


def lacks_time(answer):
  """Whether a task got no time, or not enough for all its runs or kernels."""
  result = answer.get("result", {})
  told = str(answer.get("left_out", answer.get("failed", "")))
  return (told.startswith(("no time", NO_ANSWER)) or bool(result.get("no_time"))
          or result.get("repetitions", 0) < result.get("wanted", 0))


class WorkerDied(Exception):
  """The process that measures is gone, or hangs."""


class WorkerProcess:
  """The process that measures, and what it says of its device."""

  command = [sys.executable, "-m", "accelerator.worker"]

  def __init__(self, begin, log):
    # Compilers keep their work where this script may write.
    cache = os.path.join(tempfile.gettempdir(), "measure-accelerator")
    environment = {"USER": "measure", "TORCHINDUCTOR_CACHE_DIR": cache, "TRITON_CACHE_DIR": cache,
                   **os.environ, "PYTHONPATH": os.pathsep.join(
      [str(HERE)] + os.environ.get("PYTHONPATH", "").split(os.pathsep)).rstrip(os.pathsep)}
    self.process = subprocess.Popen(
      self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment,
      start_new_session=True)
    self.buffer = b""
    self.about = self.ask(begin, START_S)

  def ask(self, question, limit_s):
    """The answer to a line; raises WorkerDied."""
    try:
      self.process.stdin.write((json.dumps(question) + "\n").encode())
      self.process.stdin.flush()
    except OSError:
      raise WorkerDied(f"the process ended ({self.ending()})") from None
    deadline = time.monotonic() + limit_s
    while b"\n" not in self.buffer:
      left = deadline - time.monotonic()
      if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
        raise WorkerDied(f"{NO_ANSWER} within {limit_s:.0f} s")
      read = os.read(self.process.stdout.fileno(), 1 << 16)
      if not read:
        raise WorkerDied(f"the process ended ({self.ending()})")
      self.buffer += read
    line, self.buffer = self.buffer.split(b"\n", 1)
    try:
      return json.loads(line)
    except ValueError:
      raise WorkerDied(f"no JSON: {line[:80]!r}") from None

  def ending(self):
    code = self.process.wait()
    return f"signal {-code}" if code < 0 else f"exit code {code}"

  def kill(self):
    """With everything that it has started."""
    try:
      os.killpg(self.process.pid, signal.SIGKILL)
    except ProcessLookupError:
      pass
    self.process.wait()
    self.process.stdin.close()
    self.process.stdout.close()


class Record:
  """Finished tasks in a file that is only ever added to: a line that says of what, then a line a task."""

  def __init__(self, path):
    self.path, self.done, self.settings, self.file = path, {}, None, None
    if path.exists():
      self.read()

  def read(self):
    # Nothing follows the newline of a whole line; what an interruption left behind is cut off.
    whole = self.path.read_bytes()
    whole = whole[:whole.rfind(b"\n") + 1]
    with open(self.path, "r+b") as file:
      file.truncate(len(whole))
    for number, line in enumerate(whole.splitlines(), 1):
      try:
        value = json.loads(line)
        if number == 1:
          self.settings = value["settings"]
        else:
          self.done[value["key"]] = value
      except (ValueError, KeyError, TypeError):
        raise Failure(f"{self.path}:{number}:1: error: no line of measurements; remove it, or name another folder "
                      "by --out", 65) from None

  def begin(self, settings):
    """Opens it for measurements of a device under settings: those that it holds, if it holds any."""
    if self.settings is None:
      self.settings = {**settings, "date": datetime.date.today().isoformat()}
    before = {key: value for key, value in self.settings.items() if key != "date"}
    changed = sorted(k for k in {*before, *settings} if before.get(k) != settings.get(k))
    if changed:
      raise Failure(f"{self.path}: error: it holds measurements of another device, or under other settings "
                    f"({', '.join(changed)}); name another folder by --out, or remove it", 65)
    self.file = open(self.path, "a", encoding="utf-8")
    if self.path.stat().st_size == 0:
      self.write({"settings": self.settings})

  def write(self, value):
    self.file.write(json.dumps(value) + "\n")
    self.file.flush()
    os.fsync(self.file.fileno())

  def add(self, line):
    self.done[line["key"]] = line
    self.write(line)

  def is_done(self, key):
    """Whether nothing is left to do of a task."""
    result = self.done.get(key, {}).get("result")
    return result is not None and not lacks_time({"result": result})


class Session:
  """Works through the parts, each task within its time."""

  def __init__(self, begin, record, minutes, log, say, gpu_clocks, now=time.monotonic):
    self.begin, self.record, self.log, self.say = begin, record, log, say
    self.parts, self.clocks, self.now = [], gpu_clocks, now
    self.start = now()
    self.end = self.start + 60 * minutes
    self.least_s = 60 * minutes * LEAST_SHARE
    self.worker = None

  def left(self):
    return self.end - self.now()

  def open_worker(self):
    """What the process says of its device and libraries."""
    self.worker = WorkerProcess(self.begin, self.log)
    if "cannot" in self.worker.about:
      raise Failure(f"error: {self.worker.about['cannot']}; {self.worker.about['hint']}", 66)
    return self.worker.about

  def run(self):
    """Every part within its share first; what found no time there gets what is left at the end."""
    share, shares = 0, sum(part.share for part in self.parts)
    for part in self.parts:
      share += part.share / shares
      part_end = self.start + share * (self.end - self.start)
      self.say(f"{part.letter}: {part.title}")
      for number, task in enumerate(part.tasks):
        later = len(part.tasks) - number - 1
        left = part_end - self.now()
        # A task that needs little leaves the rest to those behind it; none takes it all.
        limit_s = left if later == 0 or task["kind"] == "compiled" else left / 2
        self.attempt(part, task, 0 if task.get("is_extra") else limit_s)
      self.finished(part)
    late = [(part, task) for part in self.parts for task in part.tasks
            if self.record.done.get(task["key"], {}).get("is_late")]
    # Whole stages first, last the kernels that explain them.
    for part, task in sorted(late, key=lambda pair: LATE_ORDER.get(pair[1]["kind"], 0)):
      if self.left() > self.least_s:
        self.attempt(part, task, self.left())

  def finished(self, part):
    """Called when a part is done."""

  def attempt(self, part, task, limit_s):
    """Has one task done, unless it was before."""
    key = task["key"]
    if self.record.is_done(key):
      return
    limit_s = min(limit_s, self.left())
    if limit_s < max(self.least_s, task.get("needs_s", 0)):
      if key not in self.record.done:
        self.record.add({"key": key, "part": part.letter, "left_out": "no time", "is_late": True})
      return
    self.say(f"{part.letter}: {key}")
    begun = self.now()
    answer = self.answer(task, limit_s)
    before, result = self.record.done.get(key, {}).get("result") or {}, answer.get("result")
    if before and (result is None or result.get("repetitions", 0) < before.get("repetitions", 0)):
      return self.tell(part, key, answer)  # what an earlier try has measured is kept
    if result and "rows" in result:
      result["rows"] = before.get("rows", []) + result["rows"]
    # More time would have helped, and there is more.
    if lacks_time(answer) and limit_s < 0.9 * self.left():
      answer["is_late"] = True
    if self.clocks:
      answer["clocks"] = self.clocks.between(begun + 1, self.now())
    self.record.add({"key": key, "part": part.letter, "kind": task["kind"],
                     "entry": task.get("entry"), **answer})
    self.tell(part, key, answer)

  def tell(self, part, key, answer):
    """Says what a task did not give."""
    for what in ("left_out", "failed"):
      if what in answer:
        self.say(f"{part.letter}: {key}: {what.replace('_', ' ')}: {answer[what]}")

  def answer(self, task, limit_s):
    question = {**task, "limit_s": limit_s}
    if task["kind"] == "kernel_times":
      question["known"] = profiles.known_kernels(self.record.done)
    if "beside" in task:
      question["beside"] = {**task["beside"], "begin": self.begin}
    smaller = self.did_not_fit(task)
    if smaller:
      return {"left_out": f"too little memory: {smaller} did not fit"}
    try:
      if self.worker is None:
        self.open_worker()
      answer = self.worker.ask(question, min(limit_s + GRACE_S, self.left() + LAST_GRACE_S))
      if answer.pop("is_lost", False):
        self.worker.kill()
        self.worker = None
      return answer
    except WorkerDied as fault:
      if self.worker:
        self.worker.kill()
      self.worker = None
      return {"failed": str(fault)}

  def did_not_fit(self, task):
    """The title of a smaller batch of the same work that memory was too little for."""
    for key in task["smaller"]:
      if str(self.record.done.get(key, {}).get("left_out", "")).startswith("too little memory"):
        return key
    return None

  def close(self):
    """Ends the processes that it has started."""
    if self.worker:
      self.worker.kill()
    if self.clocks:
      self.clocks.stop()
