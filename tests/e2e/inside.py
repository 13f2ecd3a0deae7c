"""Runs one case inside a private system: inside.py FILE CASE; or, as `inside.py --prepare`, readies the system for all
cases of a run. Started by `run` through `private`. Exit status 0 = passed; the transcript of a failure on stdout."""
import importlib.util
import os
import signal
import subprocess
import sys
import traceback

sys.dont_write_bytecode = True
here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
import toolkit                                    # noqa: E402 (needs the path above)


def prepare():
    """Install the module into this private system, where the project says how: install-inside, if it exists."""
    script = os.path.join(here, "install-inside")
    if os.path.exists(script):
        return subprocess.run([script], check=False).returncode
    return 0


def load(path):
    """Execute a file of cases: its decorators fill toolkit.CASES."""
    spec = importlib.util.spec_from_file_location(os.path.basename(path)[:-3], path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)


def out_of_time(*_):
    """The case has had its time."""
    raise toolkit.Failure("out of time")


def run_case(path, name):
    """Run one case; print why and the transcript when it fails."""
    load(path)
    toolkit.syslog()
    signal.signal(signal.SIGALRM, out_of_time)    # a little before `run` kills us, while we can still say what happened
    signal.alarm(toolkit.CASES[name]["timeout"])
    try:
        toolkit.CASES[name]["function"](toolkit)
        return 0
    except BaseException as fault:
        if not isinstance(fault, toolkit.Failure):
            traceback.print_exc(file=sys.stdout)
        where = [entry for entry in traceback.extract_tb(fault.__traceback__) if entry.filename == path]
        line = f" (line {where[-1].lineno})" if where else ""
        print(f"{os.path.basename(path)}{line}: {fault}\n--- transcript")
        print("\n".join(toolkit.TRANSCRIPT))
        return 1


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    status = prepare() if sys.argv[1] == "--prepare" else run_case(sys.argv[1], sys.argv[2])
    sys.stdout.flush()
    os._exit(status)
