import type { CustomTemplate, Machine, OsTemplate } from '../../rows/machines.ts';
import { find } from '../../world/find.ts';
import { badRequest, conflict } from '../../http/refusal.ts';
import type { Region } from '../../world/regions.ts';
import type { World } from '../../world/world.ts';

/** Returns the template of a machine; undefined if it no longer exists. */
export const templateOf = (
  world: World,
  { templateId }: Machine,
): OsTemplate | CustomTemplate | undefined =>
  world.osTemplates.get(templateId) ?? world.customTemplates.get(templateId);

/** Returns the template for a new machine. Throws if it is unknown, in another region, or not ready. */
export function usableTemplate(
  world: World,
  id: string,
  region: Region,
): OsTemplate | CustomTemplate {
  const system = world.osTemplates.get(id);
  if (system) return system;
  const template = find(world.customTemplates, id, 'Template');
  if (template.region !== region) throw badRequest(`Template ${id} is not in ${region}`);
  if (!template.isReady) throw conflict(`Template ${id} is not ready`);
  return template;
}

/** Returns the machine type as the template spells it. Throws a 400 if the template does not offer it. */
export function offeredType(
  template: OsTemplate | CustomTemplate | undefined,
  machineType: string,
): string {
  const wanted = machineType.toUpperCase();
  const offer = template?.availableMachineTypes.find(
    ({ machineTypeLabel, isAvailable }) => isAvailable && machineTypeLabel.toUpperCase() === wanted,
  );
  if (!offer) throw badRequest(`Machine type ${machineType} is not available for this template`);
  return offer.machineTypeLabel;
}
