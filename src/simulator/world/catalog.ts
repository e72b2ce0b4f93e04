/** The hardware and the price of a machine type. */
export interface MachineType {
  readonly label: string;
  readonly cpus: number;
  readonly ramGb: number;
  readonly gpu: { readonly name: string; readonly memoryGb: number; readonly count: number } | null;
  /** USD/h. */
  readonly usageRate: number;
}

type CpuRow = readonly [label: string, cpus: number, ramGb: number, usageRate: number];
type GpuRow = readonly [...CpuRow, gpuMemoryGb: number, counts: readonly number[]];

const cpuTypes: readonly CpuRow[] = [
  ['C1', 1, 0.5, 0.0045],
  ['C2', 1, 1, 0.0065],
  ['C3', 2, 2, 0.012],
  ['C4', 2, 4, 0.03],
  ['C5', 4, 8, 0.07],
  ['C6', 8, 16, 0.11],
  ['C7', 12, 30, 0.17],
  ['C8', 16, 60, 0.34],
  ['C9', 24, 120, 0.69],
  ['C10', 32, 244, 1.41],
];

const gpuTypes: readonly GpuRow[] = [
  ['GPU+', 8, 30, 0.45, 8, [1]],
  ['P4000', 8, 30, 0.51, 8, [1, 2, 4]],
  ['P5000', 8, 30, 0.78, 16, [1, 2, 4]],
  ['P6000', 8, 30, 1.1, 24, [1, 2, 4]],
  ['RTX4000', 8, 30, 0.56, 8, [1, 2, 4]],
  ['RTX5000', 8, 30, 0.82, 16, [1, 2, 4]],
  ['A4000', 8, 45, 0.76, 16, [1, 2, 4]],
  ['A5000', 8, 45, 1.38, 24, [1, 2, 4]],
  ['A6000', 8, 45, 1.89, 48, [1, 2, 4]],
  ['V100', 8, 30, 2.3, 16, [1]],
  ['V100-32G', 8, 30, 2.3, 32, [1, 2, 4]],
  ['A100', 12, 90, 3.09, 40, [1]],
  ['A100-80G', 12, 90, 3.18, 80, [1, 2, 4, 8]],
  ['H100', 20, 250, 5.95, 80, [1, 8]],
];

/** All machine types, smallest first within a family. `A100-80Gx8` has eight of that GPU. */
export const machineTypes: readonly MachineType[] = [
  ...cpuTypes.map(([label, cpus, ramGb, usageRate]) => ({
    label,
    cpus,
    ramGb,
    gpu: null,
    usageRate,
  })),
  ...gpuTypes.flatMap(([name, cpus, ramGb, rate, memoryGb, counts]) =>
    counts.map((count) => ({
      label: count === 1 ? name : `${name}x${count}`,
      cpus: cpus * count,
      ramGb: ramGb * count,
      gpu: { name, memoryGb, count },
      usageRate: Number((rate * count).toFixed(4)),
    })),
  ),
];

const byLabel = new Map(machineTypes.map((type) => [type.label.toUpperCase(), type]));

/** Returns the machine type with this label, ignoring case; undefined if there is none. */
export const findMachineType = (label: string): MachineType | undefined =>
  byLabel.get(label.toUpperCase());

/** Returns the price of a disk of `diskSize` GB in USD/h. */
export const storageRate = (diskSize: number): number => Number((diskSize * 0.00014).toFixed(4));

/** The bytes of a GB by Paperspace's definition. */
export const GB = 1_073_741_824;
