"""Dumps on another machine through ssh itself: two network namespaces, a cable between them, sshd in the far one. Needs root
and openssh-server: a test of test_remote.py with MMTUI_LONG."""

import json
import os
import pwd
import shutil
import subprocess

import numpy as np

from harness import MMTUI, check, mmtui, pair_of_folders, same

NEAR, FAR = f"mmtui-near-{os.getpid()}", f"mmtui-far-{os.getpid()}"
CONFIG = """
Port 22
ListenAddress 10.222.0.2
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/user_key.pub
PidFile {folder}/sshd.pid
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin yes
"""


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, timeout=60, **options)


class Network:
    """Two namespaces, near and far, and sshd in the far one; `ssh` is the command that goes there."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("host_key", "user_key"):
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name)
        (folder / "sshd_config").write_text(CONFIG.format(folder=folder))
        self.ssh = (f"ip netns exec {NEAR} ssh -F none -i {folder}/user_key -oStrictHostKeyChecking=no "
                    f"-oUserKnownHostsFile={folder}/known -oConnectTimeout=5 -T")

    def __enter__(self):
        run("ip", "netns", "add", NEAR)
        run("ip", "netns", "add", FAR)
        run("ip", "link", "add", "near", "netns", NEAR, "type", "veth", "peer", "name", "far", "netns", FAR)
        for space, link, address in ((NEAR, "near", "10.222.0.1/24"), (FAR, "far", "10.222.0.2/24")):
            run("ip", "-n", space, "address", "add", address, "dev", link)
            run("ip", "-n", space, "link", "set", link, "up")
        os.makedirs("/run/sshd", exist_ok=True)
        self.sshd = subprocess.Popen(["ip", "netns", "exec", FAR, shutil.which("sshd") or "/usr/sbin/sshd", "-D", "-e",
                                      "-f", str(self.folder / "sshd_config")], stderr=subprocess.PIPE)
        while b"Server listening" not in (line := self.sshd.stderr.readline()):
            check(line, "sshd did not start")
        return self

    def __exit__(self, *_):
        self.sshd.terminate()
        self.sshd.communicate(timeout=60)
        subprocess.run(["ip", "netns", "del", FAR])
        subprocess.run(["ip", "netns", "del", NEAR])

    def bytes(self):
        statistics = json.loads(run("ip", "-n", NEAR, "-s", "-j", "link", "show", "near").stdout)[0]["stats64"]
        return statistics["rx"]["bytes"]


def through_ssh(folder):
    """two machines: the same reports through ssh, and what is said of a host that is not there"""
    src, dst = pair_of_folders(folder)
    random = np.random.default_rng(4)
    for i in range(8):
        a = random.normal(size=(1, 16, 60, 60)).astype(np.float32)
        np.save(src / f"conv{i}.npy", a)
        np.save(dst / f"conv{i}.npy", (a + 0.01 * i * random.normal(size=a.shape)).astype(np.float16))
    host = f"{pwd.getpwuid(os.getuid()).pw_name}@10.222.0.2"
    mmtui("compare", src, dst, "-o", folder / "here")
    with Network(folder) as network:
        far = ["--ssh", network.ssh, "--remote-mmtui", MMTUI]
        for s, d, most in ((f"{host}:{src}", dst, 60_000), (src, f"{host}:{dst}", 900_000),
                           (f"{host}:{src}", f"{host}:{dst}", 60_000)):
            before = network.bytes()
            mmtui("compare", s, d, "-o", folder / "there", *far)
            check(network.bytes() - before < most, f"{network.bytes() - before} bytes came for {s} {d}")
            same((folder / "there/diff.json").read_bytes(), (folder / "here/diff.json").read_bytes(), f"{s} {d}")
        err = mmtui("compare", f"{host}:{src}", dst, *far[:2], "--remote-mmtui", "/no/mmtui", status=2).err
        check("there is no /no/mmtui there" in err)
        err = mmtui("compare", f"nobody@10.222.0.2:{src}", dst, *far, status=2).err
        check("no connection" in err and "Permission denied" in err)
        err = mmtui("compare", f"10.222.0.9:{src}", dst, *far, status=2).err
        check("10.222.0.9: no connection" in err and "ssh 10.222.0.9 true" in err)

