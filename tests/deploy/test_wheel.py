"""The wheel, installed from the lock into an empty environment outside the checkout."""

import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ARTICLE = {
    "id": "one",
    "title": "",
    "text": "قصفت مدفعية ثقيلة أحياء سكنية في عين عيسى صباح اليوم، ما أدى إلى مقتل ثلاثة مدنيين.",
    "published_at": "2026-03-01",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from what git tracks, so that nothing else in the folder gets in."""
    source = tmp_path_factory.mktemp("source")
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    for name in filter(None, tracked.decode().split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, source / name)
    out = tmp_path_factory.mktemp("dist")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(out), str(source)]
    subprocess.run(pip, check=True)
    (built,) = out.glob("marsad-*.whl")
    return built


def test_it_holds_services_and_schemas_with_their_data_and_nothing_else(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"services", "schemas", "marsad"}
    tracked = subprocess.run(
        ["git", "ls-files", "schemas", "services"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    data = {name for name in tracked if "/data/" in name and (ROOT / name).is_file()}
    assert data
    assert data <= set(names)


def test_marsad_analyzes_from_it_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    python = str(tmp_path / "env" / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements.lock")], check=True, cwd=tmp_path)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True, cwd=tmp_path)
    done = subprocess.run(
        [str(tmp_path / "env" / "bin" / "marsad"), "analyze"],
        input=json.dumps(ARTICLE) + "\n",
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    (signal,) = json.loads(line)["signals"]
    assert (signal["type"], signal["killed"]) == ("shelling", 3)
    assert signal["places"][0]["place_id"] == "geonames:172134"
