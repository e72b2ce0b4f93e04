#!/bin/bash
# Installs Docker and the NVIDIA container toolkit at the first boot.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y docker.io nvidia-container-toolkit
systemctl enable --now docker
