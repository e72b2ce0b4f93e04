/** The config directory if `--config` is not given. */
export const defaultConfig = './config';

/** The file of the embedded simulated team if `--simulate` names none (INTERFACE 3). */
export const simulatorFile = '.holdfast/simulator.json';
