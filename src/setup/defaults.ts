/** Where the config is unless `--config` names another directory. */
export const defaultConfig = './config';

/** Where the embedded team is kept when `--simulate` names no file (INTERFACE 3). */
export const simulatorFile = '.holdfast/simulator.json';
