"""Sabotage of Marsad's own processes, put on their PYTHONPATH by the fault harness; the product knows nothing of it.

An article whose title holds POISON makes the analysis raise, as a bug in it would. While the file `relay-dies` is in
the folder FAULT_HOOKS, a relay that has published alerts is killed before it marks them, once.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

POISON = "سمّ-في-النص"
FOLDER = Path(os.environ.get("FAULT_HOOKS", "/nonexistent"))


def _poison_analysis(module: ModuleType) -> None:
    analyze = module.Analyzer.analyze

    def analyze_or_raise(self: Any, article: Any) -> Any:
        if POISON in article.title:
            raise RuntimeError("the analysis has a bug that this article touches")
        return analyze(self, article)

    module.Analyzer.analyze = analyze_or_raise


def _kill_relay(module: ModuleType) -> None:
    mark = module.mark

    def die_or_mark(*arguments: Any) -> None:
        try:
            (FOLDER / "relay-dies").unlink()
        except OSError:
            mark(*arguments)
        else:
            os.kill(os.getpid(), signal.SIGKILL)

    module.mark = die_or_mark  # type: ignore[attr-defined]


SABOTAGE: dict[str, Callable[[ModuleType], None]] = {
    "services.analyze.core": _poison_analysis,
    "services.track.relay": _kill_relay,
}


class _Loader(importlib.abc.Loader):
    def __init__(self, loader: importlib.abc.Loader) -> None:
        self._loader = loader

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        SABOTAGE[module.__name__](module)


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name not in SABOTAGE:
            return None
        sys.meta_path.remove(self)
        try:
            spec = importlib.util.find_spec(name)
        finally:
            sys.meta_path.insert(0, self)
        if spec and spec.loader:
            spec.loader = _Loader(spec.loader)
        return spec


if FOLDER.is_dir():
    sys.meta_path.insert(0, _Finder())
