#!/bin/bash
# Mounts the team's data directory at every boot.
set -euo pipefail
mkdir -p /mnt/data
mount -a
