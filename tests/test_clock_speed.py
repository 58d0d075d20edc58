"""What moves the clock is read from the kernel's files, and told with its remedy."""

from pathlib import Path

from grader.clock_speed import ClockSpeed, clock_speed

FILES = {
    "devices/system/cpu/cpu3/cpufreq/scaling_governor": "powersave\n",
    "devices/system/cpu/cpu3/cpufreq/scaling_cur_freq": "1200000\n",
    "devices/system/cpu/cpu3/cpufreq/cpuinfo_max_freq": "3600000\n",
    "devices/system/cpu/cpu3/topology/thread_siblings_list": "1,3\n",
    "devices/system/cpu/cpu3/thermal_throttle/core_throttle_count": "5\n",
    "devices/system/cpu/intel_pstate/no_turbo": "0\n",
    "class/power_supply/BAT0/status": "Discharging\n",
}


def test_a_laptop_on_battery_is_told_with_what_to_do(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    state = clock_speed((3,), tmp_path)
    assert state == ClockSpeed(
        ("powersave",), turbo=True, current_hz=1.2e9, most_hz=3.6e9, siblings=(1,), throttled=5, on_battery=True
    )
    assert list(state.known()) == [
        "governor powersave",
        "turbo on",
        "1.2 of 3.6 GHz now",
        "shared with the logical cores 1",
        "slowed down for heat 5 times since boot",
        "on battery",
    ]
    remedies = "; ".join(state.remedies())
    for words in ("cpupower frequency-set -g performance", "smt", "cool", "plug it in"):
        assert words in remedies


def test_a_machine_that_tells_nothing_needs_no_remedy(tmp_path: Path) -> None:
    state = clock_speed((0, 1), tmp_path)
    assert state == ClockSpeed()
    assert list(state.known()) == list(state.remedies()) == []


def test_a_steady_machine_needs_no_remedy() -> None:
    assert list(ClockSpeed(("performance",), turbo=False).remedies()) == []
