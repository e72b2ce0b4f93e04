/** The text of `holdfast.yaml` in a new config. */
export const settingsText = `\
# yaml-language-server: $schema=schema/settings.json
# Every setting has a default. These are the first to know, with their defaults.
settings:
  # observe: reports what differs, and changes nothing. enforce: makes the team match the files.
  mode: observe

  # The daemon checks the team every 5 minutes (cron, in UTC), and when one of these files changes.
  schedule: "*/5 * * * *"

  # Changes beyond these limits are blocked and reported, until they are approved.
  limits: { updates: 30%, deletions: 10% }

  # The address of the daemon's dashboard and metrics. Outside loopback a token is required.
  server: { listen: "127.0.0.1:8080" }
`;

/** The text of `team.yaml` in a new config. It declares nothing; without the first `# ` of its examples, a machine. */
export const teamText = `\
# yaml-language-server: $schema=schema/desired.json
# What the team should contain. This file declares nothing yet, so nothing is created.
# If the team has resources already, \`holdfast import\` writes them as YAML.
# To declare a network and a machine in it, delete the first "# " of each line below.

# privateNetworks:
#   research: { region: ny2 }

# machines:
#   worker-1: # "worker-{1..4}" declares four
#     machineType: C5
#     template: { os: Ubuntu 22.04 }
#     region: ny2
#     diskSize: 50 # GB
#     network: research
#     state: off # or running
#     lifecycle: { preventDeletion: true }
`;
