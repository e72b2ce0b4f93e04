import { badRequest, conflict } from '../../http/refusal.ts';
import { find } from '../../world/find.ts';
import type { Region } from '../../world/regions.ts';
import type { Rows, World } from '../../world/world.ts';

/** A template from which machines are created: the service's own, or the team's. */
export type Template = Rows['osTemplates'] | Rows['customTemplates'];

/** Returns the template of a machine; undefined if it no longer exists. */
export const templateOf = (world: World, { templateId }: Rows['machines']): Template | undefined =>
  world.osTemplates.get(templateId) ?? world.customTemplates.get(templateId);

/** Returns the template for a new machine. Throws if it is unknown, in another region, or not ready. */
export function usableTemplate(world: World, id: string, region: Region): Template {
  const system = world.osTemplates.get(id);
  if (system) return system;
  const template = find(world.customTemplates, id, 'Template');
  if (template.region !== region) throw badRequest(`Template ${id} is not in ${region}`);
  if (!template.isReady) throw conflict(`Template ${id} is not ready`);
  return template;
}

/** Returns the machine type as the template spells it. Throws a 400 if the template does not offer it. */
export function offeredType(template: Template | undefined, machineType: string): string {
  const wanted = machineType.toUpperCase();
  const offer = template?.availableMachineTypes.find(
    ({ machineTypeLabel, isAvailable }) => isAvailable && machineTypeLabel.toUpperCase() === wanted,
  );
  if (!offer) throw badRequest(`Machine type ${machineType} is not available for this template`);
  return offer.machineTypeLabel;
}
