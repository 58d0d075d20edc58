"""An ordinary user of a cluster, whom a test acts for: their home, and an interpreter that they may start."""

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.end_to_end.small_course import PROJECT


@dataclass(frozen=True)
class OrdinaryUser:
    """Programs that are started for them have nothing of root's, and nothing of this process's environment."""

    account: pwd.struct_passwd
    home: Path
    python: Path
    variables: Mapping[str, str]

    def start(self, *words: str | Path) -> subprocess.Popen[str]:
        """The interpreter with these arguments, in the project's folder."""
        name = self.account.pw_name
        return subprocess.Popen(
            [self.python, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
            env={"PATH": os.defpath, "HOME": str(self.home), "USER": name, "LOGNAME": name, **self.variables},
            user=self.account.pw_uid,
            group=self.account.pw_gid,
            extra_groups=[],
        )

    def run(self, *words: str | Path) -> str:
        """The same to its end, which must be a good one; what it says."""
        with self.start(*words) as process:
            said, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        return said

    def owns(self, *folders: Path) -> None:
        """Everything in these folders is theirs from now on."""
        for folder in folders:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self.account.pw_uid, self.account.pw_gid, follow_symlinks=False)


def interpreter_for(account: pwd.struct_passwd, folder: Path) -> Path | None:
    """This one, where the user may start it; else the system's of the same version, beside links to this one's libraries.

    None where there is neither, or this project cannot be read.
    """
    here = Path(sys.executable)
    if _imports_the_grader(here, account):
        return here
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    system = shutil.which(version, path="/usr/local/bin:/usr/bin")
    if system is None:
        return None
    (folder / "bin").mkdir(parents=True)
    python = folder / "bin" / "python"
    python.symlink_to(system)
    (folder / "pyvenv.cfg").write_text(f"home = {Path(system).parent}\n", encoding="utf-8")
    shutil.copytree(
        *(sysconfig.get_path("purelib"), folder / "lib" / version / "site-packages"), symlinks=True, copy_function=_link_or_copy
    )
    return python if _imports_the_grader(python, account) else None


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


def _imports_the_grader(python: Path, account: pwd.struct_passwd) -> bool:
    try:
        tried = subprocess.run(
            [python, "-c", "import grader.cli.app, tests.cluster.course_on_slurm"],
            capture_output=True,
            check=False,
            cwd=PROJECT,
            env={"PATH": os.defpath},
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=[],
        )
    except OSError:
        return False
    return tried.returncode == 0
